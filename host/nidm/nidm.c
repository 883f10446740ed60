#include "nidm/nidm.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stop.h"
#include "base/stream.h"
#include "nidm/export.h"
#include "nidm/terms.h"
#include "report/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ENDING ".nidm.zip"

/* A text that identifies the run and the effect: start time, command line, inputs and the effect's name. It holds no
 * floating-point number, which rewriting run.json might round. */
static char *new_seed(const vx_results *results, const vx_results_effect *effect)
{
    json_t *what = json_pack("[o o O o]", vx_json_text(results->started), vx_json_text(results->command_line),
                             json_object_get(results->run, "inputs"), vx_json_text(effect->stem));
    return vx_json_dump(what, JSON_COMPACT | JSON_SORT_KEYS);
}

/* Adds the graph. It refers to the other files, which must be in the pack already. */
static void add_graph(vx_export *m)
{
    char *text = NULL, *seed = m->status ? NULL : new_seed(m->results, m->effect);
    size_t size = 0;
    m->turtle = (vx_turtle){.out = m->status ? NULL : vx_text_stream(&text, &size), .seed = seed};
    if (!m->status && !(m->turtle.out && seed))
        m->status = vx_fail_memory(m->error);
    if (!m->status) {
        vx_terms_declare(&m->turtle);
        vx_export_model(m);
        vx_export_inference(m);
    }
    const bool complete = vx_stream_close(m->turtle.out) && !m->turtle.lost;
    if (!m->status && !complete)
        m->status = vx_fail_memory(m->error);
    if (!m->status)
        m->status = vx_pack_add(m->pack, VX_NIDM_GRAPH, text, size, m->error);
    else
        free(text);
    free(seed);
}

/* Makes the pack of an effect and adds it to the files. */
static vx_status make_pack(const vx_results *results, const vx_results_modality *modality,
                           const vx_results_effect *effect, vx_instrument instrument, vx_files *files, vx_error *error)
{
    const bool falls = effect->tails == VX_NEGATIVE;
    void *zip = NULL;
    size_t size = 0;
    vx_export m = {.results = results, .modality = modality, .effect = effect, .instrument = instrument,
                   .sign = falls ? -1 : 1, .pack = vx_pack_new(), .error = error};
    char *name = vx_text("%s" ENDING, effect->stem);
    m.contrast = vx_text("%s: %s%s", modality->name, effect->name, falls ? " (negative)" : "");
    if (!m.pack || !m.contrast || !name)
        m.status = vx_fail_memory(error);
    vx_export_maps(&m);
    add_graph(&m);
    if (!m.status)
        m.status = vx_pack_zip(m.pack, &zip, &size, error);
    if (!m.status)
        m.status = vx_files_add(files, name, zip, size, error);
    vx_pack_free(m.pack);
    free(name);
    free(m.contrast);
    free(m.t);
    return m.status;
}

static bool wanted(const vx_nidm_options *options, const char *name)
{
    for (size_t i = 0; i < options->modalities; i++)
        if (!strcmp(options->modality[i], name))
            return true;
    return !options->modalities;
}

static vx_status check_modalities(const vx_results *results, const vx_nidm_options *options, vx_error *error)
{
    for (size_t i = 0; i < options->modalities; i++) {
        bool found = false;
        for (size_t k = 0; k < results->modalities; k++)
            found |= !strcmp(results->modality[k].name, options->modality[i]);
        if (!found)
            return vx_fail(error, VX_USAGE, "--modality: %s has no results of \"%s\"", results->folder,
                           options->modality[i]);
    }
    return VX_OK;
}

/* Fails if the pack exists already. */
static vx_status check_free(const vx_results_effect *effect, const char *out, vx_error *error)
{
    char *path = vx_text("%s/%s" ENDING, out, effect->stem);
    vx_status status = path ? VX_OK : vx_fail_memory(error);
    struct stat found;
    if (path && lstat(path, &found) == 0)
        status = vx_fail(error, VX_OUTPUT, "%s: exists already; choose another --out, or replace it with --force",
                         path);
    free(path);
    return status;
}

static vx_status make_all(const vx_results *results, const vx_nidm_options *options, const char *out,
                          vx_files *files, size_t *packs, vx_error *error)
{
    vx_status status = check_modalities(results, options, error);
    for (size_t i = 0; i < results->modalities; i++) {
        const vx_results_modality *modality = &results->modality[i];
        for (size_t e = 0; !status && !options->force && wanted(options, modality->name) && e < modality->effects; e++)
            status = check_free(&modality->effect[e], out, error);
    }
    for (size_t i = 0; !status && i < results->modalities; i++) {
        const vx_results_modality *modality = &results->modality[i];
        for (size_t e = 0; !status && wanted(options, modality->name) && e < modality->effects; e++, ++*packs)
            if (!(status = vx_stop_check(error)))
                status = make_pack(results, modality, &modality->effect[e], options->instrument, files, error);
    }
    return status;
}

/* Whether the packs go into the results folder itself, whose run.json then lists them. `out` may not exist yet. */
static vx_status check_beside(const char *out, const char *folder, bool *beside, vx_error *error)
{
    struct stat one, other;
    *beside = out == folder;
    if (*beside)
        return VX_OK;
    const bool found = stat(out, &one) == 0;
    if ((!found && errno != ENOENT) || stat(folder, &other) != 0)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be looked at: %s", out, strerror(errno));
    *beside = found && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return VX_OK;
}

vx_status vx_nidm_write(const char *folder, const vx_nidm_options *options, size_t *packs, vx_error *error)
{
    vx_results *results = NULL;
    vx_status status = vx_results_open(folder, &results, error);
    if (status)
        return status;
    const char *out = options->out ? options->out : results->folder;
    vx_files *files = vx_files_new();
    *packs = 0;
    status = files ? make_all(results, options, out, files, packs, error) : vx_fail_memory(error);
    bool beside = false;
    if (!status)
        status = check_beside(out, results->folder, &beside, error);
    if (!status && beside)
        status = vx_files_commit(files, out, results->run, false, error);
    else if (!status)
        status = vx_files_write(files, out, options->force ? vx_pack_recognise : NULL, error);
    vx_files_free(files);
    vx_results_close(results);
    return status;
}

#include "nidm/nidm.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "nidm/making.h"
#include "nidm/terms.h"
#include "report/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pack that is made, and where it belongs. */
typedef struct made {
    char *name;
    void *zip;
    size_t size;
} made;

typedef struct made_packs {
    made *pack;
    size_t count;
} made_packs;

/* What tells this run from every other: when it began, how it was called, what it read; and which effect. It has no
 * number in it that writing run.json again could round. */
static char *new_seed(const vx_results *results, const vx_results_effect *effect)
{
    json_t *what = json_pack("[o o O o]", vx_json_text(results->started), vx_json_text(results->command_line),
                             json_object_get(results->run, "inputs"), vx_json_text(effect->stem));
    return vx_json_dump(what, JSON_COMPACT | JSON_SORT_KEYS);
}

/* The graph, once the other files are in the pack. */
static void add_graph(vx_making *m)
{
    char *text = NULL, *seed = m->status ? NULL : new_seed(m->results, m->effect);
    size_t size = 0;
    m->turtle = (vx_turtle){.out = m->status ? NULL : vx_text_stream(&text, &size), .seed = seed};
    if (!m->status && !(m->turtle.out && seed))
        m->status = vx_fail_memory(m->error);
    if (!m->status) {
        vx_terms_declare(&m->turtle);
        vx_make_model(m);
        vx_make_inference(m);
    }
    const bool whole = vx_stream_close(m->turtle.out) && !m->turtle.lost;
    if (!m->status && !whole)
        m->status = vx_fail_memory(m->error);
    if (!m->status)
        m->status = vx_pack_add(m->pack, VX_NIDM_GRAPH, text, size, m->error);
    else
        free(text);
    free(seed);
}

static vx_status make(const vx_results *results, const vx_results_modality *modality, const vx_results_effect *effect,
                      vx_instrument instrument, made *pack, vx_error *error)
{
    const bool falls = effect->tails == VX_NEGATIVE;
    vx_making m = {.results = results, .modality = modality, .effect = effect, .instrument = instrument,
                   .sign = falls ? -1 : 1, .pack = vx_pack_new(), .error = error};
    m.contrast = vx_text("%s: %s%s", modality->name, effect->name, falls ? " (negative)" : "");
    pack->name = vx_text("%s.nidm.zip", effect->stem);
    if (!m.pack || !m.contrast || !pack->name)
        m.status = vx_fail_memory(error);
    vx_make_maps(&m);
    add_graph(&m);
    if (!m.status)
        m.status = vx_pack_zip(m.pack, &pack->zip, &pack->size, error);
    vx_pack_free(m.pack);
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
        bool there = false;
        for (size_t k = 0; k < results->modalities; k++)
            there |= !strcmp(results->modality[k].name, options->modality[i]);
        if (!there)
            return vx_fail(error, VX_USAGE, "--modality: %s has no results of \"%s\"", results->folder,
                           options->modality[i]);
    }
    return VX_OK;
}

/* Before anything is made: no pack is in the way. */
static vx_status check_free(const vx_results_effect *effect, const char *out, vx_error *error)
{
    char *path = vx_text("%s/%s.nidm.zip", out, effect->stem);
    vx_status status = path ? VX_OK : vx_fail_memory(error);
    if (path && access(path, F_OK) == 0)
        status = vx_fail(error, VX_OUTPUT, "%s: exists already; choose another --out, or replace it with --force",
                         path);
    free(path);
    return status;
}

static vx_status make_all(const vx_results *results, const vx_nidm_options *options, const char *out,
                          made_packs *packs, vx_error *error)
{
    vx_status status = check_modalities(results, options, error);
    size_t effects = 0;
    for (size_t i = 0; i < results->modalities; i++) {
        const vx_results_modality *modality = &results->modality[i];
        for (size_t e = 0; !status && !options->force && wanted(options, modality->name) && e < modality->effects; e++)
            status = check_free(&modality->effect[e], out, error);
        effects += modality->effects;
    }
    if (!status && !(packs->pack = vx_array_zero(effects, sizeof *packs->pack)))
        status = vx_fail_memory(error);
    for (size_t i = 0; !status && i < results->modalities; i++) {
        const vx_results_modality *modality = &results->modality[i];
        for (size_t e = 0; !status && wanted(options, modality->name) && e < modality->effects; e++)
            status = make(results, modality, &modality->effect[e], options->instrument, &packs->pack[packs->count++],
                          error);
    }
    return status;
}

static bool same_folder(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* A pack beside the results is listed before it is there: an interruption leaves no file that --force does not know. */
static vx_status put_all(const vx_results *results, const char *out, const made_packs *packs, vx_error *error)
{
    const bool beside = same_folder(out, results->folder);
    vx_status status = VX_OK;
    if (!beside && mkdir(out, 0777) != 0 && errno != EEXIST)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", out, strerror(errno));
    for (size_t i = 0; !status && i < packs->count; i++) {
        const made *pack = &packs->pack[i];
        if (beside)
            status = vx_file_list(out, results->run, pack->name, error);
        if (!status)
            status = vx_file_replace(out, pack->name, pack->zip, pack->size, error);
    }
    return status;
}

vx_status vx_nidm_write(const char *folder, const vx_nidm_options *options, size_t *packs, vx_error *error)
{
    vx_results *results = NULL;
    made_packs all = {0};
    vx_status status = vx_results_open(folder, &results, error);
    if (status)
        return status;
    const char *out = options->out ? options->out : results->folder;
    status = make_all(results, options, out, &all, error);
    if (!status)
        status = put_all(results, out, &all, error);
    *packs = all.count;
    for (size_t i = 0; i < all.count; i++) {
        free(all.pack[i].name);
        free(all.pack[i].zip);
    }
    free(all.pack);
    vx_results_close(results);
    return status;
}

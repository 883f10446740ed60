/* The place of the results, checked before hours of computing. */
#include "cli/run.h"

#include "base/memory.h"
#include "cli/terminal.h"
#include "output/leftovers.h"
#include "output/manifest.h"
#include "output/replace.h"

#include <string.h>

/* ---- leftovers ---- */

enum { KEEP, REMOVE, RECOVER }; /* the choices of --leftovers */

vx_status vx_place_leftovers(const vx_folder_options *place, int how, bool quiet, char **recover, vx_error *error)
{
    const bool cohort = !strcmp(place->kind, VX_KIND_COHORT);
    vx_leftover *leftover = NULL;
    size_t count = 0;
    char words[200];
    *recover = NULL;
    vx_status status = vx_leftovers_find(place->out, &leftover, &count, error);
    for (size_t i = 0; !status && i < count; i++) {
        const vx_leftover *one = &leftover[i];
        const bool ours = one->complete && one->cohort == cohort;
        const char *then = ours ? "; --leftovers recover puts it in place, --leftovers remove deletes it"
                                : "; --leftovers remove deletes it";
        if (one->busy)
            continue;
        if (how != KEEP && (status = vx_replace_check_read(one->path, place, error)))
            break;
        if (one->unsure) {
            then = "; it stays, because this file system does not tell whether a run still uses it";
        } else if (how == REMOVE) {
            status = vx_leftover_remove(one, error);
            then = "; removed";
        } else if (how == RECOVER && ours && !*recover) {
            *recover = vx_copy_text(one->path);
            status = *recover ? VX_OK : vx_fail_memory(error);
            then = ", which are put in place";
        }
        if (!status && !quiet)
            vx_tell(stderr, "note: %s was left by a run that was killed: it holds %s%s\n", one->path,
                    vx_leftover_words(one, words, sizeof words), then);
    }
    vx_leftovers_free(leftover, count);
    return status;
}

/* ---- names ---- */

/* The maximum lengths of the rest of a file name: after <modality>_<effect> of a picture ("_cluster-20-values.png" has
 * 22 bytes), and around a search volume ("p-bonferroni-extent_" and ".nii.gz" have 27). Both include a "-99" that
 * vx_entries_new may append. */
enum { PICTURE_MAX = 32, MAP_MAX = 32 };

static vx_status check_name(const vx_run *run, const char *modality, const char *effect, size_t length_max,
                            vx_error *error)
{
    const size_t length = strlen(modality) + 1 + strlen(effect) + PICTURE_MAX;
    if (length <= length_max)
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: the names \"%s\" and \"%s\" make names of files of up to %zu bytes, and its "
                   "file system takes %zu; shorten them in the table", run->out, modality, effect, length, length_max);
}

static vx_status check_families(const vx_run *run, size_t length_max, vx_error *error)
{
    for (int64_t r = 0; run->plan.path && r < run->plan.regions; r++) {
        const size_t length = strlen(run->plan.region[r].family) + MAP_MAX;
        if (length > length_max)
            return vx_fail(error, VX_INPUT, "%s: the family \"%s\" of %s makes names of files of up to %zu bytes, and "
                           "its file system takes %zu; shorten it", run->out, run->plan.region[r].family,
                           run->plan.path, length, length_max);
    }
    return VX_OK;
}

static vx_status check_names(const vx_run *run, const vx_folder *folder, vx_error *error)
{
    const size_t length_max = vx_folder_name_max(folder);
    vx_status status = check_families(run, length_max, error);
    for (size_t m = 0; !status && m < run->study->modalities; m++) {
        const char *modality = run->study->modality[m].name;
        status = check_name(run, modality, run->model.mean_name, length_max, error);
        for (size_t c = 0; !status && c < run->study->covariates; c++)
            status = check_name(run, modality, run->study->covariate[c].name, length_max, error);
    }
    return status;
}

/* ---- the folder ---- */

/* Lists the tables and all image files, both of a pair. Missing files are listed by name; reading reports them. */
static vx_status list_protected(vx_run *run, vx_error *error)
{
    size_t count = 0;
    const size_t tables = 5 + run->bids.tables.count;
    run->protected = vx_array(tables + 2 * run->sources, sizeof *run->protected); /* 2 files a source */
    if (!run->protected)
        return vx_fail_memory(error);
    if (!run->bids.table)
        run->protected[count++] = run->study->table;
    for (size_t i = 0; i < run->bids.tables.count; i++)
        run->protected[count++] = run->bids.tables.item[i].path;
    if (run->atlas.names.path)
        run->protected[count++] = run->atlas.names.path;
    if (run->plan.path)
        run->protected[count++] = run->plan.path;
    if (run->psf.table.text)
        run->protected[count++] = run->psf.table.path;
    if (vx_argument_given(run->arguments, VX_OPTION_EXPECTED))
        run->protected[count++] = vx_argument_text(run->arguments, VX_OPTION_EXPECTED);
    for (size_t k = 0; k < run->sources; k++) {
        vx_source *source = run->source[k];
        vx_error ignored;
        if (vx_source_find(source, &ignored))
            run->protected[count++] = source->path;
        for (int i = 0; i < source->files; i++)
            run->protected[count++] = source->file[i].path;
    }
    run->place.input = run->protected;
    run->place.inputs = count;
    return VX_OK;
}

vx_status vx_place_begin(vx_run *run, vx_folder **folder, bool *recovered, vx_error *error)
{
    const int how = vx_argument_choice(run->arguments, VX_OPTION_LEFTOVERS);
    run->place = (vx_folder_options){
        .out = run->out,
        .force = vx_argument_given(run->arguments, VX_OPTION_FORCE),
        .kind = VX_KIND_ANALYSIS,
    };
    vx_status status = list_protected(run, error);
    if (!status)
        status = vx_place_leftovers(&run->place, how, run->quiet, &run->recover, error);
    run->place.recover = run->recover;
    *recovered = run->recover;
    if (!status)
        status = vx_folder_begin(&run->place, folder, error);
    if (!status && !*recovered)
        status = check_names(run, *folder, error);
    return status;
}

/* Estimates the bytes of every effect:
 *   1. about 17 maps, each twice (NIfTI, results.h5), of 4 bytes per voxel, compressed by a third;
 *   2. 4 null distributions of 8 bytes per relabelling, in the mask and in every search volume;
 *   3. about 8 MB of pictures.
 * With --keep-prepared, an image of the voxels analysed for every row of a matrix, compressed likewise, is added. */
vx_status vx_place_check(const vx_run *run, const vx_folder *folder, vx_error *error)
{
    const bool prepared = vx_argument_given(run->arguments, VX_OPTION_KEEP_PREPARED);
    double bytes = 0;
    for (size_t m = 0; m < run->study->modalities; m++) {
        const vx_run_modality *modality = run->modality + m;
        if (prepared)
            bytes += 4. * 2 / 3 * (double)modality->matrix->n * (double)modality->matrix->space.elements;
        for (int64_t e = 0; e < modality->model->effects; e++)
            bytes += 2. * 17 * 4 * 2 / 3 * (double)modality->matrix->space.elements +
                     4. * 8 * (double)modality->plan[e].relabellings * (double)(1 + modality->volumes) + 8e6;
    }
    return vx_folder_check_space(folder, (uint64_t)bytes, error);
}

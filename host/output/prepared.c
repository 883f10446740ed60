#include "output/prepared.h"

#include "base/each.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/file.h"
#include "space/grid.h"

#include <stdio.h>
#include <string.h>

#define BIDS_VERSION "1.11.1"

/* ---- names ---- */

/* The images of all modalities, and the datasets of their sources. */
typedef struct prepared {
    const vx_record *record;
    const char *folder;         /* of the derivative */
    char **participant, **name; /* labels of the study's participants, and of the modalities */
    char *session;              /* label; null for changes */
    vx_prepared_image *image;
    size_t images;
    vx_datasets datasets;
} prepared;

static vx_status make_labels(prepared *p, vx_error *error)
{
    const vx_study *study = p->record->study;
    const char **name = vx_array(p->record->modalities, sizeof *name);
    const char *session = study->design == VX_PAIRED ? NULL : study->session[0];
    p->participant = vx_array_zero((size_t)study->participants, sizeof *p->participant);
    p->name = vx_array_zero(p->record->modalities, sizeof *p->name);
    vx_status status = name && p->participant && p->name ? VX_OK : vx_fail_memory(error);
    for (size_t m = 0; !status && m < p->record->modalities; m++)
        name[m] = p->record->modality[m].name;
    if (!status)
        status = vx_bids_labels("sub", (const char *const *)study->participant, (size_t)study->participants,
                                p->participant, error);
    if (!status)
        status = vx_bids_labels("", name, p->record->modalities, p->name, error);
    if (!status && session)
        status = vx_bids_labels("ses", &session, 1, &p->session, error);
    free(name);
    return status;
}

static vx_status name_image(const prepared *p, size_t m, vx_prepared_image *image, vx_error *error)
{
    const vx_sources *sources = image->modality->sources;
    const char *path[2];
    vx_derivative_of of = {.participant = p->participant[image->modality->study->participant[image->row]],
                           .session = p->session, .modality = p->name[m],
                           .description = p->record->study->design == VX_PAIRED ? "change" : "prepared", .image = path};
    for (int64_t s = 0; s < sources->row[image->row].sessions && s < 2; s++) {
        const vx_source *source = vx_sources_image(sources, image->row, s);
        path[of.images++] = source->path;
        for (size_t k = 0; k < source->steps; k++)
            of.regridded = of.regridded || source->step[k].regrids;
    }
    return vx_derivative_name(&of, &image->name, error);
}

/* Names all images and reads what the sidecars of their sources say, which changes the list of datasets. */
static vx_status list_images(prepared *p, vx_error *error)
{
    vx_status status = VX_OK;
    size_t count = 0;
    for (size_t m = 0; m < p->record->modalities; m++)
        count += (size_t)p->record->modality[m].matrix->n;
    if (!(p->image = vx_array_zero(count, sizeof *p->image)))
        return vx_fail_memory(error);
    for (size_t m = 0; m < p->record->modalities; m++)
        for (int64_t i = 0; !status && i < p->record->modality[m].matrix->n; i++) {
            vx_prepared_image *image = &p->image[p->images++];
            *image = (vx_prepared_image){.modality = &p->record->modality[m], .row = i};
            status = name_image(p, m, image, error);
            if (!status)
                status = vx_prepared_sidecar(p->record, image, &p->datasets, &image->sidecar, error);
        }
    return status;
}

static void prepared_destroy(prepared *p)
{
    for (size_t i = 0; i < p->images; i++) {
        vx_derivative_destroy(&p->image[i].name);
        json_decref(p->image[i].sidecar);
    }
    free(p->image);
    for (int64_t i = 0; p->participant && i < p->record->study->participants; i++)
        free(p->participant[i]);
    for (size_t m = 0; p->name && m < p->record->modalities; m++)
        free(p->name[m]);
    free(p->participant);
    free(p->name);
    free(p->session);
    vx_datasets_destroy(&p->datasets);
}

/* ---- the files of the dataset ---- */

/* Takes over `text`. */
static vx_status put_text(const prepared *p, const char *name, char *text, vx_error *error)
{
    char *path = vx_text("%s/%s", p->folder, name);
    vx_status status = path && text ? vx_write_file(path, text, strlen(text), error) : vx_fail_memory(error);
    free(path);
    free(text);
    return status;
}

static vx_status put_json(const prepared *p, const char *name, json_t *object, vx_error *error)
{
    return put_text(p, name, vx_json_dump(object, JSON_INDENT(2) | JSON_REAL_PRECISION(12)), error);
}

static char *what_text(const vx_study *study)
{
    if (study->design == VX_PAIRED)
        return vx_text("changes from %s to %s", study->session[0], study->session[1]);
    return vx_copy_text("prepared images");
}

static vx_status put_description(const prepared *p, vx_error *error)
{
    const vx_record *record = p->record;
    char *what = what_text(record->study);
    char *name = what ? vx_text("voxstat: %s", what) : NULL;
    json_t *object = json_pack("{so ss ss s[{ss so so}]}",
                               "Name", name ? vx_json_text(name) : NULL,
                               "BIDSVersion", BIDS_VERSION,
                               "DatasetType", "derivative",
                               "GeneratedBy",
                               "Name", "voxstat",
                               "Version", vx_json_text(record->version),
                               "Description", vx_json_text(record->command_line));
    if (p->datasets.count) {
        object = vx_json_set(object, "DatasetLinks", vx_datasets_links(&p->datasets));
        object = vx_json_set(object, "SourceDatasets", vx_datasets_sources(&p->datasets));
    }
    free(what);
    free(name);
    return put_json(p, "dataset_description.json", object, error);
}

static vx_status put_readme(const prepared *p, vx_error *error)
{
    char *what = what_text(p->record->study);
    char *text = !what ? NULL
                       : vx_text("# %s\n\n"
                                 "voxstat %s tested these images. The results are in the folder above this one.\n\n"
                                 "The values are those that were tested, bit for bit. Voxels that were not analysed "
                                 "are 0; the mask of\nthose that were is ../mask.nii.gz, or ../<modality>_mask.nii.gz "
                                 "where there are several modalities.\n\n"
                                 "What was done to the images, in order and with figures, is in the JSON file beside "
                                 "each, under Preparation,\nand in ../run.json.\n", what, p->record->version);
    free(what);
    return put_text(p, "README", text, error);
}

/* Suffixes that BIDS does not have. */
static vx_status put_ignored(const prepared *p, vx_error *error)
{
    char *text = NULL;
    bool any = false;
    FILE *stream = vx_text_stream(&text, NULL);
    for (size_t m = 0; stream && m < p->record->modalities; m++)
        if (!vx_bids_suffix(p->name[m])) {
            fprintf(stream, "*_%s.nii.gz\n*_%s.json\n", p->name[m], p->name[m]);
            any = true;
        }
    if (!vx_stream_close(stream))
        return vx_fail_memory(error);
    if (any)
        return put_text(p, ".bidsignore", text, error);
    free(text);
    return VX_OK;
}

/* ---- the images ---- */

static vx_status put_image(const prepared *p, const vx_prepared_image *image, vx_error *error)
{
    const vx_matrix *matrix = image->modality->matrix;
    const vx_space *space = &matrix->space;
    char description[80];
    char *stem = vx_text("%s/%s", image->name.folder, image->name.stem);
    char *path = stem ? vx_text("%s/%s.nii.gz", p->folder, stem) : NULL, *json = stem ? vx_text("%s.json", stem) : NULL;
    float *value = vx_array_zero(vx_grid_elements(&space->grid), sizeof *value);
    vx_status status = path && json && value ? vx_folder_make(p->folder, image->name.folder, error)
                                             : vx_fail_memory(error);
    if (status)
        goto cleanup;
    for (int64_t v = 0; v < space->elements; v++)
        value[space->index[v]] = matrix->data[image->row * space->elements + v];
    snprintf(description, sizeof description, "voxstat %s: %s", p->record->version, image->name.stem);
    status = vx_image_write(path, &space->grid, value, VX_FLOAT32, VX_INTENT_NONE, 0, NULL, description, error);
    if (!status)
        status = put_json(p, json, json_incref(image->sidecar), error);
cleanup:
    free(stem);
    free(path);
    free(json);
    free(value);
    return status;
}

static vx_status put_turn(void *context, int64_t i, vx_error *error)
{
    const prepared *p = context;
    return put_image(p, &p->image[i], error);
}

vx_status vx_write_prepared(const char *folder, const vx_record *record, vx_error *error)
{
    if (!record->prepared || !record->modalities)
        return VX_OK;
    char *place = vx_text("%s/" VX_PREPARED_FOLDER, folder);
    prepared p = {.record = record, .folder = place};
    vx_status status = place ? vx_datasets_init(folder, VX_PREPARED_FOLDER, &p.datasets, error) : vx_fail_memory(error);
    if (!status)
        status = vx_folder_make(folder, VX_PREPARED_FOLDER, error);
    if (!status)
        status = make_labels(&p, error);
    if (!status)
        status = list_images(&p, error);
    if (!status)
        status = put_description(&p, error);
    if (!status)
        status = put_readme(&p, error);
    if (!status)
        status = put_ignored(&p, error);
    if (!status)
        status = vx_each((int64_t)p.images, 0, true, put_turn, &p, error); /* a thread has one image at a time */
    prepared_destroy(&p);
    free(place);
    return status;
}

#include "study/parts.h"

#include "base/memory.h"
#include "image/files.h"
#include "study/frames.h"

#include <string.h>
#include <sys/stat.h>

/* Finds the file of an image; a relative name is relative to `folder`. Of a pair, finds the header. "[N]" at the end of
 * the name means volume N, unless it belongs to the name of a file that is there. */
static vx_status find_image(const char *folder, const char *name, vx_session_image *image, vx_error *error)
{
    vx_image_files files;
    struct stat found;
    int64_t volume;
    char *place = *name == '/' ? vx_copy_text(name) : vx_text("%s/%s", folder, name);
    if (!place)
        return vx_fail_memory(error);
    vx_status status = vx_image_files_find_volume(place, &files, &volume, error);
    free(place);
    if (status)
        return status;
    if (stat(files.header, &found) == 0 && S_ISDIR(found.st_mode))
        status = vx_fail(error, VX_INPUT, "%s: a folder; an image is expected", files.header);
    if (!status) {
        image->path = files.header;
        image->frames = (vx_frames){.first = volume < 0 ? 0 : volume, .count = volume >= 0};
        files.header = NULL;
    }
    vx_image_files_destroy(&files);
    return status;
}

/* If both folders fail, the error is that of the first. */
vx_status vx_study_find_image(const vx_study_parts *parts, int64_t participant, int64_t column,
                              vx_session_image *image, vx_error *error)
{
    const int64_t row = parts->table_row[participant];
    const char *name = vx_table_cell(&parts->table, row, column);
    vx_status status = find_image(parts->folder, name, image, error);
    if (status == VX_INPUT && parts->target_folder && find_image(parts->target_folder, name, image, NULL) == VX_OK)
        status = VX_OK;
    return status ? vx_error_prefix(error, status, "%s, line %lld: participant %s, column %s", parts->table.path,
                                    (long long)parts->table.line[row], parts->study.participant[participant],
                                    parts->table.name[column])
                  : VX_OK;
}

/* Finds the path and the frames of an image. */
static vx_status read_image(const vx_study_parts *parts, int64_t participant, int64_t column, vx_session_image *image,
                            vx_error *error)
{
    const int64_t row = parts->table_row[participant];
    vx_status status = vx_study_find_image(parts, participant, column, image, error);
    if (status || !parts->frames || image->frames.count)
        return status;
    status = vx_frames_choose(image->path, parts->frames, &image->frames, error);
    return status ? vx_error_prefix(error, status, "%s, line %lld: participant %s, column %s", parts->table.path,
                                    (long long)parts->table.line[row], parts->study.participant[participant],
                                    parts->table.name[column])
                  : VX_OK;
}

static vx_status read_row(const vx_study_parts *parts, const vx_session_columns *images, int64_t participant,
                          vx_volume_row *row, vx_error *error)
{
    vx_session_image *session = vx_array_zero((size_t)images->sessions, sizeof *session);
    vx_status status = session ? VX_OK : vx_fail_memory(error);
    *row = (vx_volume_row){parts->study.participant[participant], session, images->sessions};
    for (int64_t s = 0; s < images->sessions && !status; s++) {
        session[s].column = parts->table.name[images->column[s]];
        session[s].weight = images->weight[s];
        status = read_image(parts, participant, images->column[s], &session[s], error);
    }
    return status;
}

static void row_destroy(vx_volume_row *row)
{
    for (int64_t s = 0; row->session && s < row->sessions; s++) {
        free((char *)row->session[s].path);
        free((double *)row->session[s].frames.weight);
    }
    free((vx_session_image *)row->session);
}

/* The images of one modality. */
typedef struct image_cells {
    const vx_study_parts *parts;
    const vx_session_columns *images;
} image_cells;

static const char *lacks_image(const void *context, int64_t participant)
{
    const image_cells *cells = context;
    const vx_table *table = &cells->parts->table;
    for (int64_t s = 0; s < cells->images->sessions; s++) {
        if (!vx_table_cell(table, cells->parts->table_row[participant], cells->images->column[s]))
            return table->name[cells->images->column[s]];
    }
    return NULL;
}

vx_status vx_modality_read(const vx_study_parts *parts, const vx_session_columns *images, vx_study_modality *modality,
                           vx_error *error)
{
    enum { N_MIN = 2 };
    const image_cells cells = {parts, images};
    const vx_inclusion_rule rule = {"modality", images->name, "image", lacks_image, &cells, N_MIN};
    vx_inclusion included;
    if (!(modality->name = vx_copy_text(images->name)))
        return vx_fail_memory(error);
    vx_status status = vx_inclusion_decide(parts, &rule, &included, error);
    modality->participant = included.participant;
    modality->left_out = included.left_out;
    modality->left_outs = included.left_outs;
    if (status)
        return status;
    if (!(modality->row = vx_array_zero((size_t)included.n, sizeof *modality->row)))
        return vx_fail_memory(error);
    for (int64_t i = 0; !status && i < included.n; i++) {
        status = read_row(parts, images, included.participant[i], &modality->row[i], error);
        modality->n = i + 1;
    }
    return status;
}

void vx_modality_destroy(vx_study_modality *modality)
{
    if (!modality)
        return;
    for (int64_t i = 0; modality->row && i < modality->n; i++)
        row_destroy(&modality->row[i]);
    for (size_t i = 0; modality->left_out && i < modality->left_outs; i++)
        free(modality->left_out[i].reason);
    free(modality->name);
    free(modality->participant);
    free(modality->row);
    free(modality->left_out);
    *modality = (vx_study_modality){0};
}

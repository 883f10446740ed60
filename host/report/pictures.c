#include "report/pictures.h"

#include "base/memory.h"
#include "base/stream.h"
#include "report/page.h"
#include "results/schema.h"

enum { PENDING_MAX = 24 }; /* pictures of some MB each that may wait for encoding */

vx_drawn_picture *vx_pictures_draw(vx_pictures *pictures, const char *name, bool vector, const vx_drawing *drawing,
                                   vx_error *error)
{
    vx_drawn_picture *picture = vx_array_zero(1, sizeof *picture);
    char *copy = picture ? vx_copy_text(name) : NULL;
    if (!copy) {
        free(picture);
        vx_fail_memory(error);
        return NULL;
    }
    picture->name = copy;
    picture->vector = vector;
    *(pictures->last ? &pictures->last->next : &pictures->first) = picture;
    pictures->last = picture;
    if (vx_figure_make(drawing, &picture->png, vector ? NULL : &picture->webp, &picture->svg,
                       &picture->names, error))
        return NULL;
    if (++pictures->count % PENDING_MAX == 0) {
#pragma omp taskwait
    }
    return picture;
}

/* Adds `bytes` as a file of the folder and takes ownership of them. */
static vx_status add_file(vx_files *files, const char *name, const char *ending, vx_bytes *bytes, vx_error *error)
{
    char *file = vx_text(VX_FIGURES_FOLDER "/%s%s", name, ending);
    vx_status status = file ? vx_files_add(files, file, bytes->data, bytes->size, error) : vx_fail_memory(error);
    if (file)
        bytes->data = NULL;
    free(file);
    return status;
}

static void put_svg(vx_page *page, const vx_drawn_picture *picture)
{
    const char *svg = (const char *)picture->svg.data;
    const size_t after = picture->names.from + picture->names.size;
    vx_put_url_text(page, svg, picture->names.from);
    vx_put_url_text(page, svg + after, picture->svg.size - after);
}

vx_status vx_pictures_file(vx_pictures *pictures, const char *text, size_t size, vx_files *files, vx_error *error)
{
    char *filled = NULL;
    size_t filled_size = 0, from = 0;
    vx_page page = {.out = vx_text_stream(&filled, &filled_size)};
    vx_status status = page.out ? VX_OK : vx_fail_memory(error);
    for (vx_drawn_picture *picture = pictures->first; !status && picture; picture = picture->next) {
        if (!picture->png.data || (!picture->vector && !picture->webp.data)) {
            status = vx_fail_memory(error);
            break;
        }
        vx_put_ascii(&page, text + from, picture->at - from);
        from = picture->at;
        if (picture->vector)
            put_svg(&page, picture);
        else
            vx_put_base64(&page, picture->webp.data, picture->webp.size);
        status = add_file(files, picture->name, ".png", &picture->png, error);
        if (!status)
            status = add_file(files, picture->name, ".svg", &picture->svg, error);
    }
    if (!status)
        vx_put_ascii(&page, text + from, size - from);
    const bool complete = vx_stream_close(page.out);
    if (!status && !complete)
        status = vx_fail_memory(error);
    if (status)
        free(filled);
    else
        status = vx_files_add(files, VX_PAGE_FILE, filled, filled_size, error);
    return status;
}

void vx_pictures_destroy(vx_pictures *pictures)
{
    if (!pictures)
        return;
    for (vx_drawn_picture *picture = pictures->first, *next; picture; picture = next) {
        next = picture->next;
        free(picture->name);
        free(picture->png.data);
        free(picture->webp.data);
        free(picture->svg.data);
        free(picture);
    }
    *pictures = (vx_pictures){0};
}

#include "report/draw/named_points.h"

#include "base/markup.h"
#include "base/memory.h"
#include "report/draw/text.h"

static const cairo_user_data_key_t points_key;

/* Takes `text`. */
static void keep(vx_named_points *points, double x, double y, char *text)
{
    vx_named_point *grown = vx_array_grow(points->point, points->points, 1, sizeof *grown);
    points->point = grown ? grown : points->point;
    if (grown)
        points->point[points->points++] = (vx_named_point){x, y, text};
    else
        free(text);
    points->lost |= !grown;
}

void vx_point_name(cairo_t *cairo, double x, double y, char *text)
{
    vx_svg_texts *texts = vx_svg_texts_of(cairo);
    vx_named_points *points = cairo_surface_get_user_data(cairo_get_target(cairo), &points_key);
    cairo_user_to_device(cairo, &x, &y);
    if (texts) {
        char *markup = text ? vx_markup_of(text) : NULL;
        if (markup)
            fprintf(texts->names, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%g\" fill=\"none\" pointer-events=\"all\">"
                    "<title>%s</title></circle>\n", x, y, texts->reach, markup);
        texts->lost |= !markup;
        free(markup);
    }
    if (points)
        points->lost |= !text;
    if (points && text)
        keep(points, x, y, text);
    else
        free(text);
}

vx_status vx_named_points_find(const vx_drawing *drawing, vx_named_points *points, vx_error *error)
{
    vx_named_points found = {0};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cairo = cairo_create(surface);
    found.lost = cairo_surface_set_user_data(surface, &points_key, &found, NULL) != CAIRO_STATUS_SUCCESS;
    if (!found.lost)
        drawing->draw(cairo, drawing);
    found.lost |= cairo_status(cairo) != CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (found.lost) {
        vx_named_points_destroy(&found);
        return vx_fail_memory(error);
    }
    *points = found;
    return VX_OK;
}

void vx_named_points_destroy(vx_named_points *points)
{
    if (!points)
        return;
    for (size_t i = 0; i < points->points; i++)
        free(points->point[i].text);
    free(points->point);
    *points = (vx_named_points){0};
}

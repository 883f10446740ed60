#include "report/draw/text.h"

#include "base/markup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cairo_user_data_key_t texts_key;

void vx_texts_to_svg(cairo_surface_t *surface, vx_svg_texts *texts)
{
    texts->lost |= cairo_surface_set_user_data(surface, &texts_key, texts, NULL) != CAIRO_STATUS_SUCCESS;
}

vx_svg_texts *vx_svg_texts_of(cairo_t *cairo)
{
    return cairo_surface_get_user_data(cairo_get_target(cairo), &texts_key);
}

/* Writes a <text> element. The reader's font may be another than the one that measured the text, so the element is
 * aligned by its anchor; fonts that are narrower than the first come after it. */
static void put_svg(cairo_t *cairo, vx_svg_texts *texts, double x, double y, double align, double size,
                    vx_colour colour, const char *text)
{
    const bool bold = cairo_toy_font_face_get_weight(cairo_get_font_face(cairo)) == CAIRO_FONT_WEIGHT_BOLD;
    char *markup = vx_markup_of(text);
    FILE *out = texts->out;
    cairo_matrix_t to;
    if (!markup) {
        texts->lost = true;
        return;
    }
    cairo_get_matrix(cairo, &to);
    const bool turned = fabs(to.xy) > 1e-6;
    cairo_user_to_device(cairo, &x, &y);
    fprintf(out, "<text font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\" font-size=\"%g\"%s fill=\"#%02lx%02lx"
            "%02lx\"%s", turned ? size : size * to.xx, bold ? " font-weight=\"bold\"" : "", lround(255 * colour.r),
            lround(255 * colour.g), lround(255 * colour.b),
            align == 0 ? "" : align == 1 ? " text-anchor=\"end\"" : " text-anchor=\"middle\"");
    if (turned)
        fprintf(out, " transform=\"matrix(%.4f %.4f %.4f %.4f %.2f %.2f)\">", to.xx, to.yx, to.xy, to.yy, x, y);
    else
        fprintf(out, " x=\"%.2f\" y=\"%.2f\">", x, y);
    fprintf(out, "%s</text>\n", markup);
    free(markup);
}

void vx_ink_set(cairo_t *cairo, vx_colour colour)
{
    cairo_set_source_rgb(cairo, colour.r, colour.g, colour.b);
}

void vx_text_draw(cairo_t *cairo, double x, double y, double align, double size, vx_colour colour, const char *text)
{
    vx_svg_texts *texts = vx_svg_texts_of(cairo);
    cairo_text_extents_t extents;
    if (texts) {
        put_svg(cairo, texts, x, y, align, size, colour, text);
        return;
    }
    vx_ink_set(cairo, colour);
    cairo_set_font_size(cairo, size);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
    cairo_new_path(cairo);
}

void vx_text_fit(cairo_t *cairo, double x, double y, double align, double size, double width, vx_colour colour,
                 const char *text)
{
    cairo_text_extents_t extents;
    char cut[260];
    size_t length = strlen(text) < 250 ? strlen(text) : 250;
    cairo_set_font_size(cairo, size);
    cairo_text_extents(cairo, text, &extents);
    snprintf(cut, sizeof cut, "%.*s", (int)length, text);
    if (extents.x_advance > width || length < strlen(text))
        do {
            while (length && ((unsigned char)text[length] & 0xc0) == 0x80) /* do not cut within a character */
                length--;
            snprintf(cut, sizeof cut, "%.*s\xE2\x80\xA6", (int)length, text);
            cairo_text_extents(cairo, cut, &extents);
        } while (extents.x_advance > width && length-- > 1);
    vx_text_draw(cairo, x, y, align, size, colour, cut);
}

void vx_text_up(cairo_t *cairo, double x, double y, double size, double length, vx_colour colour, const char *text)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, -M_PI / 2);
    vx_text_fit(cairo, 0, 0, 0.5, size, length, colour, text);
    cairo_restore(cairo);
}

#include "report/draw/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void vx_ink_set(cairo_t *cairo, vx_colour colour)
{
    cairo_set_source_rgb(cairo, colour.r, colour.g, colour.b);
}

void vx_text_draw(cairo_t *cairo, double x, double y, double align, double size, vx_colour colour, const char *text)
{
    cairo_text_extents_t extents;
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

/* Lines that fit a terminal. */
#ifndef VX_BASE_FOLD_H
#define VX_BASE_FOLD_H

/* A copy of UTF-8 text whose lines are folded at blanks to at most `width` columns, which count as vx_utf8_width counts
 * them. What follows in a line hangs two columns further in than it begins. A word that is too long, as a path, is
 * not cut, so that it can be copied. 0: no folding. The caller frees; null without memory. */
char *vx_folded(const char *text, int width);

#endif

/* The formats in which maps store p (--p-format). */
#ifndef VX_RESULTS_P_FORMAT_H
#define VX_RESULTS_P_FORMAT_H

typedef enum vx_p_format { VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS } vx_p_format;

/* p converted to a format, in double precision. */
double vx_p_formatted(double p, vx_p_format format);

/* The quantity that a map of that format stores, for messages: "-log10 p", "p", "1-p". */
const char *vx_p_format_words(vx_p_format format);

#endif

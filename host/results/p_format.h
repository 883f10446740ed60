/* How maps hold p: as --p-format asks for it. */
#ifndef VX_RESULTS_P_FORMAT_H
#define VX_RESULTS_P_FORMAT_H

typedef enum vx_p_format { VX_P_LOG10, VX_P_PLAIN, VX_P_ONE_MINUS } vx_p_format;

/* p as a map of that format holds it, in double. */
double vx_p_formatted(double p, vx_p_format format);

/* What a p-map holds, for a person: "-log10 p", "p", "1-p". */
const char *vx_p_format_words(vx_p_format format);

#endif

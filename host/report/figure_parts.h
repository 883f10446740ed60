/* The parts of the report that have pictures, for figures. */
#ifndef VX_REPORT_FIGURE_PARTS_H
#define VX_REPORT_FIGURE_PARTS_H

#include "report/figure.h"

/* Whether a word is for pictures that each effect has. */
bool vx_figure_of_effects(const char *word);

/* Runs the parts of an effect, or of the study, that draw what is wanted. */
void vx_figure_effect(vx_report *report, const vx_effect_view *view);
void vx_figure_sections(vx_report *report);

/* Fails where a chosen modality, effect, map or kind of p is not in the results. */
vx_status vx_figure_check(const vx_results *results, const vx_figure_options *options, vx_error *error);

/* The lines of `names`, sorted and without repetitions, joined by commas. The caller frees; null without memory. */
char *vx_figure_words(char *names);

#endif

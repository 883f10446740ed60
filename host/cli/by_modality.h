/* Options whose value may differ by modality. A word is a value for every modality, or NAME=VALUE for one, where NAME
 * is a modality or marker of the study: `--scale pet=reference,cbf=global`. What is said of one goes before what is
 * said of all.
 *
 * A vx_by_modality owns its words; vx_by_modality_destroy releases it. Values point into them. */
#ifndef VX_CLI_BY_MODALITY_H
#define VX_CLI_BY_MODALITY_H

#include "cli/arguments.h"
#include "voxstat/study.h"

typedef struct vx_by_modality {
    const vx_option *option;
    vx_names word;
} vx_by_modality;

/* Errors: those of vx_argument_names. */
vx_status vx_by_modality_read(const vx_arguments *arguments, vx_option_id id, vx_by_modality *values, vx_error *error);
void vx_by_modality_destroy(vx_by_modality *values);

/* The value of a word NAME=VALUE for the modality or marker of that name; null for other words. */
const char *vx_by_modality_own(const char *word, const char *name);

/* The value for the modality or marker of that name, or null. Errors (VX_USAGE): two values for one, or for all. */
vx_status vx_by_modality_value(const vx_by_modality *values, const vx_study *study, const char *name,
                               const char **value, vx_error *error);

/* Word `i` as a value for the modality or marker of that name; null where it is one for another. *own is true where it
 * is for this one alone. */
const char *vx_by_modality_word(const vx_by_modality *values, const vx_study *study, const char *name, size_t i,
                                bool *own);

/* The index of the value among the option's choices; `otherwise` without a value. Errors: as above, and a word that is
 * no choice. */
vx_status vx_by_modality_choice(const vx_by_modality *values, const vx_study *study, const char *name,
                                int otherwise, int *choice, vx_error *error);

#endif

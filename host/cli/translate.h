/* The state of a translation: translate.c reads the foreign command and prints voxstat's, translate_settings.c derives
 * the options in between. */
#ifndef VX_CLI_TRANSLATE_H
#define VX_CLI_TRANSLATE_H

#include "cli/foreign.h"

#include <stdio.h>

enum { VX_INPUTS = 64, VX_CORRECTIONS = 5 };

typedef struct vx_translation {
    unsigned tool;
    const char *program;            /* for messages: "randomise" or "palm" */
    const char *kept[VX_KEEPS];     /* null: not given */
    const char *input[VX_INPUTS];
    size_t inputs;
    char *value[VX_OPTIONS];        /* of the voxstat command; null: left out */
    bool correct[VX_CORRECTIONS];   /* the choices of --correct */
    vx_foreign_test test;
    size_t rows;                    /* of the design; 0: unknown */
    FILE *notes;                    /* notes to the user, one per line */
    bool short_of_memory;
} vx_translation;

/* Set an option of the voxstat command; add a choice to --correct. */
void vx_translation_set(vx_translation *t, vx_option_id id, const char *value);
void vx_translation_set_real(vx_translation *t, vx_option_id id, double value);
void vx_translation_add(vx_translation *t, const char *correction);

/* Derives the voxstat options from the kept foreign ones. Errors: VX_USAGE for an unsupported test, VX_INPUT for a
 * faulty design, contrast or block file. */
vx_status vx_translation_settle(vx_translation *t, vx_error *error);

#endif

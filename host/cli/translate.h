/* A translation in the making, shared by translate.c, which reads the foreign command and prints ours, and
 * translate_settings.c, which weighs what was read. */
#ifndef VX_CLI_TRANSLATE_H
#define VX_CLI_TRANSLATE_H

#include "cli/foreign.h"

#include <stdio.h>

enum { VX_INPUTS = 64, VX_CORRECTIONS = 5 };

typedef struct vx_translation {
    unsigned tool;
    const char *program;            /* "randomise" or "palm", for a person */
    const char *kept[VX_KEEPS];     /* null: not given */
    const char *input[VX_INPUTS];
    size_t inputs;
    char *value[VX_OPTIONS];        /* of our command; null: left out */
    bool correct[VX_CORRECTIONS];   /* the choices of --correct */
    vx_foreign_test test;
    size_t rows;                    /* of the design; 0: not known */
    FILE *notes;                    /* what the person must know, a line each */
    bool short_of_memory;
} vx_translation;

/* Gives one of our options a value; one more of --correct. */
void vx_translation_set(vx_translation *t, vx_option_id id, const char *value);
void vx_translation_set_real(vx_translation *t, vx_option_id id, double value);
void vx_translation_add(vx_translation *t, const char *correction);

/* From what was kept to a value for each of our options. Errors: VX_USAGE for a test that there is none of here,
 * VX_INPUT for a design, contrasts or blocks that cannot be understood. */
vx_status vx_translation_settle(vx_translation *t, vx_error *error);

#endif

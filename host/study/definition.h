/* Definitions of new columns: "NAME = FORMULA". */
#ifndef VX_STUDY_DEFINITION_H
#define VX_STUDY_DEFINITION_H

#include "base/error.h"

typedef struct vx_definition {
    char *name;
    char *formula;
} vx_definition;

/* Splits "NAME = FORMULA" at its first "=", without the blanks around both. The caller calls vx_definition_destroy, on
 * errors too. Errors (VX_INPUT): no "=", an empty name or formula. */
vx_status vx_definition_read(const char *text, vx_definition *definition, vx_error *error);
void vx_definition_destroy(vx_definition *definition);

#endif

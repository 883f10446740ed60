/* Which files hold a modality: conditions on the parts of their names.
 *
 * A condition is a key and a pattern. The key is that of an entity, or "prefix", "words", "suffix" or "extension"
 * (vx_entity_value). A pattern is a list of values, joined by "|", each with "*" and "?" as of file names; "none" means
 * that the name does not have the key. */
#ifndef VX_BIDS_FILTER_H
#define VX_BIDS_FILTER_H

#include "bids/entities.h"

typedef struct vx_condition { const char *key, *pattern; } vx_condition;

/* The conditions of one modality. */
typedef struct vx_bids_filter {
    const char *modality;
    vx_condition *condition;
    size_t conditions;
} vx_bids_filter;

/* Owned; vx_bids_filters_destroy releases them. */
typedef struct vx_bids_filters {
    vx_bids_filter *item;
    size_t count;
    char **text; /* texts that the items point into */
    size_t texts;
} vx_bids_filters;

/* Reads filters: "pet:pvc=none,desc=preproc", or the name of a JSON file {"pet": {"pvc": null, "desc": ["preproc"]}} as
 * fMRIPrep's, where null is "none", and the long names of entities mean the short ones ("session": "ses"). Errors: text
 * that is not understood (VX_USAGE), a file that is not (VX_INPUT). */
vx_status vx_bids_filters_read(const char *const *text, size_t texts, vx_bids_filters *filters, vx_error *error);
void vx_bids_filters_destroy(vx_bids_filters *filters);

/* The filter of a modality, or null. */
const vx_bids_filter *vx_bids_filters_find(const vx_bids_filters *filters, const char *modality);

/* Whether a name meets one condition, or all conditions; a filter on a key replaces the condition on it. */
bool vx_condition_met(const vx_condition *condition, const vx_entities *entities);
bool vx_conditions_met(const vx_condition *condition, size_t conditions, const vx_bids_filter *filter,
                       const vx_entities *entities);

#endif

/* The names of files in BIDS, and of those that resemble it:
 *
 *     sub-01_ses-bl_space-MNI152NLin2009cAsym_pvc-none_desc-preproc_pet.nii.gz
 *     sub-01_ses-M00_trc-18FFDG_pet_space-Ixi549Space_suvr-pons_pet.nii.gz       Clinica: a word within the name
 *     s6mwp1sub-01_ses-bl_T1w.nii                                                CAT12: a prefix
 *
 * A name is [prefix] token {"_" token} extension; only a name with "sub-" has a prefix, which stands right before it. A
 * token with a "-" is an entity, cut at its first "-"; the others are words, the last of which is the suffix. The
 * extension begins at the first "." of the last token. The order of entities has no meaning; unknown keys are kept. */
#ifndef VX_BIDS_ENTITIES_H
#define VX_BIDS_ENTITIES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct vx_entity { const char *key, *value; } vx_entity;

/* Owned; vx_entities_destroy releases it. */
typedef struct vx_entities {
    char *prefix;       /* "" without one */
    char *tokens;       /* the text that entities and suffix point into */
    vx_entity *entity;  /* count of them, in the order of the name */
    size_t count;
    char *words;        /* those before the suffix, joined by "_"; "" without one */
    const char *suffix; /* "pet"; "" where the last token is an entity */
    char *extension;    /* ".nii.gz", with its point; "" without one */
} vx_entities;

/* Parses the name of a file, without its folder. Errors: VX_INTERNAL where memory is short. */
vx_status vx_entities_parse(const char *name, vx_entities *entities, vx_error *error);
void vx_entities_destroy(vx_entities *entities);

/* The value of an entity or, without one of that name, of "prefix", "words", "suffix" or "extension". Null where the
 * name has none. */
const char *vx_entity_value(const vx_entities *entities, const char *key);

/* Whether two values of an entity are the same. Labels of spaces are compared without case. Null equals only null. */
bool vx_entity_same(const char *key, const char *a, const char *b);

/* Whether `general` names a file whose metadata hold for `specific` (BIDS, inheritance): the same suffix, and no
 * entity, prefix or word that `specific` does not have with the same value. */
bool vx_entities_inherit(const vx_entities *general, const vx_entities *specific);

#endif

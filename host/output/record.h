/* What the writers share: the results of a record in one list, the names they go by, and their voxels on the grid. */
#ifndef VX_OUTPUT_RECORD_H
#define VX_OUTPUT_RECORD_H

#include "output/file.h"
#include "output/output.h"
#include "space/space.h"

/* One effect of one modality and the names it goes by. Names come from a table and may hold anything; in files and
 * HDF5 paths a character that is not a letter, digit, one of "_-.+" or part of a UTF-8 sequence becomes '-', and a name
 * that is then taken gets "-2", "-3" ... */
typedef struct vx_entry {
    const vx_record_modality *modality;
    const vx_result *result;
    char *modality_name, *effect_name; /* each alone, for HDF5 paths */
    char *stem;                        /* <modality>_<effect>, for files */
} vx_entry;

/* Every effect of every modality, in the order of the record. The caller frees with vx_entries_free. */
vx_status vx_entries_new(const vx_record *record, vx_entry **entries, size_t *count, vx_error *error);
void vx_entries_free(vx_entry *entries, size_t count);

/* A map as it is written: vx_space_places values, p in `format`. Outside the mask estimates and statistics are 0 and p
 * is 1. */
void vx_map_scatter(const vx_map *map, const vx_space *space, vx_p_format format, float *written);

/* Marks the voxels analysed in every one of `count` modalities with 1, the others with 0. False where the modalities
 * lie on different grids and so have no voxels in common to mark; `mask` has the elements of the first one's grid. */
bool vx_mask_intersection(const vx_record_modality *modality, size_t count, uint8_t *mask);

/* The participant of row i of an effect. */
const char *vx_effect_participant(const vx_record *record, const vx_entry *entry, int64_t i);

/* The options {name: value} and the inputs [{path, participant, column, sha256}] as JSON text, which the caller frees
 * with free(); null where memory is short. */
char *vx_options_json(const vx_record *record);
char *vx_inputs_json(const vx_record *record);

#endif

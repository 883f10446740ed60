/* Shared by the writers: the results of a record in one list with their names, and their voxels on the grid. */
#ifndef VX_OUTPUT_RECORD_H
#define VX_OUTPUT_RECORD_H

#include "output/file.h"
#include "output/output.h"
#include "space/space.h"


/* A search volume of an effect. `name` comes from its family as below, and is unique in the modality. */
typedef struct vx_entry_volume {
    const vx_record_volume *volume;
    const vx_space *space;
    const vx_result *result;
    char *name;
} vx_entry_volume;

/* An effect of a modality, and its names in files and HDF5 paths. These come from the table's names by
 * vx_file_name_from; "-2", "-3" ... is appended to a duplicate, in upper or lower case, and to a name that a file or
 * folder of voxstat's own has. */
typedef struct vx_entry {
    const vx_record_modality *modality;
    const vx_result *result;
    char *modality_name, *effect_name;
    char *place;                       /* <modality>/<effect>: its folder, and its place in results.h5 */
    char *stem;                        /* <modality>_<effect>: the names of its pictures and its pack begin with it */
    vx_entry_volume *volume;           /* modality->volumes of them */
} vx_entry;

/* Every effect of every modality, in the order of the record. The caller frees with vx_entries_free. */
vx_status vx_entries_new(const vx_record *record, vx_entry **entries, size_t *count, vx_error *error);
void vx_entries_free(vx_entry *entries, size_t count);

/* Fills the vx_space_places values of a map's volume, with p in `format`. Outside the mask p is 1, and estimates and
 * statistics are 0. */
void vx_map_scatter(const vx_map *map, const vx_space *space, vx_p_format format, float *written);

/* Results to write: those of the complete mask, or of a search volume. */
typedef struct vx_tests {
    const vx_space *space;
    const vx_result *result;
    const char *volume; /* its name in files; null: the complete mask */
} vx_tests;

/* The results of an entry: part 0 is the complete mask, and the search volumes follow. */
size_t vx_entry_parts(const vx_entry *entry);
vx_tests vx_entry_tests(const vx_entry *entry, size_t part);

/* Whether a map of such results is written. */
bool vx_map_written(const vx_tests *tests, const vx_map *map);

/* The number of voxels with a significant p in a map of p. */
int64_t vx_map_significant(const vx_map *map, int64_t elements);

/* Sets `mask` to 1 for the voxels analysed in all of `count` modalities, else 0. `mask` has the first one's grid. False
 * where the modalities have different grids. */
bool vx_mask_intersection(const vx_record_modality *modality, size_t count, uint8_t *mask);

/* The participant of row i of an effect. */
const char *vx_effect_participant(const vx_record *record, const vx_entry *entry, int64_t i);

/* The options {name: value} and the inputs [{path, participant, column, sha256}] as JSON text, which the caller frees
 * with free(); null where memory is short. */
char *vx_options_json(const vx_record *record);
char *vx_inputs_json(const vx_record *record);

#endif

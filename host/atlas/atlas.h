/* Atlases: regions of a space, as labels of one volume or as probabilities, one volume a region.
 *
 * A vx_atlas borrows its path and owns the rest; vx_atlas_destroy releases it. It holds names and labels but no voxels:
 * atlas/regions.h reads these for each modality. */
#ifndef VX_ATLAS_ATLAS_H
#define VX_ATLAS_ATLAS_H

#include "atlas/label_names.h"
#include "base/remarks.h"
#include "image/source.h"

typedef struct vx_atlas {
    const char *path;
    vx_loading how;        /* of all its volumes */
    bool probabilities;
    int64_t regions;
    char **name;           /* regions: all different */
    int64_t *label;        /* regions, ascending; of probabilities the number of the volume, from 0 */
    vx_label_names names;  /* the file of names, as it was read */
} vx_atlas;

/* Reads which labels there are, and their names from the file `names` (null: the one beside the atlas, see
 * vx_label_names_find). Names without a label become a remark, because atlases list labels that are too small for their
 * resolution. `orientation` is for headers that do not tell left from right.
 * Errors (VX_INPUT, naming the file): those of vx_source_read and vx_label_names_read; a value that is no whole number
 * from 0 on; no label; more than 20,000 labels; labels without names; two labels of one name; more or fewer names than
 * volumes. */
vx_status vx_atlas_read(const char *path, const char *names, vx_analyze_orientation orientation, vx_remarks *remarks,
                        vx_atlas *atlas, vx_error *error);
void vx_atlas_destroy(vx_atlas *atlas);

/* The region of a label; -1 where the atlas has no such label. */
int64_t vx_atlas_find(const vx_atlas *atlas, int64_t label);

#endif

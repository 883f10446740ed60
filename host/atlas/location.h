/* Where clusters lie: centre of mass, sub-peaks, and the regions of an atlas that they touch.
 *
 * The functions take maps of a space of voxels: `label` has the number of the cluster from 1 on, or 0, and `t` is any
 * statistic. Both have a value for every voxel. */
#ifndef VX_ATLAS_LOCATION_H
#define VX_ATLAS_LOCATION_H

#include "atlas/regions.h"

enum { VX_SUB_PEAKS_MAX = 3 };

/* The share of a cluster's voxels in a region: the mean of the region's weights over its voxels. */
typedef struct vx_region_share {
    int64_t region; /* a number in vx_regions */
    double share;
} vx_region_share;

typedef struct vx_location {
    double centre_mm[3]; /* mean place of the voxels, weighted by |t| */
    int64_t peak;        /* the voxel (element of the space) of the largest |t| */
    int64_t sub_peak[VX_SUB_PEAKS_MAX];
    int sub_peaks;
    const vx_region_share *share; /* shares of them, largest first; points into vx_locations */
    size_t shares;
} vx_location;

/* Owned; vx_locations_destroy releases it. */
typedef struct vx_locations {
    vx_location *cluster; /* clusters */
    size_t clusters;
    vx_region_share *share;
} vx_locations;

/* Sub-peaks are local maxima of |t| in the cluster (26 neighbours) that are at least `distance_mm` from its peak and
 * from larger sub-peaks, at most VX_SUB_PEAKS_MAX, largest first. `regions` is null without an atlas. */
vx_status vx_locations_find(const vx_space *space, const float *label, const float *t, size_t clusters,
                            const vx_regions *regions, double distance_mm, vx_locations *locations, vx_error *error);
void vx_locations_destroy(vx_locations *locations);

/* The region with the largest weight at a voxel of the space; -1 where no region has weight. */
int64_t vx_region_at(const vx_regions *regions, const vx_space *space, int64_t element);

/* The same for all places of the grid: 1 + the region, or 0. `number` has the grid's size. */
vx_status vx_region_numbers(const vx_regions *regions, size_t places, float *number, vx_error *error);

#endif

#include "atlas/location.h"

#include "base/memory.h"
#include "base/sort.h"
#include "space/grid.h"
#include "space/lattice.h"

#include <math.h>
#include <string.h>

/* A voxel in which |t| is as large as in every neighbour of its cluster. */
typedef struct maximum { size_t cluster; float height; int64_t element; } maximum;

static int largest_first(const void *a, const void *b)
{
    const maximum *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    if (x->height != y->height)
        return x->height > y->height ? -1 : 1;
    return vx_compare((double)x->element, (double)y->element);
}

/* The state of finding locations. */
typedef struct finding {
    const vx_space *space;
    const float *label, *t;
    vx_lattice lattice;
    int neighbours, offset[VX_NEIGHBOURS_MAX];
    int32_t *at; /* places of the lattice: element + 1, or 0 outside the mask */
    maximum *found;
    size_t maxima;
} finding;

static size_t cluster_of(const finding *f, int64_t element)
{
    return (size_t)f->label[element] - 1;
}

static bool is_maximum(const finding *f, int64_t element)
{
    const int32_t *here = f->at + f->lattice.position[element];
    const float height = fabsf(f->t[element]);
    for (int k = 0; k < f->neighbours; k++) {
        const int64_t other = (int64_t)here[f->offset[k]] - 1;
        if (other >= 0 && f->label[other] == f->label[element] && fabsf(f->t[other]) > height)
            return false;
    }
    return true;
}

static vx_status find_maxima(finding *f, vx_error *error)
{
    vx_status status = vx_lattice_init(f->space, &f->lattice, error);
    if (status)
        return status;
    f->neighbours = vx_neighbours(26, f->lattice.stride_y, f->lattice.stride_z, f->offset);
    if (!(f->at = vx_array_zero(vx_lattice_places(&f->lattice), sizeof *f->at)))
        return vx_fail_memory(error);
    for (int64_t e = 0; e < f->space->elements; e++)
        f->at[f->lattice.position[e]] = (int32_t)e + 1;
    for (int64_t e = 0; e < f->space->elements; e++) {
        if (!(f->label[e] > 0) || !is_maximum(f, e))
            continue;
        maximum *grown = vx_array_grow(f->found, f->maxima, 1, sizeof *grown);
        if (!grown)
            return vx_fail_memory(error);
        f->found = grown;
        grown[f->maxima++] = (maximum){cluster_of(f, e), fabsf(f->t[e]), e};
    }
    if (f->maxima)
        qsort(f->found, f->maxima, sizeof *f->found, largest_first);
    return VX_OK;
}

static double distance(const vx_space *space, int64_t one, int64_t other)
{
    double a[3], b[3];
    vx_grid_mm(&space->grid, space->index[one], a);
    vx_grid_mm(&space->grid, space->index[other], b);
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

/* The first maximum of a cluster is its peak; others follow where they are far enough. */
static void take_maxima(const finding *f, double distance_mm, vx_locations *locations)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < f->maxima; i++) {
        const maximum *one = &f->found[i];
        vx_location *cluster = &locations->cluster[one->cluster];
        bool far = cluster->sub_peaks < VX_SUB_PEAKS_MAX;
        if (one->cluster != last) {
            cluster->peak = one->element;
            last = one->cluster;
            continue;
        }
        far = far && distance(f->space, one->element, cluster->peak) >= distance_mm;
        for (int k = 0; far && k < cluster->sub_peaks; k++)
            far = distance(f->space, one->element, cluster->sub_peak[k]) >= distance_mm;
        if (far)
            cluster->sub_peak[cluster->sub_peaks++] = one->element;
    }
}

/* centre = sum of |t| mm / sum of |t|. `sum` has a value for each cluster. */
static void find_centres(const finding *f, double *sum, vx_locations *locations)
{
    for (int64_t e = 0; e < f->space->elements; e++) {
        double mm[3];
        if (!(f->label[e] > 0))
            continue;
        vx_grid_mm(&f->space->grid, f->space->index[e], mm);
        sum[cluster_of(f, e)] += fabs((double)f->t[e]);
        for (int k = 0; k < 3; k++)
            locations->cluster[cluster_of(f, e)].centre_mm[k] += fabs((double)f->t[e]) * mm[k];
    }
    for (size_t c = 0; c < locations->clusters; c++)
        for (int k = 0; k < 3; k++)
            locations->cluster[c].centre_mm[k] /= sum[c];
}

/* ---- regions ---- */

typedef struct touch { size_t cluster; vx_region_share of; } touch;

static int largest_share_first(const void *a, const void *b)
{
    const touch *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    if (x->of.share != y->of.share)
        return x->of.share > y->of.share ? -1 : 1;
    return vx_compare((double)x->of.region, (double)y->of.region);
}

/* Sums the weights of a region in every cluster. Both lists of voxels ascend; the space may lack voxels of the region,
 * as a search volume does. */
static void sum_region(const finding *f, const vx_region *region, double *sum)
{
    const vx_space *space = f->space;
    for (int64_t v = 0, e = 0; v < region->voxels; v++) {
        while (e < space->elements && space->index[e] < region->index[v])
            e++;
        if (e < space->elements && space->index[e] == region->index[v] && f->label[e] > 0)
            sum[cluster_of(f, e)] += region->weight ? region->weight[v] : 1;
    }
}

static vx_status find_shares(const finding *f, const vx_regions *regions, double *sum, vx_locations *locations,
                             vx_error *error)
{
    touch *touched = NULL;
    size_t count = 0;
    vx_status status = VX_OK;
    double *voxels = vx_array_zero(locations->clusters, sizeof *voxels);
    for (int64_t e = 0; voxels && e < f->space->elements; e++)
        if (f->label[e] > 0)
            voxels[cluster_of(f, e)]++;
    for (int64_t r = 0; voxels && !status && r < regions->count; r++) {
        memset(sum, 0, locations->clusters * sizeof *sum);
        sum_region(f, &regions->region[r], sum);
        for (size_t c = 0; !status && c < locations->clusters; c++) {
            touch *grown = sum[c] > 0 ? vx_array_grow(touched, count, 1, sizeof *grown) : touched;
            if (sum[c] > 0 && !grown)
                status = vx_fail_memory(error);
            else if (sum[c] > 0)
                (touched = grown)[count++] = (touch){c, {r, sum[c] / voxels[c]}};
        }
    }
    if (!status && (!voxels || !(locations->share = vx_array(count, sizeof *locations->share))))
        status = vx_fail_memory(error);
    if (!status && count)
        qsort(touched, count, sizeof *touched, largest_share_first);
    for (size_t i = 0; !status && i < count; i++) {
        vx_location *cluster = &locations->cluster[touched[i].cluster];
        locations->share[i] = touched[i].of;
        if (!cluster->shares++)
            cluster->share = &locations->share[i];
    }
    free(voxels);
    free(touched);
    return status;
}

vx_status vx_locations_find(const vx_space *space, const float *label, const float *t, size_t clusters,
                            const vx_regions *regions, double distance_mm, vx_locations *locations, vx_error *error)
{
    vx_locations made = {.cluster = vx_array_zero(clusters, sizeof *made.cluster), .clusters = clusters};
    finding f = {.space = space, .label = label, .t = t};
    double *sum = vx_array_zero(clusters, sizeof *sum);
    vx_status status = made.cluster && sum ? VX_OK : vx_fail_memory(error);
    if (!status && clusters && !(status = find_maxima(&f, error))) {
        take_maxima(&f, distance_mm, &made);
        find_centres(&f, sum, &made);
        status = regions ? find_shares(&f, regions, sum, &made, error) : VX_OK;
    }
    vx_lattice_destroy(&f.lattice);
    free(f.at);
    free(f.found);
    free(sum);
    if (status)
        vx_locations_destroy(&made);
    else
        *locations = made;
    return status;
}

void vx_locations_destroy(vx_locations *locations)
{
    if (!locations)
        return;
    free(locations->cluster);
    free(locations->share);
    *locations = (vx_locations){0};
}

vx_status vx_region_numbers(const vx_regions *regions, size_t places, float *number, vx_error *error)
{
    float *highest = vx_array_zero(places, sizeof *highest);
    if (!highest)
        return vx_fail_memory(error);
    memset(number, 0, places * sizeof *number);
    for (int64_t r = 0; r < regions->count; r++) {
        const vx_region *region = &regions->region[r];
        for (int64_t k = 0; k < region->voxels; k++) {
            const float weight = region->weight ? region->weight[k] : 1;
            if (weight <= highest[region->index[k]])
                continue;
            highest[region->index[k]] = weight;
            number[region->index[k]] = (float)(r + 1);
        }
    }
    free(highest);
    return VX_OK;
}

int64_t vx_region_at(const vx_regions *regions, const vx_space *space, int64_t element)
{
    const int64_t wanted = space->index[element];
    int64_t best = -1;
    double highest = 0;
    for (int64_t r = 0; r < regions->count; r++) {
        const vx_region *region = &regions->region[r];
        int64_t low = 0, high = region->voxels;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (region->index[middle] < wanted)
                low = middle + 1;
            else
                high = middle;
        }
        const bool there = low < region->voxels && region->index[low] == wanted;
        const double weight = !there ? 0 : region->weight ? region->weight[low] : 1;
        if (weight > highest) {
            highest = weight;
            best = r;
        }
    }
    return best;
}

#include "image/change.h"

#include "base/memory.h"
#include "image/global.h"
#include "space/grid.h"

static const double least_share = 0.01; /* of the global mean: less is noise about zero */

static bool has_value(double x, bool keep_zeros)
{
    return isfinite(x) && (x != 0 || keep_zeros);
}

vx_status vx_change_mark(vx_change change, const vx_volume_row *row, const vx_loaded *volume, bool keep_zeros,
                         vx_facts *facts, vx_error *error)
{
    double least = INFINITY;
    if (change == VX_CHANGE_DIFFERENCE)
        return VX_OK;
    if (row->sessions != 2 || row->session[0].weight != -1 || row->session[1].weight != 1)
        return vx_fail(error, VX_INPUT, "participant %s: a change in percent or as a ratio is one of two images, with "
                       "the weights -1 and 1", vx_source_name(row->participant));
    const int64_t voxels = (int64_t)vx_grid_elements(&volume->grid);
    for (int s = 0; s < 2; s++) {
        const double global = vx_global_of(&volume[s]).mean;
        if (!(global > 0))
            return vx_fail(error, VX_INPUT, "participant %s, column %s: the image has no global mean above 0, and a "
                           "change in percent or as a ratio needs positive values; --change difference does not",
                           vx_source_name(row->participant), vx_source_name(row->session[s].column));
        least = fmin(least, least_share * global);
        if (!(facts[s].no_change = vx_array_zero(vx_facts_words(voxels), sizeof *facts[s].no_change)))
            return vx_fail_memory(error);
    }
    for (int64_t v = 0; v < voxels; v++) {
        const double b = vx_loaded_value(&volume[0], v), f = vx_loaded_value(&volume[1], v);
        const int fault = vx_change_fault(change, b, f, least);
        if (fault >= 0 && has_value(b, keep_zeros) && has_value(f, keep_zeros))
            facts[fault].no_change[v >> 6] |= (uint64_t)1 << (v & 63);
    }
    return VX_OK;
}

void vx_change_fill(vx_change change, const vx_loaded *volume, const vx_candidates *at, float *result)
{
    for (int64_t c = 0; c < at->count; c++) {
        const double b = vx_loaded_value(&volume[0], at->index[c]), f = vx_loaded_value(&volume[1], at->index[c]);
        const double value = vx_change_of(change, b, f);
        result[c] = isfinite(value) ? (float)value : 0;
    }
}

#include "base/memory.h"
#include "infer/pvalue.h"
#include "infer/quantity.h"

/* Adds the corrected map of a kind, and the corrected p to every cluster. */
static vx_status add_kind(vx_result *result, vx_quantity kind, size_t effects, vx_error *error)
{
    const vx_quantity_row *about = vx_quantity_about(kind);
    const float *own = vx_result_map(result, about->of)->value;
    float *p = vx_array((size_t)result->voxels, sizeof *p);
    if (!p)
        return vx_fail_memory(error);
    for (int64_t v = 0; v < result->voxels; v++)
        p[v] = (float)vx_p_times(own[v], effects, result->null.count);
    result->map[result->maps++] = (vx_map){kind, about->units, p};
    result->bonferroni_effects = effects;
    for (size_t c = 0; c < result->clusters; c++) {
        double *of_cluster = result->cluster[c].p;
        of_cluster[kind] = vx_p_times(of_cluster[about->of], effects, result->null.count);
    }
    return VX_OK;
}

vx_status vx_bonferroni(vx_result *const *result, size_t results, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t r = 0; r < results; r++)
        for (int kind = 0; !status && kind < VX_P_KINDS; kind++) {
            const vx_quantity of = vx_quantity_about(kind)->of;
            if (of != VX_P_UNCORRECTED && vx_result_map(result[r], of) && !vx_result_map(result[r], kind))
                status = add_kind(result[r], kind, results, error);
        }
    return status;
}

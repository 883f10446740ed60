#include "voxstat/family.h"

#include "base/memory.h"
#include "base/sort.h"
#include "infer/pvalue.h"

#include <math.h>
#include <string.h>

/* A member that was tested. */
typedef struct tested {
    const double *statistic;  /* relabelling i at i * stride */
    size_t stride, member;    /* member: its place in the caller's list */
    size_t same_df;           /* the first of the list with these degrees of freedom */
    double df, largest;       /* largest: of a member that is its own same_df, the largest T so far in a relabelling */
    double reach_t, reach;    /* the smallest T, and the smallest S, that count as the observed ones */
    double observed;          /* S_0 */
    uint64_t own, all, rest;  /* relabellings that reach it: by S, by the largest S of all members, and by that of this
                               * member and those after it */
} tested;

static vx_status check_member(const vx_family_member *member, const vx_result *first, vx_error *error)
{
    const vx_result *result = member->result;
    const char *name = result->effect->name;
    if (!result->statistic)
        return vx_fail(error, VX_USAGE, "effect %s: its statistics were not kept, which a family needs", name);
    if (member->element < 0 || member->element >= result->voxels)
        return vx_fail(error, VX_USAGE, "effect %s: element %lld of 0 to %lld", name, (long long)member->element,
                       (long long)result->voxels - 1);
    if (result->options.tails != first->options.tails)
        return vx_fail(error, VX_USAGE, "effects %s and %s: a family is tested in the same tails", first->effect->name,
                       name);
    const char *difference = vx_relabellings_difference(first->relabellings, result->relabellings);
    return difference ? vx_fail(error, VX_USAGE, "effects %s and %s do not share relabellings: %s", first->effect->name,
                                name, difference)
                      : VX_OK;
}

static double z_of(double t, double df)
{
    return copysign((8.0 * df + 1.0) / (8.0 * df + 3.0) * sqrt(df * log1p(t * t / df)), t);
}

/* T = |t|, t or -t, of which S = z(T). */
static double t_of(const tested *of, vx_tails tails, uint64_t i)
{
    const double t = of->statistic[i * of->stride];
    return tails == VX_TWO_TAILS ? fabs(t) : tails == VX_POSITIVE ? t : -t;
}

static int descending_observed(const void *a, const void *b)
{
    const tested *x = a, *y = b;
    return x->observed != y->observed ? vx_compare(y->observed, x->observed)
                                      : vx_compare((double)x->member, (double)y->member);
}

/* Lists the members that were tested, by descending S_0; *count of them. */
static vx_status list_tested(const vx_family_member *member, size_t members, tested *list, size_t *count,
                             vx_error *error)
{
    const vx_result *first = NULL;
    *count = 0;
    for (size_t j = 0; j < members; j++) {
        const vx_result *result = member[j].result;
        if (!result)
            continue;
        first = first ? first : result;
        vx_status status = check_member(&member[j], first, error);
        if (status)
            return status;
        tested *of = &list[(*count)++];
        *of = (tested){.statistic = result->statistic + member[j].element,
                       .stride = (size_t)result->voxels,
                       .member = j,
                       .df = result->effect->df};
        of->reach_t = result->reach[member[j].element];
        of->reach = z_of(of->reach_t, of->df);
        of->observed = z_of(t_of(of, result->options.tails, 0), of->df);
    }
    qsort(list, *count, sizeof *list, descending_observed);
    for (size_t k = 0; k < *count; k++)
        while (list[list[k].same_df].df != list[k].df)
            list[k].same_df++;
    return VX_OK;
}

/* z increases with T. Of members with the same degrees of freedom, only a new largest T is turned into S: few are. */
static void count_relabelling(tested *list, size_t count, vx_tails tails, uint64_t i)
{
    double largest = -INFINITY;
    for (size_t k = 0; k < count; k++)
        list[k].largest = -INFINITY;
    for (size_t k = count; k-- > 0;) {
        const double t = t_of(&list[k], tails, i);
        double *so_far = &list[list[k].same_df].largest;
        if (t > *so_far) {
            *so_far = t;
            largest = fmax(largest, z_of(t, list[k].df));
        }
        list[k].own += t >= list[k].reach_t;
        list[k].rest += largest >= list[k].reach;
    }
    for (size_t k = 0; k < count; k++)
        list[k].all += largest >= list[k].reach;
}

/* Sets the p that are counts, and then those that follow from the uncorrected ones. `uncorrected` and `adjusted` have
 * `count` elements. */
static vx_status set_p(const tested *list, size_t count, uint64_t relabellings, double *uncorrected, double *adjusted,
                       vx_family_p *p, vx_error *error)
{
    const int64_t m = (int64_t)count;
    uint64_t stepdown = 0;
    for (size_t k = 0; k < count; k++) {
        stepdown = list[k].rest > stepdown ? list[k].rest : stepdown;
        uncorrected[k] = (double)list[k].own / (double)relabellings;
        p[list[k].member] = (vx_family_p){.uncorrected = uncorrected[k],
                                          .fwe = (double)list[k].all / (double)relabellings,
                                          .stepdown = (double)stepdown / (double)relabellings};
    }
    vx_status status = vx_holm(uncorrected, m, relabellings, adjusted, error);
    for (size_t k = 0; !status && k < count; k++)
        p[list[k].member].holm = adjusted[k];
    if (!status)
        status = vx_fdr(uncorrected, m, adjusted, error);
    for (size_t k = 0; !status && k < count; k++)
        p[list[k].member].fdr = adjusted[k];
    return status;
}

vx_status vx_family_correct(const vx_family_member *member, size_t members, vx_family_p *p, vx_error *error)
{
    size_t count = 0;
    tested *list = vx_array(members, sizeof *list);
    double *uncorrected = vx_array(members, sizeof *uncorrected), *adjusted = vx_array(members, sizeof *adjusted);
    vx_status status = list && uncorrected && adjusted ? list_tested(member, members, list, &count, error)
                                                       : vx_fail_memory(error);
    if (status)
        goto cleanup;
    for (size_t j = 0; j < members; j++)
        p[j] = (vx_family_p){NAN, NAN, NAN, NAN, NAN};
    if (!count)
        goto cleanup;
    const vx_result *first = member[list[0].member].result;
    for (uint64_t i = 0; i < first->plan.relabellings; i++)
        count_relabelling(list, count, first->options.tails, i);
    status = set_p(list, count, first->plan.relabellings, uncorrected, adjusted, p, error);
cleanup:
    free(list);
    free(uncorrected);
    free(adjusted);
    return status;
}

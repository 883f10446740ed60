/* The registry of result quantities: the names of every map and every kind of p in files, tables and texts.
 *
 * Writers, readers and reports iterate over this registry. A new correction is a row here and the file that computes
 * it. */
#ifndef VX_INFER_QUANTITY_H
#define VX_INFER_QUANTITY_H

#include "voxstat/result.h"

/* The error rate that a kind of p controls. */
typedef enum vx_control { VX_CONTROL_NONE, VX_CONTROL_FAMILY_WISE, VX_CONTROL_FALSE_DISCOVERY } vx_control;

typedef struct vx_quantity_row {
    const char *name;       /* of the map, in file names and in results.h5 */
    const char *units;      /* null: the units of the effect's estimate */
    vx_intent intent;
    const char *title;      /* of the map in the report; null: the viewer does not offer the map */

    /* For kinds of p only. */
    vx_control control;
    bool of_cluster;        /* p belongs to a cluster; otherwise to a voxel, and a cluster shows that of its peak */
    unsigned correct;       /* the VX_CORRECT_ flag that requests it; 0: always computed */
    const char *choice;     /* the argument of --correct; null: `word` */
    vx_quantity of;         /* the kind of p that this one corrects further; VX_P_UNCORRECTED: none. Columns and keys
                             * of a further correction exist only where it was requested */
    const char *key;        /* in run.json */
    const char *column;     /* in cluster tables */
    const char *word;       /* in --correct, in tables on the terminal, and of the null distribution in results.h5 */
    const char *label;      /* in table headings of the report */
    const char *criterion;  /* of significance, in a sentence: "by extent" */
    const char *maximum;    /* the maximum that the null distribution is of; null: the statistic's, if there is one */
    const char *nidm;       /* term of NIDM-Results; null: NIDM-Results has none, and a comment has nidm_words */
    const char *nidm_words;
} vx_quantity_row;

const vx_quantity_row *vx_quantity_about(vx_quantity quantity);

static inline bool vx_quantity_is_p(vx_quantity quantity)
{
    return quantity < VX_P_KINDS;
}

/* Whether a map depends on which voxels were searched: corrected p, clusters and TFCE scores do. Within a search volume
 * the others are those of the complete mask. */
bool vx_quantity_of_volume(vx_quantity quantity);

/* The kinds of p in the order of --correct (family-wise error before false discovery), and in the order of columns in
 * cluster tables. */
extern const vx_quantity vx_p_corrections[VX_P_KINDS], vx_p_columns[VX_P_KINDS];

/* The primary correction of a study is the kind of p that "significant" means; the other corrections are further looks.
 *
 * vx_quantity_may_be_primary: whether --primary takes the kind. It takes the family-wise ones of each effect by itself,
 * so that one more effect or correction in a run does not change what is significant.
 *
 * vx_primary_default: the primary correction where --primary names none: the first in vx_p_corrections that the
 * VX_CORRECT_ flags request. VX_P_UNCORRECTED where they request none, and then nothing is significant. */
bool vx_quantity_may_be_primary(vx_quantity kind);
vx_quantity vx_primary_default(unsigned correct);

/* The null distribution of a kind of p; null for kinds without one. */
double **vx_null_maxima(vx_null *null, vx_quantity quantity);

#endif

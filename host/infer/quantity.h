/* The one list of what results hold: what each map and each kind of p is called, wherever it is shown or kept.
 *
 * Writers, readers, tables and texts walk this list and have none of their own. A new correction is a row here and the
 * file that computes it. */
#ifndef VX_INFER_QUANTITY_H
#define VX_INFER_QUANTITY_H

#include "voxstat/result.h"

/* What the p of a kind keep below the level. */
typedef enum vx_control { VX_CONTROL_NONE, VX_CONTROL_FAMILY_WISE, VX_CONTROL_FALSE_DISCOVERY } vx_control;

typedef struct vx_quantity_row {
    const char *name;       /* of the map: in names of files and in results.h5 */
    const char *units;      /* null: those of the effect's estimate */
    vx_intent intent;
    const char *title;      /* of the map in the report; null: its viewer does not show the map */

    /* The rest is of p only. */
    vx_control control;
    bool of_cluster;        /* every cluster has one p; of other kinds a cluster has its peak's */
    unsigned correct;       /* the VX_CORRECT_ flag that asks for it; 0: it is always there */
    const char *choice;     /* the word of --correct for that; null where `word` is it */
    vx_quantity of;         /* the kind that is corrected further; VX_P_UNCORRECTED: none is. Columns and keys of a
                             * further correction are there only where it was asked for */
    const char *key;        /* in run.json */
    const char *column;     /* in tables of clusters */
    const char *word;       /* of --correct, of tables on the terminal and of the null distribution in results.h5 */
    const char *label;      /* in heads of the report's tables */
    const char *criterion;  /* by what voxels or clusters survive, in brackets: "false discovery rate" */
    const char *survivors;  /* the same in a sentence: "in clusters by extent" */
    const char *maximum;    /* what the null distribution is of; null with one: of the statistic */
    const char *nidm;       /* the term of NIDM-Results; null: there is none, and a comment says it in these words */
    const char *nidm_words;
} vx_quantity_row;

const vx_quantity_row *vx_quantity_about(vx_quantity quantity);

static inline bool vx_quantity_is_p(vx_quantity quantity)
{
    return quantity < VX_P_KINDS;
}

/* The kinds of p in the order of corrections (family-wise ones before rates, as in --correct), and in the order of the
 * columns in tables of clusters. */
extern const vx_quantity vx_p_corrections[VX_P_KINDS], vx_p_columns[VX_P_KINDS];

/* The distribution of maxima that a kind of p is read from; null for kinds that have none. */
double **vx_null_maxima(vx_null *null, vx_quantity quantity);

#endif

/* The names of an atlas's labels, from a file beside it.
 *
 * The form of the file is told from its content:
 *
 *   table      columns separated by tabs, semicolons or commas, with a header that names index (ROIid) and name
 *              (ROIname): BIDS _dseg.tsv, CSV of CAT12
 *   lines      a label, its name and anything after it: FreeSurfer's colour table, AAL's .nii.txt; or a short name, a
 *              name and the label: AAL's ROI_MNI_*.txt
 *   XML        <label index="..">name</label> of FSL, where indices of a probabilistic atlas count from 0 and the
 *              labels of its volume from 1; or <label><index>..</index><name>..</name></label> of SPM
 *   one line   names separated by tabs, for the labels 1, 2, ...
 *
 * A vx_label_names owns its memory; vx_label_names_destroy releases it. */
#ifndef VX_ATLAS_LABEL_NAMES_H
#define VX_ATLAS_LABEL_NAMES_H

#include "base/error.h"
#include "base/sha.h"

#include <stddef.h>
#include <stdint.h>

typedef struct vx_label_name {
    int64_t label;
    char *name;
} vx_label_name;

typedef struct vx_label_names {
    char *path;
    char sha256[VX_SHA256_TEXT];
    vx_label_name *item; /* count; by ascending label, each label once */
    size_t count;
} vx_label_names;

/* The file of names that belongs to an atlas X.nii.gz: the first of X.tsv, X_dseg.tsv, X.csv, X.xml, X.txt, X.nii.txt
 * and labels.tsv in its folder that exists. The caller frees *path. Errors: VX_INPUT where none exists. */
vx_status vx_label_names_find(const char *atlas, char **path, vx_error *error);

/* Reads a file of names. `volumes`: the labels are to number volumes; FSL's indices are then kept as they are.
 * Errors (VX_INPUT, naming the file and line): missing, not a regular file, not UTF-8, in no known form, a label that
 * is no whole number, a label with two names, a label without a name. */
vx_status vx_label_names_read(const char *path, bool volumes, vx_label_names *names, vx_error *error);
void vx_label_names_destroy(vx_label_names *names);

#endif

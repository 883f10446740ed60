/* A BIDS folder as a table: a row a participant, a column <modality>_<session> of images, and the columns of the
 * dataset's own tables. Nothing behind this table knows of BIDS. */
#ifndef VX_BIDS_BIDS_H
#define VX_BIDS_BIDS_H

#include "base/remarks.h"
#include "bids/covariates.h"
#include "bids/slots.h"

typedef struct vx_bids_options {
    const char *folder;
    const char *const *derivative; /* see vx_layout_read */
    size_t derivatives;
    const char *const *modality;   /* none: pet, cbf and gm, as far as they are there. Names of no image are markers */
    size_t modalities;
    const char *const *map;        /* images that go with those of every modality, maps of tissue: gm and wm are shares
                                      of grey and white matter, not modulated. They are no modalities */
    size_t maps;
    const char *const *session;    /* labels; none: all there are */
    size_t sessions;
    const char *const *filter;     /* see vx_bids_filters_read */
    size_t filters;
} vx_bids_options;

/* Owned; vx_bids_destroy releases it. */
typedef struct vx_bids {
    char *table;             /* the text of a TSV file, as --table reads it */
    json_t *dictionary;      /* what the dataset says about the columns that are not of images */
    vx_remarks remarks;
    vx_layout layout;
    vx_bids_filters filters;
    vx_bids_tables tables;
    vx_bids_search search;   /* the participants and sessions of the slots */
    vx_bids_slots *slots;    /* modalities: with at least one image each */
    size_t modalities;
    vx_bids_slots *map;      /* maps */
    size_t maps;
    char **id;               /* search.participants: "sub-01" */
    const char **label, **session; /* of search, and the sessions of the table */
} vx_bids;

/* Reads the folder. Errors: those of vx_layout_read, vx_bids_filters_read, vx_bids_slots_fill and vx_bids_tables_read;
 * VX_INPUT for a session that no image is of, with the list of those there are, and where there is no image of any
 * modality. */
vx_status vx_bids_read(const vx_bids_options *options, vx_bids *bids, vx_error *error);
void vx_bids_destroy(vx_bids *bids);

#endif

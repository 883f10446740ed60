/* The tables of a BIDS dataset: participants.tsv, sub-X/sub-X_sessions.tsv and those in phenotype/, each with the data
 * dictionary beside it. */
#ifndef VX_BIDS_COVARIATES_H
#define VX_BIDS_COVARIATES_H

#include "base/table.h"
#include "base/wide.h"

#include <jansson.h>
#include <stdbool.h>

/* One table. */
typedef struct vx_bids_table {
    char *path;         /* of the file */
    char *name;         /* "participants", "sessions", or that of the tool: equal for the tables of all people */
    vx_table table;
    int64_t id;         /* the column participant_id; -1: all rows are of `participant` */
    int64_t session;    /* the column session_id; -1: without one */
    char *participant;  /* the label of sub-X_sessions.tsv; else null */
    json_t *dictionary; /* column: {"Description": ..., "Units": ...}; null without one */
} vx_bids_table;

/* Owned; vx_bids_tables_destroy releases them. */
typedef struct vx_bids_tables {
    vx_bids_table *item;
    size_t count;
    char **made_name; /* made_names of them: <table>_<column> */
    size_t made_names;
} vx_bids_tables;

/* Reads the tables of the dataset in `folder`; none of them need be there. `participant` lists the labels of those with
 * images. Errors (VX_INPUT): those of vx_table_read; no participant_id in participants.tsv or a phenotype; no
 * session_id in sub-X_sessions.tsv; a dictionary that is not JSON. */
vx_status vx_bids_tables_read(const char *folder, const char *const *participant, size_t participants,
                              vx_bids_tables *tables, vx_error *error);
void vx_bids_tables_destroy(vx_bids_tables *tables);

/* The label of "sub-01" or "ses-bl": without the key. */
const char *vx_bids_label(const char *text, const char *key);

/* Adds the cells of the tables to `wide`, which has every participant ("sub-01") and session (a label) of theirs, and
 * the entries of the dictionaries to `dictionary`, by the variables' names. Where two tables have a column of one name,
 * the variable of the later one is called <table>_<column>, unless both say the same of everybody. Errors (VX_INPUT,
 * naming the files): two values for a participant and session. */
vx_status vx_bids_tables_add(vx_bids_tables *tables, vx_wide *wide, json_t *dictionary, vx_error *error);

#endif

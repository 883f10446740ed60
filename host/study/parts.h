/* Shared by the files that read a study: study.c has the order of the steps, modalities.c the images, markers.c the
 * markers. */
#ifndef VX_STUDY_PARTS_H
#define VX_STUDY_PARTS_H

#include "study/session_columns.h"

/* A study, and what owns its names, cells and columns. */
typedef struct vx_study_parts {
    vx_study study; /* the first member: vx_study_free casts its address back */
    vx_table table;
    vx_variables variables;
    const int64_t *table_row; /* participants: their rows in the table; valid during vx_study_read only */
    const double *frames;     /* options.frames, or null; valid during vx_study_read only */
    char *folder;             /* absolute folder of the table's path */
    char *target_folder;      /* folder of the file that the table links to; null if it is the same */
} vx_study_parts;

/* Who is included in a modality or marker. Owned by who asked for it; see vx_study_modality. */
typedef struct vx_inclusion {
    int64_t n;
    int64_t *participant;
    vx_left_out *left_out;
    size_t left_outs;
} vx_inclusion;

/* What decides it. `lacks` returns the name of a column in which a participant lacks a `noun`, or null. */
typedef struct vx_inclusion_rule {
    const char *kind, *name; /* "modality", "pet" */
    const char *noun;        /* "image" */
    const char *(*lacks)(const void *context, int64_t participant);
    const void *context;
    int64_t n_min;
} vx_inclusion_rule;

/* inclusion.c: includes those who lack nothing, have every nuisance value and are not excluded by name. The caller
 * frees the arrays and reasons, on errors too. Errors (VX_INPUT): fewer than n_min are left; everyone who is left
 * out is named, with the reason. */
vx_status vx_inclusion_decide(const vx_study_parts *parts, const vx_inclusion_rule *rule, vx_inclusion *inclusion,
                              vx_error *error);

/* modalities.c: reads one modality. Errors (VX_INPUT): an image that does not exist, too few participants; those of
 * vx_frames_choose. */
vx_status vx_modality_read(const vx_study_parts *parts, const vx_session_columns *images, vx_study_modality *modality,
                           vx_error *error);
void vx_modality_destroy(vx_study_modality *modality);

/* The path and the volume of the image in a cell, which is not missing. Names are relative to the folder of the table's
 * path or, failing that, to the folder of the file that it links to. "[N]" behind the name means volume N. The caller
 * frees the path. Errors (VX_INPUT, naming line, participant and column): an image that does not exist. */
vx_status vx_study_find_image(const vx_study_parts *parts, int64_t participant, int64_t column,
                              vx_session_image *image, vx_error *error);

/* maps.c: reads the images of options.map. Errors: those of vx_study_find_image; a name without a column. */
vx_status vx_study_maps_read(vx_study_parts *parts, const vx_study_options *options, vx_error *error);
void vx_study_map_destroy(vx_study_map *map, int64_t participants);

/* markers.c: reads one marker; derived ones have been computed. Errors (VX_INPUT): text, too few participants, values
 * without a logarithm. */
vx_status vx_marker_read(vx_study_parts *parts, const vx_study_options *options, const vx_session_columns *outcome,
                         const vx_derivations *derivations, vx_study_marker *marker, vx_error *error);
void vx_marker_destroy(vx_study_marker *marker);

/* Refuses names of options->log_marker that no marker has, with the nearest one (VX_INPUT). */
vx_status vx_markers_check_log(const vx_study *study, const vx_study_options *options, vx_error *error);

#endif

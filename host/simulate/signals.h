/* What the cohort measures in two sessions: the images of three modalities, region by region, and the markers of the
 * cerebrospinal fluid. */
#ifndef VX_SIMULATE_SIGNALS_H
#define VX_SIMULATE_SIGNALS_H

#include <stdbool.h>

/* The modalities. PET comes first, because its random numbers are those of cohorts that had no other modality. */
enum { VX_PET, VX_CBF, VX_GM, VX_IMAGES, VX_CSF = VX_IMAGES, VX_MODALITIES };

/* The value of a region or marker, and its change between the sessions over the participants. */
typedef struct vx_signal {
    double level;    /* typical value at baseline, in the modality's unit */
    double mean, sd; /* of the change, in percent */
    double r;        /* correlation of the change with the log blood level at 48 h */
} vx_signal;

typedef struct vx_modality {
    const char *name;     /* of the columns and files: "pet" */
    const char *title;    /* in a few words: "FDG SUVR of the pons" */
    const char *unit;
    double global_sd;     /* of the log of a participant's factor */
    double session_sd;    /* of the log of a session's factor */
    double residual_sd;   /* of a participant's relative deviation in one region; of the log of one marker */
    double shared_sd;     /* percent of one session: noise that all regions or markers share */
    double noise_sd;      /* of one voxel in one session, relative */
    float slope;          /* of the stored integers */
    bool sided;           /* whether the two sides of a region change independently */
} vx_modality;

extern const vx_modality vx_modalities[VX_MODALITIES];

typedef struct vx_csf_marker {
    const char *name;  /* of the columns: "ttau" */
    const char *title;
    vx_signal signal;
} vx_csf_marker;

extern const vx_csf_marker vx_csf_markers[];
extern const int vx_csf_markers_count;

/* A signal in a cohort with the planted cases `plant`. */
vx_signal vx_signal_planted(const vx_signal *signal, int modality, unsigned plant);

/* The factor that the planted cases give to all raw values of the follow-up. */
double vx_session_planted(int modality, unsigned plant);

#endif

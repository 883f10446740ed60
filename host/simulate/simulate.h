/* The synthetic trial cohort: a phantom brain, two sessions a participant, blood levels and covariates, and the truth
 * (docs/cohort.md).
 *
 * vx_simulate fills a folder:
 *
 *     participants.tsv          participant_id, <modality>_<session> (paths of images), <marker>_<session> (pg/mL in
 *                               the cerebrospinal fluid: ttau, ptau, nfl, abeta40, abeta42), rapa_level (ng/mL at
 *                               48 h), log_rapa_level, rapa_predose (<x below the limit of quantification x), rapa_1h,
 *                               rapa_3h, age (years), sex (0 or 1), mmse; n/a where a session is missing
 *     participants.json         what the columns mean, and their units
 *     <id>_ses-<session>_<modality>.nii.gz
 *                               int16 with scl_slope, MNI sform, exactly 0 outside the brain. The modalities are
 *                                   pet   FDG uptake over the mean of the pons (SUVR; SUV with `raw`)
 *                                   cbf   cerebral blood flow, mL/100 g/min
 *                                   gm    modulated grey-matter density
 *     labels.nii.gz, labels.tsv the true regions and their names
 *     truth.tsv                 of every modality and region or marker: stated and drawn mean, SD and correlation of
 *                               the percentage change, and the number of participants who have both sessions
 *     truth_change.tsv          the drawn percentage change of every participant, modality and region or marker
 *     run.json                  the exact command, the options, every file
 *
 * A region's drawn value is 100 (mean followup / mean baseline - 1) over its label in the images (of PET the SUVR), up
 * to the rounding of the stored integers. The result does not depend on the machine or the number of threads. A stored
 * value may differ by one step where another LAPACK or libm rounds differently. Memory: 44 floats for each voxel of
 * the brain (0.3 GB at 1 mm). */
#ifndef VX_SIMULATE_SIMULATE_H
#define VX_SIMULATE_SIMULATE_H

#include "voxstat/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Planted cases; a set of flags. */
enum {
    VX_PLANT_GLOBAL = 1,     /* "global": uptake rises by 10 % everywhere and no region changes; implies `raw` */
    VX_PLANT_LEVERAGE = 2,   /* "leverage": the correlation with the blood level is due to one participant */
    VX_PLANT_SHIFT = 4,      /* "shift": rapa_level 100 ng/mL higher than drawn; the slope's t does not change */
    VX_PLANT_NULL = 8,       /* "null": no mean change and no correlation anywhere */
    VX_PLANT_REFERENCE = 16, /* "reference": raw uptake of the pons rises by 5 % and no other region changes */
    VX_PLANT_ATROPHY = 32,   /* "atrophy": grey matter falls by 5 % in every region, and nothing else changes */
};

/* Modalities; a set of flags. */
enum { VX_SIMULATE_PET = 1, VX_SIMULATE_CBF = 2, VX_SIMULATE_GM = 4, VX_SIMULATE_CSF = 8 };

typedef struct vx_simulate_options {
    const char *out;      /* the folder */
    int voxel_mm;         /* 4, 2 or 1 */
    uint64_t seed;
    int64_t participants; /* 6 to 9999 */
    bool exact_moments;   /* the sample has exactly the stated means, SDs and correlations */
    unsigned modalities;  /* VX_SIMULATE_ flags; 0: all. What is drawn for one does not depend on the others */
    bool raw;             /* PET as SUV with its global noise instead of SUVR */
    unsigned plant;       /* VX_PLANT_ flags */
    const char *command;  /* the command line, for the record; may be null */
    int threads;          /* 0: all */
    bool force;           /* replace an existing folder of a cohort (the rules are vx_folder_begin's) */
} vx_simulate_options;

/* The defaults of the program: 4 mm, seed 0, 14 participants, no planted case, all threads; `out` is null. */
vx_simulate_options vx_simulate_defaults(void);

/* Adds the planted case called `name` to *plant. Errors: VX_USAGE for an unknown name; the message lists the valid
 * ones. */
vx_status vx_simulate_plant(const char *name, unsigned *plant, vx_error *error);

/* Simulates the cohort and writes its folder. Errors: VX_USAGE for options out of range or incompatible cases;
 * VX_OUTPUT where `out` exists (unless `force`) or cannot be written. */
vx_status vx_simulate(const vx_simulate_options *options, vx_error *error);

#endif

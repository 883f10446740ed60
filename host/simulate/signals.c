/* The modalities and their noise. docs/cohort.md lists the values and their sources. */
#include "simulate/signals.h"

#include "simulate/simulate.h"

#define GLOBAL_RISE 1.10       /* VX_PLANT_GLOBAL: raw uptake everywhere */
#define REFERENCE_RISE 1.05    /* VX_PLANT_REFERENCE: raw uptake of the pons */
#define ATROPHY_PERCENT (-5.0) /* VX_PLANT_ATROPHY: grey matter of every region */

/* Slopes are powers of two, so that stored values are exact floats. One step is 0.01 to 0.04 % of grey matter. The
 * noise of a voxel gives it, with the regional SD of the change, an SD of the change of 7 to 8 % in PET, 13 % in flow
 * and 1.7 % in grey matter. */
const vx_modality vx_modalities[VX_MODALITIES] = {
    [VX_PET] = {"pet", "FDG SUVR of the pons", "1", .global_sd = 0.14, .session_sd = 0.07,
                .residual_sd = 0.07, .shared_sd = 2.5, .noise_sd = 0.032, .slope = 0x1p-12f, .sided = true},
    [VX_CBF] = {"cbf", "cerebral blood flow", "mL/100 g/min", .global_sd = 0.20,
                .residual_sd = 0.07, .shared_sd = 5.0, .noise_sd = 0.06, .slope = 0x1p-6f},
    [VX_GM] = {"gm", "modulated grey-matter density", "1", .global_sd = 0.08, .residual_sd = 0.04, .shared_sd = 0.75,
               .noise_sd = 0.008, .slope = 0x1p-14f},
    [VX_CSF] = {"csf", "cerebrospinal fluid", "pg/mL", .global_sd = 0.20, .residual_sd = 0.25, .shared_sd = 4.0,
                .sided = true},
};

const vx_csf_marker vx_csf_markers[] = {
    {"ttau", "total tau", {600, 10, 12, 0}},
    {"ptau", "tau phosphorylated at threonine 181", {80, 1, 8, 0}},
    {"nfl", "neurofilament light chain", {1200, 15, 18, 0}},
    {"abeta40", "amyloid beta 1-40", {11000, 8, 10, 0}},
    {"abeta42", "amyloid beta 1-42", {550, 4, 13, 0}},
};
const int vx_csf_markers_count = sizeof vx_csf_markers / sizeof vx_csf_markers[0];

vx_signal vx_signal_planted(const vx_signal *signal, int modality, unsigned plant)
{
    vx_signal planted = *signal;
    if (plant & (VX_PLANT_NULL | VX_PLANT_GLOBAL | VX_PLANT_REFERENCE | VX_PLANT_ATROPHY))
        planted.mean = planted.r = 0;
    if (plant & VX_PLANT_LEVERAGE)
        planted.r = 0;
    if (plant & VX_PLANT_REFERENCE && modality == VX_PET && signal->sd > 0) /* the pons itself has no SD */
        planted.mean = 100 / REFERENCE_RISE - 100;
    if (plant & VX_PLANT_ATROPHY && modality == VX_GM)
        planted.mean = ATROPHY_PERCENT;
    return planted;
}

/* A rise of the pons alone divides every other SUVR by it. Raw values are SUVR times the factor of the session, so that
 * the same rise of this factor leaves raw uptake outside the pons where it was. */
double vx_session_planted(int modality, unsigned plant)
{
    if (modality != VX_PET)
        return 1;
    return plant & VX_PLANT_GLOBAL ? GLOBAL_RISE : plant & VX_PLANT_REFERENCE ? REFERENCE_RISE : 1;
}

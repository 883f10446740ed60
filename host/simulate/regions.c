/* The regions of the phantom: positions (MNI, mm), and the level and change of FDG uptake, flow and grey matter.
 *
 *   1. Positions and sizes follow the MNI152 template by eye.
 *   2. Uptake over the pons is that of healthy grey and white matter. The pons is the reference region, so its change
 *      is 0 by construction.
 *   3. Flow and density depend on the tissue. Grey matter that is found in other tissue was carried there by smoothing,
 *      and is lost at the rate of grey matter.
 *   4. Changes are those of docs/cohort.md: mean, SD, correlation. */
#include "simulate/phantom.h"

#define NO_CHANGE 0.0, 6.0, 0.0

/* Flow and density of the tissues. */
#define GREY_FLOW {44, 2.0, 10.0, 0.0}
#define GREY_DENSITY {0.60, -1.3, 1.2, 0.0}
#define GREY GREY_FLOW, GREY_DENSITY
#define WHITE {20, 0.0, 10.0, 0.0}, {0.04, -1.3, 1.2, 0.0}
#define STEM {30, 0.0, 10.0, 0.0}, {0.15, -1.3, 1.2, 0.0}
#define FLUID {8, 0.0, 10.0, 0.0}, {0.02, -1.3, 1.2, 0.0}

const vx_phantom_region vx_phantom_regions[] = {
    /* The first two fill the cerebrum: the ribbon and the tissue that it encloses. */
    {"frontal_cortex", VX_GREY, true, {30, 20, 20}, {100, 150, 120}, {{1.55, NO_CHANGE}, GREY}},
    {"white_matter", VX_WHITE, false, {30, 0, 0}, {0, 0, 0}, {{0.75, NO_CHANGE}, WHITE}},
    {"parietal_cortex", VX_GREY, true, {30, -56, 58}, {62, 36, 50}, {{1.55, NO_CHANGE}, GREY}},
    {"occipital_cortex", VX_GREY, true, {22, -100, 2}, {62, 36, 42}, {{1.60, NO_CHANGE}, GREY}},
    {"temporal_cortex", VX_GREY, true, {52, -22, -22}, {36, 52, 27}, {{1.40, NO_CHANGE}, GREY}},
    {"temporo-parietal_cortex", VX_GREY, true, {56, -52, 26}, {20, 20, 18}, {{1.55, 1.5, 6.0, 0.0}, GREY}},
    {"precuneus", VX_GREY, true, {5, -62, 44}, {14, 15, 20}, {{1.70, 1.5, 6.0, 0.0}, GREY}},
    {"posterior_cingulate", VX_GREY, true, {5, -44, 26}, {12, 13, 14}, {{1.75, 1.5, 6.0, 0.0}, GREY}},
    {"anterior_cingulate", VX_GREY, true, {5, 34, 16}, {12, 15, 22}, {{1.45, 4.5, 6.0, 0.0}, GREY}},
    {"insula", VX_GREY, false, {38, 4, 2}, {6, 18, 14}, {{1.50, 4.5, 6.0, 0.0}, GREY}},
    {"lateral_ventricle", VX_FLUID, false, {9, -8, 18}, {6, 34, 8}, {{0.40, NO_CHANGE}, FLUID}},
    {"third_ventricle", VX_FLUID, false, {0, -12, 0}, {3, 13, 10}, {{0.40, NO_CHANGE}, FLUID}},
    {"caudate", VX_GREY, false, {14, 12, 9}, {6, 14, 10}, {{1.65, 5.0, 6.0, 0.0}, GREY}},
    {"putamen", VX_GREY, false, {27, 3, 2}, {6, 16, 11}, {{1.75, 5.0, 6.0, 0.0}, GREY}},
    {"pallidum", VX_GREY, false, {19, -4, 0}, {4, 9, 7}, {{1.25, NO_CHANGE}, GREY}},
    {"thalamus", VX_GREY, false, {12, -19, 8}, {9, 14, 10}, {{1.50, NO_CHANGE}, {44, 10.0, 12.0, 0.0}, GREY_DENSITY}},
    {"parahippocampal_gyrus", VX_GREY, false, {24, -25, -24}, {8, 20, 8}, {{1.15, 0.0, 6.0, 0.65}, GREY}},
    {"hippocampus", VX_GREY, false, {28, -22, -14}, {7, 17, 8},
     {{1.10, 0.0, 6.0, 0.65}, GREY_FLOW, {0.60, -1.8, 1.5, 0.0}}},
    {"amygdala", VX_GREY, false, {24, -3, -20}, {8, 8, 9}, {{1.05, 0.0, 6.0, 0.65}, GREY}},
    {"cerebellum", VX_GREY, false, {23, -64, -37}, {30, 30, 25}, {{1.25, NO_CHANGE}, GREY}},
    {"cerebellar_white_matter", VX_WHITE, false, {19, -58, -36}, {15, 14, 9}, {{0.80, NO_CHANGE}, WHITE}},
    {"midbrain", VX_STEM, false, {0, -24, -14}, {14, 12, 13}, {{1.05, NO_CHANGE}, STEM}},
    {"medulla", VX_STEM, false, {0, -36, -55}, {10, 10, 15}, {{0.85, NO_CHANGE}, STEM}},
    {"pons", VX_STEM, false, {0, -27, -35}, {14, 13, 15}, {{1.00, 0.0, 0.0, 0.0}, STEM}},
};

const int vx_regions_count = sizeof vx_phantom_regions / sizeof vx_phantom_regions[0];

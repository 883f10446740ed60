#include "quality/columns.h"

/* clang-format off */
static const vx_quality_column_row rows[VX_QUALITY_COLUMNS] = {
    [VX_QUALITY_MEAN] = {"global_mean", "global mean", false, "of the images",
        "Mean of the voxels above an eighth of the mean over all finite voxels (SPM's global mean)."},
    [VX_QUALITY_SD] = {"spatial_sd", "spatial SD", false, "of the images",
        "Standard deviation of these voxels about their mean, n - 1 in the denominator."},
    [VX_QUALITY_SMOOTHNESS] = {"smoothness", "smoothness (mm)", false, "mm",
        "Smoothness of the image as a full width at half maximum, told from the ratio of its second and first "
        "differences; the geometric mean over the axes of the grid. Anatomy counts in it, so that it is wider than the "
        "noise is."},
    [VX_QUALITY_COVERAGE] = {"coverage", "coverage", false, "none",
        "Share of the voxels of the mask file, or else of those at which more than half of the participants have "
        "data, that are finite and not zero in the image."},
    [VX_QUALITY_OVERLAP] = {"overlap", "overlap", false, "none",
        "Dice overlap of the extent of the image with that of the group, on cells of about 8 mm. The extent is the "
        "cells whose absolute value is above an eighth of its mean over all cells; that of the group has the cells "
        "of more than half of the images."},
    [VX_QUALITY_CORRELATION] = {"correlation", "correlation with the others", false, "none",
        "Correlation of the image with the mean of the other participants' images, each standardised, over the cells "
        "of the group's extent."},
    [VX_QUALITY_ASYMMETRY] = {"asymmetry", "asymmetry as the others'", false, "none",
        "Correlation of the image's left-right asymmetry, the image minus its mirror image, with the mean asymmetry "
        "of the other participants. An image whose sides are exchanged has it below 0 where the others have it "
        "above."},
    [VX_QUALITY_SELF] = {"self", "like the other session", true, "none",
        "Correlation of what distinguishes the image from the median of its session with the same of the "
        "participant's other session."},
    [VX_QUALITY_OTHER] = {"other", "most like another's", true, "none",
        "The largest such correlation with the other session of another participant, who is named in the column "
        "nearest."},
    [VX_QUALITY_SELF_ASYMMETRY] = {"self_asymmetry", "asymmetry as in the other session", true, "none",
        "Correlation of the left-right asymmetries of the participant's two sessions."},
    [VX_QUALITY_CHANGE] = {"change", "change as the others'", true, "none",
        "Correlation of the participant's change, of images divided by their mean, with the mean change of the "
        "others."},
};

static const struct { const char *name, *words; } flags[VX_QUALITY_FLAGS] = {
    [VX_FLAG_SCALE] = {"scale",
        "Other units or another scale: the global mean is at least 2 times, or at most half of, the median of the "
        "session, and beyond the bounds; or typical values differ tenfold."},
    [VX_FLAG_SD] = {"sd",
        "The spatial SD is at least 2 times, or at most half of, the median of the session, and beyond the bounds."},
    [VX_FLAG_COVERAGE] = {"coverage",
        "The coverage is a twentieth or more below the median, and below the bound."},
    [VX_FLAG_OVERLAP] = {"overlap",
        "The overlap is a twentieth or more below the median, and below the bound."},
    [VX_FLAG_CORRELATION] = {"correlation",
        "1 - r of the correlation with the others is more than twice its median, and r is below the bound."},
    [VX_FLAG_FLIP] = {"flip",
        "Left and right may be exchanged: the mirror image fits the others, or the participant's other session, "
        "better than the image does."},
    [VX_FLAG_PERSON] = {"person",
        "The image may be another person's: the participant's two images are less alike than those of two "
        "participants."},
    [VX_FLAG_SESSIONS] = {"sessions",
        "The sessions may be exchanged: the change goes against that of the others."},
    [VX_FLAG_SMOOTHNESS] = {"smoothness",
        "The smoothness is at least 2 times, or at most half of, the median of the session, and beyond the bounds."},
};
/* clang-format on */

const vx_quality_column_row *vx_quality_about(vx_quality_column column)
{
    return &rows[column];
}

const char *vx_quality_flag_name(vx_quality_flag flag)
{
    return flags[flag].name;
}

const char *vx_quality_flag_words(vx_quality_flag flag)
{
    return flags[flag].words;
}

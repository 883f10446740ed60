/* The flags of quality control. Each asks for a figure beyond its bounds and for a difference that matters by itself,
 * because among many figures of good images some lie beyond any bound that is useful. */
#include "quality/quality.h"

#include "base/memory.h"
#include "base/robust.h"

#include <math.h>

enum { NEEDED = 6 };                    /* participants, for bounds */
static const double unusual = 5;        /* robust standard deviations. Of the figures of some 60 simulated modalities
                                         * the most extreme lay at 4.4; the usual 3.5 would mark some in every study */
static const double scale_factor = 2;   /* no participant has half or twice the uptake or smoothness of the others */
static const double unit_factor = 10;   /* images in the same units do not differ by this factor */
static const double lost_share = 0.05;  /* of the voxels that images are expected to cover, or of the overlap */
static const double consistent = 0.3;   /* correlations that tell a direction have at least this median */
static const double apart = 3;          /* robust standard deviations: of one pair among all pairs of participants */

/* Some values, and their bounds. */
typedef struct figures {
    double *value;
    int64_t count;
    double centre, spread;
} figures;

static double fisher_z(double r)
{
    return atanh(fmin(fmax(r, -0.999999), 0.999999));
}

static double same(double value)
{
    return value;
}

/* Takes every `step`-th value from `from` on, through `function`. */
static bool figures_of(const double *value, int64_t from, int64_t step, int64_t count, double (*function)(double),
                       figures *f)
{
    *f = (figures){.value = vx_array((size_t)count, sizeof *f->value), .count = count};
    for (int64_t i = 0; f->value && i < count; i++)
        f->value[i] = function(value[from + i * step]);
    return f->value && vx_robust(f->value, count, &f->centre, &f->spread);
}

static void flag_image(vx_quality *quality, int64_t image, vx_quality_flag flag)
{
    quality->flag[image] |= 1u << flag;
}

static void flag_participant(vx_quality *quality, int64_t participant, vx_quality_flag flag)
{
    for (int64_t s = 0; s < quality->sessions; s++)
        flag_image(quality, participant * quality->sessions + s, flag);
}

/* ---- medians ---- */

static bool set_medians(vx_quality *quality)
{
    const int64_t sessions = quality->sessions;
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
        for (int64_t s = 0; s < sessions; s++) {
            const bool by_session = k == VX_QUALITY_MEAN || k == VX_QUALITY_SD || k == VX_QUALITY_SMOOTHNESS;
            figures f;
            const bool there = by_session ? figures_of(quality->value[k], s, sessions, quality->n, same, &f)
                                          : figures_of(quality->value[k], 0, 1, quality->n * sessions, same, &f);
            quality->median[k][s] = f.centre;
            free(f.value);
            if (!there)
                return false;
        }
    return true;
}

/* ---- scale ---- */

static bool flag_factor(vx_quality *quality, vx_quality_column column, vx_quality_flag flag)
{
    for (int64_t s = 0; s < quality->sessions; s++) {
        figures f;
        const bool there = figures_of(quality->value[column], s, quality->sessions, quality->n, log, &f);
        for (int64_t i = 0; there && i < f.count; i++) {
            const double off = fabs(f.value[i] - f.centre);
            if (isfinite(off) && off > unusual * f.spread && off >= log(scale_factor))
                flag_image(quality, i * quality->sessions + s, flag);
        }
        free(f.value);
        if (!there)
            return false;
    }
    return true;
}

static bool flag_units(vx_quality *quality, const vx_survey *survey)
{
    const int64_t sessions = quality->sessions, images = quality->n * sessions;
    double *typical = vx_array((size_t)images, sizeof *typical);
    bool there = typical;
    for (int64_t i = 0; there && i < images; i++)
        typical[i] = survey->image[i].typical > 0 ? survey->image[i].typical : NAN;
    for (int64_t s = 0; there && s < sessions; s++) {
        figures f;
        there = figures_of(typical, s, sessions, quality->n, log, &f);
        for (int64_t i = 0; there && i < f.count; i++)
            if (fabs(f.value[i] - f.centre) >= log(unit_factor))
                flag_image(quality, i * sessions + s, VX_FLAG_SCALE);
        free(f.value);
    }
    free(typical);
    return there;
}

/* ---- likeness to the group ---- */

static bool flag_shares(vx_quality *quality, vx_quality_column column, vx_quality_flag flag)
{
    figures f;
    const bool there = figures_of(quality->value[column], 0, 1, quality->n * quality->sessions, same, &f);
    for (int64_t i = 0; there && i < f.count; i++)
        if (f.value[i] < f.centre - fmax(unusual * f.spread, lost_share))
            flag_image(quality, i, flag);
    free(f.value);
    return there;
}

static bool flag_correlations(vx_quality *quality)
{
    const double *r = quality->value[VX_QUALITY_CORRELATION];
    figures f;
    const bool there = figures_of(r, 0, 1, quality->n * quality->sessions, fisher_z, &f);
    for (int64_t i = 0; there && i < f.count; i++)
        if (f.value[i] < f.centre - unusual * f.spread && 1 - r[i] > 2 * (1 - tanh(f.centre)))
            flag_image(quality, i, VX_FLAG_CORRELATION);
    free(f.value);
    return there;
}

/* Sets `opposes` for correlations that go against a direction on which the others agree: beyond the bound, and below
 * minus three quarters of the median. The opposite of a good image has about minus the median; another image, which has
 * nothing to do with the others, is as often above 0 as below it. */
static bool find_opposed(const double *r, int64_t step, int64_t count, bool *opposes)
{
    figures f;
    const bool there = figures_of(r, 0, step, count, fisher_z, &f);
    const double median = there ? tanh(f.centre) : NAN;
    for (int64_t i = 0; there && i < count; i++)
        opposes[i] = median >= consistent && r[i * step] <= -0.75 * median &&
                     f.value[i] < f.centre - unusual * f.spread;
    free(f.value);
    return there;
}

/* ---- left and right, sessions ---- */

static bool flag_mirrored(vx_quality *quality)
{
    const int64_t images = quality->n * quality->sessions;
    const bool there = find_opposed(quality->value[VX_QUALITY_ASYMMETRY], 1, images, quality->mirrored);
    for (int64_t i = 0; there && i < images; i++)
        if (quality->mirrored[i])
            flag_image(quality, i, VX_FLAG_FLIP);
    return there;
}

/* Flags participants by a figure of both sessions. Exchanged images of two people explain such a figure, too. */
static bool flag_opposed(vx_quality *quality, vx_quality_column column, vx_quality_flag flag)
{
    bool *opposes = vx_array((size_t)quality->n, sizeof *opposes);
    const bool there = opposes && find_opposed(quality->value[column], 2, quality->n, opposes);
    for (int64_t i = 0; there && i < quality->n; i++)
        if (opposes[i] && quality->exchanged[i] < 0 && !quality->mirrored[2 * i] && !quality->mirrored[2 * i + 1])
            flag_participant(quality, i, flag);
    free(opposes);
    return there;
}

/* ---- people ---- */

/* Whether the images tell people apart: at least half of the participants are most like themselves, both times. */
static bool tells_people(const vx_quality *quality)
{
    const double *self = quality->value[VX_QUALITY_SELF], *other = quality->value[VX_QUALITY_OTHER];
    int64_t like = 0;
    for (int64_t i = 0; i < quality->n; i++)
        like += self[2 * i] > other[2 * i] && self[2 * i + 1] > other[2 * i + 1];
    return 2 * like >= quality->n;
}

/* How much more alike two participants are after an exchange of their follow-ups, on the scale of Fisher's z. */
static double gain_of(const double *likeness, int64_t n, int64_t i, int64_t j)
{
    return fisher_z(likeness[i * n + j]) + fisher_z(likeness[j * n + i]) - fisher_z(likeness[i * n + i]) -
           fisher_z(likeness[j * n + j]);
}

/* Whether each image of two participants is most like the other participant's in the other session. */
static bool are_crossed(const vx_quality *quality, int64_t i, int64_t j)
{
    const double *self = quality->value[VX_QUALITY_SELF], *other = quality->value[VX_QUALITY_OTHER];
    for (int64_t s = 0; s < 2; s++)
        if (quality->nearest[2 * i + s] != j || quality->nearest[2 * j + s] != i || other[2 * i + s] <= self[2 * i] ||
            other[2 * i + s] <= self[2 * j])
            return false;
    return true;
}

/* Two participants' images are exchanged if they are crossed, and if exchanging them back gains at least half of what
 * an exchange loses in most pairs, and far more than in the others. */
static bool flag_exchanged(vx_quality *quality, const double *likeness)
{
    const int64_t n = quality->n, pairs = n * (n - 1) / 2; /* likeness has n x n values */
    double *gain = vx_array((size_t)pairs, sizeof *gain);
    figures f = {0};
    int64_t pair = 0;
    for (int64_t i = 0; gain && i < n; i++)
        for (int64_t j = i + 1; j < n; j++)
            gain[pair++] = gain_of(likeness, n, i, j);
    const bool there = gain && vx_robust(gain, pairs, &f.centre, &f.spread);
    for (int64_t i = 0; there && i < n; i++) {
        const int64_t j = quality->nearest[2 * i];
        if (j <= i || !are_crossed(quality, i, j))
            continue;
        const double of_pair = gain_of(likeness, n, i, j);
        if (f.centre >= 0 || of_pair < -f.centre / 2 || of_pair < f.centre + apart * f.spread)
            continue;
        quality->exchanged[i] = j;
        quality->exchanged[j] = i;
        flag_participant(quality, i, VX_FLAG_PERSON);
        flag_participant(quality, j, VX_FLAG_PERSON);
    }
    free(gain);
    return there;
}

/* Participants whose two images are less alike than those of others, and than they are like somebody else's, for no
 * other reason that is known. */
static bool flag_strangers(vx_quality *quality)
{
    const double *self = quality->value[VX_QUALITY_SELF], *other = quality->value[VX_QUALITY_OTHER];
    figures f;
    const bool there = figures_of(self, 0, 2, quality->n, fisher_z, &f);
    for (int64_t i = 0; there && i < quality->n; i++) {
        const bool explained = quality->exchanged[i] >= 0 || quality->flag[2 * i] || quality->flag[2 * i + 1];
        if (!explained && f.value[i] < f.centre - unusual * f.spread && other[2 * i] > self[2 * i] &&
            other[2 * i + 1] > self[2 * i])
            flag_participant(quality, i, VX_FLAG_PERSON);
    }
    free(f.value);
    return there;
}

static bool flag_pairs(vx_quality *quality, const double *likeness)
{
    const bool people = tells_people(quality);
    return (!people || flag_exchanged(quality, likeness)) &&
           flag_opposed(quality, VX_QUALITY_SELF_ASYMMETRY, VX_FLAG_FLIP) &&
           flag_opposed(quality, VX_QUALITY_CHANGE, VX_FLAG_SESSIONS) && (!people || flag_strangers(quality));
}

vx_status vx_quality_set_flags(vx_quality *quality, const vx_survey *survey, const double *likeness, vx_error *error)
{
    bool there = set_medians(quality);
    if (there && quality->n >= NEEDED)
        there = flag_factor(quality, VX_QUALITY_MEAN, VX_FLAG_SCALE) &&
                flag_factor(quality, VX_QUALITY_SD, VX_FLAG_SD) &&
                flag_factor(quality, VX_QUALITY_SMOOTHNESS, VX_FLAG_SMOOTHNESS) &&
                flag_shares(quality, VX_QUALITY_COVERAGE, VX_FLAG_COVERAGE) &&
                flag_shares(quality, VX_QUALITY_OVERLAP, VX_FLAG_OVERLAP) && flag_correlations(quality) &&
                flag_mirrored(quality) && (!likeness || flag_pairs(quality, likeness));
    if (there && quality->n >= 3)
        there = flag_units(quality, survey);
    return there ? VX_OK : vx_fail_memory(error);
}

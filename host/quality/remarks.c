/* Remarks on flagged images for readers of the results. Each names the participant, the column and the finding. */
#include "quality/quality.h"

#include "base/memory.h"
#include "base/robust.h"
#include "image/mask.h"

#include <math.h>
#include <string.h>

enum { REMARKS_MAX = 10 }; /* on the images of a modality; the table has all flags */

typedef struct remarking {
    const vx_quality *quality;
    const vx_survey *survey;
    const vx_sources *sources;
    const vx_mask_report *mask;
    vx_remarks *remarks;
    int64_t made, more;
} remarking;

static bool is_flagged(const remarking *r, int64_t image, vx_quality_flag flag)
{
    return r->quality->flag[image] >> flag & 1;
}

static const char *participant_of(const remarking *r, int64_t participant)
{
    return vx_source_name(r->sources->image[participant * r->quality->sessions].participant);
}

static const char *column_of(const remarking *r, int64_t image)
{
    return vx_source_name(r->sources->image[image].column);
}

/* Adds a remark on an image, while there are few. */
static vx_status remark_image(remarking *r, int64_t image, vx_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static vx_status remark_image(remarking *r, int64_t image, vx_error *error, const char *format, ...)
{
    va_list arguments;
    if (r->made >= REMARKS_MAX) {
        r->more++;
        return VX_OK;
    }
    va_start(arguments, format);
    char *text = vx_text_of(format, arguments);
    va_end(arguments);
    vx_status status = text ? vx_remarks_add(r->remarks, error, "participant %s, column %s: %s",
                                             participant_of(r, image / r->quality->sessions), column_of(r, image), text)
                            : vx_fail_memory(error);
    free(text);
    r->made++;
    return status;
}

/* ---- scale ---- */

/* The median over the participants of the typical value of a session's images; NaN without any. */
static vx_status typical_of_session(const remarking *r, int64_t session, double *typical, vx_error *error)
{
    const int64_t n = r->quality->n, sessions = r->quality->sessions;
    double spread, *value = vx_array((size_t)n, sizeof *value);
    bool there = value;
    for (int64_t i = 0; there && i < n; i++) {
        const double one = r->survey->image[i * sessions + session].typical;
        value[i] = one > 0 ? one : NAN;
    }
    there = there && vx_robust(value, n, typical, &spread);
    free(value);
    return there ? VX_OK : vx_fail_memory(error);
}

static bool in_other_units(double ratio)
{
    return ratio >= 10 || ratio <= 0.1;
}

/* The decimals that show three digits of a factor. */
static int decimals(double factor)
{
    const double digits = 2 - floor(log10(factor));
    return digits > 0 ? (int)fmin(digits, 300) : 0;
}

static vx_status remark_scale(remarking *r, int64_t image, double typical, vx_error *error)
{
    const double ratio = r->survey->image[image].typical / typical;
    const int64_t session = image % r->quality->sessions;
    if (!is_flagged(r, image, VX_FLAG_SCALE))
        return VX_OK;
    if (ratio > 0 && in_other_units(ratio))
        return remark_image(r, image, error, "its values are about %.*f times those of the other participants; is it "
                            "in other units?", decimals(ratio), ratio);
    return remark_image(r, image, error, "its global mean is %.3g times the median of the session (%.4g)",
                        r->quality->value[VX_QUALITY_MEAN][image] / r->quality->median[VX_QUALITY_MEAN][session],
                        r->quality->median[VX_QUALITY_MEAN][session]);
}

/* Compares images with their session, and sessions with the first one. */
static vx_status remark_scales(remarking *r, vx_error *error)
{
    const int64_t sessions = r->quality->sessions;
    double first = NAN, typical = NAN;
    vx_status status = VX_OK;
    for (int64_t s = 0; s < sessions && !status; s++) {
        status = typical_of_session(r, s, &typical, error);
        for (int64_t i = 0; i < r->quality->n && !status; i++)
            status = remark_scale(r, i * sessions + s, typical, error);
        if (!status && s > 0 && in_other_units(typical / first))
            status = vx_remarks_add(r->remarks, error, "the values of column %s are about %.*f times those of column "
                                    "%s; are they in other units?", column_of(r, s), decimals(typical / first),
                                    typical / first, column_of(r, 0));
        first = s > 0 ? first : typical;
    }
    return status;
}

/* ---- likeness to the group ---- */

/* Whether a remark on the mask says that this image costs many voxels. */
static bool costs_many(const remarking *r, int64_t image)
{
    const vx_mask_loss *loss[] = {&r->mask->zero, &r->mask->not_finite};
    for (size_t k = 0; k < sizeof loss / sizeof *loss; k++)
        if (vx_mask_loss_is_large(r->mask, loss[k]) && !strcmp(loss[k]->column, column_of(r, image)) &&
            !strcmp(loss[k]->participant, participant_of(r, image / r->quality->sessions)))
            return true;
    return false;
}

static vx_status remark_shares(remarking *r, int64_t image, vx_error *error)
{
    const vx_quality *quality = r->quality;
    vx_status status = VX_OK;
    if (is_flagged(r, image, VX_FLAG_COVERAGE) && !costs_many(r, image))
        status = remark_image(r, image, error, "it covers %.0f %% of the voxels that it should; the median is %.0f %%",
                              100 * quality->value[VX_QUALITY_COVERAGE][image],
                              100 * quality->median[VX_QUALITY_COVERAGE][0]);
    if (!status && is_flagged(r, image, VX_FLAG_CORRELATION))
        status = remark_image(r, image, error, "it looks unlike the other participants' images: r = %.2f with their "
                              "mean, median %.2f; is it in another place, or spoilt?",
                              quality->value[VX_QUALITY_CORRELATION][image],
                              quality->median[VX_QUALITY_CORRELATION][0]);
    else if (!status && is_flagged(r, image, VX_FLAG_OVERLAP))
        status = remark_image(r, image, error, "its extent overlaps with that of the group by %.2f (Dice), median %.2f",
                              quality->value[VX_QUALITY_OVERLAP][image], quality->median[VX_QUALITY_OVERLAP][0]);
    if (!status && is_flagged(r, image, VX_FLAG_SD) && !is_flagged(r, image, VX_FLAG_SCALE)) {
        const double median = quality->median[VX_QUALITY_SD][image % quality->sessions];
        status = remark_image(r, image, error, "its spatial standard deviation is %.3g times the median of the session",
                              quality->value[VX_QUALITY_SD][image] / median);
    }
    return status;
}

static vx_status remark_smoothness(remarking *r, int64_t image, vx_error *error)
{
    if (!is_flagged(r, image, VX_FLAG_SMOOTHNESS))
        return VX_OK;
    return remark_image(r, image, error, "its smoothness is %.3g mm FWHM, the median of the session %.3g mm; was it "
                        "smoothed in another way?", r->quality->value[VX_QUALITY_SMOOTHNESS][image],
                        r->quality->median[VX_QUALITY_SMOOTHNESS][image % r->quality->sessions]);
}

static vx_status remark_mirrored(remarking *r, int64_t image, vx_error *error)
{
    if (!r->quality->mirrored[image])
        return VX_OK;
    return remark_image(r, image, error, "its mirror image fits the other participants better than it does (asymmetry: "
                        "r = %.2f, median %.2f); are left and right exchanged?",
                        r->quality->value[VX_QUALITY_ASYMMETRY][image],
                        r->quality->median[VX_QUALITY_ASYMMETRY][0]);
}

/* ---- pairs of images ---- */

static vx_status remark_people(remarking *r, int64_t participant, vx_error *error)
{
    const vx_quality *quality = r->quality;
    const int64_t image = 2 * participant, other = quality->exchanged[participant];
    if (!is_flagged(r, image, VX_FLAG_PERSON) || (other >= 0 && other < participant))
        return VX_OK;
    if (other >= 0)
        return remark_image(r, image + 1, error, "it is more like %s of participant %s than like that of %s, and the "
                            "other way round; are two images of these participants exchanged?", column_of(r, image),
                            participant_of(r, other), participant_of(r, participant));
    return remark_image(r, image + 1, error, "it is less like %s of the same participant (r = %.2f, median %.2f) than "
                        "like that of %s (r = %.2f); is it another person's?", column_of(r, image),
                        quality->value[VX_QUALITY_SELF][image], quality->median[VX_QUALITY_SELF][0],
                        participant_of(r, quality->nearest[image + 1]), quality->value[VX_QUALITY_OTHER][image + 1]);
}

static vx_status remark_sessions(remarking *r, int64_t participant, vx_error *error)
{
    const vx_quality *quality = r->quality;
    const int64_t image = 2 * participant;
    vx_status status = VX_OK;
    if (is_flagged(r, image, VX_FLAG_FLIP) && !quality->mirrored[image] && !quality->mirrored[image + 1])
        status = remark_image(r, image + 1, error, "its mirror image fits %s of the same participant better than it "
                              "does (asymmetry: r = %.2f, median %.2f); are left and right exchanged in one of them?",
                              column_of(r, image), quality->value[VX_QUALITY_SELF_ASYMMETRY][image],
                              quality->median[VX_QUALITY_SELF_ASYMMETRY][0]);
    if (!status && is_flagged(r, image, VX_FLAG_SESSIONS))
        status = remark_image(r, image + 1, error, "the change from %s goes against that of the others (r = %.2f, "
                              "median %.2f); are the sessions exchanged?", column_of(r, image),
                              quality->value[VX_QUALITY_CHANGE][image], quality->median[VX_QUALITY_CHANGE][0]);
    return status;
}

vx_status vx_quality_remark(const vx_quality *quality, const vx_survey *survey, const vx_sources *sources,
                            const vx_mask_report *mask, vx_remarks *remarks, vx_error *error)
{
    remarking r = {quality, survey, sources, mask, remarks, 0, 0};
    vx_status status = remark_scales(&r, error);
    for (int64_t i = 0; i < quality->n * quality->sessions && !status; i++) {
        status = remark_shares(&r, i, error);
        if (!status)
            status = remark_smoothness(&r, i, error);
        if (!status)
            status = remark_mirrored(&r, i, error);
        if (status || quality->sessions != 2 || i % 2)
            continue;
        status = remark_people(&r, i / 2, error);
        if (!status)
            status = remark_sessions(&r, i / 2, error);
    }
    if (!status && r.more)
        status = vx_remarks_add(remarks, error, "quality control has %lld more findings, which quality.tsv tells",
                                (long long)r.more);
    return status;
}

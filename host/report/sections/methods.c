/* A methods text for a paper, with references. It covers only what this run used. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/change.h"
#include "results/level.h"
#include "results/scheme.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

typedef enum reference {
    NICHOLS, WINKLER, FREEDMAN, SALMON, PHIPSON, BULLMORE, SMITH, BENJAMINI, DUNN, WESTFALL, WELCH, SCHUIRMANN,
    FORMAN, ROUSSET, REFERENCES
} reference;

static const char *const reference_text[REFERENCES] = {
    "Nichols TE, Holmes AP. Nonparametric permutation tests for functional neuroimaging: a primer with examples. Hum "
    "Brain Mapp 2002;15:1\xE2\x80\x93" "25.",
    "Winkler AM, Ridgway GR, Webster MA, Smith SM, Nichols TE. Permutation inference for the general linear model. "
    "NeuroImage 2014;92:381\xE2\x80\x93" "397.",
    "Freedman D, Lane D. A nonstochastic interpretation of reported significance levels. J Bus Econ Stat "
    "1983;1:292\xE2\x80\x93" "298.",
    "Salmon JK, Moraes MA, Dror RO, Shaw DE. Parallel random numbers: as easy as 1, 2, 3. SC \xE2\x80\x99" "11, 2011.",
    "Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl Genet Mol Biol 2010;9:39.",
    "Bullmore ET, Suckling J, Overmeyer S, et al. Global, voxel, and cluster tests, by theory and permutation, for a "
    "difference between two groups of structural MR images of the brain. IEEE Trans Med Imaging "
    "1999;18:32\xE2\x80\x93" "42.",
    "Smith SM, Nichols TE. Threshold-free cluster enhancement. NeuroImage 2009;44:83\xE2\x80\x93" "98.",
    "Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 1995;57:289\xE2\x80\x93" "300.",
    "Dunn OJ. Multiple comparisons among means. J Am Stat Assoc 1961;56:52\xE2\x80\x93" "64.",
    "Westfall PH, Young SS. Resampling-based multiple testing. New York: Wiley, 1993.",
    "Welch BL. The generalization of \xE2\x80\x98Student\xE2\x80\x99s\xE2\x80\x99 problem when several different "
    "population variances are involved. Biometrika 1947;34:28\xE2\x80\x93" "35.",
    "Schuirmann DJ. A comparison of the two one-sided tests procedure and the power approach for assessing the "
    "equivalence of average bioavailability. J Pharmacokinet Biopharm 1987;15:657\xE2\x80\x93" "680.",
    "Forman SD, Cohen JD, Fitzgerald M, et al. Improved assessment of significant activation in functional magnetic "
    "resonance imaging (fMRI): use of a cluster-size threshold. Magn Reson Med 1995;33:636\xE2\x80\x93" "647.",
    "Rousset OG, Ma Y, Evans AC. Correction for partial volume effects in PET: principle and validation. J Nucl Med "
    "1998;39:904\xE2\x80\x93" "911.",
};

/* The numbers of the references, in the order of their first citation. */
typedef struct citing { vx_page *page; int number[REFERENCES], used; } citing;

static void cite(citing *c, reference which)
{
    if (!c->number[which])
        c->number[which] = ++c->used;
    vx_put(c->page, " [%d]", c->number[which]);
}

static const char *option(const vx_report *report, const char *name, const char *otherwise)
{
    const char *value = vx_results_option(report->results, name);
    return value ? value : otherwise;
}

/* "Every image of pet was divided by ..." Where no image was prepared, this is said. */
static void put_preparation(vx_report *report)
{
    const vx_results *results = report->results;
    bool prepared = false;
    for (size_t m = 0; m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        for (size_t k = 0; k < modality->steps; k++)
            if (k == 0)
                vx_put(report->page, "Every image of %s was %s", modality->name, modality->step[k].words);
            else
                vx_put(report->page, ", then %s", modality->step[k].words);
        if (modality->steps)
            vx_put_markup(report->page, ". ");
        prepared |= modality->steps > 0;
    }
    if (prepared)
        vx_put_markup(report->page, "voxstat did not register the images. ");
    else
        vx_put_markup(report->page, "voxstat did not register, resample, smooth or scale the images. ");
}

/* "mask.nii.gz was brought to ... by nearest neighbour." A file is named once for each of its steps. */
static void put_steps(vx_report *report)
{
    const json_t *inputs = json_object_get(report->results->run, VX_KEY_INPUTS);
    char said[1024] = "", sentence[1024];
    size_t i, k;
    const json_t *input, *step;
    json_array_foreach(inputs, i, input) {
        const char *path = json_string_value(json_object_get(input, VX_KEY_PATH));
        if (json_is_string(json_object_get(input, VX_KEY_PARTICIPANT)))
            continue; /* an image: its steps are those of its modality */
        json_array_foreach(json_object_get(input, VX_KEY_STEPS), k, step) {
            const char *words = json_string_value(json_object_get(step, VX_KEY_WORDS));
            const char *name = path ? strrchr(path, '/') : NULL;
            if (!path || !words)
                continue;
            snprintf(sentence, sizeof sentence, "%s was %s. ", name ? name + 1 : path, words);
            if (strcmp(said, sentence) != 0)
                vx_put(report->page, "%s", sentence);
            memcpy(said, sentence, sizeof said);
        }
    }
}

/* The smoothness of the residuals, of the modalities for which it could be told. */
static void put_smoothness(vx_report *report, citing *c)
{
    const vx_results *results = report->results;
    bool told = false;
    for (size_t m = 0; m < results->modalities; m++) {
        const double *mm = results->modality[m].smoothness;
        if (isnan(mm[0] + mm[1] + mm[2]))
            continue;
        vx_put(c->page, "%s", told ? ", " : "The residuals had a smoothness (FWHM) of ");
        vx_put(c->page, "%.1f \xC3\x97 %.1f \xC3\x97 %.1f mm", mm[0], mm[1], mm[2]);
        if (results->modalities > 1)
            vx_put(c->page, " (%s)", results->modality[m].name);
        told = true;
    }
    if (!told)
        return;
    vx_put_markup(c->page, ", by the correlations of neighbouring voxels");
    cite(c, FORMAN);
    vx_put_markup(c->page, ". ");
}

static void put_data(vx_report *report, citing *c)
{
    const vx_results *results = report->results;
    const char *mask = vx_results_option(results, "mask"), *threshold = vx_results_option(results, "mask-threshold");
    const char *relative = vx_results_option(results, "mask-relative");
    vx_page *page = c->page;
    char text[32];
    vx_put(page, "<p>Images were analysed voxel by voxel with voxstat %s. ", results->version);
    if (results->design == VX_PAIRED)
        vx_put(page, "The outcome at each voxel was the change, %s minus %s, of each participant. ",
               results->session[1], results->session[0]);
    else
        vx_put_markup(page, "The outcome at each voxel was the value of each participant's image. ");
    for (size_t m = 0; m < results->modalities; m++)
        if (results->modality[m].change != VX_CHANGE_DIFFERENCE)
            vx_put(page, "The change of %s was taken as %s minus %s%s. ",
                   results->modality[m].name, results->session[1], results->session[0],
                   vx_change_words(results->modality[m].change));
    put_preparation(report);
    put_steps(report);
    for (size_t m = 0; m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        vx_put(page, "%s%s%s%s: %lld participants, %s voxels of %.4g \xC3\x97 %.4g \xC3\x97 %.4g mm. ", modality->name,
               modality->units ? " (" : "", modality->units ? modality->units : "", modality->units ? ")" : "",
               (long long)modality->n, vx_count_text(modality->mask_voxels, text), modality->grid.pixdim[0],
               modality->grid.pixdim[1], modality->grid.pixdim[2]);
    }
    put_smoothness(report, c);
    if (mask)
        vx_put_markup(page, "Voxels were those of an explicit mask that are finite in every image");
    else
        vx_put_markup(page, "Voxels were those that are finite and not zero in every image");
    if (threshold)
        vx_put(page, " and above %s", threshold);
    if (relative)
        vx_put(page, " and above %s times the image's global mean (that of the voxels above an eighth of its mean)",
               relative);
    vx_put_markup(page, ".</p>\n");
}

static void put_relabellings(citing *c, const vx_results_effect *effect, const char *seed)
{
    const char *what = vx_scheme_about(effect->scheme)->relabellings;
    char text[32];
    if (effect->exhaustive) {
        vx_put(c->page, "all %s %s", vx_count_text(effect->relabellings, text), what);
        cite(c, NICHOLS);
    } else {
        vx_put(c->page, "%s random %s (Philox4x32-10, seed %s)", vx_count_text(effect->relabellings - 1, text),
               what, seed);
        cite(c, SALMON);
    }
}

static void put_scheme(citing *c, const vx_results_effect *effect, const char *seed, bool nuisance)
{
    put_relabellings(c, effect, seed);
    if (nuisance) {
        vx_put_markup(c->page, " by the Freedman\xE2\x80\x93Lane scheme");
        cite(c, FREEDMAN);
        cite(c, WINKLER);
    }
}

static void put_effects(vx_report *report, citing *c, const vx_results_modality *modality)
{
    const char *nuisance = vx_results_option(report->results, "nuisance"), *seed = option(report, "seed", "0");
    const bool joint = !strcmp(option(report, "joint", "no"), "yes");
    vx_page *page = c->page;
    vx_put(page, "<p>The mean%s", report->results->design == VX_PAIRED ? " change" : "");
    if (report->results->modalities > 1)
        vx_put(page, " of %s", modality->name);
    vx_put(page, " (n = %lld) was tested with a t statistic (df %g)", (long long)modality->effect[0].n,
           modality->effect[0].df);
    if (nuisance || modality->adjusted)
        vx_put(page, ", given the mean-centred nuisance %s%s%s,", nuisance ? nuisance : "",
               nuisance && modality->adjusted ? " and " : "", !modality->adjusted ? ""
               : report->results->design == VX_PAIRED ? "change of the global mean" : "global mean");
    vx_put_markup(page, " against ");
    put_scheme(c, &modality->effect[0], seed, nuisance || modality->adjusted);
    vx_put_markup(page, ".");
    for (size_t e = 1; e < modality->effects; e++) {
        const vx_results_effect *effect = &modality->effect[e];
        vx_put(page, " Its association with %s (n = %lld) was tested by the t statistic (df %g) of %s%s%s against ",
               effect->name, (long long)effect->n, effect->df,
               effect->ranks ? "Spearman\xE2\x80\x99s rank correlation"
                             : "a linear regression on the mean-centred covariate",
               nuisance || modality->adjusted ? ", given the nuisance" : "",
               joint ? ", all covariates in one model" : "");
        put_scheme(c, effect, seed, effect->columns > 2);
        vx_put_markup(page, ".");
    }
    vx_put_markup(page, "</p>\n");
}

static void put_threshold(vx_report *report)
{
    const vx_results *results = report->results;
    const char *p = vx_results_option(results, "cluster-p");
    char t[32];
    if (!p) {
        vx_put(report->page, "t = %s", vx_fixed_text(results->modality[0].effect[0].threshold_t, 2, t));
        return;
    }
    vx_put(report->page, "one-sided p %s, for the mean", p);
    for (size_t m = 0; m < results->modalities; m++)
        vx_put(report->page, "%s%s%s t = %s", m ? "," : "", results->modalities > 1 ? " of " : "",
               results->modalities > 1 ? results->modality[m].name : "",
               vx_fixed_text(results->modality[m].effect[0].threshold_t, 2, t));
}

static void put_corrections(vx_report *report, citing *c)
{
    const vx_results_effect *effect = &report->results->modality[0].effect[0];
    vx_page *page = c->page;
    const bool voxel = effect->p[VX_P_FWE_VOXEL].there, extent = effect->p[VX_P_FWE_EXTENT].there;
    const bool mass = effect->p[VX_P_FWE_MASS].there, tfce = effect->p[VX_P_FWE_TFCE].there;
    const vx_tails_words *tails = vx_tails_about(effect->tails);
    const bool two = effect->tails == VX_TWO_TAILS;
    vx_put(page, "<p>Tests were %s%s%s. ", tails->sided, two ? "" : ", for ", two ? "" : tails->alternative);
    if (voxel || extent || mass || tfce) {
        vx_put_markup(page, "Family-wise error over the voxels analysed was controlled by the distribution of the "
                      "maximum over relabellings");
        cite(c, NICHOLS);
        vx_put(page, "%s: ", two ? " and over both tails" : "");
        const char *join = "";
        if (voxel) {
            vx_put_markup(page, "of t");
            join = ", ";
        }
        if (extent || mass) {
            vx_put(page, "%sof cluster %s (formed at ", join,
                   extent && mass ? "extent and mass" : extent ? "extent" : "mass");
            put_threshold(report);
            vx_put(page, "; %d neighbours)", effect->connectivity);
            cite(c, BULLMORE);
            join = ", ";
        }
        if (tfce) {
            vx_put(page, "%sof threshold-free cluster enhancement (E = %s, H = %s, %s)", join,
                   option(report, "tfce-e", "0.5"), option(report, "tfce-h", "2"),
                   strcmp(option(report, "tfce-preset", "exact"), "exact") ? option(report, "tfce-preset", "")
                                                                           : "integrated exactly");
            cite(c, SMITH);
        }
        vx_put_markup(page, ". ");
    }
    for (size_t v = 0; v < effect->volumes; v++)
        vx_put(page, "%s%s%s", v ? ", " : "The same corrections were made within search volumes, each the voxels of "
               "one family of the regions planned in advance, by itself: ", effect->volume[v].family,
               v + 1 == effect->volumes ? ". " : "");
    if (effect->bonferroni_effects) {
        vx_put(page, "It was also controlled over all %lld effects tested, by Bonferroni\xE2\x80\x99s correction: each "
               "family-wise p was multiplied by their number", (long long)effect->bonferroni_effects);
        cite(c, DUNN);
        vx_put_markup(page, ". ");
    }
    if (effect->p[VX_P_FDR].there) {
        vx_put_markup(page, "The false discovery rate was controlled by the step-up procedure on uncorrected "
                      "permutation p");
        if (effect->exact_uncorrected && !effect->exhaustive)
            vx_put(page, " (of the mean: exact, of all %s)", vx_scheme_about(VX_SIGN_FLIP)->relabellings);
        cite(c, BENJAMINI);
        vx_put_markup(page, ". ");
    }
    if (vx_quantity_about(report->results->primary)->control != VX_CONTROL_NONE)
        vx_put(page, "A result with p &lt; " VX_LEVEL_TEXT " %s, the primary correction, was called significant. ",
               vx_quantity_about(report->results->primary)->criterion);
    vx_put_markup(page, "The observed labelling counts among the relabellings, so that no p is zero");
    cite(c, PHIPSON);
    vx_put_markup(page, ".</p>\n");
}

/* Whether some region has a figure beside its own. */
static bool has_beside(const vx_results *results, vx_beside beside)
{
    const int column = vx_beside_column(beside, VX_OUTCOME_CHANGE);
    for (size_t i = 0; i < results->outcomes; i++)
        if (!isnan(results->outcome[i].value[column]))
            return true;
    return false;
}

static void put_beside(const vx_results *results, citing *c)
{
    const bool nopvc = has_beside(results, VX_BESIDE_NOPVC), gtm = has_beside(results, VX_BESIDE_GTM);
    if (!nopvc && !gtm)
        return;
    vx_put(c->page, "Beside them stand the same tests of %s%s%s", nopvc ? "the means without partial-volume correction"
                                                                        : "",
           nopvc && gtm ? " and of " : "", gtm ? "values corrected for partial volume by the geometric transfer matrix"
                                               : "");
    if (gtm) {
        cite(c, ROUSSET);
        vx_put_markup(c->page, ", of each region of the atlas within the tissue that it has most of in all images, "
                      "with what is left of grey matter, white matter and neither as three more regions");
    }
    vx_put_markup(c->page, ". ");
}

/* Regions and markers: what they are, their tests, and the correction over their families. */
static void put_outcomes(vx_report *report, citing *c)
{
    const vx_results *results = report->results;
    const char *nuisance = vx_results_option(results, "nuisance"), *atlas = vx_results_option(results, "atlas");
    vx_page *page = c->page;
    bool logarithm = false, slopes = false, of_kind[VX_OUTCOME_KINDS] = {false};
    for (size_t i = 0; i < results->outcomes; i++) {
        const vx_results_outcome *outcome = &results->outcome[i];
        of_kind[outcome->kind] = true;
        logarithm |= outcome->scale == VX_ON_LOG;
        slopes |= outcome->effect_kind == VX_SLOPE;
    }
    if (!results->outcomes)
        return;
    bool adjusted = false;
    for (size_t m = 0; m < results->modalities; m++)
        adjusted |= of_kind[VX_OUTCOME_REGION] && results->modality[m].adjusted;
    vx_put_markup(page, "<p>");
    if (of_kind[VX_OUTCOME_REGION])
        vx_put(page, "Regions were means of the images over the voxels of each region%s%s. ", atlas ? " of " : "",
               atlas ? atlas : "");
    put_beside(results, c);
    vx_put(page, "The mean%s of every %s was tested with a t statistic%s against ",
           results->design == VX_PAIRED ? " change" : "",
           !of_kind[VX_OUTCOME_REGION] ? "marker" : of_kind[VX_OUTCOME_MARKER] ? "region and marker" : "region",
           nuisance || adjusted ? ", given the nuisance," : "");
    vx_outcome_relabellings(report, NULL, VX_MEAN);
    if (slopes) {
        vx_put_markup(page, ", and its association with each covariate against ");
        vx_outcome_relabellings(report, NULL, VX_SLOPE);
    }
    vx_put(page, "; relabelling i moved the participants in the same way in every outcome. %sp were corrected over the "
           "outcomes of each family by the distribution of the maximum |t| over the relabellings",
           logarithm ? "Some outcomes were tested on their natural logarithms, as the tables say. " : "");
    cite(c, WESTFALL);
    vx_put_markup(page, "; families, modalities and effects were corrected separately. Intervals of means are by the t "
                  "distribution.</p>\n");
}

static void put_expected(vx_report *report, citing *c)
{
    const vx_results *results = report->results;
    bool bounds = false;
    char text[32];
    for (size_t i = 0; i < results->expecteds; i++)
        bounds |= !isnan(results->expected[i].value[VX_EXPECTED_P_EQUIVALENCE]);
    if (!results->expecteds)
        return;
    vx_put(report->page, "<p>Mean changes of %zu outcome%s were compared with external rates, which were scaled to the "
           "%s weeks between the sessions as if change were linear in time. Differences have 95 %% intervals and "
           "one-sided p of less change than expected by the t distribution, with the standard errors of both and "
           "Welch\xE2\x80\x99s degrees of freedom, those of the rates counting as known", results->expecteds,
           results->expecteds == 1 ? "" : "s", vx_number_text(results->expected_weeks, text));
    cite(c, WELCH);
    if (bounds) {
        vx_put_markup(report->page, "; equivalence was tested by two one-sided tests");
        cite(c, SCHUIRMANN);
    }
    vx_put_markup(report->page, ". These p were not corrected.</p>\n");
}

/* The alternatives, in the words in which they were asked for. */
static void put_sensitivity(vx_report *report)
{
    const vx_results *results = report->results;
    if (!results->choices)
        return;
    vx_put(report->page, "<p>In a sensitivity analysis the images were prepared in %zu other way%s, each with one "
           "change (", results->choices - 1, results->choices == 2 ? "" : "s");
    for (size_t k = 1; k < results->choices; k++)
        vx_put(report->page, "%s%s", k > 1 ? "; " : "", results->choice[k]);
    vx_put_markup(report->page, "), and the same tests were repeated with the same relabellings; p were not corrected "
                  "for the number of choices.</p>\n");
}

static void write(vx_report *report)
{
    citing c = {.page = report->page};
    const bool images = vx_report_has_images(report);
    vx_put_markup(report->page, "<p class=\"note\">Ready to paste; check it against what you did before and "
                  "after.</p>\n<div class=\"paste\">\n");
    if (images)
        put_data(report, &c);
    for (size_t m = 0; m < report->results->modalities; m++)
        put_effects(report, &c, &report->results->modality[m]);
    if (images)
        put_corrections(report, &c);
    put_outcomes(report, &c);
    put_expected(report, &c);
    put_sensitivity(report);
    vx_put(report->page, "<p>Computed on %s (%s).</p>\n</div>\n<h3>References</h3>\n<ol class=\"references\">\n",
           report->results->device, report->results->driver);
    for (int number = 1; number <= c.used; number++)
        for (int r = 0; r < REFERENCES; r++)
            if (c.number[r] == number)
                vx_put(report->page, "<li>%s</li>\n", reference_text[r]);
    vx_put_markup(report->page, "</ol>\n");
}

const vx_section vx_section_methods = {"methods", "Methods text", NULL, write, NULL};

/* The limits of the design of this run, whatever its results. */
#include "base/number.h"
#include "image/step.h"
#include "report/numbers.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

static void put_design(vx_report *report)
{
    const vx_results *results = report->results;
    vx_page *page = report->page;
    if (results->design == VX_PAIRED)
        vx_put(page, "<li><strong>There is no control arm.</strong> A change from %s to %s is not the effect of what "
               "was given between them: natural history, regression to the mean, getting used to the scan, season and "
               "the scanner's drift change images too, and this design cannot tell them "
               "apart.</li>\n", results->session[0],
               results->session[1]);
    else
        vx_put_markup(page, "<li><strong>A mean is compared with zero.</strong> What that says depends on what zero "
                      "means in these images; no other group and no other time enters.</li>\n");
    if (results->modality[0].effects > 1)
        vx_put_markup(page, "<li><strong>Covariates were measured, not assigned.</strong> That an image goes along "
                      "with one does not say that it follows from it: a third cause (dose for body weight, age, "
                      "severity) can make both.</li>\n");
}

/* What an image was divided by moves the rest of the brain when it changes itself. */
static void put_scaled(vx_report *report, const vx_results_modality *modality)
{
    const vx_results_step *reference = vx_results_step_of(modality, VX_STEP_REFERENCE);
    const vx_results_step *global = vx_results_step_of(modality, VX_STEP_GLOBAL);
    const char *of = report->results->design == VX_PAIRED ? "change" : "difference";
    if (reference)
        vx_put(report->page, "<li>Every image of %s was %s. A %s of that region itself shows as the opposite %s of the "
               "rest.</li>\n", modality->name, reference->words, of, of);
    else if (modality->adjusted)
        vx_put(report->page, "<li>Images of %s were not scaled. Their global mean is a nuisance, mean-centred: a %s of "
               "all voxels stays in the mean.</li>\n", modality->name, of);
    else if (global)
        vx_put(report->page, "<li>Every image of %s was %s. A %s of much of the brain is lost in part, and the rest "
               "seems to differ the other way.</li>\n", modality->name, global->words, of);
}

static bool is_scaled(const vx_results_modality *modality)
{
    return vx_results_step_of(modality, VX_STEP_REFERENCE) || vx_results_step_of(modality, VX_STEP_GLOBAL);
}

static void put_images(vx_report *report)
{
    const vx_results *results = report->results;
    const char *nuisance = vx_results_option(results, "nuisance");
    const char *of = results->design == VX_PAIRED ? "change" : "difference";
    vx_page *page = report->page;
    size_t unscaled = 0;
    bool adjusted = false;
    for (size_t m = 0; m < results->modalities; m++) {
        put_scaled(report, &results->modality[m]);
        unscaled += !is_scaled(&results->modality[m]);
        adjusted |= results->modality[m].adjusted;
    }
    if (unscaled)
        vx_put_markup(page, "<li>Not scaled to a reference region or to the global mean: images of ");
    for (size_t m = 0, said = 0; m < results->modalities; m++)
        if (!is_scaled(&results->modality[m]))
            vx_put(page, "%s%s", said++ ? ", " : "", results->modality[m].name);
    if (unscaled)
        vx_put(page, ". A %s of all voxels, or of the reference by which they came divided, shows as a %s "
               "everywhere.</li>\n", of, of);
    if (nuisance)
        vx_put(page, "<li>Adjusted for %s, linearly, and for nothing else%s.</li>\n", nuisance,
               adjusted ? " but the global mean" : "");
    else if (!adjusted)
        vx_put_markup(page, "<li>Nothing was adjusted for.</li>\n");
}

static void put_inference(vx_report *report)
{
    const vx_results *results = report->results;
    const vx_results_effect *first = &results->modality[0].effect[0];
    vx_page *page = report->page;
    char text[32], count[32];
    const char *bonferroni = first->bonferroni_effects
                                 ? "; only the p by Bonferroni\xE2\x80\x99s correction are over all effects"
                                 : "";
    if (first->p[VX_P_FWE_EXTENT].there || first->p[VX_P_FWE_MASS].there)
        vx_put_markup(page, "<li>A cluster that is significant by extent or mass says that there is an effect "
                      "somewhere inside it. It does not say where in it, and its size depends on the forming "
                      "threshold.</li>\n");
    if (first->p[VX_P_FDR].there)
        vx_put_markup(page, "<li>The false discovery rate is the share of false ones among the voxels found, on "
                      "average. It says nothing about any one of them.</li>\n");
    if (results->modalities > 1)
        vx_put(page, "<li><strong>Each of the %zu modalities is corrected by itself</strong>, and none for there being "
               "several%s.</li>\n", results->modalities, bonferroni);
    if (results->modality[0].effects > 1)
        vx_put(page, "<li>Each of the %zu effects is corrected by itself, and none for there being several%s.</li>\n",
               results->modality[0].effects, bonferroni);
    if (first->tails != VX_TWO_TAILS)
        vx_put_markup(page, "<li>One tail was tested: a difference the other way could not be found, and the choice "
                      "must have been made before the data were seen.</li>\n");
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            if (effect->p_smallest > 0.001)
                vx_put(page, "<li>%s: %s: %s relabellings allow no family-wise p below %s.</li>\n",
                       results->modality[m].name, effect->name, vx_count_text((uint64_t)effect->relabellings, count),
                       vx_p_text(effect->p_smallest, text));
            const double smallest = fmin((double)effect->bonferroni_effects * effect->p_smallest, 1);
            if (smallest > 0.001)
                vx_put(page, "<li>%s: %s: Bonferroni\xE2\x80\x99s correction over %lld effects allows no p below "
                       "%s.</li>\n", results->modality[m].name, effect->name, (long long)effect->bonferroni_effects,
                       vx_p_text(smallest, text));
        }
    vx_put_markup(page, "<li>Sign flips assume errors that are symmetric about zero");
    if (results->modality[0].effects > 1)
        vx_put_markup(page, "; permutations that participants are exchangeable, once the nuisance is removed");
    vx_put_markup(page, ".</li>\n<li>What is not significant is not shown to be absent: see at each effect how large "
                  "it would have had to be.</li>\n");
}

static void put_left_out(vx_report *report)
{
    size_t count = 0;
    for (size_t m = 0; m < report->results->modalities; m++) {
        const vx_results_modality *modality = &report->results->modality[m];
        count += modality->left_outs;
        for (size_t e = 0; e < modality->effects; e++)
            count += modality->effect[e].left_outs;
    }
    if (count)
        vx_put(report->page, "<li>Left out because of missing data: %zu, counted in every model (see Design). If the "
               "data are missing because of how participants fared, the others do not represent all.</li>\n", count);
}

static void write(vx_report *report)
{
    vx_put_markup(report->page, "<ul class=\"limits\">\n");
    put_design(report);
    put_images(report);
    put_inference(report);
    put_left_out(report);
    vx_put_markup(report->page, "</ul>\n");
}

const vx_section vx_section_limits = {"limits", "What this design cannot tell", vx_report_has_images, write, NULL};

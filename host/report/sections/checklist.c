/* The checklist of the COBIDAS report (Nichols et al. 2017, Nat Neurosci 20:299), paraphrased. The section fills in the
 * items that the run determines, and names those that only the author can answer. */
#include "base/number.h"
#include "infer/quantity.h"
#include "report/numbers.h"
#include "report/section.h"
#include "results/tails.h"
#include "results/change.h"

#include <math.h>
#include <string.h>

static void participants(vx_report *report)
{
    for (size_t m = 0; m < report->results->modalities; m++)
        vx_put(report->page, "%s%s: %lld of %lld", m ? "; " : "", report->results->modality[m].name,
               (long long)report->results->modality[m].n, (long long)report->results->participants);
}

/* Adds to a list of `count` items, and returns the new number. */
static size_t put_left_out(vx_report *report, const char *of, const vx_results_left_out *left_out, size_t number,
                           size_t count)
{
    for (size_t i = 0; i < number; i++)
        vx_put(report->page, "%sof %s: %s (%s)", count + i ? "; " : "", of, left_out[i].participant,
               left_out[i].reason);
    return count + number;
}

static void left_out(vx_report *report)
{
    size_t count = 0;
    for (size_t m = 0; m < report->results->modalities; m++) {
        const vx_results_modality *modality = &report->results->modality[m];
        count = put_left_out(report, modality->name, modality->left_out, modality->left_outs, count);
        for (size_t e = 0; e < modality->effects; e++)
            count = put_left_out(report, modality->effect[e].stem, modality->effect[e].left_out,
                                 modality->effect[e].left_outs, count);
    }
    if (!count)
        vx_put_markup(report->page, "none by this program");
}

static void outcome(vx_report *report)
{
    if (report->results->design == VX_PAIRED)
        vx_put(report->page, "change at each voxel, %s minus %s", report->results->session[1],
               report->results->session[0]);
    else
        vx_put_markup(report->page, "the image's value at each voxel");
    for (size_t m = 0; m < report->results->modalities; m++)
        if (report->results->modality[m].change != VX_CHANGE_DIFFERENCE)
            vx_put(report->page, "; of %s%s", report->results->modality[m].name,
                   vx_change_words(report->results->modality[m].change));
}

static void preparation(vx_report *report)
{
    size_t prepared = 0;
    for (size_t m = 0; m < report->results->modalities; m++) {
        const vx_results_modality *modality = &report->results->modality[m];
        for (size_t k = 0; k < modality->steps; k++)
            vx_put(report->page, "%s%s%s%s", k ? ", " : prepared++ ? "; " : "", k ? "" : modality->name,
                   k ? "" : ": ", modality->step[k].words);
    }
    if (!prepared)
        vx_put_markup(report->page, "none: images were used as they are");
}

static void model(vx_report *report)
{
    const vx_results_modality *modality = &report->results->modality[0]; /* all modalities have the same columns */
    for (size_t e = 0; e < modality->effects; e++) {
        vx_put(report->page, "%s%s: ", e ? "; " : "", modality->effect[e].name);
        for (int64_t c = 0; c < modality->effect[e].columns; c++)
            vx_put(report->page, "%s%s", c ? " + " : "", modality->effect[e].column[c]);
    }
}

static void space(vx_report *report)
{
    char text[32];
    for (size_t m = 0; m < report->results->modalities; m++)
        vx_put(report->page, "%s%s: %s voxels, %s%smask.nii.gz", m ? "; " : "", report->results->modality[m].name,
               vx_count_text(report->results->modality[m].mask_voxels, text),
               report->results->modalities > 1 ? report->results->modality[m].stem : "",
               report->results->modalities > 1 ? "/" : "");
}

static void test(vx_report *report)
{
    const vx_results_effect *effect = &report->results->modality[0].effect[0];
    vx_put(report->page, "t by permutation, %s", vx_tails_about(effect->tails)->sided);
}

static void correction(vx_report *report)
{
    const vx_results_effect *effect = &report->results->modality[0].effect[0];
    for (int k = 0, any = 0; k < VX_P_KINDS; k++)
        if (effect->p[k].there)
            vx_put(report->page, "%s%s", any++ ? ", " : "", vx_quantity_about(k)->title);
}

static void primary(vx_report *report)
{
    const vx_quantity_row *about = vx_quantity_about(report->results->primary);
    vx_put(report->page, "%s (--primary)", about->title);
}

static void threshold(vx_report *report)
{
    const vx_results *results = report->results;
    char text[48];
    for (size_t m = 0; m < results->modalities; m++)
        for (size_t e = 0; e < results->modality[m].effects; e++)
            vx_put(report->page, "%s: %s; ", results->modality[m].effect[e].stem,
                   vx_tails_beyond(results->modality[m].effect[e].tails, results->modality[m].effect[e].threshold_t,
                                   text));
    vx_put(report->page, "%d neighbours", results->modality[0].effect[0].connectivity);
}

static void effects(vx_report *report)
{
    const vx_results_modality *modality = &report->results->modality[0]; /* all modalities have the same effects */
    vx_put_markup(report->page, "maps of the mean, its standard error and 95 % interval, and of d<sub>z</sub>");
    if (modality->effects > 1 && modality->effect[1].ranks)
        vx_put_markup(report->page, "; of rho");
    else if (modality->effects > 1)
        vx_put_markup(report->page, "; of slope, its standard error and interval, and r");
    vx_put_markup(report->page, " (*.nii.gz)");
}

static void tables(vx_report *report)
{
    vx_put_markup(report->page, "clusters.tsv of every effect: extent, mass, peak t and place in mm, every p");
}

static void sharing(vx_report *report)
{
    vx_put_markup(report->page, "unthresholded maps as NIfTI and in results.h5, with the null distributions");
}

static void reproducing(vx_report *report)
{
    vx_put(report->page, "voxstat %s, seed %s; options, inputs and their SHA-256 in run.json", report->results->version,
           vx_results_option(report->results, "seed") ? vx_results_option(report->results, "seed") : "0");
}

static const struct item {
    const char *area, *name;
    void (*fill)(vx_report *); /* null: only the author can answer */
    const char *author;        /* what the author should report */
} items[] = {
    {"Participants", "How many were analysed", participants, NULL},
    {"Participants", "Who was left out, and why", left_out, NULL},
    {"Participants", "Whom they stand for", NULL, "population, inclusion and exclusion, recruitment, age and sex"},
    {"Participants", "Ethics", NULL, "approval and consent"},
    {"Participants", "How many were planned", NULL, "sample size and how it was chosen, registration"},
    {"Design", "What was done to them", NULL, "treatment, dose, time between the sessions, blinding"},
    {"Acquisition", "Scanner and protocol", NULL, "maker, model, tracer and dose or sequence, timing, reconstruction"},
    {"Preparation", "Software and steps", NULL, "with versions: motion, attenuation, coregistration, normalisation"},
    {"Preparation", "Space", NULL, "template and its version"},
    {"Preparation", "Smoothing", NULL, "kernel and FWHM, of what was done before voxstat"},
    {"Preparation", "Scaling", NULL, "reference region or global mean, of what was done before voxstat"},
    {"Preparation", "Steps of this program", preparation, NULL},
    {"Preparation", "Quality control", NULL, "what was looked at, who was blind to what (see Quality control)"},
    {"Model", "Outcome", outcome, NULL},
    {"Model", "Regressors", model, NULL},
    {"Model", "Why these covariates", NULL, "chosen before the data were seen?"},
    {"Inference", "Where was searched", space, NULL},
    {"Inference", "Test", test, NULL},
    {"Inference", "Correction", correction, NULL},
    {"Inference", "Forming threshold", threshold, NULL},
    {"Inference", "Which correction is primary", primary, NULL},
    {"Inference", "Was that planned", NULL, "whether it was settled before the data were seen, and where"},
    {"Results", "Effect sizes with their uncertainty", effects, NULL},
    {"Results", "Table of coordinates", tables, NULL},
    {"Results", "What was not found", NULL, "tell empty results too; see each effect for what could have been found"},
    {"Sharing", "Maps", sharing, NULL},
    {"Sharing", "Where they are", NULL, "repository and identifier (NeuroVault, OpenNeuro), licence"},
    {"Reproducing", "Software, seeds, inputs", reproducing, NULL},
};

static void write(vx_report *report)
{
    vx_page *page = report->page;
    size_t filled = 0;
    const size_t all = sizeof items / sizeof *items;
    for (size_t i = 0; i < all; i++)
        filled += items[i].fill != NULL;
    vx_put(page, "<p>%zu of %zu items are filled in by this run; the others are the author\xE2\x80\x99s.</p>\n"
           "<details><summary>The checklist</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
           "aria-label=\"Checklist\"><table "
           "class=\"checklist\"><caption>After Nichols TE, Das S, Eickhoff SB, et al. Best practices in data analysis "
           "and sharing in neuroimaging using MRI. Nat Neurosci 2017;20:299\xE2\x80\x93" "303, in our "
           "words.</caption><thead><tr><th scope=\"col\">area</th><th scope=\"col\">item</th><th "
           "scope=\"col\">who</th><th scope=\"col\">what to say</th></tr></thead><tbody>\n",
           filled, all);
    for (size_t i = 0; i < all; i++) {
        vx_put(page, "<tr class=\"%s\"><td>%s</td><th scope=\"row\">%s</th><td>%s</td><td>",
               items[i].fill ? "filled" : "author", items[i].area, items[i].name,
               items[i].fill ? "filled" : "author");
        if (items[i].fill)
            items[i].fill(report);
        else
            vx_put(page, "%s", items[i].author);
        vx_put_markup(page, "</td></tr>\n");
    }
    vx_put_markup(page, "</tbody></table></div></details>\n");
}

const vx_section vx_section_checklist = {"checklist", "Checklist for the paper (COBIDAS)", vx_report_has_images, write,
                                         NULL};

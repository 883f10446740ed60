/* The BIDS folder of --bids as the table of a study, what was found in it, and the frames of dynamic images. */
#include "cli/run.h"

#include "base/memory.h"
#include "bids/contradiction.h"

#include <stdio.h>
#include <string.h>

enum { MISSING_MAX = 10 }; /* listed without --verbose */

/* ---- reading ---- */

vx_status vx_run_read_bids(vx_run *run, const vx_names *modality, const vx_names *sessions, vx_error *error)
{
    vx_names derivatives, filters = {0};
    const char *map[VX_TISSUE_MAPS];
    vx_status status = vx_argument_names(run->arguments, VX_OPTION_DERIVATIVES, &derivatives, error);
    if (!status)
        status = vx_argument_names(run->arguments, VX_OPTION_BIDS_FILTER, &filters, error);
    for (size_t i = 0; !status && i < sessions->count; i++) /* ses-bl is bl */
        sessions->name[i] = vx_bids_label(sessions->name[i], "ses");
    const vx_bids_options options = {
        .folder = vx_argument_text(run->arguments, VX_OPTION_BIDS),
        .derivative = derivatives.name,
        .derivatives = derivatives.count,
        .modality = modality->name,
        .modalities = modality->count,
        .map = map,
        .maps = vx_run_pvc_maps(run, map),
        .session = sessions->name,
        .sessions = sessions->count,
        .filter = filters.name,
        .filters = filters.count,
    };
    if (!status)
        status = vx_bids_read(&options, &run->bids, error);
    vx_names_destroy(&derivatives);
    vx_names_destroy(&filters);
    return status;
}

/* Prints which slots are empty. */
static void say_missing(const vx_run *run, const vx_bids_slots *slots)
{
    const vx_bids_search *search = &run->bids.search;
    const size_t sessions = search->sessions ? search->sessions : 1;
    size_t missing = 0;
    for (size_t i = 0; i < search->participants * sessions; i++) {
        if (slots->file[i])
            continue;
        if (!missing++)
            vx_say(run, "  missing: ");
        else if (run->verbose || missing <= MISSING_MAX)
            vx_say(run, ", ");
        if (run->verbose || missing <= MISSING_MAX)
            vx_say(run, "%s%s%s", run->bids.id[i / sessions], search->sessions ? " " : "",
                   search->sessions ? search->session[i % sessions] : "");
    }
    if (missing > MISSING_MAX && !run->verbose)
        vx_say(run, " and %zu more (-v lists them)", missing - MISSING_MAX);
    if (missing)
        vx_say(run, "\n");
}

static void say_slots(const vx_run *run, const vx_bids_slots *slots)
{
    const vx_bids *bids = &run->bids;
    const size_t places = bids->search.participants * (bids->search.sessions ? bids->search.sessions : 1);
    const size_t folder = strlen(bids->layout.folder);
    const vx_bids_file *first = NULL;
    for (size_t i = 0; i < places && !first; i++)
        first = slots->file[i];
    vx_say(run, "  %s: %zu images of %zu participants, such as %s\n", slots->modality, slots->images,
           bids->search.participants,
           first->path + (strncmp(first->path, bids->layout.folder, folder) ? 0 : folder + 1));
    for (size_t i = 0; run->verbose && i < places; i++)
        if (slots->file[i])
            vx_say(run, "    %s\n", slots->file[i]->path);
    say_missing(run, slots);
}

vx_status vx_run_say_bids(vx_run *run, vx_error *error)
{
    const vx_bids *bids = &run->bids;
    vx_status status = VX_OK;
    if (!bids->table)
        return VX_OK;
    vx_say(run, "%s: paired as in pairing.tsv of the results\n", bids->layout.folder);
    for (size_t m = 0; m < bids->modalities; m++)
        say_slots(run, bids->slots + m);
    for (size_t m = 0; m < bids->maps; m++)
        say_slots(run, bids->map + m);
    for (size_t i = 0; i < bids->remarks.count && !status; i++)
        status = vx_run_remark(run, error, "%s", bids->remarks.text[i]);
    return status;
}

/* ---- frames ---- */

vx_status vx_run_read_frames(const vx_arguments *arguments, double window[2], vx_error *error)
{
    const char *text = vx_argument_text(arguments, VX_OPTION_FRAMES);
    char unit[8] = "";
    int used = 0;
    if (!text)
        return VX_OK;
    const bool read = sscanf(text, "%lf-%lf%7[a-z]%n", window, window + 1, unit, &used) == 3 && !text[used];
    const double seconds = !strcmp(unit, "min") ? 60 : !strcmp(unit, "s") ? 1 : 0;
    if (!read || !(seconds > 0) || !(window[0] >= 0) || !(window[1] > window[0]) || !(window[1] < 1e9))
        return vx_fail(error, VX_USAGE, "--frames: found '%s', expected FROM-TOmin or FROM-TOs, such as 30-60min",
                       text);
    window[0] *= seconds;
    window[1] *= seconds;
    return VX_OK;
}

static bool same_frames(const vx_frames *a, const vx_frames *b)
{
    if (a->first != b->first || a->count != b->count || !a->weight != !b->weight || a->start != b->start ||
        a->end != b->end)
        return false;
    return !a->weight || !memcmp(a->weight, b->weight, (size_t)a->count * sizeof *a->weight);
}

/* The weights of frames, as far as the list is short: "0.2, 0.4, 0.4". */
static void list_weights(const vx_frames *frames, char *text, size_t size)
{
    size_t used = 0;
    for (int64_t k = 0; k < frames->count && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%.4g", k ? ", " : "", frames->weight[k]);
    if (used >= size)
        snprintf(text + size - sizeof ", ...", sizeof ", ...", ", ...");
}

/* A remark on the images of a modality that are made like the given one, which is the first of them. */
static vx_status remark_frames(vx_run *run, const vx_study_modality *modality, int64_t row, int64_t session,
                               vx_error *error)
{
    const vx_frames *frames = &modality->row[row].session[session].frames;
    char weights[300];
    long long alike = 0;
    for (int64_t i = 0; i < modality->n; i++)
        for (int64_t s = 0; s < modality->row[i].sessions; s++) {
            const bool same = same_frames(frames, &modality->row[i].session[s].frames);
            if (same && (i < row || (i == row && s < session))) /* said before */
                return VX_OK;
            alike += same;
        }
    if (!frames->weight)
        return vx_run_remark(run, error, "%s: volume %lld (from 0) of the file is taken in %lld image%s",
                             modality->name, (long long)frames->first, alike, alike == 1 ? "" : "s");
    list_weights(frames, weights, sizeof weights);
    return vx_run_remark(run, error, "%s: %lld image%s the mean of frames %lld to %lld (from 0; %g to %g s), weighted "
                         "by their duration: %s", modality->name, alike, alike == 1 ? " is" : "s are",
                         (long long)frames->first, (long long)(frames->first + frames->count - 1), frames->start,
                         frames->end, weights);
}

/* Names the images of a modality whose sidecars contradict the headers, and says how of the first. */
static vx_status remark_contradictions(vx_run *run, const vx_study_modality *modality, vx_error *error)
{
    char first[900] = "", others[300] = "", what[600];
    size_t found = 0, used = 0;
    for (int64_t i = 0; i < modality->n; i++)
        for (int64_t s = 0; s < modality->row[i].sessions; s++) {
            const vx_session_image *image = &modality->row[i].session[s];
            const vx_status status = vx_sidecar_contradiction(image->path, what, sizeof what, error);
            if (status)
                return status;
            if (!*what)
                continue;
            if (!found++)
                snprintf(first, sizeof first, "participant %s, column %s: %s", modality->row[i].participant,
                         image->column, what);
            else if (used < sizeof others)
                used += (size_t)snprintf(others + used, sizeof others - used, "%s%s %s", used ? ", " : "; also ",
                                         modality->row[i].participant, image->column);
        }
    return !found ? VX_OK
                  : vx_run_remark(run, error, "%s: the sidecar%s of %zu image%s contradict%s the header: %s%s%s",
                                  modality->name, found == 1 ? "" : "s", found, found == 1 ? "" : "s",
                                  found == 1 ? "s" : "", first, others, used >= sizeof others ? ", ..." : "");
}

vx_status vx_run_remark_frames(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t m = 0; m < run->study->modalities; m++) {
        const vx_study_modality *modality = run->study->modality + m;
        if (!status)
            status = remark_contradictions(run, modality, error);
        for (int64_t i = 0; i < modality->n; i++)
            for (int64_t s = 0; s < modality->row[i].sessions && !status; s++)
                if (modality->row[i].session[s].frames.count)
                    status = remark_frames(run, modality, i, s, error);
    }
    return status;
}

/* The options of partial-volume correction, the tissue maps of the images and their point spreads. */
#include "cli/run.h"

#include "base/memory.h"
#include "cli/values.h"

#include <string.h>

enum { CHOICE_GTM = VX_PVC_MG + 1 }; /* the choices of --pvc have the order of vx_pvc_method; this one is the last */

vx_status vx_run_read_psf(vx_run *run, vx_error *error)
{
    static const vx_option_id with_psf[] = {VX_OPTION_PVC_GREY, VX_OPTION_PVC_WHITE};
    const char *psf = vx_argument_text(run->arguments, VX_OPTION_PSF);
    if (psf && !run->pvc.word.count && !vx_argument_given(run->arguments, VX_OPTION_SENSITIVITY))
        return vx_fail(error, VX_USAGE, "--psf is the point spread for --pvc, which is not given");
    for (size_t i = 0; i < sizeof with_psf / sizeof *with_psf; i++)
        if (!psf && vx_argument_given(run->arguments, with_psf[i]))
            return vx_fail(error, VX_USAGE, "--%s names maps for --pvc, whose --psf is not given",
                           vx_option_table[with_psf[i]].name);
    return psf ? vx_psf_read(psf, &run->psf, error) : VX_OK;
}

size_t vx_run_pvc_maps(const vx_run *run, const char *name[VX_TISSUE_MAPS])
{
    name[VX_OF_GREY] = vx_argument_text(run->arguments, VX_OPTION_PVC_GREY);
    name[VX_OF_WHITE] = vx_argument_text(run->arguments, VX_OPTION_PVC_WHITE);
    return !run->psf.text ? 0 : strcmp(name[VX_OF_GREY], name[VX_OF_WHITE]) ? 2 : 1;
}

/* What is said of all modalities is not meant of the maps, where these are analysed as well. */
static bool is_map(const vx_run *run, const char *modality)
{
    const char *name[VX_TISSUE_MAPS];
    const size_t maps = vx_run_pvc_maps(run, name);
    return (maps > 0 && !strcmp(name[VX_OF_GREY], modality)) || (maps > 1 && !strcmp(name[VX_OF_WHITE], modality));
}

vx_status vx_run_pvc_of(const vx_run *run, const char *modality, vx_pvc_method *method, bool *gtm, vx_error *error)
{
    int found[2] = {-1, -1}; /* of all modalities, and of this one */
    bool regions[2] = {false, false};
    for (size_t i = 0; i < run->pvc.word.count; i++) {
        bool own;
        const char *word = vx_by_modality_word(&run->pvc, run->study, modality, i, &own);
        if (!word || (!own && is_map(run, modality)))
            continue;
        vx_status status = vx_value_check_choice(run->pvc.option, word, error);
        const int choice = status ? -1 : vx_choice(run->pvc.option->choices, word);
        if (status)
            return status;
        if (choice == CHOICE_GTM) {
            regions[own] = true;
            continue;
        }
        if (found[own] >= 0)
            return vx_fail(error, VX_USAGE, "--pvc: found two methods for %s; expected one, beside which gtm may stand",
                           own ? modality : "all modalities");
        found[own] = choice;
    }
    const bool refused = found[1] == VX_PVC_NONE; /* pet=none takes everything back that was said of all */
    *method = (vx_pvc_method)(found[1] >= 0 ? found[1] : found[0] >= 0 ? found[0] : VX_PVC_NONE);
    *gtm = regions[1] || (regions[0] && !refused);
    if ((*method != VX_PVC_NONE || *gtm) && !run->psf.text)
        return vx_fail(error, VX_USAGE, "--pvc: %s needs the point spread of its images (--psf)", modality);
    if ((*method != VX_PVC_NONE || *gtm) && is_map(run, modality))
        return vx_fail(error, VX_USAGE, "--pvc: %s is a map of tissue, by which other images are corrected", modality);
    return VX_OK;
}

bool vx_run_corrects(const vx_run *run)
{
    for (size_t m = 0; m < run->study->modalities; m++)
        if (run->modality[m].preparation.options.pvc != VX_PVC_NONE)
            return true;
    return false;
}

/* Of two maps in one file the first volume is grey matter. */
static void take_map(const vx_run *run, int64_t participant, int64_t session, vx_tissue_kind kind, vx_source *map)
{
    const vx_study *study = run->study;
    const vx_study_map *from = &study->map[study->maps > 1 ? kind : 0];
    const vx_session_image *image = &from->image[participant * from->sessions + session];
    *map = (vx_source){.path = image->path, .participant = study->participant[participant], .column = image->column,
                       .frames = image->frames};
    if (study->maps == 1)
        map->frames = (vx_frames){.first = kind, .count = 1};
}

static vx_status find_tissue(const vx_run *run, vx_run_modality *modality, vx_error *error)
{
    const vx_study *study = run->study;
    const vx_study_modality *of = modality->study;
    const int64_t sessions = study->design == VX_PAIRED ? 2 : 1;
    size_t images;
    const bool fits = vx_multiply((size_t)of->n, (size_t)sessions, &images);
    if (!(modality->tissue = fits ? vx_array_zero(images, sizeof *modality->tissue) : NULL))
        return vx_fail_memory(error);
    modality->tissues = images;
    for (int64_t i = 0; i < of->n; i++)
        for (int64_t s = 0; s < sessions; s++) {
            const int64_t participant = of->participant[i];
            vx_image_tissue *tissue = &modality->tissue[i * sessions + s];
            const vx_psf_image image = {study->participant[participant], study->session[s], of->name,
                                        of->row[i].session[s].path};
            for (int k = 0; k < VX_TISSUE_MAPS; k++)
                take_map(run, participant, s, (vx_tissue_kind)k, &tissue->map[k]);
            vx_status status = vx_psf_find(&run->psf, &image, tissue->fwhm, error);
            if (status)
                return vx_error_prefix(error, status, "--psf");
        }
    return VX_OK;
}

vx_status vx_run_find_tissue(vx_run *run, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t m = 0; run->psf.text && m < run->study->modalities && !status; m++)
        if (!is_map(run, run->study->modality[m].name))
            status = find_tissue(run, &run->modality[m], error);
    return status;
}

void vx_run_tissue_destroy(vx_run_modality *modality)
{
    for (size_t i = 0; modality && i < modality->tissues; i++)
        vx_tissue_destroy(&modality->tissue[i]);
    if (modality)
        free(modality->tissue);
}

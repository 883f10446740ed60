#include "bids/modality.h"

#include <string.h>
#include <strings.h>

/* The prefixes of CAT12: modulated warped tissue (mwp1), and that of its longitudinal pipelines for plasticity (mwp1r)
 * and ageing (mwmwp1r); "s6" in front is smoothed by 6 mm. */
#define CAT12(tissue) \
    "mwp" tissue "|mwp" tissue "r|mwmwp" tissue "r|s*mwp" tissue "|s*mwp" tissue "r|s*mwmwp" tissue "r"

static const vx_bids_form form[] = {
    {"pet", {{"suffix", "pet"}, {"desc", "preproc|none"}, {"prefix", "none"}}},
    {"cbf", {{"suffix", "cbf"}, {"desc", "none"}, {"prefix", "none"}}},
    {"gm", {{"prefix", CAT12("1")}}},
    {"gm", {{"suffix", "probseg"}, {"label", "GM"}}},
    {"gm", {{"suffix", "probability"}, {"segm", "graymatter"}, {"modulated", "on"}}},
    {"wm", {{"prefix", CAT12("2")}}},
    {"wm", {{"suffix", "probseg"}, {"label", "WM"}}},
    {"wm", {{"suffix", "probability"}, {"segm", "whitematter"}, {"modulated", "on"}}},
};

/* Shares of voxels: not modulated, not smoothed. */
static const vx_bids_form map_form[] = {
    {"gm", {{"suffix", "probseg"}, {"label", "GM"}, {"prefix", "none"}}},
    {"gm", {{"suffix", "probability"}, {"segm", "graymatter"}, {"modulated", "off"}, {"fwhm", "none"}}},
    {"gm", {{"prefix", "wp1"}}},
    {"wm", {{"suffix", "probseg"}, {"label", "WM"}, {"prefix", "none"}}},
    {"wm", {{"suffix", "probability"}, {"segm", "whitematter"}, {"modulated", "off"}, {"fwhm", "none"}}},
    {"wm", {{"prefix", "wp2"}}},
};

const char *const vx_bids_usual[] = {"pet", "cbf", "gm"};
const size_t vx_bids_usuals = sizeof vx_bids_usual / sizeof *vx_bids_usual;

const vx_bids_form *vx_bids_forms(const char *modality, bool map, vx_bids_form *other, size_t *forms)
{
    const vx_bids_form *of = map ? map_form : form, *first = NULL;
    const size_t count = map ? sizeof map_form / sizeof *map_form : sizeof form / sizeof *form;
    *forms = 0;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(of[i].modality, modality)) {
            first = first ? first : of + i;
            ++*forms;
        }
    if (first)
        return first;
    *other = (vx_bids_form){modality, {{"suffix", modality}, {"desc", "preproc|none"}}};
    *forms = 1;
    return other;
}

size_t vx_bids_form_conditions(const vx_bids_form *one)
{
    size_t conditions = 0;
    while (conditions < VX_BIDS_CONDITIONS && one->condition[conditions].key)
        conditions++;
    return conditions;
}

bool vx_bids_native(const vx_entities *entities)
{
    static const char *const native[] = {"T1w", "T2w", "anat", "pet", "bold", "boldref", "func", "asl", "aslref",
                                         "individual", "native", "orig", "scanner", "subject", "fsnative"};
    const char *space = vx_entity_value(entities, "space");
    if (!space)
        return !strchr(entities->prefix, 'w');
    for (size_t i = 0; i < sizeof native / sizeof *native; i++)
        if (!strcasecmp(space, native[i]))
            return true;
    return false;
}

bool vx_bids_unmodulated(const vx_entities *entities)
{
    const char *modulated = vx_entity_value(entities, "modulated"), *suffix = entities->suffix;
    if (modulated || !strcmp(suffix, "probability"))
        return !modulated || strcmp(modulated, "on");
    if (!strcmp(suffix, "probseg"))
        return true;
    const char *warped = strchr(entities->prefix, 'w');
    return warped && warped[1] == 'p' && (warped == entities->prefix || warped[-1] != 'm');
}

#include "report/template_space.h"

#include "base/memory.h"
#include "bids/entities.h"
#include "results/schema.h"
#include "space/grid.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How names of well-known templates begin, without an entity. */
static const struct { const char *begins, *label; } known[] = {
    {"MNI152_T1_", "MNI152NLin6Asym"}, /* FSL's; the label is TemplateFlow's */
    {"mni_icbm152_t1_tal_nlin_asym_09a", "MNI152NLin2009aAsym"},
    {"mni_icbm152_t1_tal_nlin_sym_09a", "MNI152NLin2009aSym"},
    {"mni_icbm152_t1_tal_nlin_asym_09b", "MNI152NLin2009bAsym"},
    {"mni_icbm152_t1_tal_nlin_sym_09b", "MNI152NLin2009bSym"},
    {"mni_icbm152_t1_tal_nlin_asym_09c", "MNI152NLin2009cAsym"},
    {"mni_icbm152_t1_tal_nlin_sym_09c", "MNI152NLin2009cSym"},
    {"avg152T1", "MNI152Lin"},
    {"ch2bet", "MNIColin27"}, /* MRIcron's */
    {"ch2.nii", "MNIColin27"},
};

/* Labels of MNI's spaces begin so; the others of the list are complete. */
static const char MNI_BEGINS[] = "MNI152";
static const char *const mni[] = {"MNI", "MNI305", "MNIColin27", "IXI549Space"};

static bool is_mni(const char *label)
{
    bool found = !strncasecmp(label, MNI_BEGINS, sizeof MNI_BEGINS - 1);
    for (size_t i = 0; i < sizeof mni / sizeof *mni; i++)
        found |= !strcasecmp(label, mni[i]);
    return found;
}

/* "MNI" tells the family, and not which of it. */
static bool is_vague(const char *label)
{
    return !strcasecmp(label, "MNI") || !strcasecmp(label, MNI_BEGINS);
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *known_label(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(name, known[i].begins, strlen(known[i].begins)))
            return known[i].label;
    return NULL;
}

static vx_status label_of_name(const char *path, vx_space_label *label, vx_error *error)
{
    const char *name = base_of(path), *found;
    vx_entities entities = {0};
    vx_status status = vx_entities_parse(name, &entities, error);
    if (status)
        return status;
    found = vx_entity_value(&entities, "space");
    found = found ? found : vx_entity_value(&entities, "tpl");
    found = found ? found : known_label(name);
    label->name = vx_copy_text(found);
    vx_entities_destroy(&entities);
    return found && !label->name ? vx_fail_memory(error) : VX_OK;
}

static vx_status label_of_code(int code, vx_space_label *label, vx_error *error)
{
    label->by_header = code == VX_SPACE_MNI || code == VX_SPACE_TALAIRACH;
    if (!label->by_header)
        return VX_OK;
    label->name = vx_copy_text(code == VX_SPACE_MNI ? "MNI" : "Talairach");
    return label->name ? VX_OK : vx_fail_memory(error);
}

vx_status vx_space_of_template(const char *path, const vx_grid *grid, vx_space_label *label, vx_error *error)
{
    vx_space_label header = {0};
    *label = (vx_space_label){0};
    vx_status status = label_of_name(path, label, error);
    if (!status)
        status = label_of_code(vx_grid_space_code(grid), &header, error);
    const bool by_header = !label->name || vx_space_compare(label, &header) == VX_SPACES_DIFFER;
    free(by_header ? label->name : header.name);
    *label = by_header ? header : *label;
    return status;
}

/* Whether a column of the table holds images of a modality: "pet_baseline", or "pet" of one session. */
static bool is_of(const vx_results *results, const vx_results_modality *modality, const char *column)
{
    const size_t length = column ? strlen(modality->name) : 0;
    if (!column || strncmp(column, modality->name, length) != 0)
        return false;
    bool same = !column[length];
    for (int s = 0; s < 2 && column[length] == '_'; s++)
        same |= results->session[s] && !strcmp(column + length + 1, results->session[s]);
    return same;
}

vx_status vx_space_of_images(const vx_results *results, const vx_results_modality *modality, vx_space_label *label,
                             vx_error *error)
{
    const json_t *inputs = json_object_get(results->run, VX_KEY_INPUTS);
    vx_status status = VX_OK;
    *label = (vx_space_label){0};
    for (size_t i = 0; !status && !label->name && i < json_array_size(inputs); i++) {
        const json_t *one = json_array_get(inputs, i);
        const char *path = json_string_value(json_object_get(one, VX_KEY_PATH));
        if (path && is_of(results, modality, json_string_value(json_object_get(one, VX_KEY_COLUMN))))
            status = label_of_name(path, label, error);
    }
    return status || label->name ? status : label_of_code(modality->grid.sform_code, label, error);
}

bool vx_space_is_mni(const vx_space_label *label)
{
    return label->name && is_mni(label->name);
}

vx_space_relation vx_space_compare(const vx_space_label *a, const vx_space_label *b)
{
    if (!a->name || !b->name || !strcasecmp(a->name, b->name))
        return VX_SPACES_AGREE;
    if (!is_mni(a->name) || !is_mni(b->name))
        return VX_SPACES_DIFFER;
    return is_vague(a->name) || is_vague(b->name) ? VX_SPACES_AGREE : VX_SPACES_VARIANTS;
}

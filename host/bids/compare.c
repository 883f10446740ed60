#include "bids/compare.h"

#include "base/memory.h"
#include "bids/sidecar.h"

#include <stdio.h>
#include <string.h>

/* What is compared: a part of names, a fact of sidecars, or both. */
typedef struct fact {
    const char *words;
    const char *key; /* of a name; null: none */
    enum { NOTHING, SCANNER, RECONSTRUCTION, UNITS, TRACER, STRIPPED } sidecar;
} fact;

static const fact facts[] = {
    {"scanner", NULL, SCANNER},
    {"reconstruction", NULL, RECONSTRUCTION},
    {"reconstruction (rec-)", "rec", NOTHING},
    {"acquisition (acq-)", "acq", NOTHING},
    {"tracer (trc-)", "trc", NOTHING},
    {"tracer", NULL, TRACER},
    {"contrast agent (ce-)", "ce", NOTHING},
    {"units", NULL, UNITS},
    {"resolution (res-)", "res", NOTHING},
    {"skull-stripping", NULL, STRIPPED},
    {"skull-stripping (mask-)", "mask", NOTHING},
    {"smoothing (fwhm-)", "fwhm", NOTHING},
    {"partial-volume correction (pvc-)", "pvc", NOTHING},
    {"reference region (suvr-)", "suvr", NOTHING},
    {"processing (desc-)", "desc", NOTHING},
    {"processing (prefix)", "prefix", NOTHING},
};
enum { FACTS = sizeof facts / sizeof *facts, NAMED_MAX = 4 };

/* The images of a modality with their sidecars. */
typedef struct comparison {
    const vx_bids_search *search;
    const vx_bids_slots *slots;
    vx_sidecar *sidecar; /* as slots->file */
    size_t sessions, places;
} comparison;

/* The value of a fact; null where neither name nor sidecar has it. */
static const char *value_of(const comparison *c, size_t place, const fact *of)
{
    const vx_sidecar *sidecar = c->sidecar + place;
    switch (of->sidecar) {
    case SCANNER: return sidecar->scanner;
    case RECONSTRUCTION: return sidecar->reconstruction;
    case UNITS: return sidecar->units;
    case TRACER: return sidecar->tracer;
    case STRIPPED: return sidecar->skull_stripped < 0 ? NULL : sidecar->skull_stripped ? "yes" : "no";
    default: return vx_entity_value(&c->slots->file[place]->entities, of->key);
    }
}

/* Whether two images of a person differ in a fact. Names that lack a part differ from those that have it; a sidecar
 * that says nothing does not. */
static bool differ(const char *a, const char *b, const fact *of)
{
    return a && b ? strcmp(a, b) != 0 : of->key && a != b;
}

/* The place of the first image of participant `p` that differs from the person's first in a fact; -1 without one. */
static int64_t differing(const comparison *c, size_t p, const fact *of, size_t *first)
{
    const vx_bids_file *const *file = c->slots->file + p * c->sessions;
    size_t s = 0;
    while (s < c->sessions && !file[s])
        s++;
    *first = p * c->sessions + s;
    for (size_t t = s + 1; t < c->sessions; t++)
        if (file[t] && differ(value_of(c, *first, of), value_of(c, p * c->sessions + t, of), of))
            return (int64_t)(p * c->sessions + t);
    return -1;
}

static const char *shown(const char *value)
{
    return value ? value : "none";
}

static vx_status remark_sessions(const comparison *c, const fact *of, vx_remarks *remarks, vx_error *error)
{
    char others[400] = "", example[900] = "";
    size_t people = 0, used = 0;
    for (size_t p = 0; p < c->search->participants; p++) {
        size_t first;
        const int64_t place = differing(c, p, of, &first);
        if (place < 0)
            continue;
        const vx_bids_file *one = c->slots->file[first], *other = c->slots->file[place];
        if (!people++)
            snprintf(example, sizeof example, "sub-%s: %s in %s, %s in %s", one->participant,
                     shown(value_of(c, first, of)), one->session, shown(value_of(c, (size_t)place, of)),
                     other->session);
        else if (people <= NAMED_MAX && used < sizeof others)
            used += (size_t)snprintf(others + used, sizeof others - used, "%ssub-%s", used ? ", " : "; also ",
                                     one->participant);
    }
    if (!people)
        return VX_OK;
    return vx_remarks_add(remarks, error, "%s: the sessions of %zu participant%s differ in %s, which a change may come "
                          "from (%s%s%s)", c->slots->modality, people, people == 1 ? "" : "s", of->words, example,
                          others, people > NAMED_MAX ? ", ..." : "");
}

/* Units that differ between people, none of whom need have two. */
static vx_status remark_units(const comparison *c, vx_remarks *remarks, vx_error *error)
{
    const vx_bids_file *first = NULL;
    const char *units = NULL;
    for (size_t i = 0; i < c->places; i++) {
        const char *own = c->slots->file[i] ? c->sidecar[i].units : NULL;
        if (own && units && strcmp(own, units))
            return vx_remarks_add(remarks, error, "%s: images have different units: %s (sub-%s), %s (sub-%s)",
                                  c->slots->modality, units, first->participant, own,
                                  c->slots->file[i]->participant);
        first = own && !units ? c->slots->file[i] : first;
        units = units ? units : own;
    }
    return VX_OK;
}

static vx_status remark_unmodulated(const comparison *c, vx_remarks *remarks, vx_error *error)
{
    if (strcmp(c->slots->modality, "gm") && strcmp(c->slots->modality, "wm"))
        return VX_OK;
    for (size_t i = 0; i < c->places; i++)
        if (c->slots->file[i] && vx_bids_unmodulated(&c->slots->file[i]->entities))
            return vx_remarks_add(remarks, error, "%s: the maps are not modulated: they hold the density of the "
                                  "tissue, not its volume, and do not show atrophy that the registration removed (%s)",
                                  c->slots->modality, c->slots->file[i]->path);
    return VX_OK;
}

static vx_status read_sidecars(comparison *c, vx_remarks *remarks, vx_error *error)
{
    vx_error why = {0}, first = {0};
    size_t unread = 0;
    for (size_t i = 0; i < c->places; i++) {
        const vx_status status = c->slots->file[i] ? vx_sidecar_read(c->slots->file[i]->path, c->sidecar + i, &why)
                                                   : VX_OK;
        c->sidecar[i].skull_stripped = status ? -1 : c->sidecar[i].skull_stripped;
        if (status == VX_INPUT && !unread++)
            first = why;
        else if (status && status != VX_INPUT)
            return vx_error_fill(error, status, why.where, "%s", why.message);
    }
    if (!unread)
        return VX_OK;
    return vx_remarks_add(remarks, error, "%s: the sidecars of %zu image%s could not be read: %s", c->slots->modality,
                          unread, unread == 1 ? "" : "s", first.message);
}

vx_status vx_bids_compare(const vx_bids_search *search, const vx_bids_slots *slots, vx_remarks *remarks,
                          vx_error *error)
{
    comparison c = {.search = search, .slots = slots, .sessions = search->sessions ? search->sessions : 1};
    c.places = search->participants * c.sessions; /* slots->file has as many */
    c.sidecar = vx_array_zero(c.places, sizeof *c.sidecar);
    vx_status status = c.sidecar ? read_sidecars(&c, remarks, error) : vx_fail_memory(error);
    for (size_t f = 0; !status && f < FACTS; f++)
        status = remark_sessions(&c, facts + f, remarks, error);
    if (!status)
        status = remark_units(&c, remarks, error);
    if (!status)
        status = remark_unmodulated(&c, remarks, error);
    for (size_t i = 0; c.sidecar && i < c.places; i++)
        vx_sidecar_destroy(c.sidecar + i);
    free(c.sidecar);
    return status;
}

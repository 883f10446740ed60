#include "bids/slots.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LISTED_MAX = 6 }; /* files in a message */

/* The place of a label in a list; -1 if it is not there. */
static int64_t place_of(const char *label, const char *const *list, size_t count)
{
    for (size_t i = 0; label && i < count; i++)
        if (!strcmp(list[i], label))
            return (int64_t)i;
    return -1;
}

static int compare_labels(const void *label, const void *element)
{
    return strcmp(label, *(const char *const *)element);
}

/* The slot of a file, or -1 if none of the search takes it. */
static int64_t slot_of(const vx_bids_search *search, const vx_bids_file *file)
{
    const size_t sessions = search->sessions ? search->sessions : 1;
    const char *const *found = bsearch(file->participant, search->participant, search->participants,
                                       sizeof *search->participant, compare_labels);
    const int64_t session = search->sessions ? place_of(file->session, search->session, search->sessions)
                                             : file->session ? -1 : 0;
    return !found || session < 0 ? -1 : (found - search->participant) * (int64_t)sessions + session;
}

/* "participant sub-01, session bl, modality pet" */
static void describe(const vx_bids_file *file, const char *modality, char *text, size_t size)
{
    snprintf(text, size, "participant sub-%s%s%s, modality %s", file->participant, file->session ? ", session " : "",
             file->session ? file->session : "", modality);
}

/* ---- ambiguity ---- */

/* The files of one slot. */
typedef struct rivals {
    const char *modality;
    const vx_bids_file **file;
    size_t count;
} rivals;

/* The part of a file's name or place by which it can be told from another. */
static const char *part_of(const vx_bids_file *file, const char *key)
{
    const char *value = strcmp(key, "dataset") ? vx_entity_value(&file->entities, key) : file->dataset;
    return value ? value : "none";
}

/* How many of the files have the value of the first one. */
static size_t alike(const rivals *r, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        count += vx_entity_same(key, part_of(r->file[i], key), part_of(r->file[0], key));
    return count;
}

/* Appends the distinct values of a key: "pvc (none, GTM)". */
static void list_values(const rivals *r, const char *key, char *text, size_t size)
{
    size_t used = strlen(text);
    used += (size_t)snprintf(text + used, size - used, "%s%s (", used ? " and in " : "", key);
    for (size_t i = 0; i < r->count && used < size; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen |= vx_entity_same(key, part_of(r->file[i], key), part_of(r->file[j], key));
        if (!seen)
            used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", part_of(r->file[i], key));
    }
    if (used < size)
        snprintf(text + used, size - used, ")");
}

/* Collects the keys in which the files differ. */
static size_t differing_keys(const rivals *r, const char **key, size_t max)
{
    static const char *const other[] = {"dataset", "prefix", "words", "suffix", "extension"};
    size_t keys = 0;
    for (size_t o = 0; o < sizeof other / sizeof *other && keys < max; o++)
        if (alike(r, other[o]) < r->count)
            key[keys++] = other[o];
    for (size_t i = 0; i < r->count; i++)
        for (size_t e = 0; e < r->file[i]->entities.count && keys < max; e++) {
            const char *name = r->file[i]->entities.entity[e].key;
            if (place_of(name, key, keys) < 0 && alike(r, name) < r->count)
                key[keys++] = name;
        }
    return keys;
}

/* Reports several files for one slot. The option in the message is one that keeps the first file alone. */
static vx_status fail_ambiguous(const rivals *r, vx_error *error)
{
    enum { KEYS_MAX = 12 };
    const char *key[KEYS_MAX];
    char whose[300], values[500] = "", option[400] = "", files[1200] = "";
    const size_t keys = differing_keys(r, key, KEYS_MAX);
    size_t used = 0, filtered = 0, decides = keys;
    for (size_t k = 0; k < keys && decides == keys; k++)
        decides = alike(r, key[k]) == 1 ? k : keys; /* one key is enough */
    for (size_t k = 0; k < keys; k++) {
        list_values(r, key[k], values, sizeof values);
        if ((decides < keys && k != decides) || !strcmp(key[k], "dataset"))
            continue;
        used += (size_t)snprintf(option + used, sizeof option - used, "%s%s=%s", filtered++ ? "," : "", key[k],
                                 part_of(r->file[0], key[k]));
        used = used < sizeof option ? used : sizeof option - 1;
    }
    used = 0;
    for (size_t i = 0; i < r->count && i < LISTED_MAX && used < sizeof files; i++)
        used += (size_t)snprintf(files + used, sizeof files - used, "%s%s", i ? ", " : "", r->file[i]->path);
    describe(r->file[0], r->modality, whose, sizeof whose);
    if (!keys)
        return vx_fail(error, VX_INPUT, "%s: %zu files of one name: %s", whose, r->count, files);
    if (!filtered) {
        const char *dataset = strrchr(r->file[0]->dataset, '/');
        return vx_fail(error, VX_INPUT, "%s: %zu images differ in the %s; choose, for instance by --derivatives %s: %s",
                       whose, r->count, values, dataset ? dataset + 1 : r->file[0]->dataset, files);
    }
    return vx_fail(error, VX_INPUT, "%s: %zu images differ in %s; choose, for instance by --bids-filter '%s:%s': %s",
                   whose, r->count, values, r->modality, option, files);
}

/* ---- filling ---- */

/* What one form of a modality finds. */
typedef struct finds {
    const vx_bids_file **file; /* count of them: those in a standard space */
    size_t count;
    const vx_bids_file **common; /* commons: likewise, those of all sessions of a participant; null: none are wanted */
    size_t commons;
    const vx_bids_file *native, *elsewhere; /* one in native space, and one of another session; or null */
} finds;

static void find_files(const vx_bids_search *search, const vx_bids_form *form, const vx_bids_filter *filter,
                       finds *found)
{
    const size_t conditions = vx_bids_form_conditions(form);
    for (size_t i = 0; i < search->layout->files; i++) {
        const vx_bids_file *file = search->layout->file + i;
        if (!vx_conditions_met(form->condition, conditions, filter, &file->entities))
            continue;
        if (found->common && search->sessions && !file->session && !vx_bids_native(&file->entities))
            found->common[found->commons++] = file;
        else if (slot_of(search, file) < 0)
            found->elsewhere = found->elsewhere ? found->elsewhere : file;
        else if (vx_bids_native(&file->entities))
            found->native = found->native ? found->native : file;
        else
            found->file[found->count++] = file;
    }
}

/* Refuses images in two spaces, whose voxels mean different places. */
static vx_status check_space(const char *modality, const finds *found, vx_error *error)
{
    for (size_t i = 1; i < found->count; i++) {
        const char *space = part_of(found->file[i], "space"), *first = part_of(found->file[0], "space");
        if (vx_entity_same("space", space, first))
            continue;
        char whose[300];
        describe(found->file[i], modality, whose, sizeof whose);
        return vx_fail(error, VX_INPUT, "%s: an image in the space %s, while others are in %s; spaces are not equated: "
                       "choose one by --bids-filter '%s:space=%s': %s, %s", whose, space, first, modality, first,
                       found->file[i]->path, found->file[0]->path);
    }
    return VX_OK;
}

/* Gives the images of all sessions of a participant to those that have none. */
static vx_status fill_common(const vx_bids_search *search, const finds *found, vx_bids_slots *slots, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t i = 0; !status && i < found->commons; i++)
        for (size_t s = 0; !status && s < search->sessions; s++) {
            vx_bids_file of_session = *found->common[i];
            of_session.session = (char *)search->session[s];
            const int64_t slot = slot_of(search, &of_session);
            if (slot < 0 || (slots->file[slot] && slots->file[slot]->session))
                continue;
            if (slots->file[slot]) {
                const vx_bids_file *file[2] = {slots->file[slot], found->common[i]};
                status = fail_ambiguous(&(rivals){slots->modality, file, 2}, error);
            }
            slots->images += !slots->file[slot];
            slots->file[slot] = found->common[i];
        }
    return status;
}

static vx_status fill(const vx_bids_search *search, const finds *found, vx_bids_slots *slots, vx_error *error)
{
    rivals r = {.modality = slots->modality, .file = vx_array(found->count, sizeof *r.file)};
    vx_status status = r.file ? VX_OK : vx_fail_memory(error);
    for (size_t i = 0; !status && i < found->count; i++) {
        const int64_t slot = slot_of(search, found->file[i]);
        if (slots->file[slot]) {
            for (size_t j = 0; j < found->count; j++)
                if (slot_of(search, found->file[j]) == slot)
                    r.file[r.count++] = found->file[j];
            status = fail_ambiguous(&r, error);
        }
        slots->file[slot] = found->file[i];
        slots->images++;
    }
    free(r.file);
    return status ? status : check_space(slots->modality, found, error);
}

static vx_status fail_none(const vx_bids_search *search, const char *modality, const finds *found, vx_error *error)
{
    char whose[300];
    if (found->native) {
        describe(found->native, modality, whose, sizeof whose);
        return vx_fail(error, VX_INPUT, "%s: %s is in native space, where voxels of different people cannot be "
                       "compared; a derivative with an entity space- of a standard space is needed (--derivatives)",
                       whose, found->native->path);
    }
    if (found->elsewhere && found->elsewhere->session && !search->sessions)
        return vx_fail(error, VX_INPUT, "%s: the images of modality %s have sessions, such as %s in %s; name them by "
                       "--sessions", search->layout->folder, modality, found->elsewhere->session,
                       found->elsewhere->path);
    if (found->elsewhere)
        return vx_fail(error, VX_INPUT, "%s: modality %s has no image of the sessions asked for, but of %s%s: %s",
                       search->layout->folder, modality, found->elsewhere->session ? "session " : "no session",
                       found->elsewhere->session ? found->elsewhere->session : "", found->elsewhere->path);
    return vx_fail(error, VX_INPUT, "%s: no image of modality %s; --bids-filter '%s:KEY=VALUE,...' says which files "
                   "hold it", search->layout->folder, modality, modality);
}

vx_status vx_bids_slots_fill(const vx_bids_search *search, const char *modality, vx_bids_want want,
                             vx_bids_slots *slots, vx_error *error)
{
    size_t forms, places;
    vx_bids_form other;
    const vx_bids_form *form = vx_bids_forms(modality, want == VX_BIDS_MAP, &other, &forms);
    const vx_bids_filter *filter = vx_bids_filters_find(search->filters, modality);
    finds found = {.file = vx_array(search->layout->files, sizeof *found.file)};
    *slots = (vx_bids_slots){.modality = modality};
    if (vx_multiply(search->participants, search->sessions ? search->sessions : 1, &places))
        slots->file = vx_array_zero(places, sizeof *slots->file);
    vx_status status = found.file && slots->file ? VX_OK : vx_fail_memory(error);
    if (!status && want == VX_BIDS_MAP && !(found.common = vx_array(search->layout->files, sizeof *found.common)))
        status = vx_fail_memory(error);
    for (size_t f = 0; !status && f < forms && !found.count && !found.commons; f++)
        find_files(search, form + f, filter, &found);
    if (!status && (found.count || found.commons))
        status = fill(search, &found, slots, error);
    else if (!status && want != VX_BIDS_USUAL)
        status = fail_none(search, modality, &found, error);
    if (!status)
        status = fill_common(search, &found, slots, error);
    slots->native = found.native;
    free(found.file);
    free(found.common);
    return status;
}

#include "prepare/psf.h"

#include "base/number.h"
#include "bids/covariates.h"
#include "bids/entities.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Whether the text is one width or three, with commas between them. */
static bool read_widths(const char *text, double fwhm[3])
{
    char copy[100], *rest = copy, *word;
    int count = 0;
    if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy)
        return false;
    while ((word = strsep(&rest, ",")) && count < 3)
        if (!vx_number_read(word, &fwhm[count++]))
            return false;
    if (count == 1)
        fwhm[1] = fwhm[2] = fwhm[0];
    return !word && (count == 1 || count == 3);
}

static vx_status check_cells(const vx_psf *psf, vx_error *error)
{
    const vx_table *table = &psf->table;
    for (int64_t row = 0; row < table->rows; row++)
        for (int k = 0; k < 3; k++) {
            const char *cell = vx_table_cell(table, row, psf->width[k]);
            double width;
            if (cell && (!vx_number_read(cell, &width) || !(width > 0)))
                return vx_fail(error, VX_INPUT, "%s, line %lld: %s: found '%s', expected mm above 0", table->path,
                               (long long)table->line[row], table->name[psf->width[k]], cell);
        }
    return VX_OK;
}

static vx_status read_table(const char *path, vx_psf *psf, vx_error *error)
{
    static const char *const width[] = {"psf_x", "psf_y", "psf_z"};
    vx_status status = vx_table_read(path, &psf->table, error);
    if (!status)
        status = vx_table_column(&psf->table, "participant_id", &psf->id, error);
    for (int k = 0; k < 3 && !status; k++)
        status = vx_table_column(&psf->table, width[k], &psf->width[k], error);
    if (status)
        return status;
    psf->session = vx_table_find(&psf->table, "session_id");
    psf->label = vx_table_find(&psf->table, "acq_label");
    return check_cells(psf, error);
}

vx_status vx_psf_read(const char *text, vx_psf *psf, vx_error *error)
{
    *psf = (vx_psf){.text = text, .session = -1, .label = -1};
    vx_status status = VX_OK;
    if (!read_widths(text, psf->fwhm))
        status = read_table(text, psf, error);
    else if (!(psf->fwhm[0] > 0 && psf->fwhm[1] > 0 && psf->fwhm[2] > 0))
        status = vx_fail(error, VX_INPUT, "%s: a point spread is above 0 mm along each axis", text);
    return status ? vx_error_prefix(error, status, "--psf") : VX_OK;
}

void vx_psf_destroy(vx_psf *psf)
{
    if (psf)
        vx_table_destroy(&psf->table);
}

/* Whether a cell means the person or session of that name; a cell that is missing means every one. */
static bool is_of(const char *cell, const char *name, const char *key)
{
    return !cell || !name || !strcmp(vx_bids_label(cell, key), vx_bids_label(name, key));
}

/* *found is whether the label of a row, which may be missing, is the image's. */
static vx_status is_labelled(const char *label, const vx_psf_image *image, bool *found, vx_error *error)
{
    const char *name = strrchr(image->path, '/');
    vx_entities entities;
    *found = label && !strcasecmp(label, image->modality);
    if (!label || *found)
        return VX_OK;
    vx_status status = vx_entities_parse(name ? name + 1 : image->path, &entities, error);
    if (status)
        return status;
    const char *acq = vx_entity_value(&entities, "acq"), *trc = vx_entity_value(&entities, "trc");
    *found = (acq && !strcmp(acq, vx_bids_label(label, "acq"))) || (trc && !strcmp(trc, vx_bids_label(label, "trc")));
    vx_entities_destroy(&entities);
    return VX_OK;
}

vx_status vx_psf_find(const vx_psf *psf, const vx_psf_image *image, double fwhm[3], vx_error *error)
{
    const vx_table *table = &psf->table;
    int64_t rows = 0, any = -1, labelled = 0, own = -1;
    for (int k = 0; k < 3; k++)
        fwhm[k] = table->text ? NAN : psf->fwhm[k];
    for (int64_t row = 0; table->text && row < table->rows; row++) {
        const char *id = vx_table_cell(table, row, psf->id);
        if (!id || !is_of(id, image->participant, "sub") ||
            (psf->session >= 0 && !is_of(vx_table_cell(table, row, psf->session), image->session, "ses")))
            continue;
        rows++;
        any = row;
        bool named = false;
        if (psf->label >= 0 && is_labelled(vx_table_cell(table, row, psf->label), image, &named, error))
            return VX_INTERNAL;
        labelled += named;
        own = named ? row : own;
    }
    if (rows > 1 && labelled != 1)
        return vx_fail(error, VX_INPUT, "%s has %lld rows of participant %s%s%s, and %s acq_label names %s or an "
                       "entity acq or trc of %s", table->path, (long long)rows, image->participant,
                       image->session ? ", session " : "", image->session ? image->session : "",
                       labelled ? "more than one" : "no", image->modality, image->path);
    const int64_t row = rows > 1 ? own : any;
    for (int k = 0; k < 3 && row >= 0; k++) {
        const char *cell = vx_table_cell(table, row, psf->width[k]);
        if (!cell || !vx_number_read(cell, &fwhm[k]))
            fwhm[k] = NAN;
    }
    return VX_OK;
}

/* niftilib makes the header. The bytes are written through zlib directly, because niftilib ignores the result of
 * closing the file, and a full disk often shows only then. */
#include "image/nifti.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

static int intent_code(vx_intent intent)
{
    switch (intent) {
    case VX_INTENT_NONE: return NIFTI_INTENT_NONE;
    case VX_INTENT_ESTIMATE: return NIFTI_INTENT_ESTIMATE;
    case VX_INTENT_T: return NIFTI_INTENT_TTEST;
    case VX_INTENT_CORREL: return NIFTI_INTENT_CORREL;
    case VX_INTENT_Z: return NIFTI_INTENT_ZSCORE;
    case VX_INTENT_P: return NIFTI_INTENT_PVAL;
    case VX_INTENT_LOG10P: return NIFTI_INTENT_LOG10PVAL;
    case VX_INTENT_LABEL: return NIFTI_INTENT_LABEL;
    }
    return NIFTI_INTENT_NONE;
}

static void set_space(const vx_grid *grid, nifti_1_header *h)
{
    float *const row[3] = {h->srow_x, h->srow_y, h->srow_z};
    h->pixdim[0] = grid->qfac < 0 ? -1 : 1;
    for (int k = 0; k < 3; k++) {
        h->pixdim[k + 1] = (float)grid->pixdim[k];
        for (int j = 0; j < 4; j++)
            row[k][j] = (float)grid->sform[k][j];
    }
    h->qform_code = (short)grid->qform_code;
    h->quatern_b = (float)grid->quatern[0];
    h->quatern_c = (float)grid->quatern[1];
    h->quatern_d = (float)grid->quatern[2];
    h->qoffset_x = (float)grid->qoffset[0];
    h->qoffset_y = (float)grid->qoffset[1];
    h->qoffset_z = (float)grid->qoffset[2];
    h->sform_code = (short)grid->sform_code;
    h->xyzt_units = NIFTI_UNITS_MM;
}

vx_status vx_nifti_header(const vx_grid *grid, int datatype, vx_intent intent, double df, const char *description,
                          nifti_1_header *header, vx_error *error)
{
    const int64_t dim[8] = {3, grid->dim[0], grid->dim[1], grid->dim[2], 1, 1, 1, 1};
    for (int k = 1; k <= 3; k++)
        if (dim[k] < 1 || dim[k] > INT16_MAX)
            return vx_fail(error, VX_OUTPUT, "%lld voxels along axis %d; NIfTI-1 holds 1 to 32767", (long long)dim[k],
                           k);
    nifti_1_header *made = nifti_make_new_n1_header(dim, datatype);
    if (!made)
        return vx_fail_memory(error);
    *header = *made;
    free(made);
    set_space(grid, header);
    header->vox_offset = VX_NIFTI_OFFSET;
    header->scl_slope = 1;
    header->intent_code = (short)intent_code(intent);
    if (intent == VX_INTENT_T || intent == VX_INTENT_CORREL)
        header->intent_p1 = (float)df;
    snprintf(header->descrip, sizeof header->descrip, "%s", description ? description : "");
    memcpy(header->magic, "n+1", 4);
    return VX_OK;
}

static bool write_all(gzFile file, const void *data, size_t bytes)
{
    enum { CHUNK_BYTES = 1 << 26 }; /* gzwrite takes and returns int */
    for (size_t done = 0, count; done < bytes; done += count) {
        count = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
        if (gzwrite(file, (const char *)data + done, (unsigned)count) != (int)count)
            return false;
    }
    return true;
}

/* Removes a partly written file, but never a device. */
static void remove_partial(const char *path)
{
    struct stat about;
    if (lstat(path, &about) == 0 && S_ISREG(about.st_mode))
        unlink(path);
}

vx_status vx_nifti_write(const char *path, const nifti_1_header *header, const void *data, vx_error *error)
{
    static const char no_extension[VX_NIFTI_OFFSET - sizeof *header];
    const size_t length = strlen(path);
    const bool compress = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    size_t bytes = (size_t)header->bitpix / 8;
    for (int k = 1; k <= 3; k++)
        if (!vx_multiply(bytes, (size_t)header->dim[k], &bytes))
            return vx_fail_memory(error);
    errno = 0;
    gzFile file = gzopen(path, compress ? "wbe1" : "wbeT"); /* level 6 takes twice as long for files of hardly less */
    if (!file)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be written: %s", path, strerror(errno ? errno : ENOMEM));
    bool written = write_all(file, header, sizeof *header) && write_all(file, no_extension, sizeof no_extension) &&
                   write_all(file, data, bytes);
    int reason = errno;
    if (gzclose(file) != Z_OK && written) {
        written = false;
        reason = errno;
    }
    if (written)
        return VX_OK;
    remove_partial(path);
    return vx_fail(error, VX_OUTPUT, "%s: cannot be written: %s", path, strerror(reason));
}

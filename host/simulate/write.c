#include "simulate/write.h"

#include "base/error.h"
#include "image/nifti.h"

#include <stdio.h>

vx_status vx_write_int16(const char *path, const vx_grid *grid, const int16_t *stored, float slope,
                         const char *description, vx_error *error)
{
    nifti_1_header header;
    vx_status status = vx_nifti_header(grid, DT_INT16, VX_INTENT_NONE, 0, description, &header, error);
    if (status)
        return vx_error_prefix(error, status, "%s", path);
    header.scl_slope = slope;
    return vx_nifti_write(path, &header, stored, error);
}

const char *vx_session_name(int session)
{
    return session == VX_BASELINE ? "baseline" : "followup";
}

void vx_participant_id(int64_t participant, char *id, size_t size)
{
    snprintf(id, size, "sub-%02d", (int)participant + 1);
}

void vx_session_file(int64_t participant, int modality, int session, char *name, size_t size)
{
    char id[16];
    vx_participant_id(participant, id, sizeof id);
    snprintf(name, size, "%s_ses-%s_%s.nii.gz", id, vx_session_name(session), vx_modalities[modality].name);
}

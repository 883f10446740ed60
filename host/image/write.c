/* vx_image_write. */
#include "image/nifti.h"

#include "base/error.h"

static int type_code(vx_image_type type)
{
    switch (type) {
    case VX_FLOAT32: return DT_FLOAT32;
    case VX_INT32: return DT_INT32;
    case VX_UINT8: return DT_UINT8;
    }
    return DT_UNKNOWN;
}

vx_status vx_image_write(const char *path, const vx_grid *grid, const void *data, vx_image_type type, vx_intent intent,
                         double df, const double shown[2], const char *description, vx_error *error)
{
    nifti_1_header header;
    vx_status status = vx_nifti_header(grid, type_code(type), intent, df, description, &header, error);
    if (status)
        return vx_error_prefix(error, status, "%s", path);
    if (shown) {
        header.cal_min = (float)shown[0];
        header.cal_max = (float)shown[1];
    }
    return vx_nifti_write(path, &header, data, error);
}

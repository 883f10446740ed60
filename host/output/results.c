#include "output/output.h"

vx_status vx_write_results(const char *folder, const vx_record *record, vx_error *error)
{
    vx_status status = vx_write_maps(folder, record, error);
    if (!status)
        status = vx_write_clusters(folder, record, error);
    if (!status)
        status = vx_write_hdf5(folder, record, error);
    if (!status)
        status = vx_write_json(folder, record, error); /* last: it lists the files beside it */
    return status;
}

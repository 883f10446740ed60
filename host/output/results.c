#include "base/error.h"
#include "base/memory.h"
#include "output/output.h"

/* A part that cannot be written must not lose the others, which may have taken hours to compute. */
vx_status vx_write_results(const char *folder, const vx_record *record, vx_error *error)
{
    static const struct {
        const char *name;
        vx_status (*write)(const char *, const vx_record *, vx_error *);
    } part[] = {{"maps", vx_write_maps}, {"tables of clusters", vx_write_clusters},
                {"table of effects", vx_write_summary},
                {"tables of regions and markers", vx_write_outcomes}, {"table of expected changes", vx_write_expected},
                {"table of alternatives", vx_write_sensitivity}, {"table of quality control", vx_write_quality},
                {"table of the BIDS folder", vx_write_pairing}, {"prepared images", vx_write_prepared},
                {VX_HDF5_FILE, vx_write_hdf5}};
    vx_record written = *record;
    vx_status status = VX_OK;
    vx_error why;
    char *missing = NULL;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        const vx_status found = part[i].write(folder, record, &why);
        char *more = found ? vx_text("%s%s%s", missing ? missing : "", missing ? ", " : "", part[i].name) : NULL;
        if (found && !status) { /* the first failure's reason is reported */
            status = found;
            if (error)
                *error = why;
        }
        if (more) {
            free(missing);
            missing = more;
        }
    }
    written.not_written = missing;
    const vx_status listed = vx_write_json(folder, &written, &why); /* last: it lists the files beside it */
    if (listed && !status && error)
        *error = why;
    if (status)
        vx_error_prefix(error, status, "incomplete, because parts of %s could not be written", missing);
    free(missing);
    return status ? status : listed;
}

#include "cli/help.h"
#include "voxstat/engine.h"

#include <hdf5.h>
#include <jansson.h>
#include <lapacke.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void vx_version_print(FILE *out)
{
    vx_device_info *list = NULL;
    size_t count = 0;
    unsigned hdf5[3];
    lapack_int lapack[3];
    char note[1000] = "";
    vx_error error;
    fprintf(out, "voxstat %s\n", VOXSTAT_VERSION);
    fflush(out); /* before the drivers, which may be slow */
    H5get_libversion(hdf5, hdf5 + 1, hdf5 + 2);
    LAPACKE_ilaver(lapack, lapack + 1, lapack + 2);
    fprintf(out, "libraries: HDF5 %u.%u.%u, LAPACK %d.%d.%d, jansson %s, zlib %s, OpenSSL %s\n", hdf5[0], hdf5[1],
            hdf5[2], (int)lapack[0], (int)lapack[1], (int)lapack[2], jansson_version_str(), zlibVersion(),
            OpenSSL_version(OPENSSL_VERSION_STRING));
    if (vx_device_list(&list, &count, note, sizeof note, &error)) {
        fprintf(out, "devices: %s\n", error.message);
        return;
    }
    if (note[0])
        fprintf(out, "OpenCL: %s\n", note);
    else
        fprintf(out, "OpenCL: %zu device%s\n", count - 1, count == 2 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "device %s: %s, %s%s%s\n", list[i].id, list[i].name, list[i].driver,
                list[i].unusable[0] ? "; cannot be used: " : "", list[i].unusable);
    free(list);
}

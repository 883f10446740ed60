/* Fuzz target: images. Any bytes are read or refused with a message; nothing crashes or leaks. The name goes
 * by the content, for niftilib goes by the name. */
#include "voxstat/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/dev/shm/voxstat-fuzz-XXXXXX";
static char path[2][64];

static void remove_folder(void)
{
    for (int i = 0; i < 2; i++)
        unlink(path[i]);
    rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (path[0][0] == '\0') {
        if (!mkdtemp(folder))
            abort();
        snprintf(path[0], sizeof path[0], "%s/image.nii", folder);
        snprintf(path[1], sizeof path[1], "%s/image.nii.gz", folder);
        atexit(remove_folder);
    }
    /* A gzip stream tells itself apart by its first byte. */
    const char *name = path[size > 0 && data[0] == 0x1f];
    int file = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);

    vx_image image = {0};
    vx_error error = {0};
    vx_status status = vx_image_read(name, VX_ANALYZE_NEUROLOGICAL, &image, &error);
    if (status != VX_OK && (image.data || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_image_destroy(&image);
    return 0;
}

/* Fuzz target: images. Any bytes are read or refused with a message, without a crash or leak. A gzip stream, recognised
 * by its first byte, gets the ending .gz, by which niftilib decides. */
#include "voxstat/image.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(size > 0 && data[0] == 0x1f ? "image.nii.gz" : "image.nii", data, size);
    vx_image image = {0};
    vx_error error = {0};
    vx_status status = vx_image_read(path, VX_ANALYZE_NEUROLOGICAL, &image, &error);
    if (status != VX_OK && (image.data || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_image_destroy(&image);
    unlink(path);
    return 0;
}

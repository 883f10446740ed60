/* Fuzz target: names of an atlas's labels, in every form. Any bytes are read or refused with a message. */
#include "atlas/label_names.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("labels", data, size);
    vx_label_names names = {0};
    vx_error error = {0};
    const vx_status status = vx_label_names_read(path, size % 2, &names, &error);
    if (status ? names.count || error.message[0] == '\0' : !names.count)
        abort(); /* an error leaves nothing behind and always says why */
    vx_label_names_destroy(&names);
    unlink(path);
    return 0;
}

/* Fuzz target: FSL's text matrices, as design and contrasts at once. Any bytes are read or refused with a message. */
#include "cli/foreign.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("design.mat", data, size);
    vx_vest vest;
    vx_foreign_test test = {0};
    vx_error error = {0};
    vx_status status = vx_vest_read(path, &vest, &error);
    if (!status)
        status = vx_foreign_test_read(&vest, &vest, size % 3, size % 2, &test, &error);
    if (status != VX_OK && (test.covariate || test.nuisance || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_foreign_test_destroy(&test);
    vx_vest_destroy(&vest);
    unlink(path);
    return 0;
}

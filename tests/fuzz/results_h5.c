/* Fuzz target: results.h5 of a results folder. Any bytes are read or refused with a message; nothing crashes or
 * leaks. */
#include "results.h"

/* HDF5 keeps parts of damaged files that it could not open. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

int LLVMFuzzerInitialize(int *count, char ***argument)
{
    (void)count;
    (void)argument;
    fuzz_folder("results.h5");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_put(fixture_path("results.h5"), data, size);
    fuzz_read();
    return 0;
}

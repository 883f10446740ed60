/* Fuzz target: results.h5 of a results folder. Any bytes are read or refused with a message; nothing crashes or
 * leaks. */
#include "results.h"

const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);

/* HDF5 keeps parts of damaged files that it could not open, and asks for as much memory as one says that it needs: null
 * is what it then gets, and takes. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=2048:quarantine_size_mb=64";
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

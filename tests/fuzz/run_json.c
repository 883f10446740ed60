/* Fuzz target: run.json of a results folder. Any bytes are read or refused with a message; nothing crashes or leaks. */
#include "results.h"

int LLVMFuzzerInitialize(int *count, char ***argument)
{
    (void)count;
    (void)argument;
    fuzz_folder("run.json");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_put(fixture_path("run.json"), data, size);
    fuzz_read();
    return 0;
}

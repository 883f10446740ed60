/* Fuzz target: the participants table. Any bytes are read or refused with a message; nothing crashes or leaks. */
#include "voxstat/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int file = memfd_create("table", 0);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);

    const char *const covariate = "rapa_level", *const nuisance = "age";
    const vx_study_options options = {.table = path, .design = size % 2 ? VX_PAIRED : VX_ONESAMPLE,
                                      .covariate = &covariate, .covariates = size / 2 % 2,
                                      .nuisance = &nuisance, .nuisances = size / 4 % 2};
    vx_study *study = NULL;
    vx_error error = {0};
    vx_status status = vx_study_read(&options, &study, &error);
    if (status != VX_OK && (study || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_study_free(study);
    close(file);
    return 0;
}

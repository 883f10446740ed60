/* Fuzz target: the participants table. Any bytes are read or refused with a message; nothing crashes or leaks. */
#include "voxstat/study.h"

#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("participants.tsv", data, size);
    const char *const covariate = "rapa_level", *const nuisance = "age";
    const char *const missing[] = {"NA", "-9"};
    const vx_study_options options =
        VX_OPTIONS(vx_study_options, .table = path, .design = size % 2 ? VX_PAIRED : VX_ONESAMPLE,
                   .covariate = &covariate, .covariates = size / 2 % 2,
                   .nuisance = &nuisance, .nuisances = size / 4 % 2,
                   .missing = missing, .missings = size / 8 % 2 * 2);
    vx_study *study = NULL;
    vx_error error = {0};
    vx_status status = vx_study_read(&options, &study, &error);
    if (status != VX_OK && (study || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_study_free(study);
    unlink(path);
    return 0;
}

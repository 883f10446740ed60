/* Fuzz target: the participants table. Any bytes are read or refused with a message; nothing crashes or leaks. The
 * lines after a line "===" are formulas: of --auc with an "@", else of --derive. */
#include "voxstat/study.h"

#include "file.h"

#include <string.h>

enum { FORMULAS_MAX = 8 };

/* Formulas in `text`, which is cut into lines. */
typedef struct formulas {
    const char *derive[FORMULAS_MAX], *auc[FORMULAS_MAX];
    size_t derives, aucs;
} formulas;

static formulas read_formulas(char *text)
{
    formulas f = {0};
    for (char *line; text && f.derives < FORMULAS_MAX && f.aucs < FORMULAS_MAX;) {
        line = strsep(&text, "\n");
        if (strchr(line, '@'))
            f.auc[f.aucs++] = line;
        else if (*line)
            f.derive[f.derives++] = line;
    }
    return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *cut = text ? strstr(text, "\n===\n") : NULL;
    if (!text)
        return 0;
    const formulas f = read_formulas(cut ? cut + strlen("\n===\n") : NULL);
    const char *path = fuzz_file("participants.tsv", data, cut ? (size_t)(cut - text) : size);
    const char *const covariate = "rapa_level", *const nuisance = "age", *const log_marker = "ttau";
    const char *const missing[] = {"NA", "-9"};
    const vx_study_options options =
        VX_OPTIONS(vx_study_options, .table = path, .design = size % 2 ? VX_PAIRED : VX_ONESAMPLE,
                   .covariate = &covariate, .covariates = size / 2 % 2,
                   .nuisance = &nuisance, .nuisances = size / 4 % 2,
                   .missing = missing, .missings = size / 8 % 2 * 2,
                   .log_marker = &log_marker, .log_markers = size / 16 % 2,
                   .derive = f.derive, .derives = f.derives, .auc = f.auc, .aucs = f.aucs,
                   .below = size / 32 % 3);
    vx_study *study = NULL;
    vx_error error = {0};
    vx_status status = vx_study_read(&options, &study, &error);
    if (status != VX_OK && (study || error.message[0] == '\0'))
        abort(); /* an error leaves nothing behind and always says why */
    vx_study_free(study);
    unlink(path);
    free(text);
    return 0;
}

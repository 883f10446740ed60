/* voxstat nidm: writes results as NIDM-Results packs. */
#include "nidm/nidm.h"

#include "cli/results.h"
#include "cli/terminal.h"

#include <stdio.h>

vx_status vx_command_nidm(const vx_arguments *arguments, vx_error *error)
{
    const bool quiet = vx_argument_given(arguments, VX_OPTION_QUIET);
    vx_names modality = {0};
    size_t packs = 0;
    const char *out = vx_argument_text(arguments, VX_OPTION_NIDM_OUT);
    const char *folder;
    vx_stop_catch();
    vx_status status = vx_results_folder(arguments, &folder, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_NIDM_MODALITY, &modality, error);
    if (!status) {
        const vx_nidm_options options = {
            .out = out,
            .force = vx_argument_given(arguments, VX_OPTION_FORCE),
            .instrument = (vx_instrument)(vx_argument_choice(arguments, VX_OPTION_INSTRUMENT) + 1),
            .modality = modality.name,
            .modalities = modality.count,
        };
        status = vx_nidm_write(folder, &options, &packs, error);
        if (!status && !quiet && !options.instrument)
            vx_tell(stderr, "note: the packs do not say what made the images, and nidmresults reads none that do not; "
                    "--instrument says it\n");
    }
    if (!status && !quiet)
        fprintf(stderr, "NIDM-Results: %zu pack%s in %s\n", packs, packs == 1 ? "" : "s",
                out ? out : folder);
    vx_names_destroy(&modality);
    return status;
}

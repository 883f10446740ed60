/* voxstat show: prints the tables of a results folder. */
#include "cli/results.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "results/tails.h"

static vx_status show_clusters(const vx_results *results, vx_error *error)
{
    vx_status status = VX_OK;
    for (size_t m = 0; !status && m < results->modalities; m++)
        for (size_t e = 0; !status && e < results->modality[m].effects; e++) {
            const vx_results_effect *effect = &results->modality[m].effect[e];
            const vx_tails_words *tails = vx_tails_about(effect->tails);
            vx_print(stdout, "\n%s %s: clusters of %s%s > %.3f, %d neighbours\n", results->modality[m].name,
                     effect->name, tails->minus, tails->statistic, effect->threshold_t, effect->connectivity);
            status = vx_summary_print_clusters(results, effect, stdout, error);
        }
    return status;
}

vx_status vx_command_show(const vx_arguments *arguments, vx_error *error)
{
    vx_results *results = NULL;
    const char *folder;
    vx_status status = vx_results_folder(arguments, &folder, error);
    if (!status)
        status = vx_results_open(folder, &results, error);
    if (!status)
        status = vx_summary_print(results, true, stdout, error);
    if (!status)
        status = vx_summary_print_outcomes(results, true, stdout, error);
    if (!status)
        status = vx_summary_print_expected(results, stdout, error);
    if (!status)
        status = vx_summary_print_sensitivity(results, true, stdout, error);
    if (!status)
        status = show_clusters(results, error);
    if (!status) {
        putchar('\n');
        for (size_t i = 0; i < results->remarks; i++)
            vx_tell(stdout, "remark: %s\n", results->remark[i]);
        vx_summary_say(results, stdout);
        vx_summary_say_sensitivity(results, stdout);
    }
    vx_results_close(results);
    return status;
}

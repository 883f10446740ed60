/* The expected changes of a run. */
#include "cli/run.h"

#include "results/level.h"

vx_status vx_run_check_expected(const vx_run *run, vx_error *error)
{
    const bool expected = vx_argument_given(run->arguments, VX_OPTION_EXPECTED);
    const bool weeks = vx_argument_given(run->arguments, VX_OPTION_INTERVAL_WEEKS);
    if (expected && !weeks)
        return vx_fail(error, VX_USAGE, "--expected needs --interval-weeks W, the weeks between the sessions, to which "
                       "the expected changes are scaled");
    if (weeks && !expected)
        return vx_fail(error, VX_USAGE, "--interval-weeks says how --expected is scaled, which is not given");
    if (expected && run->design != VX_PAIRED)
        return vx_fail(error, VX_USAGE, "--expected compares changes, which need --design paired");
    return VX_OK;
}

vx_status vx_run_compare_expected(vx_run *run, vx_error *error)
{
    const char *path = vx_argument_text(run->arguments, VX_OPTION_EXPECTED);
    if (!path)
        return VX_OK;
    if (!run->outcomes)
        return vx_fail(error, VX_USAGE, "--expected compares regions and markers, and this run has neither: --atlas "
                       "makes regions, and pairs of columns with numbers are markers");
    return vx_expected_test(path, vx_argument_real(run->arguments, VX_OPTION_INTERVAL_WEEKS), run->outcome,
                            run->outcomes, run->study, VX_LEVEL, &run->expected, error);
}

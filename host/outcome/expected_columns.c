#include "outcome/expected.h"

/* clang-format off */
static const vx_expected_column_row rows[VX_EXPECTED_COLUMNS] = {
    [VX_EXPECTED_N] = {"n", false, false, "n", "Participants with both sessions."},
    [VX_EXPECTED_OBSERVED] = {"observed", true, false, "observed",
        "Observed change: the mean of the participants' percentage changes, or of follow-up minus baseline."},
    [VX_EXPECTED_OBSERVED_SE] = {"observed_se", true, false, "SE", "Standard error of the observed change."},
    [VX_EXPECTED_OBSERVED_DF] = {"observed_df", false, false, "df",
        "Degrees of freedom of the observed change, n - 1."},
    [VX_EXPECTED_RATE] = {"rate", true, false, "rate", "The external change, as in the table of expected changes."},
    [VX_EXPECTED_RATE_SE] = {"rate_se", true, false, "SE", "Standard error of the external change, as in the table."},
    [VX_EXPECTED_RATE_WEEKS] = {"rate_weeks", false, false, "weeks",
        "Weeks over which the external change was seen, as in the table."},
    [VX_EXPECTED_EXPECTED] = {"expected", true, false, "expected",
        "Expected change: the external one scaled to the study's interval, as if it were linear in time."},
    [VX_EXPECTED_EXPECTED_SE] = {"expected_se", true, false, "SE",
        "Standard error of the expected change, scaled likewise."},
    [VX_EXPECTED_DIFFERENCE] = {"difference", true, false, "difference", "Observed minus expected change."},
    [VX_EXPECTED_SE] = {"difference_se", true, false, "SE",
        "Standard error of the difference, from both standard errors."},
    [VX_EXPECTED_DF] = {"difference_df", false, false, "df",
        "Degrees of freedom of the difference (Welch 1947); the external standard error counts as known."},
    [VX_EXPECTED_CI_LOW] = {"ci_low", true, false, "95 % from", "Lower limit of the difference's 95 % interval."},
    [VX_EXPECTED_CI_HIGH] = {"ci_high", true, false, "to", "Upper limit of the difference's 95 % interval."},
    [VX_EXPECTED_P] = {"p", false, true, "p",
        "One-sided p, uncorrected, that the observed change is less than expected: above it where a decline is "
        "expected, below it where a rise is. Absent where no change is expected."},
    [VX_EXPECTED_BOUND_LOW] = {"low", true, false, "bound from",
        "Lower equivalence bound of the difference, as in the table."},
    [VX_EXPECTED_BOUND_HIGH] = {"high", true, false, "to",
        "Upper equivalence bound of the difference, as in the table."},
    [VX_EXPECTED_P_EQUIVALENCE] = {"p_equivalence", false, true, "p, equivalence",
        "The larger p of two one-sided tests (Schuirmann 1987) that the difference lies between the bounds."},
};
/* clang-format on */

const vx_expected_column_row *vx_expected_about(vx_expected_column column)
{
    return &rows[column];
}

const char *const vx_expected_unit_names[] = {"percent", "absolute", NULL};

/* Leaving one participant out, against refits in R. */
#include "univariate/leave_one_out.h"

#include "univariate_fixture.h"

/* exactRankTests: range(sapply(1:14, function(k) perm.test(round(10 * y[-k]), exact = TRUE)$p.value)). The mean of the
 * others is smallest without 6.3 and largest without -2.5, which is the farthest from the mean. */
static void mean_by_flips(void **state)
{
    vx_flips flips;
    (void)state;
    assert_int_equal(vx_flips_init(&flips, changes, N, NULL, NULL), VX_OK);
    vx_leave_one_out out = vx_leave_one_out_mean(&flips, VX_TWO_TAILS);
    near(out.p_min, 0.007568359375, 0);
    near(out.p_max, 0.043701171875, 0);
    near(vx_flips_p_without(&flips, 3, VX_TWO_TAILS), 0.043701171875, 0);
    near(out.estimate_min, (26.2 - 6.3) / 13, 1e-12);
    near(out.estimate_max, (26.2 + 2.5) / 13, 1e-12);
    assert_int_equal(out.participant, 12);
    near(out.participant_change, (26.2 - 6.3) / 13 - 26.2 / 14, 1e-12);
    vx_flips_destroy(&flips);
}

/* Equal changes in exact arithmetic go to the first: 0.1 and 0.3 are equally far from the mean 0.2. */
static void ties_by_order(void **state)
{
    static const double y[] = {0.2, 0.1, 0.2, 0.3}, one[] = {1};
    vx_flips flips;
    (void)state;
    assert_int_equal(vx_flips_init(&flips, y, 4, NULL, NULL), VX_OK);
    assert_int_equal(vx_leave_one_out_mean(&flips, VX_TWO_TAILS).participant, 1);
    vx_flips_destroy(&flips);
    assert_int_equal(vx_flips_init(&flips, one, 1, NULL, NULL), VX_OK);
    vx_leave_one_out out = vx_leave_one_out_mean(&flips, VX_TWO_TAILS);
    assert_true(out.participant == -1 && isnan(out.p_min) && isnan(out.estimate_max));
    vx_flips_destroy(&flips);
}

static vx_leave_one_out effect_of(vx_correlation correlation, bool with_age, int64_t which, const double *y,
                                  const double *covariate, int64_t n)
{
    const vx_regressor one = {"level", covariate}, nuisance = {"age", age};
    vx_model_options options = VX_OPTIONS(vx_model_options, .mean_name = "change", .correlation = correlation);
    vx_model *model;
    vx_leave_one_out out;
    assert_int_equal(vx_model_new(&options, n, &one, 1, &nuisance, with_age, &model, NULL), VX_OK);
    assert_int_equal(vx_leave_one_out_effect(&model->effect[which], y, VX_TWO_TAILS, &out, NULL), VX_OK);
    vx_model_free(model);
    return out;
}

static void is(vx_leave_one_out out, double p_min, double p_max, double low, double high, int participant,
               double change)
{
    near(out.p_min, p_min, 1e-7);
    near(out.p_max, p_max, 1e-7);
    near(out.estimate_min, low, 1e-9);
    near(out.estimate_max, high, 1e-9);
    assert_int_equal(out.participant, participant);
    near(out.participant_change, change, 1e-9);
}

/* f <- function(k) { m <- summary(lm(y[-k] ~ l[-k] + age[-k]))$coefficients; c(m[2,1], m[2,4]) }
 * f <- function(k) cor(y[-k], l[-k], method = "spearman"), p of 2 * pt(-|t|, 11)
 * f <- function(k) { c <- age[-k] - mean(age[-k]); m <- summary(lm(y[-k] ~ c))$coefficients; c(m[1,1], m[1,4]) }
 * and the range of sapply(1:14, f). */
static void effects(void **state)
{
    (void)state;
    is(effect_of(VX_PEARSON, true, 1, changes, level, N), 0.00033851932542298523, 0.0095080624136818156,
       1.9806205411776792, 2.8099875269092518, 4, 0.59937776162402701);
    is(effect_of(VX_SPEARMAN, false, 1, changes, level, N), 9.5288972903705596e-05, 0.0055361157757876367,
       0.71978021978021978, 0.87362637362637363, 0, 0.097802197802197788);
    is(effect_of(VX_PEARSON, true, 0, changes, level, N), 0.0061955778662751652, 0.044872001382333708,
       1.5307692307692304, 2.207692307692307, 12, -0.340659340659341);
}

/* Without the last participant the covariate is constant, so that only the others can be left out. Two points are as
 * many as the parameters of a slope, so that of three rows none can be left out. Data without variance have no slope.
 * */
static void what_cannot_be_left_out(void **state)
{
    static const double y[] = {1, 3, 2, 5, 4}, alone[] = {0, 0, 0, 0, 1}, three[] = {1, 2, 4}, flat[] = {2, 2, 2, 2, 2};
    (void)state;
    vx_leave_one_out out = effect_of(VX_PEARSON, false, 1, y, alone, 5);
    assert_true(out.participant >= 0 && out.participant < 4);
    near(out.estimate_min, 4 - 10 / 3.0, 1e-9); /* without 1 */
    near(out.estimate_max, 4 - 6 / 3.0, 1e-9);  /* without 5 */
    out = effect_of(VX_PEARSON, false, 1, y, three, 3);
    assert_true(out.participant == -1 && isnan(out.p_max));
    out = effect_of(VX_PEARSON, false, 1, flat, y, 5);
    assert_true(out.participant == -1 && isnan(out.p_max));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_by_flips),
        cmocka_unit_test(ties_by_order),
        cmocka_unit_test(effects),
        cmocka_unit_test(what_cannot_be_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Expressions: the grammar of study/expression.h. The values are those of Python for the same text with "/" and "*":
 *     python3 -c 'from math import log; a, b, c = 12.5, 4, 0.3; print(repr(a - b - c), ...)'   */
#include "study/expression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static vx_error error;

/* Computes `text` with a = 12.5, b = 4, c = 0.3 and other names = NaN. */
static vx_expression_fault compute(const char *text, double *result, bool *ratio)
{
    vx_expression expression;
    double value[10];
    if (vx_expression_parse(text, &expression, &error))
        fail_msg("%s: %s", text, error.message);
    assert_in_range(expression.names, 1, 10);
    for (size_t i = 0; i < expression.names; i++) {
        const char *name = expression.name[i];
        value[i] = !strcmp(name, "a") ? 12.5 : !strcmp(name, "b") ? 4 : !strcmp(name, "c") ? 0.3 : NAN;
    }
    *ratio = expression.ratio;
    const vx_expression_fault fault = vx_expression_compute(&expression, value, result);
    vx_expression_destroy(&expression);
    return fault;
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
        bool ratio;
    } good[] = {
        {"a / b", 3.125, true},
        {"a/b/c", 10.416666666666668, true},
        {"a \xc3\xb7 b", 3.125, true},
        {"a - b - c", 8.2, false},
        {"a \xe2\x88\x92 b", 8.5, false},
        {"a-b*c", 11.3, false},
        {"(a-b)*c", 2.55, false},
        {"(a \xe2\x88\x92 b)\xc3\x97" "c", 2.55, false},
        {"-a + b", -8.5, false},
        {"- -a", 12.5, false},
        {"+a", 12.5, false},
        {"a * -b", -50, false},
        {"log(a)", 2.5257286443082556, false},
        {"log(a / b)", 1.1394342831883648, false},
        {"log ( a ) / log(b)", 1.8219280948873626, true},
        {"100 * a / b", 312.5, true},
        {"a / b * 100", 312.5, true},
        {"((a / b))", 3.125, true},
        {"(a / b) * 2", 6.25, true},
        {"a / b + c", 3.425, false},
        {"a / 1e3", 0.0125, false}, /* another unit and no ratio of markers */
        {"1.5e+2*a", 1875, false},
        {"2.*c", 0.6, false},
        {".5*b", 2, false},
        {"\"a\" / \"b\"", 3.125, true},
    };
    double result;
    bool ratio;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(compute(good[i].text, &result, &ratio), VX_EXPRESSION_GOOD);
        if (!(fabs(result - good[i].value) <= 4e-16 * fabs(good[i].value))) /* two units in the last place */
            fail_msg("%s = %.17g, expected %.17g", good[i].text, result, good[i].value);
        if (ratio != good[i].ratio)
            fail_msg("%s is%s a ratio", good[i].text, ratio ? "" : " not");
    }
}

static void names(void **state)
{
    (void)state;
    vx_expression expression;
    static const char *const expected[] = {"A\xce\xb2" "42", "p-tau 181", "t_tau.1", "log", "_x"};
    static const char text[] = "A\xce\xb2" "42+\"p-tau 181\" * t_tau.1 / log - A\xce\xb2" "42 + _x";
    assert_int_equal(vx_expression_parse(text, &expression, &error), VX_OK);
    assert_int_equal(expression.names, 5);
    for (size_t i = 0; i < expression.names; i++)
        assert_string_equal(expression.name[i], expected[i]);
    vx_expression_destroy(&expression);
}

static void faults(void **state)
{
    (void)state;
    double result;
    bool ratio;
    assert_int_equal(compute("a / (b - 4)", &result, &ratio), VX_EXPRESSION_ZERO_DIVISOR);
    assert_true(isnan(result));
    assert_int_equal(compute("log(b - a)", &result, &ratio), VX_EXPRESSION_LOGARITHM);
    assert_int_equal(compute("log(b - 4)", &result, &ratio), VX_EXPRESSION_LOGARITHM);
    assert_int_equal(compute("a * 1e308", &result, &ratio), VX_EXPRESSION_RANGE);
    assert_int_equal(compute("missing / (b - 4)", &result, &ratio), VX_EXPRESSION_GOOD); /* missing, and no fault */
    assert_true(isnan(result));
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"", "expected a name, a number or '(' at the end"},
        {"a +", "expected a name, a number or '(' at the end"},
        {"a b", "found 'b', expected an operator"},
        {"a ** b", "found '* b', expected a name"},
        {"(a", "expected an operator or ')' at the end"},
        {"a)", "found ')', expected an operator"},
        {"()", "found ')', expected a name"},
        {"log()", "found ')', expected a name"},
        {"log(a", "expected an operator or ')'"},
        {"a ^ 2", "found '^ 2', expected an operator"},
        {"a = b", "found '= b', expected an operator"},
        {"1h / 3h", "found '1h'"},
        {"14-3-3", "no marker is named"},
        {"1.2.3 * a", "found '1.2.3', expected a number"},
        {"1e999 * a", "found '1e999', expected a number"},
        {"\"a", "second double quote"},
        {"\"\" * a", "name between the quotes"},
        {"2 * 3", "no marker is named"},
        {"a * \xff", "found '\xff'"},
        {"a, b", "found ', b', expected an operator"},
    };
    vx_expression expression;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (vx_expression_parse(bad[i].text, &expression, &error) != VX_INPUT)
            fail_msg("'%s' is not refused", bad[i].text);
        if (!strstr(error.message, bad[i].words))
            fail_msg("'%s' is not in: %s", bad[i].words, error.message);
        vx_expression_destroy(&expression);
    }
}

/* The deepest expression that is read holds as many values as it can; one level more is refused. */
static void nesting(void **state)
{
    (void)state;
    enum { DEEPEST = 63 }; /* of parentheses; the name within them is level 64 */
    char text[2000];
    vx_expression expression;
    double result;
    for (int levels = DEEPEST; levels <= DEEPEST + 1; levels++) {
        *text = '\0';
        for (int i = 0; i < levels; i++)
            strcat(text, "1+2*(");
        strcat(text, "a");
        for (int i = 0; i < levels; i++)
            strcat(text, ")");
        const vx_status status = vx_expression_parse(text, &expression, &error);
        assert_int_equal(status, levels == DEEPEST ? VX_OK : VX_INPUT);
        if (!status) { /* x -> 1 + 2 x has the fixed point -1 */
            assert_int_equal(vx_expression_compute(&expression, (const double[]){-1}, &result), VX_EXPRESSION_GOOD);
            assert_true(result == -1);
        }
        vx_expression_destroy(&expression);
    }
    assert_non_null(strstr(error.message, "more than 64"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(names),
        cmocka_unit_test(faults),
        cmocka_unit_test(refused),
        cmocka_unit_test(nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

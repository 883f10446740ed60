/* The command line: values, ranges, and words that a user needs when one is wrong. */
#include "cli/arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(...) (int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *))
#define PARSE(...) parse(COUNT(__VA_ARGS__), (char *[]){__VA_ARGS__, NULL})
#define REFUSED(words, ...) refused(COUNT(__VA_ARGS__), (char *[]){__VA_ARGS__, NULL}, words)

static vx_arguments arguments;
static vx_error error;

static void parse(int argc, char **argv)
{
    vx_arguments_destroy(&arguments);
    if (vx_arguments_parse(argc, argv, &arguments, &error))
        fail_msg("%s", error.message);
}

/* The message contains all of `words`, which '|' separates. */
static void refused(int argc, char **argv, const char *words)
{
    char copy[200], *rest = copy, *word;
    vx_arguments bad;
    snprintf(copy, sizeof copy, "%s", words);
    assert_int_equal(vx_arguments_parse(argc, argv, &bad, &error), VX_USAGE);
    while ((word = strsep(&rest, "|"))) {
        if (!strstr(error.message, word))
            fail_msg("'%s' is not in: %s", word, error.message);
    }
}

static void commands(void **state)
{
    (void)state;
    PARSE("voxstat");
    assert_string_equal(arguments.command->name, "run");
    assert_false(arguments.command_named);
    PARSE("voxstat", "devices");
    assert_string_equal(arguments.command->name, "devices");
    PARSE("voxstat", "--help");
    assert_int_equal(arguments.help, VX_HELP_TEXT);
    PARSE("voxstat", "run", "-h", "--nonsense"); /* help is help whatever follows */
    assert_int_equal(arguments.help, VX_HELP_TEXT);
    PARSE("voxstat", "--version");
    assert_true(arguments.version);
    REFUSED("no command slftest|did you mean selftest?", "voxstat", "slftest");
    REFUSED("no command roi", "voxstat", "roi");
    REFUSED("merge|not yet", "voxstat", "merge", "a", "b");
    REFUSED("translate: its COMMAND... is missing", "voxstat", "translate");
    PARSE("voxstat", "report");
    assert_int_equal(arguments.words, 0);
    REFUSED("found 'b'|expected an option", "voxstat", "report", "a", "b");
    REFUSED("extra|expected an option", "voxstat", "--design", "paired", "extra");
}

static void values(void **state)
{
    (void)state;
    PARSE("voxstat", "--design=paired", "-n", "500", "--seed", "18446744073709551615", "--covariate", "a,b",
          "--covariate", "c", "--cluster-p", "1e-2", "--correct", "voxel,fdr", "--force", "-o", "-odd",
          "--mask-threshold", "-3.5", "-q");
    assert_int_equal(vx_argument_choice(&arguments, VX_OPTION_DESIGN), 0);
    assert_int_equal(vx_argument_integer(&arguments, VX_OPTION_PERMUTATIONS), 500);
    assert_int_equal(vx_argument_choice(&arguments, VX_OPTION_PERMUTATIONS), -1);
    assert_true(vx_argument_integer(&arguments, VX_OPTION_SEED) == UINT64_MAX);
    assert_true(vx_argument_real(&arguments, VX_OPTION_CLUSTER_P) == 0.01);
    assert_true(vx_argument_real(&arguments, VX_OPTION_MASK_THRESHOLD) == -3.5);
    assert_int_equal(vx_argument_choices(&arguments, VX_OPTION_CORRECT), 1 + 16);
    assert_true(vx_argument_given(&arguments, VX_OPTION_FORCE));
    assert_true(vx_argument_given(&arguments, VX_OPTION_QUIET));
    assert_false(vx_argument_given(&arguments, VX_OPTION_JOINT));
    assert_string_equal(vx_argument_text(&arguments, VX_OPTION_OUT), "-odd");
    vx_names names;
    assert_int_equal(vx_argument_names(&arguments, VX_OPTION_COVARIATE, &names, &error), VX_OK);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.name[0], "a");
    assert_string_equal(names.name[2], "c");
    vx_names_destroy(&names);
    PARSE("voxstat", "-n", "exact");
    assert_int_equal(vx_argument_choice(&arguments, VX_OPTION_PERMUTATIONS), 1);
}

static void commas_in_names(void **state)
{
    (void)state;
    static const char *const expected[] = {"size, left", "size, right", ",", "a\\b", "c\\"};
    vx_names names;
    PARSE("voxstat", "--covariate", "size\\, left,size\\, right,\\,", "--covariate", "a\\b,c\\");
    assert_int_equal(vx_argument_names(&arguments, VX_OPTION_COVARIATE, &names, &error), VX_OK);
    assert_int_equal(names.count, 5);
    for (size_t i = 0; i < names.count; i++)
        assert_string_equal(names.name[i], expected[i]);
    vx_names_destroy(&names);
    REFUSED("--covariate|a,b is there twice", "voxstat", "--covariate", "a\\,b,a\\,b");
    REFUSED("--nuisance|0xE9|not UTF-8", "voxstat", "--nuisance", "age,caf\xe9");
    REFUSED("--cluster-t|'0x3'", "voxstat", "--cluster-t", "0x3");
}

static void formulas(void **state)
{
    (void)state;
    static const char *const expected[] = {"r = p / q", " s = log(p), t", "u=p"};
    vx_names names;
    PARSE("voxstat", "--derive", "r = p / q; s = log(p), t", "--derive", "u=p", "--below-quantification", "sqrt2");
    assert_string_equal(vx_argument_text(&arguments, VX_OPTION_DERIVE), "r = p / q; s = log(p), t; u=p");
    assert_int_equal(vx_argument_names(&arguments, VX_OPTION_DERIVE, &names, &error), VX_OK);
    assert_int_equal(names.count, 3);
    for (size_t i = 0; i < names.count; i++)
        assert_string_equal(names.name[i] + (i == 2), expected[i]); /* a blank after "; " */
    vx_names_destroy(&names);
    assert_int_equal(vx_argument_choice(&arguments, VX_OPTION_BELOW_QUANTIFICATION), 2);
    PARSE("voxstat", "--auc", "a = x@0 y@1");
    assert_int_equal(vx_argument_names(&arguments, VX_OPTION_AUC, &names, &error), VX_OK);
    assert_int_equal(names.count, 1);
    vx_names_destroy(&names);
    REFUSED("--derive|'p / q'|expected NAME = FORMULA", "voxstat", "--derive", "p / q");
    REFUSED("--derive|a formula is empty", "voxstat", "--derive", "r = p;");
    REFUSED("--auc|a formula is empty", "voxstat", "--auc", "");
    REFUSED("--derive|0xE9|not UTF-8", "voxstat", "--derive", "caf\xe9 = p");
    REFUSED("--below-quantification|'third'|half, limit or sqrt2", "voxstat", "--below-quantification", "third");
}

static void defaults(void **state)
{
    (void)state;
    PARSE("voxstat", "--design", "paired");
    assert_string_equal(vx_argument_text(&arguments, VX_OPTION_OUT), "voxstat-results");
    assert_string_equal(vx_argument_text(&arguments, VX_OPTION_TABLE), "participants.tsv");
    assert_int_equal(vx_argument_choice(&arguments, VX_OPTION_PERMUTATIONS), 0);
    assert_int_equal(vx_argument_integer(&arguments, VX_OPTION_THREADS), 0);
    assert_int_equal(vx_argument_bytes(&arguments, VX_OPTION_MEMORY_LIMIT), 0);
    assert_true(vx_argument_real(&arguments, VX_OPTION_CLUSTER_P) == 0.001);
    assert_int_equal(vx_argument_choices(&arguments, VX_OPTION_CORRECT), 31);
    assert_null(vx_argument_text(&arguments, VX_OPTION_MASK));
}

/* Powers of 1024 by hand. */
static void sizes(void **state)
{
    (void)state;
    static const struct {
        char *text;
        size_t bytes;
    } size[] = {{"64M", 67108864},   {"2G", 2147483648}, {"500K", 512000},      {"123456", 123456}, {"64MB", 67108864},
                {"64MiB", 67108864}, {"64m", 67108864},  {"1T", 1099511627776}, {"9B", 9}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        PARSE("voxstat", "--memory-limit", size[i].text);
        assert_int_equal(vx_argument_bytes(&arguments, VX_OPTION_MEMORY_LIMIT), size[i].bytes);
    }
    static char *const bad[] = {"", "M", "64X", "64Mi", "64MBs", "-1", "0", "1.5G", "99999999999T", " 64M"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED("memory-limit|a size such as 64M", "voxstat", "--memory-limit", bad[i]);
}

static void wrong_values(void **state)
{
    (void)state;
    REFUSED("--covariat|did you mean --covariate?", "voxstat", "--covariat3", "x");
    REFUSED("--permutation5|did you mean --permutations?", "voxstat", "--permutation5=3");
    REFUSED("no option --zzzzzz|--help", "voxstat", "--zzzzzz");
    REFUSED("no option -z", "voxstat", "-z");
    REFUSED("devices: no option --seed", "voxstat", "devices", "--seed", "3");
    REFUSED("--out|DIR is missing", "voxstat", "--out");
    REFUSED("--permutations|N is missing", "voxstat", "-n");
    REFUSED("--force takes no argument", "voxstat", "--force=yes");
    REFUSED("--design|'pared'|paired or onesample", "voxstat", "--design", "pared");
    REFUSED("--tails|'both'|two, pos or neg", "voxstat", "--tails", "both");
    REFUSED("--connectivity|'8'|6, 18 or 26", "voxstat", "--connectivity", "8");
    REFUSED("--cluster-p|'0.7'|greater than 0 and less than 0.5", "voxstat", "--cluster-p", "0.7");
    REFUSED("--cluster-p|'0'", "voxstat", "--cluster-p", "0");
    REFUSED("--cluster-p|'nan'", "voxstat", "--cluster-p", "nan");
    REFUSED("--cluster-t|'-3'", "voxstat", "--cluster-t", "-3");
    REFUSED("--seed|18446744073709551616|from 0 to 18446744073709551615", "voxstat", "--seed", "18446744073709551616");
    REFUSED("--permutations|'-1'|whole number|auto or exact", "voxstat", "-n", "-1");
    REFUSED("--permutations|'1e4'", "voxstat", "-n", "1e4");
    REFUSED("--seed|'18446744073709551616'", "voxstat", "--seed", "18446744073709551616");
    REFUSED("--threads|'0'|from 1", "voxstat", "--threads", "0");
    REFUSED("--covariate|a is there twice", "voxstat", "--covariate", "a,b", "--covariate", "a");
    REFUSED("--covariate|empty", "voxstat", "--covariate", "a,,b");
    REFUSED("--correct|'foo'|voxel, extent, mass, tfce, fdr or bonferroni", "voxstat", "--correct", "voxel,foo");
}

static void later(void **state)
{
    (void)state;
    REFUSED("--design twosample|not yet", "voxstat", "--design", "twosample");
    REFUSED("--design glm|not yet", "voxstat", "--design", "glm");
}

static void command_line_is_quoted(void **state)
{
    (void)state;
    PARSE("voxstat", "--design", "paired", "--table", "my study/it's.tsv");
    assert_string_equal(arguments.command_line, "voxstat --design paired --table 'my study/it'\\''s.tsv'");
    REFUSED("--out|DIR is empty", "voxstat", "--out", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(values),
        cmocka_unit_test(commas_in_names),
        cmocka_unit_test(formulas),
        cmocka_unit_test(defaults),
        cmocka_unit_test(sizes),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(later),
        cmocka_unit_test(command_line_is_quoted),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vx_arguments_destroy(&arguments);
    return failed;
}

/* Tables of regions and markers for a paper, in Markdown and in LaTeX (booktabs), one per effect, modality and family:
 * mean and SD of both sessions, the change with its interval, p and corrected p. Numbers are rounded by their own
 * uncertainty, to two significant digits of the SD or of half the interval. */
#include "output/outcomes.h"

#include "base/number.h"
#include "results/level.h"
#include "results/scheme.h"
#include "results/tails.h"

#include <math.h>
#include <string.h>

/* ---- the two languages ---- */

typedef struct escape { const char *text, *written; } escape;

typedef struct look {
    const escape *escaped; /* null stands at the end */
    const char *row_begin, *between, *row_end;
    bool latex;
} look;

static const escape markdown_escapes[] = {
    {"\\", "\\\\"}, {"|", "\\|"}, {"*", "\\*"}, {"_", "\\_"}, {"`", "\\`"}, {"<", "\\<"}, {">", "\\>"}, {"[", "\\["},
    {"]", "\\]"},   {"{", "\\{"}, {"}", "\\}"}, {"&", "\\&"}, {"#", "\\#"}, {"~", "\\~"}, {"$", "\\$"}, {NULL, NULL}};

/* After a line break, LaTeX takes "[" and "*" for an argument. */
static const escape latex_escapes[] = {
    {"\\", "\\textbackslash{}"}, {"&", "\\&"}, {"%", "\\%"}, {"$", "\\$"}, {"#", "\\#"}, {"_", "\\_"}, {"{", "\\{"},
    {"}", "\\}"}, {"~", "\\textasciitilde{}"}, {"^", "\\textasciicircum{}"}, {"<", "\\textless{}"},
    {">", "\\textgreater{}"}, {"|", "\\textbar{}"}, {"\"", "''"}, {"[", "{[}"}, {"*", "{*}"}, {"±", "$\\pm$"},
    {"−", "$-$"}, {"×", "$\\times$"}, {"ρ", "$\\rho$"}, {"–", "--"}, {NULL, NULL}};

static const look markdown = {markdown_escapes, "| ", " | ", " |\n", false};
static const look latex = {latex_escapes, "", " & ", " \\\\\n", true};

/* A table under construction. */
typedef struct sheet {
    FILE *out;
    const look *look;
    const vx_record *record;
    vx_outcome_kind kind;
} sheet;

static void put_text(const sheet *s, const char *text)
{
    while (*text) {
        const escape *found = s->look->escaped;
        while (found->text && strncmp(text, found->text, strlen(found->text)) != 0)
            found++;
        if (found->text)
            fputs(found->written, s->out);
        else
            fputc(*text, s->out);
        text += found->text ? strlen(found->text) : 1;
    }
}

/* ---- numbers ---- */

/* The decimals that show two significant digits of `unit`; -1 where a fixed number of decimals would not do. */
static int decimals_of(double unit)
{
    enum { TWO_DIGITS = 1, DECIMALS_MAX = 8 };
    if (!(unit > 0) || isinf(unit))
        return 2;
    const int decimals = TWO_DIGITS - (int)floor(log10(unit));
    return decimals > DECIMALS_MAX ? -1 : decimals < 0 ? 0 : decimals;
}

static void put_number(const sheet *s, double value, int decimals)
{
    enum { PLAIN_MAX = 1000000000 };
    char text[40];
    if (!isfinite(value)) {
        put_text(s, "–");
        return;
    }
    if (decimals < 0 || fabs(value) > PLAIN_MAX)
        snprintf(text, sizeof text, "%.3g", fabs(value));
    else
        snprintf(text, sizeof text, "%.*f", decimals, fabs(value));
    if (value < 0 && strspn(text, "0.") < strlen(text))
        put_text(s, "−");
    put_text(s, text);
}

/* Three decimals, or four where three would show a p beside the level as the level. */
static void put_p(const sheet *s, double p)
{
    enum { USUAL = 3 };
    const double least = 0.001;
    if (p < least)
        put_text(s, "<0.001");
    else
        put_number(s, p, p != VX_LEVEL && fabs(p - VX_LEVEL) < least / 2 ? USUAL + 1 : USUAL);
}

static void put_interval(const sheet *s, double low, double high, int decimals)
{
    if (isnan(low) && isnan(high))
        return;
    put_text(s, " (");
    put_number(s, low, decimals);
    put_text(s, " to ");
    put_number(s, high, decimals);
    put_text(s, ")");
}

/* ---- the columns ---- */

static void put_mean(const sheet *s, const vx_outcome_test *test, vx_outcome_column mean, vx_outcome_column sd)
{
    const int decimals = decimals_of(test->value[sd]);
    put_number(s, test->value[mean], decimals);
    if (isfinite(test->value[mean])) {
        put_text(s, " ± ");
        put_number(s, test->value[sd], decimals);
    }
}

/* " (SUVR)"; nothing where units are not known. */
static void put_units(const sheet *s, const char *units)
{
    if (!units)
        return;
    put_text(s, " (");
    put_text(s, units);
    put_text(s, ")");
}

/* Regions have the units of their modality, which the title names. */
static void put_name(const sheet *s, const vx_outcome_test *test)
{
    put_text(s, test->outcome->name);
    if (test->outcome->kind == VX_OUTCOME_MARKER)
        put_units(s, test->outcome->units);
}

static void put_n(const sheet *s, const vx_outcome_test *test)
{
    put_number(s, test->value[VX_OUTCOME_N], 0);
}

static void put_baseline(const sheet *s, const vx_outcome_test *test)
{
    put_mean(s, test, VX_OUTCOME_BASELINE_MEAN, VX_OUTCOME_BASELINE_SD);
}

static void put_followup(const sheet *s, const vx_outcome_test *test)
{
    put_mean(s, test, VX_OUTCOME_FOLLOWUP_MEAN, VX_OUTCOME_FOLLOWUP_SD);
}

/* The mean of one session's logarithms becomes a geometric mean; the other estimates of the log scale become ratios. */
static bool is_ratio(const vx_outcome_test *test)
{
    return test->outcome->scale == VX_ON_LOG && (test->kind == VX_SLOPE || test->outcome->value[VX_MEAN_BASELINE]);
}

static void put_estimate(const sheet *s, const vx_outcome_test *test)
{
    const bool logs = test->outcome->scale == VX_ON_LOG;
    double shown[3];
    static const vx_outcome_column column[3] = {VX_OUTCOME_CHANGE, VX_OUTCOME_CI_LOW, VX_OUTCOME_CI_HIGH};
    for (int k = 0; k < 3; k++)
        shown[k] = logs ? exp(test->value[column[k]]) : test->value[column[k]];
    const int decimals = decimals_of((shown[2] - shown[1]) / 2);
    if (is_ratio(test) && isfinite(shown[0]))
        put_text(s, "×");
    put_number(s, shown[0], decimals);
    put_interval(s, shown[1], shown[2], decimals);
}

static void put_percent(const sheet *s, const vx_outcome_test *test)
{
    put_number(s, test->value[VX_OUTCOME_PERCENT], 1);
}

static void put_r(const sheet *s, const vx_outcome_test *test)
{
    put_number(s, test->value[VX_OUTCOME_R], 2);
    put_interval(s, test->value[VX_OUTCOME_R_LOW], test->value[VX_OUTCOME_R_HIGH], 2);
}

static void put_rho(const sheet *s, const vx_outcome_test *test)
{
    put_number(s, test->value[VX_OUTCOME_RHO], 2);
}

static void put_p_exact(const sheet *s, const vx_outcome_test *test)
{
    put_p(s, test->value[VX_OUTCOME_P_EXACT]);
}

static void put_p_fwe(const sheet *s, const vx_outcome_test *test)
{
    put_p(s, test->value[VX_OUTCOME_P_FWE]);
}

static void put_p_matrix(const sheet *s, const vx_outcome_test *test)
{
    put_p(s, test->value[VX_OUTCOME_P_MATRIX]);
}

typedef struct column {
    const char *heading; /* null: the outcomes' kind */
    void (*put)(const sheet *, const vx_outcome_test *);
} column;

/* A null `put` stands at the end. */
static const column of_change[] = {
    {NULL, put_name}, {"n", put_n}, {"Baseline", put_baseline}, {"Follow-up", put_followup},
    {"Change (95 % interval)", put_estimate}, {"Mean %", put_percent}, {"p", put_p_exact}, {"p, corrected", put_p_fwe},
    {NULL, NULL}};
static const column of_mean[] = {
    {NULL, put_name}, {"n", put_n}, {"Value", put_followup}, {"Mean (95 % interval)", put_estimate},
    {"p", put_p_exact}, {"p, corrected", put_p_fwe}, {NULL, NULL}};
static const column of_slope[] = {
    {NULL, put_name}, {"n", put_n}, {"Slope (95 % interval)", put_estimate}, {"r (95 % interval)", put_r},
    {"ρ", put_rho}, {"p", put_p_exact}, {"p, corrected", put_p_fwe}, {"p, all covariates", put_p_matrix},
    {NULL, NULL}};

/* ---- the tables ---- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* Whether two tests are corrected together, and so stand in one table. */
static bool same_table(const vx_outcome_test *a, const vx_outcome_test *b)
{
    return a->outcome->kind == b->outcome->kind && same_text(a->outcome->family, b->outcome->family) &&
           same_text(a->outcome->modality, b->outcome->modality) && !strcmp(a->effect, b->effect);
}

/* "pet (SUVR), primary: change". */
static void put_title(const sheet *s, const vx_outcome_test *first)
{
    if (first->outcome->modality) {
        put_text(s, first->outcome->modality);
        put_units(s, first->outcome->units);
        put_text(s, ", ");
    }
    put_text(s, first->outcome->family ? first->outcome->family : vx_outcome_groups[s->kind]);
    put_text(s, ": ");
    put_text(s, first->effect);
    if (first->outcome->scale == VX_ON_PERCENT || first->outcome->scale == VX_ON_SYMMETRIC)
        put_text(s, first->outcome->scale == VX_ON_PERCENT ? ", in % of the baseline"
                                                           : ", over the mean of both sessions");
}

/* "two-sided", of the run's option; null where the record has none. */
static const char *sides_of(const vx_record *record)
{
    for (size_t i = 0; i < record->options; i++)
        for (int tails = 0; !strcmp(record->option[i].name, VX_KEY_TAILS) && vx_tails_names[tails]; tails++)
            if (same_text(record->option[i].value, vx_tails_names[tails]))
                return vx_tails_about((vx_tails)tails)->sided;
    return NULL;
}

/* `logs`: a test of the table on the log scale, or null. */
static void put_note(const sheet *s, const vx_outcome_test *first, const vx_outcome_test *logs)
{
    const vx_plan *plan = vx_outcome_plan(s->record, first);
    const char *sides = sides_of(s->record);
    char count[32];
    if (first->kind == VX_MEAN)
        put_text(s, "Values are mean ± SD. ");
    if (logs)
        put_text(s, is_ratio(logs) ? "× is the ratio of geometric means. "
                                   : "Means of logarithms are shown as geometric means. ");
    put_text(s, plan->exhaustive ? "p: all " : "p: ");
    put_text(s, vx_count_text(plan->relabellings, count));
    put_text(s, " ");
    put_text(s, vx_scheme_about(first->kind == VX_MEAN ? VX_SIGN_FLIP : VX_PERMUTE)->relabellings);
    if (sides) {
        put_text(s, ", ");
        put_text(s, sides);
    }
    put_text(s, "; corrected over the rows by the maximum statistic (Westfall & Young 1993).");
}

static void put_row(const sheet *s, const column *columns, const vx_outcome_test *test)
{
    static const char *const kind_heading[] = {[VX_OUTCOME_REGION] = "Region", [VX_OUTCOME_MARKER] = "Marker"};
    fputs(s->look->row_begin, s->out);
    for (const column *c = columns; c->put; c++) {
        if (c != columns)
            fputs(s->look->between, s->out);
        if (test)
            c->put(s, test);
        else
            put_text(s, c->heading ? c->heading : kind_heading[s->kind]);
    }
    fputs(s->look->row_end, s->out);
}

static void put_table_begin(const sheet *s, const column *columns, const vx_outcome_test *first,
                            const vx_outcome_test *logs)
{
    if (s->look->latex) {
        fputs("\\begin{table}\n\\centering\n\\caption{", s->out);
        put_title(s, first);
        fputs(". ", s->out);
        put_note(s, first, logs);
        fputs("}\n\\begin{tabular}{l", s->out);
        for (const column *c = columns + 1; c->put; c++)
            fputc('r', s->out);
        fputs("}\n\\toprule\n", s->out);
        put_row(s, columns, NULL);
        fputs("\\midrule\n", s->out);
    } else {
        fputs("**", s->out);
        put_title(s, first);
        fputs("**\n\n", s->out);
        put_row(s, columns, NULL);
        fputs("| --- |", s->out);
        for (const column *c = columns + 1; c->put; c++)
            fputs(" ---: |", s->out);
        fputs("\n", s->out);
    }
}

static void put_table_end(const sheet *s, const vx_outcome_test *first, const vx_outcome_test *logs)
{
    if (s->look->latex) {
        fputs("\\bottomrule\n\\end{tabular}\n\\end{table}\n\n", s->out);
        return;
    }
    fputs("\n", s->out);
    put_note(s, first, logs);
    fputs("\n\n", s->out);
}

/* The table of all tests that belong to the one of index `first`. */
static void put_table(const sheet *s, size_t first)
{
    const vx_outcome_tests *tests = s->record->outcome_tests;
    const vx_outcome_test *test = &tests->test[first], *logs = NULL;
    bool paired = false;
    for (size_t i = first; i < tests->tests; i++)
        if (same_table(test, &tests->test[i])) {
            logs = tests->test[i].outcome->scale == VX_ON_LOG ? &tests->test[i] : logs;
            paired = paired || tests->test[i].outcome->value[VX_MEAN_BASELINE];
        }
    const column *columns = test->kind == VX_SLOPE ? of_slope : paired ? of_change : of_mean;
    put_table_begin(s, columns, test, logs);
    for (size_t i = first; i < tests->tests; i++)
        if (same_table(test, &tests->test[i]))
            put_row(s, columns, &tests->test[i]);
    put_table_end(s, test, logs);
}

static void put_tables(const sheet *s)
{
    const vx_outcome_tests *tests = s->record->outcome_tests;
    for (size_t i = 0; i < tests->tests; i++) {
        size_t first = 0;
        while (!same_table(&tests->test[first], &tests->test[i]))
            first++;
        if (first == i && tests->test[i].outcome->kind == s->kind)
            put_table(s, i);
    }
}

void vx_outcome_print_markdown(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    put_tables(&(sheet){stream, &markdown, record, kind});
}

void vx_outcome_print_latex(FILE *stream, const vx_record *record, vx_outcome_kind kind)
{
    fputs("% Needs \\usepackage{booktabs}.\n", stream);
    put_tables(&(sheet){stream, &latex, record, kind});
}

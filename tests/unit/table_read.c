/* Tables as R, Excel, pandas and editors write them: the values read, and the messages of refused tables. The texts
 * follow the documentation of those programs. */
#include "unit/folder_fixture.h"

#include "base/file.h"
#include "base/number.h"
#include "base/table.h"
#include "base/utf8.h"
#include "study/values.h"

#include <math.h>
#include <sys/stat.h>
#include <time.h>

static vx_status read_bytes(const char *text, size_t length, vx_table *table)
{
    FILE *file = fopen("t.tsv", "w");
    fwrite(text, 1, length, file);
    fclose(file);
    *table = (vx_table){0};
    return vx_table_read("t.tsv", table, &error);
}

#define REFUSED(bytes, ...) \
    do { \
        vx_table refused; \
        assert_int_equal(read_bytes(bytes, sizeof bytes - 1, &refused), VX_INPUT); \
        assert_null(refused.text); \
        EXPECT_WORDS(__VA_ARGS__); \
    } while (0)

/* Reads a table of 2 rows and the columns a, b, c, whose cells are `cell`, null where missing. */
static void reads(const char *text, const char *const cell[6])
{
    static const char *const name[] = {"a", "b", "c"};
    vx_table table;
    if (read_bytes(text, strlen(text), &table))
        fail_msg("%s", error.message);
    assert_int_equal(table.columns, 3);
    assert_int_equal(table.rows, 2);
    for (int64_t i = 0; i < 3; i++) {
        assert_string_equal(table.name[i], name[i]);
        assert_int_equal(vx_table_find(&table, name[i]), i);
    }
    for (int64_t i = 0; i < 6; i++) {
        const char *found = vx_table_cell(&table, i / 3, i % 3);
        if (!found != !cell[i] || (found && strcmp(found, cell[i])))
            fail_msg("cell %d: found '%s', expected '%s'", (int)i, found ? found : "(missing)",
                     cell[i] ? cell[i] : "(missing)");
    }
    vx_table_destroy(&table);
}

#define READS(text, ...) reads(text, (const char *const[6]){__VA_ARGS__})

static void line_ends(void **state)
{
    (void)state;
    READS("a\tb\tc\n1\t2\t3\n4\t5\t6", "1", "2", "3", "4", "5", "6");
    READS("a\tb\tc\r\n1\t2\t3\r\n\r\n4\t5\t6\r\n", "1", "2", "3", "4", "5", "6");
    READS("a\tb\tc\r1\t2\t3\r4\t5\t6\r", "1", "2", "3", "4", "5", "6");
    READS("\xef\xbb\xbf" "a\tb\tc\n1\t2\t3\n\t\t\n  \n4\t5\t6\n", "1", "2", "3", "4", "5", "6");
}

static void quotes(void **state)
{
    (void)state;
    READS("\"a\"\t\"b\"\t\"c\"\n\"x\ty\"\t\"say \"\"no\"\"\"\t\"\"\n\"\"\"\"\t \"5\" \t\"n/a\"\n", "x\ty", "say \"no\"",
          NULL, "\"", "5", NULL);
    READS("a\tb\tc\n\"\t5\" scar\t6\"\n\"x\" y\t\"\"x\t\"z\n", "\"", "5\" scar", "6\"", "\"x\" y", "\"\"x", "\"z");
    REFUSED("a\tb\n\"first line\nsecond line\"\t2\n", "line 2", "1 cells", "quoted cell must end on its line");
}

static void blanks(void **state)
{
    (void)state;
    READS("\xc2\xa0" "a \tb\xe2\x80\xaf\t c\n"
          "\xc2\xa0 1\t2\xc2\xa0\xc2\xa0\t\xe2\x80\xaf\n4 4\t\xc3\xa0\t\" 6\xc2\xa0\"\n",
          "1", "2", NULL, "4 4", "\xc3\xa0", "6");
}

static void right_edge(void **state)
{
    (void)state;
    READS("a\tb\tc\t\t\n1\t2\t3\t\t\n4\t5\t6\t\t\n", "1", "2", "3", "4", "5", "6");
    READS("a\tb\tc\n1\t2\t3\t\t\n4\t5\t\t\n", "1", "2", "3", "4", "5", NULL);
    READS("a\tb\tc\t\"\"\n1\t2\t3\tn/a\n4\t5\t6\n", "1", "2", "3", "4", "5", "6");
    REFUSED("a\tb\t\n1\t2\t\n1\t2\t3\n", "line 3", "(1)", "3 cells", "has 2", "row.names = FALSE");
    REFUSED("a\tb\n1\t2\tn/a\n", "line 2", "3 cells", "row.names = FALSE"); /* a missing value, but of which column? */
    REFUSED("a\tb\n\"1\"\t2\t3\n", "line 2", "3 cells", "row.names = FALSE"); /* R's write.table with row names */
    REFUSED("\ta\tb\n0\t1\t2\n", "column 1 has no name", "index=False");      /* pandas with its index */
    REFUSED("a\t\tb\n0\t1\t2\n", "column 2 has no name");
    REFUSED("a\tb\tc\n1\t2\n", "line 2", "2 cells", "has 3");
}

static void not_utf8(void **state)
{
    (void)state;
    REFUSED("id\tname\r\ns1\tx\r\ns2\tMuri\xe9l\r\n", "t.tsv, line 3, column 2", "0xE9", "iconv -f latin1 -t utf8");
    REFUSED("id\tsch\xf6n\rs1\t1\r", "line 1, column 2", "0xF6");
    REFUSED("id\tb\rs1\t\xff\r", "line 2, column 2", "0xFF");
    REFUSED("\xff\xfe" "a\0\t\0", "UTF-16", "iconv -f utf16 -t utf8");
    REFUSED("\xfe\xff\0a\0\t", "UTF-16");
    REFUSED("a\0\t\0", "plain text");
    REFUSED("a\tb\n1\t\xc0\xaf\n", "0xC0");     /* an overlong '/' */
    REFUSED("a\tb\n1\t\xed\xa0\x80\n", "0xED"); /* a surrogate */
    REFUSED("a\tb\n1\t\xe2\x82", "0xE2");       /* cut off */
}

static void not_tables(void **state)
{
    (void)state;
    vx_table table;
    REFUSED("id,a;b\n", "no tab", "','");
    REFUSED("\"id\";\"a\"\n\"s1\";\"1,5\"\n", "no tab", "';'");
    REFUSED("\n", "empty");
    REFUSED("a\tb\n\t\n", "empty", "no participants");
    REFUSED("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "Git LFS", "git lfs pull");
    REFUSED("/annex/objects/MD5E-s12--4d7a.tsv\n", "git-annex", "datalad get");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(vx_table_read("pipe", &table, &error), VX_INPUT); /* and does not wait */
    EXPECT_WORDS("pipe: a pipe", "regular file");
    assert_int_equal(vx_table_read("/dev/zero", &table, &error), VX_INPUT);
    EXPECT_WORDS("a device", "regular file");
    assert_int_equal(vx_table_read(".", &table, &error), VX_INPUT);
    EXPECT_WORDS("a folder");
    assert_int_equal(symlink("../.git/annex/objects/Xx/Yy/MD5E-s12--4d7a.tsv", "annexed.tsv"), 0);
    assert_int_equal(vx_table_read("annexed.tsv", &table, &error), VX_INPUT);
    EXPECT_WORDS("annexed.tsv", "git-annex", "datalad get");
    assert_int_equal(symlink("gone.tsv", "link.tsv"), 0);
    assert_int_equal(vx_table_read("link.tsv", &table, &error), VX_INPUT);
    EXPECT_WORDS("a link to gone.tsv");
}

static void files_are_bounded(void **state)
{
    (void)state;
    char *text;
    size_t size;
    vx_table table;
    assert_int_equal(read_bytes("a\tb\n1\t2\n", 8, &table), VX_OK);
    vx_table_destroy(&table);
    assert_int_equal(vx_file_read("t.tsv", 8, &text, &size, &error), VX_OK);
    assert_int_equal(size, 8);
    assert_string_equal(text, "a\tb\n1\t2\n");
    free(text);
    assert_int_equal(vx_file_read("t.tsv", 7, &text, &size, &error), VX_INPUT);
    assert_null(text);
    assert_int_equal(vx_file_read("/proc/self/status", 1 << 20, &text, &size, &error), VX_OK); /* of size 0, but long */
    assert_true(size > 100 && strlen(text) == size);
    free(text);
    assert_int_equal(vx_file_read("/proc/self/status", 100, &text, &size, &error), VX_INPUT);
}

static void codes(void **state)
{
    (void)state;
    static const char *const code[] = {"NA", "-9", "nix"};
    static const char text[] = "participant_id\tx\ty\nNA\tna\t-9.0\n-9\tNIX\t-9.1\ns3\tNAN\t-09\n";
    vx_table table;
    assert_int_equal(read_bytes(text, sizeof text - 1, &table), VX_OK);
    vx_table_code(&table, code, 3);
    assert_string_equal(vx_table_cell(&table, 0, 0), "NA"); /* initials, and not a missing name */
    assert_string_equal(vx_table_cell(&table, 1, 0), "-9");
    assert_null(vx_table_cell(&table, 0, 1));
    assert_null(vx_table_cell(&table, 1, 1));
    assert_string_equal(vx_table_cell(&table, 2, 1), "NAN");
    assert_null(vx_table_cell(&table, 0, 2));
    assert_string_equal(vx_table_cell(&table, 1, 2), "-9.1");
    assert_null(vx_table_cell(&table, 2, 2));
    assert_int_equal(table.coded[0], 0);
    assert_int_equal(table.coded[1], 2);
    assert_int_equal(table.coded[2], 2);
    vx_table_destroy(&table);
}

/* ---- values ---- */

/* The column x of rows s1, s2, ... that hold `cells`, separated by blanks; "n/a" is missing. */
static vx_status values(const char *cells, vx_table *table, vx_column *column)
{
    static char *const id[] = {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12"};
    static const int64_t row[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    char text[1000] = "participant_id\tx\n", copy[500], *rest = copy;
    snprintf(copy, sizeof copy, "%s", cells);
    for (int i = 1; rest; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "s%d\t%s\n", i, strsep(&rest, " "));
    *column = (vx_column){0};
    vx_status status = read_bytes(text, strlen(text), table);
    const vx_participants all = {table->rows, id, row};
    return status ? status : vx_values_read(table, &all, "x", VX_BELOW_HALF, column, &error);
}

static void no_values(const char *cells, const char *const *words)
{
    vx_table table;
    vx_column column;
    assert_int_equal(values(cells, &table, &column), VX_INPUT);
    expect_words(words);
    vx_column_destroy(&column);
    vx_table_destroy(&table);
}

#define NO_VALUES(cells, ...) no_values(cells, (const char *const[]){__VA_ARGS__, NULL})

static void numbers(void **state)
{
    (void)state;
    static const char *const good[] = {"1", "-1.5", "+.5", "5.", "1e-3", "1E+3", "007"};
    static const double expected[] = {1, -1.5, 0.5, 5, 1e-3, 1e3, 7};
    static const char *const bad[] = {"", "0x1p3", "0x10", "inf", "-Infinity", "nan", "NAN(1)", "1e999", "1 ", " 1",
                                      "1e", ".", "-", "1,5", "1_000", "1d3", "--1"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(vx_number_read(good[i], &value));
        assert_true(value == expected[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (vx_number_read(bad[i], &value))
            fail_msg("'%s' is read as %g", bad[i], value);
    }
    NO_VALUES("1 5,8", "line 3", "s2", "column x", "'5,8'", "decimal comma", "write 5.8");
    NO_VALUES("5,8 6,2", "line 2", "decimal comma", "write 5.8"); /* and no factor of two levels */
    NO_VALUES("1,234.5 2", "'1,234.5'", "without commas");
    NO_VALUES("1.234,5 2", "'1.234,5'", "without commas");
    NO_VALUES("0x1p3 0x1p4", "'0x1p3'", "expected a number");
    NO_VALUES("inf -inf", "'inf'", "expected a number");
    NO_VALUES("1 2 high 4", "line 4", "s3", "'high'", "expected a number");
    NO_VALUES("high 2 3 4", "line 2", "s1", "'high'", "expected a number");
}

static void factors(void **state)
{
    (void)state;
    vx_table table;
    vx_column column;
    assert_int_equal(values("M F n/a F M", &table, &column), VX_OK);
    assert_string_equal(column.level[0], "F");
    assert_string_equal(column.level[1], "M");
    assert_true(column.value[0] == 1 && column.value[1] == 0 && column.value[3] == 0 && column.value[4] == 1);
    assert_true(isnan(column.value[2]));
    vx_column_destroy(&column);
    vx_table_destroy(&table);
    assert_int_equal(values("2 1 1", &table, &column), VX_OK); /* numbers stay numbers */
    assert_null(column.level[0]);
    assert_true(column.value[0] == 2);
    vx_column_destroy(&column);
    vx_table_destroy(&table);
    NO_VALUES("M F f", "column x", "3 levels", "F, M, f");
    NO_VALUES("M M n/a", "1 level", "M");
    NO_VALUES("l l k j i h g f e d c b", "11 levels", "b, c, d, e, f, g, h, i, j, k, ...");
}

/* ---- text ---- */

static void harmless(const char *text, const char *expected)
{
    char *plain = vx_printable(text);
    assert_string_equal(plain, expected);
    free(plain);
}

static void printable(void **state)
{
    (void)state;
    harmless("", "");
    harmless("Müller 5 µg/l — 水 𝛼\n\t", "Müller 5 µg/l — 水 𝛼\n\t");
    harmless("\033[31mred\a\r", "\\x1b[31mred\\x07\\x0d");
    harmless("\xc2\x9b" "31m\x7f", "\\xc2\\x9b31m\\x7f");   /* CSI as one character of C1 */
    harmless("a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb");     /* right-to-left override */
    harmless("Muri\xe9l \xc3", "Muri\\xe9l \\xc3");
    assert_null(vx_utf8_fault("Müller 水 𝛼 \xf4\x8f\xbf\xbf"));
    static const char *const bad[] = {"\x80", "\xc1\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_ptr_equal(vx_utf8_fault(bad[i]), bad[i]);
}

/* Looking columns up one after the other took minutes here: 5e9 comparisons for the header alone. */
static void many_columns(void **state)
{
    (void)state;
    enum { COLUMNS = 100000 };
    char *text = NULL, name[20];
    size_t size;
    vx_table table;
    FILE *out = open_memstream(&text, &size);
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < COLUMNS; i++)
            fprintf(out, row ? "%d%c" : "x_%d%c", i, i + 1 < COLUMNS ? '\t' : '\n');
    fclose(out);
    clock_t start = clock();
    assert_int_equal(read_bytes(text, size, &table), VX_OK);
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(name, sizeof name, "x_%d", i);
        assert_int_equal(vx_table_find(&table, name), i);
    }
    assert_int_equal(vx_table_find(&table, "x_"), -1);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    vx_table_destroy(&table);
    free(text);
    REFUSED("a\tb\ta\n", "two columns are named a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends),
        cmocka_unit_test(quotes),
        cmocka_unit_test(blanks),
        cmocka_unit_test(right_edge),
        cmocka_unit_test(not_utf8),
        cmocka_unit_test(not_tables),
        cmocka_unit_test(files_are_bounded),
        cmocka_unit_test(codes),
        cmocka_unit_test(numbers),
        cmocka_unit_test(factors),
        cmocka_unit_test(printable),
        cmocka_unit_test(many_columns),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

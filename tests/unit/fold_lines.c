/* Lines folded to the width of a terminal. The folded texts are written by hand. */
#include "base/fold.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GREEK "\xCE\xB1\xCE\xB2\xCE\xB3"                               /* three columns */
#define JAPANESE "\xE8\x84\xB3\xE8\x84\xB3\xE8\x84\xB3\xE8\x84\xB3"       /* eight */
#define ACCENTED "e\xCC\x81" "e\xCC\x81" "e\xCC\x81"                   /* three: an accent combines */

static void lines_are_folded_at_blanks(void **state)
{
    (void)state;
    static const struct { int width; const char *text, *folded; } texts[] = {
        {20, "", ""},
        {20, "\n", "\n"},
        {20, "remark: short\n", "remark: short\n"},
        {20, "remark: of 20 column\n", "remark: of 20 column\n"},
        {20, "remark: of 21 columns\n", "remark: of 21\n  columns\n"},
        {20, "remark: no end of the line is here", "remark: no end of\n  the line is here"},
        {20, "  voxels: 12 are left out of all\nnext\n", "  voxels: 12 are\n    left out of all\nnext\n"},
        /* a word that is too long is not cut, also at the beginning of a line */
        {20, "results: /home/me/studies/rapamycin/pet\n", "results:\n  /home/me/studies/rapamycin/pet\n"},
        {20, "/home/me/studies/rapamycin/pet is here\n", "/home/me/studies/rapamycin/pet\n  is here\n"},
        {20, GREEK " " GREEK " " GREEK " " GREEK " 1234 6",
         GREEK " " GREEK " " GREEK " " GREEK " 1234\n  6"},
        {20, JAPANESE " " JAPANESE " abc",
         JAPANESE " " JAPANESE "\n  abc"},
        {20, ACCENTED " 4567890 234567890", ACCENTED " 4567890\n  234567890"},
        {20, ACCENTED " 4567890 23456789", ACCENTED " 4567890 23456789"},
        {0, "remark: as it is where no width is known\n", "remark: as it is where no width is known\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *made = vx_folded(texts[i].text, texts[i].width);
        assert_string_equal(made, texts[i].folded);
        free(made);
    }
}

/* Whatever the width: the words stay, in their order, and no line that could be shorter is too long. */
static void nothing_is_lost(void **state)
{
    (void)state;
    static const char text[] = "  pet: with 4 participants no family-wise p below 0.125 is possible, so nothing can be "
                               "significant after such a correction (\xE2\x88\x92log10 p)\n";
    for (int width = 20; width < 140; width++) {
        char *made = vx_folded(text, width), *rest = made;
        const char *expected = text;
        for (char *line; (line = strsep(&rest, "\n")) && *line;)
            assert_true(vx_utf8_width(line) <= width);
        free(made);
        made = vx_folded(text, width);
        for (const char *at = made; *at || *expected;) {
            at += strspn(at, " \n");
            expected += strspn(expected, " \n");
            const size_t word = strcspn(at, " \n");
            assert_int_equal(strcspn(expected, " \n"), word);
            assert_memory_equal(at, expected, word);
            at += word;
            expected += word;
        }
        free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_folded_at_blanks),
                                       cmocka_unit_test(nothing_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

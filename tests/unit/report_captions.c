/* The captions of a figure's panels: what pictures of a kind have in common stands once. Written by hand. */
#include "report/figure_sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static vx_figure_item panel(const char *letter, const char *kind, const char *title, const char *caption)
{
    vx_figure_item item = {.kind = kind, .title = (char *)(uintptr_t)title, .caption = (char *)(uintptr_t)caption};
    snprintf(item.letter, sizeof item.letter, "%s", letter);
    return item;
}

static void expect(const vx_figure_item *item, size_t items, const char *captions)
{
    char *made = vx_sheet_captions(item, items);
    assert_string_equal(made, captions);
    free(made);
}

static void what_is_common_stands_once(void **state)
{
    (void)state;
    static const char t3[] = "The map. Lines go around t > 3.1. Drawn over the mean; p < 0.05 is bold.";
    static const char t4[] = "The map. Lines go around t > 4.2. Nothing is bold. Drawn over the mean; p < 0.05 is "
                             "bold.";
    const vx_figure_item three[] = {
        panel("A", "slices", "pet: change", t3), panel("B", "slices", "pet: level", t4),
        panel("C", "slices", "gm: level", t3), panel("D", "glass", "pet: change", "Seen through."),
    };
    expect(three, 4, "A\xE2\x80\x93" "C. The map. Drawn over the mean; p < 0.05 is bold.\n"
                     "A. pet: change. Lines go around t > 3.1.\n"
                     "B. pet: level. Lines go around t > 4.2. Nothing is bold.\n"
                     "C. gm: level. Lines go around t > 3.1.\n"
                     "D. pet: change. Seen through.\n");
    const vx_figure_item mixed[] = {
        panel("A", "null-voxel", "pet: change", "The null. Its p is 0.01."),
        panel("B", "qq", "pet: change", "Quantiles."),
        panel("C", "null-voxel", "pet: level", "The null. Its p is 0.3."),
        panel("D", "qq", "pet: level", "Other words."),
        panel("E", "null-voxel", "gm: change", "The null. Its p is 0.3."),
        panel("F", "null-voxel", "gm: level", "The null. Its p is 0.4."),
        panel("G", "null-voxel", "gm: age", "The null."),
    };
    expect(mixed, 7, "A, C, E\xE2\x80\x93G. The null.\n"
                     "A. pet: change. Its p is 0.01.\n"
                     "C. pet: level. Its p is 0.3.\n"
                     "E. gm: change. Its p is 0.3.\n"
                     "F. gm: level. Its p is 0.4.\n"
                     "G. gm: age.\n"
                     "B. pet: change. Quantiles.\n"
                     "D. pet: level. Other words.\n");
}

/* Without letters nothing says which pictures a sentence is about, and each keeps its own. */
static void without_letters_each_has_its_own(void **state)
{
    (void)state;
    const vx_figure_item two[] = {panel("", "slices", "pet: change", "The map. Of change."),
                                  panel("", "forest", "", "The map. Of regions.")};
    expect(two, 2, "pet: change. The map. Of change.\nThe map. Of regions.\n");
    const vx_figure_item same[] = {panel("", "slices", "pet: change", "The map. Of change."),
                                   panel("", "slices", "pet: level", "The map. Of level.")};
    expect(same, 2, "pet: change. The map. Of change.\npet: level. The map. Of level.\n");
    const vx_figure_item bare[] = {panel("A", "forest", "", "A forest."), panel("B", "qq", "pet: level", "")};
    expect(bare, 2, "A. A forest.\nB. pet: level.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_common_stands_once),
                                       cmocka_unit_test(without_letters_each_has_its_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

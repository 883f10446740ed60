/* The results folder: when it refuses, what a failure leaves, and what --force may delete. */
#include "output/leftovers.h"
#include "output/manifest.h"
#include "output/output.h"
#include "results/names.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char place[PATH_MAX]; /* a fresh folder for every test, and its path for `in` */

static int set_up(void **state)
{
    (void)state;
    strcpy(place, "/tmp/vx-folder-XXXXXX");
    return mkdtemp(place) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[PATH_MAX + 16];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", place);
    return system(command);
}

/* A path in the test's folder; eight may be in use at once. */
static const char *in(const char *name)
{
    static char path[8][PATH_MAX + 300];
    static int turn;
    turn = (turn + 1) % 8;
    snprintf(path[turn], sizeof path[turn], "%s/%s", place, name);
    return path[turn];
}

static void make_file(const char *path, const char *words)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(words, file);
    assert_int_equal(fclose(file), 0);
}

static int count_items(const char *path)
{
    int items = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder))
        items++;
    closedir(folder);
    return items - 2;
}

static bool is_there(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

/* A finished run in `out`: run.json and one file that it lists. */
static void make_results(const char *out, const char *listed)
{
    char path[PATH_MAX + 600];
    vx_error error;
    json_t *run = json_pack("{s:s, s:s}", "voxstat_version", "0", "kind", VX_KIND_ANALYSIS);
    assert_int_equal(mkdir(out, 0777), 0);
    snprintf(path, sizeof path, "%s/%s", out, listed);
    make_file(path, "old");
    assert_int_equal(vx_manifest_fill(out, run, &error), VX_OK);
    assert_int_equal(vx_manifest_finish(out, run, &error), VX_OK);
    json_decref(run);
}

static vx_folder_options options;

static vx_folder *begin(const char *out, bool force)
{
    vx_folder *folder = NULL;
    vx_error error;
    options = (vx_folder_options){.out = out, .force = force, .kind = VX_KIND_ANALYSIS, .bytes_needed = 1};
    if (vx_folder_begin(&options, &folder, &error))
        fail_msg("%s", error.message);
    return folder;
}

static void refuses_options(const vx_folder_options *given, const char *words)
{
    vx_folder *folder = NULL;
    vx_error error;
    assert_int_equal(vx_folder_begin(given, &folder, &error), VX_OUTPUT);
    assert_null(folder);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void refuses(const char *out, bool force, uint64_t bytes, const char *words)
{
    const vx_folder_options given = {.out = out, .force = force, .kind = VX_KIND_ANALYSIS, .bytes_needed = bytes};
    refuses_options(&given, words);
}

static void add_new_file(const vx_folder *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/new.txt", vx_folder_path(folder));
    make_file(path, "new");
}

static void results_appear_only_when_whole(void **state)
{
    (void)state;
    vx_error error;
    vx_folder *folder = begin(in("a/b/out"), false); /* parents are made */
    assert_false(is_there(in("a/b/out")));
    add_new_file(folder);
    assert_int_equal(vx_folder_commit(folder, &error), VX_OK);
    assert_true(is_there(in("a/b/out/new.txt")));
    assert_int_equal(count_items(in("a/b")), 1);
    struct stat found;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(in("a/b/out"), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0777 & ~mask);
}

static void abandon_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in("kept"), 0777), 0);
    vx_folder *folder = begin(in("kept/made/too/out/"), false);
    add_new_file(folder);
    vx_folder_abandon(folder);
    assert_int_equal(count_items(in("kept")), 0);
    assert_int_equal(count_items(place), 1);
}

static void what_exists_is_refused(void **state)
{
    (void)state;
    make_results(in("out"), "t.nii.gz");
    refuses(in("out"), false, 1, "exists already");
    refuses(in("out/"), false, 1, "--force");
    make_file(in("file"), "");
    refuses(in("file"), true, 1, strerror(ENOTDIR));
    refuses(in("file/out"), false, 1, strerror(ENOTDIR));
    refuses(in("new/."), false, 1, "no name");
    refuses("", false, 1, "no name");
    assert_int_equal(count_items(place), 2);
}

static void places_that_cannot_be_written_are_refused(void **state)
{
    (void)state;
    refuses("/proc/voxstat-out", false, 1, "/proc/voxstat-out"); /* nobody, not even root, makes folders there */
    refuses(in("made/out"), false, UINT64_MAX, "MB free");
    assert_int_equal(count_items(place), 0);
}

static void force_replaces_results(void **state)
{
    (void)state;
    vx_error error;
    make_results(in("out"), "t.nii.gz");
    vx_folder *folder = begin(in("out"), true);
    assert_true(is_there(in("out/t.nii.gz"))); /* until the new ones are in place */
    add_new_file(folder);
    assert_int_equal(vx_folder_commit(folder, &error), VX_OK);
    assert_false(is_there(in("out/t.nii.gz")));
    assert_true(is_there(in("out/new.txt")));
    assert_int_equal(count_items(place), 1);
}

static void force_that_is_abandoned_keeps_the_old(void **state)
{
    (void)state;
    make_results(in("out"), "t.nii.gz");
    vx_folder_abandon(begin(in("out"), true));
    assert_int_equal(count_items(in("out")), 2);
    assert_int_equal(count_items(place), 1);
}

static void force_follows_a_link(void **state)
{
    (void)state;
    vx_error error;
    make_results(in("real"), "t.nii.gz");
    assert_int_equal(symlink("real", in("out")), 0);
    vx_folder *folder = begin(in("out"), true);
    add_new_file(folder);
    assert_int_equal(vx_folder_commit(folder, &error), VX_OK);
    assert_true(is_there(in("real/new.txt")));
    assert_true(is_there(in("out/new.txt")));
    assert_int_equal(count_items(place), 2);
}

static void force_deletes_only_what_is_ours(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in("empty"), 0777), 0);
    vx_folder_abandon(begin(in("empty"), true));

    assert_int_equal(mkdir(in("thesis"), 0777), 0);
    make_file(in("thesis/chapter1.tex"), "");
    refuses(in("thesis"), true, 1, "no results folder of voxstat");
    make_file(in("thesis/run.json"), "{\"files\": [\"chapter1.tex\", \"run.json\"]}"); /* of another program */
    refuses(in("thesis"), true, 1, "no results folder of voxstat");
    make_file(in("thesis/run.json"), "{\"voxstat_version\": \"0\", \"files\": [\"chapter1.tex\", \"run.json\"]}");
    refuses(in("thesis"), true, 1, "kept no checksums");
    make_file(in("thesis/run.json"), "{\"voxstat_version\": \"0\", \"kind\": \"analysis\", \"checksums\": "
              "{\"chapter1.tex\": \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, "
              "\"files\": [\"chapter1.tex\", \"run.json\"]}");
    refuses(in("thesis"), true, 1, "run.json: was changed");

    make_results(in("out"), "t.nii.gz");
    make_file(in("out/notes.txt"), "");
    refuses(in("out"), true, 1, "out/notes.txt");
    assert_int_equal(unlink(in("out/notes.txt")), 0);
    assert_int_equal(mkdir(in("out/figures"), 0777), 0);
    refuses(in("out"), true, 1, "out/figures");
    assert_int_equal(count_items(in("out")), 3);
}

/* Files that appear in the old folder during the run are not deleted, and the new results are kept. */
static void what_comes_during_the_run_stays(void **state)
{
    (void)state;
    vx_error error;
    make_results(in("out"), "t.nii.gz");
    vx_folder *folder = begin(in("out"), true);
    char new_file[PATH_MAX];
    snprintf(new_file, sizeof new_file, "%s/new.txt", vx_folder_path(folder));
    add_new_file(folder);
    make_file(in("out/notes.txt"), "");
    assert_int_equal(vx_folder_commit(folder, &error), VX_OUTPUT);
    assert_non_null(strstr(error.message, "notes.txt"));
    assert_int_equal(count_items(in("out")), 3);
    assert_true(is_there(new_file));

    folder = begin(in("other"), false);
    snprintf(new_file, sizeof new_file, "%s/new.txt", vx_folder_path(folder));
    add_new_file(folder);
    assert_int_equal(mkdir(in("other"), 0777), 0);
    make_file(in("other/theirs"), "");
    assert_int_equal(vx_folder_commit(folder, &error), VX_OUTPUT);
    assert_true(is_there(in("other/theirs")));
    assert_true(is_there(new_file));
}

static void edits_are_kept(void **state)
{
    (void)state;
    make_results(in("out"), "t.nii.gz");
    make_file(in("out/t.nii.gz"), "Old"); /* of the same size */
    refuses(in("out"), true, 1, "t.nii.gz: was changed");
    make_file(in("out/t.nii.gz"), "old");
    vx_folder_abandon(begin(in("out"), true));
    assert_int_equal(rename(in("out/t.nii.gz"), in("elsewhere")), 0);
    assert_int_equal(symlink("../elsewhere", in("out/t.nii.gz")), 0); /* the same content, but a link */
    refuses(in("out"), true, 1, "t.nii.gz: was changed");
    assert_int_equal(unlink(in("out/t.nii.gz")), 0);
    vx_folder_abandon(begin(in("out"), true)); /* files that the user removed are no reason to refuse */

    FILE *run = fopen(in("out/run.json"), "a");
    assert_non_null(run);
    fputs("\n", run);
    fclose(run);
    refuses(in("out"), true, 1, "run.json: was changed");
}

static void only_the_same_kind_is_replaced(void **state)
{
    (void)state;
    make_results(in("out"), "t.nii.gz");
    const vx_folder_options cohort = {.out = in("out"), .force = true, .kind = VX_KIND_COHORT};
    refuses_options(&cohort, "an analysis");
}

static void inputs_and_the_current_folder_are_kept(void **state)
{
    (void)state;
    char here[PATH_MAX];
    make_results(in("out"), "t.nii.gz");
    make_file(in("table"), "");
    assert_int_equal(symlink("out/t.nii.gz", in("link-in")), 0); /* ends in the folder */
    assert_int_equal(symlink("out", in("way")), 0);              /* its folder is a link */
    const char *way[] = {in("out/t.nii.gz"), in("way/t.nii.gz"), in("link-in"), in("out/../out/t.nii.gz")};
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        const char *const input[] = {in("table"), way[i]};
        refuses_options(&(vx_folder_options){.out = in("out"), .force = true, .kind = VX_KIND_ANALYSIS,
                                             .input = input, .inputs = 2}, way[i]);
    }
    const char *const other[] = {in("table"), in("missing"), in("nowhere/at-all")};
    vx_folder *folder = NULL;
    vx_error error;
    options = (vx_folder_options){.out = in("way"), .force = true, .kind = VX_KIND_ANALYSIS, .input = other,
                                  .inputs = 3};
    assert_int_equal(vx_folder_begin(&options, &folder, &error), VX_OK);
    vx_folder_abandon(folder);

    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(in("out")), 0);
    refuses(in("out"), true, 1, "the current folder");
    refuses(".", true, 1, "the current folder");
    assert_int_equal(chdir(here), 0);
    assert_int_equal(count_items(in("out")), 2);
}

static void a_closed_folder_stays_closed(void **state)
{
    (void)state;
    struct stat found;
    vx_error error;
    make_results(in("out"), "t.nii.gz");
    assert_int_equal(chmod(in("out"), 0700), 0);
    vx_folder *folder = begin(in("out"), true);
    assert_int_equal(stat(vx_folder_path(folder), &found), 0); /* while it is written, too */
    assert_int_equal(found.st_mode & 07777, 0700);
    assert_int_equal(vx_folder_commit(folder, &error), VX_OK);
    assert_int_equal(stat(in("out"), &found), 0);
    assert_int_equal(found.st_mode & 07777, 0700);
}

/* A folder as a killed run leaves it: here, one whose lock was given back. */
static void make_leftover(const char *name, bool complete)
{
    char path[PATH_MAX + 600];
    make_results(in(name), "t.tsv");
    snprintf(path, sizeof path, "%s/t.tsv", in(name));
    if (!complete)
        assert_int_equal(truncate(path, 1), 0);
}

static void leftovers_are_told_apart(void **state)
{
    (void)state;
    vx_leftover *leftover = NULL;
    size_t count = 0;
    vx_error error;
    char words[200];
    make_leftover("out.partial-aaaaaa", true);
    make_leftover("out.partial-bbbbbb", false);
    assert_int_equal(mkdir(in("out.partial-cccccc"), 0700), 0);
    assert_int_equal(mkdir(in("out.partial-notours"), 0700), 0); /* seven letters */
    assert_int_equal(mkdir(in("outer.partial-aaaaaa"), 0700), 0);
    vx_folder *live = begin(in("out"), false);
    assert_int_equal(vx_leftovers_find(in("out/"), &leftover, &count, &error), VX_OK);
    assert_int_equal(count, 4);
    size_t busy = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = strrchr(leftover[i].path, '-') + 1;
        if (!strcmp(name, "aaaaaa"))
            assert_string_equal(vx_leftover_words(&leftover[i], words, sizeof words), "complete results, 2 files");
        else if (!strcmp(name, "bbbbbb"))
            assert_false(leftover[i].complete);
        else if (!strcmp(name, "cccccc"))
            assert_string_equal(vx_leftover_words(&leftover[i], words, sizeof words), "nothing");
        else {
            assert_true(leftover[i].busy);
            assert_int_equal(vx_leftover_remove(&leftover[i], &error), VX_OUTPUT);
            assert_true(is_there(vx_folder_path(live)));
            busy++;
        }
    }
    assert_int_equal(busy, 1);
    vx_folder_abandon(live);

    vx_leftovers_free(leftover, count);
    assert_int_equal(vx_leftovers_find(in("out"), &leftover, &count, &error), VX_OK);
    assert_int_equal(count, 3);
    make_file(in("out.partial-bbbbbb/notes.txt"), "");
    assert_int_equal(vx_leftover_remove(&leftover[1], &error), VX_OUTPUT);
    assert_true(is_there(in("out.partial-bbbbbb/notes.txt")));
    assert_int_equal(vx_leftover_remove(&leftover[2], &error), VX_OK);
    assert_false(is_there(in("out.partial-cccccc")));

    options = (vx_folder_options){.out = in("out"), .kind = VX_KIND_ANALYSIS, .recover = leftover[0].path};
    assert_int_equal(vx_folder_begin(&options, &live, &error), VX_OK);
    assert_int_equal(vx_folder_commit(live, &error), VX_OK);
    assert_true(is_there(in("out/t.tsv")));
    assert_false(is_there(in("out.partial-aaaaaa")));
    vx_leftovers_free(leftover, count);
}

static void names_from_elsewhere_stay_in_their_folder(void **state)
{
    (void)state;
    static const char *const bad[] = {NULL, "", ".", "..", "../thesis", "/etc/passwd", "a/b", ".bashrc", "a\nb",
                                      "a\033[2J", "a b", "a\\b", "\xc2\x9b" "2J"};
    static const char *const good[] = {"run.json", "p-fwe-voxel.nii.gz", "\xc3\xa9t\xc3\xa9_t.tsv", "a..b"};
    char longest[300];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(vx_file_name_safe(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(vx_file_name_safe(good[i]));
    memset(longest, 'a', sizeof longest);
    longest[255] = '\0';
    assert_true(vx_file_name_safe(longest));
    longest[255] = 'a';
    longest[256] = '\0';
    assert_false(vx_file_name_safe(longest));
    for (size_t i = 2; i < sizeof bad / sizeof *bad; i++) { /* voxstat's changes are undone */
        char *made = vx_file_name_from(bad[i]);
        assert_true(vx_file_name_safe(made));
        free(made);
    }
}

static void files_of_others_are_not_taken_for_ours(void **state)
{
    (void)state;
    static const char *const ours[] = {
        "report.html", "summary.tsv", "summary.json", "pet_change.nidm.zip", "mask.nii.gz", "pet/mask.nii.gz",
        "pet/change/t.nii.gz", "pet/change/clusters_primary.tsv", "figures/pet_change_slices.png",
        "figures/expected.svg",
        "prepared/sub-1/pet/sub-1_desc-change_pet.nii.gz", "prepared/.bidsignore",
        "pet_change_t.nii.gz", "pet_change_slices.png"}; /* of layout 1 */
    static const char *const others[] = {
        "thesis.docx", "pet/notes.tsv", "pet/change/thesis.docx", "pet/change/slices.png", "pet/change/old/t.nii.gz",
        "figures/thesis.docx", "figures/old/slices.png", "figures/t.nii.gz", "thesis/photo.png", "prepared/thesis.docx",
        "figures2/slices.png", "pet/"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!vx_file_name_of_voxstat(ours[i]))
            fail_msg("%s is ours", ours[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (vx_file_name_of_voxstat(others[i]))
            fail_msg("%s is not ours", others[i]);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        test(results_appear_only_when_whole), test(abandon_leaves_nothing), test(what_exists_is_refused),
        test(places_that_cannot_be_written_are_refused), test(force_replaces_results),
        test(force_that_is_abandoned_keeps_the_old), test(force_follows_a_link), test(force_deletes_only_what_is_ours),
        test(what_comes_during_the_run_stays), test(edits_are_kept),
        test(only_the_same_kind_is_replaced), test(inputs_and_the_current_folder_are_kept),
        test(a_closed_folder_stays_closed), test(leftovers_are_told_apart),
        test(names_from_elsewhere_stay_in_their_folder), test(files_of_others_are_not_taken_for_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

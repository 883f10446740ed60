/* The results folder: what it refuses, what it leaves behind when it fails, and what --force may delete. */
#include "output/output.h"

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
    char path[PATH_MAX + 600], words[200];
    assert_int_equal(mkdir(out, 0777), 0);
    snprintf(path, sizeof path, "%s/run.json", out);
    snprintf(words, sizeof words, "{\"voxstat_version\": \"0\", \"files\": [\"%s\", \"run.json\"]}", listed);
    make_file(path, words);
    snprintf(path, sizeof path, "%s/%s", out, listed);
    make_file(path, "old");
}

static vx_folder *begin(const char *out, bool force)
{
    vx_folder *folder = NULL;
    vx_error error;
    if (vx_folder_begin(out, force, 1, &folder, &error))
        fail_msg("%s", error.message);
    return folder;
}

static void refuses(const char *out, bool force, uint64_t bytes, const char *words)
{
    vx_folder *folder = NULL;
    vx_error error;
    assert_int_equal(vx_folder_begin(out, force, bytes, &folder, &error), VX_OUTPUT);
    assert_null(folder);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
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

    make_results(in("out"), "t.nii.gz");
    make_file(in("out/notes.txt"), "");
    refuses(in("out"), true, 1, "out/notes.txt");
    assert_int_equal(unlink(in("out/notes.txt")), 0);
    assert_int_equal(mkdir(in("out/figures"), 0777), 0);
    refuses(in("out"), true, 1, "out/figures");
    assert_int_equal(count_items(in("out")), 3);
}

/* What appears in the old folder during the run is not deleted either, and what was computed is not lost. */
static void what_comes_during_the_run_stays(void **state)
{
    (void)state;
    vx_error error;
    make_results(in("out"), "t.nii.gz");
    vx_folder *folder = begin(in("out"), true);
    char whole[PATH_MAX];
    snprintf(whole, sizeof whole, "%s/new.txt", vx_folder_path(folder));
    add_new_file(folder);
    make_file(in("out/notes.txt"), "");
    assert_int_equal(vx_folder_commit(folder, &error), VX_OUTPUT);
    assert_non_null(strstr(error.message, "notes.txt"));
    assert_int_equal(count_items(in("out")), 3);
    assert_true(is_there(whole));

    folder = begin(in("other"), false);
    snprintf(whole, sizeof whole, "%s/new.txt", vx_folder_path(folder));
    add_new_file(folder);
    assert_int_equal(mkdir(in("other"), 0777), 0);
    make_file(in("other/theirs"), "");
    assert_int_equal(vx_folder_commit(folder, &error), VX_OUTPUT);
    assert_true(is_there(in("other/theirs")));
    assert_true(is_there(whole));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        test(results_appear_only_when_whole), test(abandon_leaves_nothing), test(what_exists_is_refused),
        test(places_that_cannot_be_written_are_refused), test(force_replaces_results),
        test(force_that_is_abandoned_keeps_the_old), test(force_follows_a_link), test(force_deletes_only_what_is_ours),
        test(what_comes_during_the_run_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

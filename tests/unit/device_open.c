/* Devices by name, and the behaviour with a broken driver, kernel or cache of binaries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/memory.h"
#include "engine/backend.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PoCL leaks where it gets flags, and optimising takes it most of the time: sanitizers see each fourth wrong kernel. */
#ifdef __SANITIZE_ADDRESS__
enum { EACH = 4 };
#else
enum { EACH = 1 };
#endif
static char scratch[] = "/tmp/voxstat-device-XXXXXX"; /* holds the cache and changed kernels */
static char opencl[32]; /* the first usable OpenCL device; "" without one */
static bool has_double; /* that device */

static int set_up(void **state)
{
    (void)state;
    vx_device_info *list;
    size_t count;
    vx_error error;
    if (!mkdtemp(scratch) || setenv("VOXSTAT_CACHE_DIR", scratch, 1) ||
        (EACH == 1 && setenv("POCL_EXTRA_BUILD_FLAGS", "-cl-opt-disable", 1)) ||
        vx_device_list(&list, &count, NULL, 0, &error) != VX_OK)
        return -1;
    for (size_t d = count; d-- > 1;)
        if (!list[d].unusable[0]) {
            snprintf(opencl, sizeof opencl, "%s", list[d].id);
            has_double = list[d].has_double;
        }
    free(list);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return system(command);
}

static void need_opencl(void)
{
    if (!opencl[0]) {
        print_message("SKIP: no OpenCL device\n");
        skip();
    }
}

/* Opens the device for some uses (0: all), with a variable of the environment set, and closes it again. */
static vx_status open_for(unsigned uses, const char *variable, const char *value, vx_error *error)
{
    vx_device *device;
    setenv(variable, value, 1);
    vx_status status = vx_device_open(opencl, &VX_OPTIONS(vx_device_options, .uses = uses), &device, NULL, 0, error);
    if (strcmp(variable, "VOXSTAT_CACHE_DIR") == 0)
        setenv(variable, scratch, 1);
    else
        unsetenv(variable);
    if (status == VX_OK)
        vx_device_free(device);
    return status;
}

static vx_status open_with(const char *variable, const char *value, vx_error *error)
{
    return open_for(0, variable, value, error);
}

static void test_cpu_comes_first(void **state)
{
    (void)state;
    vx_device_info *list;
    size_t count;
    char note[256] = "";
    vx_error error;
    assert_int_equal(vx_device_list(&list, &count, note, sizeof note, &error), VX_OK);
    assert_true(count >= 1);
    assert_string_equal(list[0].id, "cpu");
    assert_true(count > 1 || note[0]);
    for (size_t d = 0; d < count; d++)
        assert_true(list[d].compute_units > 0 && list[d].memory > 0 && list[d].name[0] && list[d].kind[0]);
    free(list);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        vx_status status;
    } cases[] = {
        {"auto", VX_OK}, {"cpu", VX_OK},
        {"gpu", VX_USAGE}, {"", VX_USAGE}, {"CPU", VX_USAGE},
        {"opencl:", VX_USAGE}, {"opencl:0", VX_USAGE},
        {"opencl:0.0x", VX_USAGE},
        {"opencl:-1.0", VX_USAGE},
        {"opencl:0.0.0", VX_USAGE},
        {"opencl: 0.0", VX_USAGE},
        {"opencl:99.0", VX_DEVICE},
        {"opencl:0.99", VX_DEVICE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vx_device *device;
        vx_error error = {0};
        const vx_device_options options = VX_OPTIONS(vx_device_options, .threads = 1);
        vx_status status = vx_device_open(cases[i].name, &options, &device, NULL, 0, &error);
        if (status != cases[i].status)
            fail_msg("\"%s\" gave %s: %s", cases[i].name, vx_status_name(status), error.message);
        if (status == VX_OK) {
            assert_non_null(vx_device_backend(device));
            assert_string_equal(vx_device_properties(device)->unusable, "");
            vx_device_free(device);
        } else {
            assert_null(device);
            assert_non_null(strstr(error.message, cases[i].name));
        }
    }
    vx_device_free(NULL);
}

static void test_first_opencl(void **state)
{
    (void)state;
    need_opencl();
    vx_device *device;
    vx_error error;
    assert_int_equal(vx_device_open("opencl", NULL, &device, NULL, 0, &error), VX_OK);
    assert_memory_equal(vx_device_properties(device)->id, "opencl:", 7);
    vx_device_free(device);
}

/* A folder of kernels with one sed command done to one file. */
static void change_kernels(char folder[128], const char *file, const char *change)
{
    char command[1024];
    const char *source = getenv("VOXSTAT_SOURCE");
    snprintf(folder, 128, "%s/kernels", scratch);
    snprintf(command, sizeof command,
             "rm -rf %s && cp -r %s/kernels %s && sed -i.old '%s' %s/%s && ! cmp -s %s/%s %s/%s.old", folder, source,
             folder, change, folder, file, folder, file, folder, file);
    assert_int_equal(system(command), 0);
}

static void expect_refused(unsigned uses, const char *file, const char *change, const char *word)
{
    char folder[128];
    vx_error error = {0};
    change_kernels(folder, file, change);
    vx_status status = open_for(uses, "VOXSTAT_KERNEL_DIR", folder, &error);
    if (status != VX_DEVICE || !strstr(error.message, "self-test") || !strstr(error.message, word))
        fail_msg("%s: %s: %s", file, change, status ? error.message : "not refused");
}

#define SKIP_A_STRIP "s/if (!vx_strip_begin(&item, strip))/if (!vx_strip_begin(\\&item, strip) || strip == 9)/"

/* Every wrong kernel here gives plausible results; the self-test must refuse the device for each. The last ones solve
 * the problems that were worked by hand, and fail in a trial. */
static void test_wrong_kernels_are_refused(void **state)
{
    (void)state;
    need_opencl();
    static const struct {
        unsigned uses;
        const char *file, *change, *word;
    } cases[] = {
        {VX_USE_FLIPS, "philox.h", "s/round < 10/round < 9/", "random orders"},
        {VX_USE_FLIPS, "relabel_ranks.h", "s/key.j. > own/key[j] < own/", "random orders"},
        {VX_USE_FLIPS, "relabel.cl", "s/STREAM_FLIP 0/STREAM_FLIP 1/", "random flips"},
        {VX_USE_FLIPS, "relabel.cl", "s/ 256 . attempt/ attempt/", "random orders with ties"},
        {VX_USE_FLIPS, "signflip.cl", "s/ - k - k;/ - k;/", "signflip"},
        {VX_USE_NUISANCE, "correlation.cl", "s/sqrt(rest)/rest/", "correlation with nuisance"},
        {VX_USE_NUISANCE, "near.h", "s/return 0;/return 1;/", "correlation with nuisance"},
        {VX_USE_FLIPS, "dense.h", "s/>= least ?/> least ?/", "count of voxel"},
        {VX_USE_FLIPS, "dense.h", "s/> group->args.cut_high/>= group->args.cut_high/", "list"},
        {VX_USE_FLIPS, "near.h", "s/(square - sum . sum)/(square)/", "signflip"},
        {VX_USE_NUISANCE, "near.h", "s/VX_FMA(-q, row/VX_FMA(q, row/", "correlation with nuisance"},
        {VX_USE_REGRESSION, "near.h", "s/VX_FMA(-d, w/VX_FMA(d, w/", "correlation"},
        {VX_USE_REGRESSION, "dense.h", "s/ || s < vx_value(args->near_low)//", "correlation"},
        {VX_USE_FLIPS | VX_USE_CLUSTERS, "clusters.cl", "s/f->height.other. < 0 == negative/true/", "clusters"},
        {VX_USE_FLIPS | VX_USE_CLUSTERS, "clusters.cl", "s/f.label.f.position.f.voxel.e... = 0;//", "clusters"},
        {VX_USE_FLIPS | VX_USE_TFCE, "tfce_map.h", "s/ ? mark : none/ ? none : none/", "TFCE"},
        {VX_USE_FLIPS | VX_USE_TFCE, "tfce_sweep.h", "s/ - m->power.~m->parent.c.. . g;/;/", "TFCE"},
        {VX_USE_FLIPS, "dense.h",
         "s/atomic_max(&high.item->first . row., item->group->high.row.);/if (item->first + row < 128) &/",
         "of many strips"},
        {VX_USE_FLIPS, "signflip.cl", SKIP_A_STRIP, "flips of many strips"},
        {VX_USE_REGRESSION, "correlation.cl", SKIP_A_STRIP, "permutations of many strips"},
        {VX_USE_NUISANCE, "correlation.cl", SKIP_A_STRIP, "permutations beside nuisance of many strips"},
        {VX_USE_REGRESSION | VX_USE_CLUSTERS, "clusters.cl",
         "s/min(list_size.p., args.capacity)/min(list_size[p], 100)/", "the largest"},
        {VX_USE_FLIPS | VX_USE_CLUSTERS, "clusters.cl", "s/min(list_size.p., args.capacity)/min(list_size[p], 100)/",
         "the largest"},
        {VX_USE_FLIPS | VX_USE_TFCE, "tfce.cl",
         "s/ = found;/ = found * (p == 130 ? 1 + 1e-9 : 1);/", "largest TFCE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i += EACH)
        if (has_double || strncmp(cases[i].file, "tfce", 4) != 0)
            expect_refused(cases[i].uses, cases[i].file, cases[i].change, cases[i].word);
}

/* TFCE by a group of items: one voxel left out, an arc summed twice, the voxels of an arc before a merge lost, a term
 * too large, the last root dropped, and merges of two maxima missed. */
static void test_wrong_kernels_for_gpus(void **state)
{
    (void)state;
    need_opencl();
    static const char *const cases[][2] = {
        {"tfce_tree.h", "s/here = m->height.place./here = v == 1 ? 0 : m->height[place]/"},
        {"tfce_arcs.h", "s/b += block.e./b += block[e] * (1 + (arc == m->arcs - 1))/"},
        {"tfce_arcs.h", "s/size += size_after/size = size_after/"},
        {"tfce_arcs.h", "s/gain(m, entry.x, dh);/gain(m, entry.x, dh) * (1 + (s == 0) * 1e-6);/"},
        {"tfce_arcs.h", "s/arc < m->arcs; arc += VX_WG/arc < m->arcs - 1; arc += VX_WG/"},
        {"tfce_sort.h", "s/lowest_bit(others))/lowest_bit(link))/"},
    };
    setenv("VOXSTAT_KERNEL_FORM", "gpu", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases && has_double; i += EACH)
        expect_refused(VX_USE_FLIPS | VX_USE_TFCE, cases[i][0], cases[i][1], "TFCE");
    unsetenv("VOXSTAT_KERNEL_FORM");
}

static void test_build_log(void **state)
{
    (void)state;
    need_opencl();
    char folder[128];
    vx_error error = {0};
    change_kernels(folder, "signflip.cl", "s/vx_begin(&args/vx_begin(\\&nonsense/");
    assert_int_equal(open_with("VOXSTAT_KERNEL_DIR", folder, &error), VX_DEVICE);
    assert_non_null(strstr(error.message, "signflip.cl does not build"));
    assert_non_null(strstr(error.message, "nonsense"));
    assert_non_null(strstr(error.message, opencl));
    assert_int_equal(open_with("VOXSTAT_KERNEL_DIR", "/nowhere", &error), VX_DEVICE);
    assert_non_null(strstr(error.message, "/nowhere/relabel.cl"));
}

/* Every file of the cache overwritten; how many there were. */
static int spoil(const char *folder, const char *text)
{
    DIR *directory = opendir(folder);
    int files = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.') {
            char *path = vx_text("%s/%s", folder, entry->d_name);
            FILE *file = fopen(path, text ? "w" : "r+");
            assert_non_null(file);
            if (text) {
                fputs(text, file);
            } else { /* one byte near the end is changed */
                fseek(file, -100, SEEK_END);
                int byte = fgetc(file);
                fseek(file, -100, SEEK_END);
                fputc(byte ^ 1, file);
            }
            fclose(file);
            free(path);
            files++;
        }
    closedir(directory);
    return files;
}

static void test_cache(void **state)
{
    (void)state;
    need_opencl();
    char folder[128];
    vx_error error;
    snprintf(folder, sizeof folder, "%s/a/cache", scratch);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK); /* made, with the folder above it */
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK); /* read */
    assert_int_equal(spoil(folder, NULL), has_double ? 9 : 5); /* two programs of correlation, one of any other op */
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK);
    assert_int_equal(spoil(folder, ""), has_double ? 9 : 5);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", "/proc/nowhere", &error), VX_OK); /* cannot be made */
}

/* How many files there are in a folder. */
static int entries(const char *folder)
{
    DIR *directory = opendir(folder);
    int files = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        files += entry->d_name[0] != '.';
    closedir(directory);
    return files;
}

/* Opening builds the programs of what the device is to compute, and vx_device_need those that are missing. */
static void test_only_what_is_needed(void **state)
{
    (void)state;
    need_opencl();
    char folder[128];
    vx_device *device;
    vx_error error;
    snprintf(folder, sizeof folder, "%s/needed", scratch);
    setenv("VOXSTAT_CACHE_DIR", folder, 1);
    vx_device_options options = VX_OPTIONS(vx_device_options, .uses = VX_USE_FLIPS);
    assert_int_equal(vx_device_open(opencl, &options, &device, NULL, 0, &error), VX_OK);
    assert_int_equal(entries(folder), 2); /* relabel and signflip */
    assert_int_equal(vx_device_need(device, 1 << VX_OP_SIGNFLIP, &error), VX_OK);
    assert_int_equal(entries(folder), 2);
    assert_int_equal(vx_device_need(device, 1 << VX_OP_SIGNFLIP | 1 << VX_OP_CLUSTERS, &error), VX_OK);
    assert_int_equal(entries(folder), 3);
    vx_device_free(device);
    options.uses = VX_USE_REGRESSION;
    assert_int_equal(vx_device_open(opencl, &options, &device, NULL, 0, &error), VX_OK);
    assert_int_equal(entries(folder), 4); /* correlation without nuisance */
    vx_device_free(device);
    options.uses = VX_USE_NUISANCE;
    assert_int_equal(vx_device_open(opencl, &options, &device, NULL, 0, &error), VX_OK);
    assert_int_equal(entries(folder), 5); /* and beside it */
    assert_int_equal(vx_device_need(device, vx_op_bit(VX_OP_CORRELATION, 0), &error), VX_OK);
    assert_int_equal(entries(folder), 5);
    vx_device_free(device);
    setenv("VOXSTAT_CACHE_DIR", scratch, 1);
}

/* What is needed later is tested, too. */
static void test_later_need(void **state)
{
    (void)state;
    need_opencl();
    char folder[128];
    vx_device *device;
    vx_error error = {0};
    change_kernels(folder, "clusters.cl", "s/f->height.other. < 0 == negative/true/");
    setenv("VOXSTAT_KERNEL_DIR", folder, 1);
    const vx_device_options flips = VX_OPTIONS(vx_device_options, .uses = VX_USE_FLIPS);
    assert_int_equal(vx_device_open(opencl, &flips, &device, NULL, 0, &error), VX_OK);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(vx_device_need(device, 1 << VX_OP_CLUSTERS, &error), VX_DEVICE);
        assert_non_null(strstr(error.message, "self-test"));
    }
    vx_device_free(device);
    unsetenv("VOXSTAT_KERNEL_DIR");
}

/* The error of vx_device_list with a variable of the environment set. */
static void note_with(const char *variable, const char *value, char note[1000])
{
    vx_device_info *list;
    size_t count;
    vx_error error;
    char *before = getenv(variable) ? vx_copy_text(getenv(variable)) : NULL;
    setenv(variable, value, 1);
    assert_int_equal(vx_device_list(&list, &count, note, 1000, &error), VX_OK);
    if (before)
        setenv(variable, before, 1);
    else
        unsetenv(variable);
    free(before);
    free(list);
}

/* A folder that others may write to, and a link to a private folder, are neither read nor written; a remark says so. */
static void test_cache_of_others(void **state)
{
    (void)state;
    need_opencl();
    char open_to_all[128], link[128], other[128], note[1000];
    vx_error error;
    snprintf(open_to_all, sizeof open_to_all, "%s/open", scratch);
    snprintf(link, sizeof link, "%s/link", scratch);
    snprintf(other, sizeof other, "%s/other", scratch);
    assert_int_equal(mkdir(open_to_all, 0700) || chmod(open_to_all, 0777) || mkdir(other, 0700), 0);
    assert_int_equal(symlink("other", link), 0);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", open_to_all, &error), VX_OK);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", link, &error), VX_OK);
    assert_int_equal(entries(open_to_all) + entries(other), 0);
    note_with("VOXSTAT_CACHE_DIR", open_to_all, note);
    assert_non_null(strstr(note, open_to_all));
    assert_non_null(strstr(note, "others may write to it"));
    note_with("VOXSTAT_CACHE_DIR", link, note);
    assert_non_null(strstr(note, link));
    note_with("VOXSTAT_CACHE_DIR", other, note);
    assert_null(strstr(note, other));
    if (geteuid() == 0) {
        assert_int_equal(chown(other, 12345, 12345), 0);
        note_with("VOXSTAT_CACHE_DIR", other, note);
        assert_non_null(strstr(note, "another user"));
        assert_int_equal(open_with("VOXSTAT_CACHE_DIR", other, &error), VX_OK);
        assert_int_equal(entries(other), 0);
    }
}

/* Exchanges two files of the cache, each intact and valid under the other's name, then makes both writable by others.
 * The programs must be compiled and written again, with permissions for the user only. */
static void test_entries_of_others(void **state)
{
    (void)state;
    need_opencl();
    char folder[128], *path[2] = {0}, *third = NULL;
    struct stat before[2], after;
    vx_error error;
    snprintf(folder, sizeof folder, "%s/entries", scratch);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK);
    struct dirent **entry;
    int count = scandir(folder, &entry, NULL, alphasort);
    assert_true(count >= 4);
    for (int i = 0; i < 2; i++) {
        path[i] = vx_text("%s/%s", folder, entry[count - 1 - i]->d_name);
        assert_int_equal(stat(path[i], &before[i]), 0);
        assert_int_equal(before[i].st_mode & 0777, 0600);
    }
    third = vx_text("%s.third", path[0]);
    assert_int_equal(rename(path[0], third) || rename(path[1], path[0]) || rename(third, path[1]), 0);
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(stat(path[i], &after), 0);
        assert_int_equal(after.st_size, before[i].st_size); /* its own again */
        assert_int_equal(chmod(path[i], 0666), 0);
    }
    assert_int_equal(open_with("VOXSTAT_CACHE_DIR", folder, &error), VX_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(stat(path[i], &after), 0);
        assert_int_equal(after.st_mode & 0777, 0600);
        free(path[i]);
    }
    free(third);
    for (int i = 0; i < count; i++)
        free(entry[i]);
    free(entry);
}

/* A driver that is registered but does not load is named, with the linker's words, whatever other drivers do. The
 * loader reads its folder once a process, so a registered one cannot be taken away here. */
static void test_driver_that_does_not_load(void **state)
{
    (void)state;
    char folder[128], path[160], note[1000];
    snprintf(folder, sizeof folder, "%s/vendors", scratch);
    snprintf(path, sizeof path, "%s/broken.icd", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("libvoxstat-no-such-driver.so.1\n", file);
    fclose(file);
    note_with("OCL_ICD_VENDORS", folder, note);
    assert_non_null(strstr(note, path));
    assert_non_null(strstr(note, "libvoxstat-no-such-driver.so.1: cannot open shared object file"));
    assert_null(strstr(note, "no OpenCL driver is installed"));
}

static void test_buffers(void **state)
{
    (void)state;
    need_opencl();
    vx_device *device;
    vx_buffer *buffer, *empty;
    vx_error error;
    int32_t words[8];
    assert_int_equal(vx_device_open(opencl, NULL, &device, NULL, 0, &error), VX_OK);
    vx_backend *backend = vx_device_backend(device);
    assert_int_equal(backend->buffer_new(backend, sizeof words, &buffer, &error), VX_OK);
    assert_int_equal(backend->buffer_new(backend, 0, &empty, &error), VX_OK);
    assert_int_equal(backend->upload(backend, 0, buffer, 4, (int32_t[]){1, 2, 3}, 12, &error), VX_OK);
    assert_int_equal(backend->fill(backend, 0, buffer, 20, 8, -7, &error), VX_OK);
    assert_int_equal(backend->download(backend, 0, buffer, 0, words, sizeof words, &error), VX_OK);
    assert_memory_equal(words, ((int32_t[]){0, 1, 2, 3, 0, -7, -7, 0}), sizeof words);
    assert_int_equal(backend->download(backend, 0, buffer, 20, words, 4, &error), VX_OK);
    assert_int_equal(words[0], -7);
    backend->buffer_free(backend, buffer);
    backend->buffer_free(backend, empty);
    backend->buffer_free(backend, NULL);
    /* More than any device has: an error that names the device and the size, not a crash. */
    assert_int_equal(backend->buffer_new(backend, (size_t)1 << 60, &buffer, &error), VX_DEVICE);
    assert_null(buffer);
    assert_non_null(strstr(error.message, "CL_"));
    vx_device_free(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpu_comes_first), cmocka_unit_test(test_names),
        cmocka_unit_test(test_first_opencl),    cmocka_unit_test(test_wrong_kernels_are_refused),
        cmocka_unit_test(test_wrong_kernels_for_gpus), cmocka_unit_test(test_build_log), cmocka_unit_test(test_cache),
        cmocka_unit_test(test_only_what_is_needed), cmocka_unit_test(test_later_need),
        cmocka_unit_test(test_cache_of_others), cmocka_unit_test(test_entries_of_others),
        cmocka_unit_test(test_driver_that_does_not_load), cmocka_unit_test(test_buffers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

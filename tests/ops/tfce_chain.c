/* The longest chains of dependent steps of the op tfce in the form of its kernel for GPUs. A step that waits for
 * another takes up to 0.3 us there, and hundreds of maps are worked on at a time: a few thousand steps are some
 * microseconds of a map. The kernel counts them itself, by counters that this test puts into its text.
 *
 * Other stages have no need of counters. A pass of the sort has a round for 128 voxels, here at most 1,688, and an item
 * adds the terms of 4 stretches of entries, each of which has less than two blocks: at most 2,044. */
#define TFCE_VOXELS_MAX 216000
#include "tfce_maps.h"

#include <unistd.h>

enum { SIDE = 60, ROUGH = 4, MOST = 5000, MOST_ROUGH = 12000 };

/* What is counted: the longest chain of one voxel, or what item 0 does alone. */
enum { FOLLOW, SADDLES, JUMPS, CLIMB, ARCS, STAGES };
static const char *const stage_names[STAGES] = {"pointers from a voxel to its maximum", "saddles and their components",
                                                "jumps of merges", "merges from a maximum to an arc",
                                                "arcs that end in merges, and their blocks"};

/* Counters in the order of the stages. The result is the one that step_times numbers. */
static const struct {
    const char *file, *text, *becomes;
} edits[] = {
    {"tfce_map.h", "int saddles, arcs;", "int saddles, arcs, steps[5];"},
    {"tfce.cl", "m->saddles = 0;",
     "m->saddles = m->steps[0] = m->steps[1] = m->steps[2] = m->steps[3] = m->steps[4] = 0;"},
    {"tfce_arcs.h", "return result_of(m, best, m->dh);", "return m->steps[m->args.step_times];"},
    {"tfce_tree.h", "for (at = m->lead[place]; at >= 0; at = m->lead[at])\n            ;",
     "int n = 0;\nfor (at = m->lead[place]; at >= 0; at = m->lead[at])\n n++;\n atomic_max(&m->steps[0], n);"},
    {"tfce_tree.h", "static int latest(", "static int latest(__local int *steps, "},
    {"tfce_tree.h", "latest(m->up", "latest(&m->steps[1], m->up"},
    {"tfce_tree.h", "        up[a] = top;", "++*steps; up[a] = top;"},
    {"tfce_tree.h", "uint2 saddle = m->to[k];", "uint2 saddle = m->to[k]; m->steps[1]++;"},
    {"tfce_tree.h", "int next = m->parent[maxima + j]", "m->steps[2]++; int next = m->parent[maxima + j]"},
    {"tfce_tree.h", "int maxima = m->maxima, arc = maximum,", "int n = 0, maxima = m->maxima, arc = maximum,"},
    {"tfce_tree.h", "int j = next - maxima, far", "n++; int j = next - maxima, far"},
    {"tfce_tree.h", "            j = far;", "n++; j = far;"},
    {"tfce_tree.h", "\n    return arc;\n", "\n atomic_max(&m->steps[3], n); return arc;\n"},
    {"tfce_arcs.h", "size += size_after(m, arc);", "size += size_after(m, arc), m->steps[4]++;"},
    {"tfce_arcs.h", "largest = fmax(largest,", "m->steps[4]++, largest = fmax(largest,"},
    {"tfce_arcs.h", "b += block[e];", "b += block[e], m->steps[4] += arc >= m->maxima;"},
};

static char folder[] = "/tmp/voxstat-chain-XXXXXX";

static char *text_of(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Writes a file with every occurrence of a text replaced; there must be one. */
static void replace(const char *path, const char *text, const char *becomes, bool needed)
{
    char *from = vx_copy_text(text_of(path)), *at = from, *next;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    if (needed && !strstr(from, text))
        fail_msg("%s: has no \"%s\"", path, text);
    for (; (next = strstr(at, text)); at = next + strlen(text))
        fprintf(file, "%.*s%s", (int)(next - at), at, becomes);
    fputs(at, file);
    fclose(file);
    free(from);
}

/* A folder of kernels that count. */
static int count_in_kernels(void **state)
{
    (void)state;
    char command[512], path[256];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "cp %s/kernels/* %s", getenv("VOXSTAT_SOURCE"), folder);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, edits[i].file);
        replace(path, edits[i].text, edits[i].becomes, true);
        replace(path, "const VX_SHARED", "VX_SHARED", false);
    }
    setenv("VOXSTAT_KERNEL_FORM", "gpu", 1);
    setenv("VOXSTAT_KERNEL_DIR", folder, 1);
    return open_able_backends(state);
}

static int remove_kernels(void **state)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return free_backends(state) || system(command);
}

/* The steps of every stage on the positive tail of a map. */
static void steps_of(vx_backend *backend, const tfce_maps *m, double steps[STAGES])
{
    double best[MAPS_MAX][2];
    for (int stage = 0; stage < STAGES; stage++) {
        const vx_tfce_args args = {.tails = 1, .power = 3, .step_times = stage};
        best_of(backend, &args, m, best);
        steps[stage] = rint(3 * best[0][0]);
    }
}

/* A device that is not cpu, in the form for GPUs. */
static vx_backend *gpu_form(void)
{
    for (int b = 0; b < backend_count; b++)
        if (strncmp(backend_names[b], "cpu", 3) != 0)
            return backends[b];
    skip();
    return NULL;
}

/* Three peaks in a row of 9 voxels, at heights 5, 6 and 7, with saddles at 2 and 3 that merge them: each peak has a
 * neighbour on either side that points to it, two voxels are saddles, and the last merge is the other's parent. */
static void test_by_hand(void **state)
{
    (void)state;
    static tfce_maps m;
    static const float height[] = {4, 5, 2, 4, 6, 3, 4, 7, 1};
    double steps[STAGES];
    vx_backend *backend = gpu_form();
    m = (tfce_maps){.grid = {9, 1, 1, 26}, .maps = 1, .parallel = 1, .E = 0.5};
    for (int v = 0; v < 9; v++) {
        m.mask[v] = true;
        m.height[0][v] = height[v];
    }
    steps_of(backend, &m, steps);
    for (int stage = 0; stage < STAGES; stage++)
        print_message("%s: %g\n", stage_names[stage], steps[stage]);
    assert_true(steps[FOLLOW] == 1);
    assert_true(steps[SADDLES] == 2);
    assert_true(steps[JUMPS] == 2);
    assert_true(steps[CLIMB] >= 1 && steps[CLIMB] <= 2);
    assert_true(steps[ARCS] == 2 * 4 + 2);
}

/* Smooth maps of 216,000 voxels, FWHM 3.3, 5 and 6.7 voxels. The first is rougher than smoothed images are: it has
 * three times as many maxima as the second. */
static void test_brain(void **state)
{
    (void)state;
    static tfce_maps m;
    double steps[STAGES];
    vx_backend *backend = gpu_form();
    for (int times = ROUGH; times <= 16; times = times == ROUGH ? 9 : times + 7) {
        m = (tfce_maps){.grid = {SIDE, SIDE, SIDE, 26}, .maps = 1, .parallel = 1, .E = 0.5};
        smooth_maps(&m, times, 1e5);
        steps_of(backend, &m, steps);
        for (int stage = 0; stage < STAGES; stage++) {
            print_message("FWHM %.1f, %s: %g\n", 1.67 * sqrt(times), stage_names[stage], steps[stage]);
            assert_true(steps[stage] >= 1 && steps[stage] <= (times == ROUGH ? MOST_ROUGH : MOST));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_brain)};
    return cmocka_run_group_tests(tests, count_in_kernels, remove_kernels);
}

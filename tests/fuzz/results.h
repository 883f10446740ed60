/* A results folder in memory, removed with the process, in which a fuzz target replaces one file. With
 * VOXSTAT_FUZZ_SEED set, the intact file is copied to that path as a seed. */
#ifndef FUZZ_RESULTS_H
#define FUZZ_RESULTS_H

#include "unit/results_fixture.h"

#include "cli/summary.h"
#include "results/results.h"

#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***argument);

static void fuzz_remove(void)
{
    fixture_tear_down(NULL);
}

static void fuzz_put(const char *path, const uint8_t *data, size_t size)
{
    const int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file))
        abort();
}

static void fuzz_folder(const char *seed)
{
    vx_error error;
    strcpy(fixture_folder, "/dev/shm/voxstat-fuzz-XXXXXX");
    if (!mkdtemp(fixture_folder) || atexit(fuzz_remove) ||
        fixture_write_results(VOXSTAT_VERSION, VX_P_LOG10, &error))
        abort();
    if (getenv("VOXSTAT_FUZZ_SEED")) {
        static uint8_t bytes[1 << 20];
        const int file = open(fixture_path(seed), O_RDONLY);
        const ssize_t size = read(file, bytes, sizeof bytes);
        if (size < 0 || close(file))
            abort();
        fuzz_put(getenv("VOXSTAT_FUZZ_SEED"), bytes, (size_t)size);
    }
}

/* Reads the results and prints their tables; an error leaves nothing allocated and always has a message. */
static void fuzz_read(void)
{
    static FILE *nowhere;
    vx_results *results = NULL;
    vx_error error = {0};
    nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
    vx_status status = vx_results_open(fixture_folder, &results, &error);
    if (status && (results || !error.message[0]))
        abort();
    for (size_t m = 0; !status && m < results->modalities; m++) {
        const vx_results_modality *modality = &results->modality[m];
        float *mask = NULL;
        if (vx_results_mask(results, modality, &mask, &error) && mask)
            abort();
        free(mask);
        float *strips = NULL;
        if (modality->quality.images && vx_results_strips(results, modality, &strips, &error) && strips)
            abort();
        free(strips);
        for (size_t e = 0; e < modality->effects; e++) {
            const vx_results_effect *effect = &modality->effect[e];
            for (size_t v = 0; v < effect->volumes; v++) {
                float *map = NULL;
                if (vx_results_volume_map(results, effect, &effect->volume[v], &modality->grid, VX_P_FWE_VOXEL, &map,
                                          &error) && map)
                    abort();
                free(map);
            }
            for (int k = 0; k < 6; k++) {
                float *map = NULL;
                if (vx_results_map(results, effect, &modality->grid, fixture_results_maps[e % 2][k].quantity, &map,
                                   &error) && map)
                    abort();
                free(map);
            }
        }
    }
    if (!status && nowhere) {
        vx_summary_print(results, true, nowhere, &error);
        vx_summary_print_outcomes(results, false, nowhere, &error);
        for (size_t m = 0; m < results->modalities; m++)
            for (size_t e = 0; e < results->modality[m].effects; e++)
                vx_summary_print_clusters(results, &results->modality[m].effect[e], nowhere, &error);
        vx_summary_say(results, nowhere);
    }
    vx_results_close(results);
}

#endif

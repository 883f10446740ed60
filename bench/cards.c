/* The cards that the bench knows, and what compilers say of the kernels for them. */
#include "bench/card.h"

#include "base/embedded.h"

#include <stdlib.h>
#include <string.h>

/* gpu_budgets.tsv */
extern const vx_embedded vx_embedded_bench[];

#define LUO "latencies: Luo et al. 2024, arXiv:2402.13499"

/* The largest buffer of NVIDIA's OpenCL is a quarter of the memory. */
const vx_card vx_card_table[VX_CARDS] = {
    {"H100 80GB", "sm_90", 132, 128, 64, 1.98, 1.0 / 2, 3350, 5500, 79.1, 19.8, 0.050, 479, 263,
     "NVIDIA H100 white paper (SXM5); cache rate: Chips and Cheese 2023 (PCIe); " LUO},
    {"H200 141GB", "sm_90", 132, 128, 64, 1.98, 1.0 / 2, 4800, 5500, 139, 34.7, 0.050, 479, 263,
     "NVIDIA H200 data sheet; the rest as the H100"},
    {"A100 40GB", "sm_80", 108, 64, 64, 1.41, 1.0 / 2, 1555, 7200, 39.4, 9.85, 0.040, 466, 262,
     "NVIDIA A100 white paper (SXM4), cache at 5,120 bytes a clock; " LUO},
    {"RTX 4090 24GB", "sm_89", 128, 128, 64, 2.52, 1.0 / 64, 1008, 5000, 23.6, 5.9, 0.072, 542, 273,
     "NVIDIA Ada white paper; cache rate estimated; " LUO},
    {"RTX 3060 12GB", "sm_89", 28, 128, 64, 1.777, 1.0 / 64, 360, 1500, 11.8, 2.95, 0.003, 480, 240,
     "NVIDIA GA102 white paper and the card's data sheet; cache rate and latencies estimated"},
    {"MI250X GCD 64GB", "gfx90a", 110, 64, 64, 1.7, 1.0, 1638, 6960, 64, 54.4, 0.008, 700, 300,
     "AMD CDNA 2 white paper, cache at 4,096 bytes a clock; latencies estimated"},
    {"RX 6800 16GB", "gfx1030", 60, 64, 64, 2.105, 1.0 / 16, 512, 1660, 16, 13.6, 0.128, 480, 260,
     "AMD's data sheet, its last cache as the second level; latencies estimated"},
};

bool vx_gpu_code_find(const char *kernel, const char *target, vx_gpu_code *code)
{
    const size_t name = strlen(kernel), other = strlen(target);
    for (const char *line = vx_embedded_bench[0].text; line; line = strchr(line, '\n')) {
        char step[16];
        line += *line == '\n';
        if (strncmp(line, kernel, name))
            continue;
        const char *cells = line + name + (strncmp(line + name, ".0", 2) ? 0 : 2);
        if (*cells != '\t' || strncmp(cells + 1, target, other) || cells[1 + other] != '\t')
            continue;
        if (sscanf(cells + 1 + other, "%d %*d %*d %*d %d %*d %15s", &code->registers, &code->groups, step) != 3)
            return false;
        code->step = strtod(step, NULL); /* 0 for the dash of what is not counted */
        return true;
    }
    return false;
}

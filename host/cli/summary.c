#include "cli/run.h"

#include "base/memory.h"
#include "cli/terminal.h"

#include <math.h>
#include <string.h>

static const double significant = 0.05;

/* The p-maps in the order of the table's columns. */
static const struct {
    const char *map, *title;
} correction[] = {
    {"p-uncorrected", "p uncorrected"}, {"p-fdr", "p fdr"},       {"p-fwe-voxel", "p voxel"},
    {"p-fwe-extent", "p extent"},       {"p-fwe-mass", "p mass"},     {"p-fwe-tfce", "p tfce"},
};

enum { CORRECTIONS = sizeof correction / sizeof *correction, COLUMNS = 6 + CORRECTIONS + 3, CELL = 80 };

typedef struct vx_summary_row {
    char cell[COLUMNS][CELL];
    bool marked[COLUMNS]; /* stands out on a terminal: what survives a correction */
} vx_summary_row;

/* The voxel of the largest |t|, or of the largest or smallest t where one tail is tested. */
static int64_t peak(const vx_map *t, int64_t voxels, vx_tails tails)
{
    int64_t best = 0;
    double highest = -INFINITY;
    for (int64_t v = 0; v < voxels; v++) {
        double value = tails == VX_TWO_TAILS ? fabs(t->value[v]) : tails == VX_POSITIVE ? t->value[v] : -t->value[v];
        if (value > highest) {
            highest = value;
            best = v;
        }
    }
    return best;
}

static void peak_mm(const vx_matrix *matrix, int64_t voxel, double mm[3])
{
    const vx_grid *grid = &matrix->grid;
    int64_t linear = matrix->index[voxel];
    double ijk[3] = {(double)(linear % grid->dim[0]), (double)(linear / grid->dim[0] % grid->dim[1]),
                     (double)(linear / grid->dim[0] / grid->dim[1])};
    for (int row = 0; row < 3; row++) {
        mm[row] = grid->affine[row][3];
        for (int i = 0; i < 3; i++)
            mm[row] += grid->affine[row][i] * ijk[i];
    }
}

static double smallest(const vx_map *map, int64_t voxels)
{
    double low = INFINITY;
    for (int64_t v = 0; v < voxels; v++)
        low = fmin(low, map->value[v]);
    return low;
}

static int64_t count_significant(const vx_map *map, int64_t voxels)
{
    int64_t count = 0;
    for (int64_t v = 0; v < voxels; v++)
        count += map->value[v] < significant;
    return count;
}

static size_t significant_clusters(const vx_result *result, bool by_mass)
{
    size_t count = 0;
    for (size_t i = 0; i < result->clusters; i++)
        count += (by_mass ? result->cluster[i].p_mass : result->cluster[i].p_extent) < significant;
    return count;
}

static void fill_row(const vx_run_modality *modality, int64_t e, vx_summary_row *row)
{
    const vx_result *result = modality->result[e];
    const vx_map *t = vx_result_map(result, "t");
    int64_t voxels = modality->matrix->voxels, v = peak(t, voxels, result->options.tails);
    unsigned correct = result->options.correct;
    double mm[3];
    int c = 0;
    peak_mm(modality->matrix, v, mm);
    snprintf(row->cell[c++], CELL, "%s %s", modality->study->name, result->effect->name);
    snprintf(row->cell[c++], CELL, "%.0f", result->effect->df);
    snprintf(row->cell[c++], CELL, "%.3f", t->value[v]);
    for (int i = 0; i < 3; i++)
        snprintf(row->cell[c++], CELL, "%.1f", mm[i]);
    for (size_t i = 0; i < CORRECTIONS; i++, c++) {
        const vx_map *map = vx_result_map(result, correction[i].map);
        double p = map ? smallest(map, voxels) : 1;
        if (map)
            snprintf(row->cell[c], CELL, "%.4g", p);
        row->marked[c] = i > 0 && p < significant; /* 0: not corrected */
    }
    snprintf(row->cell[c++], CELL, "%zu", result->clusters);
    for (int by_mass = 0; by_mass < 2; by_mass++, c++) {
        size_t count = significant_clusters(result, by_mass);
        if (!(correct & (by_mass ? VX_CORRECT_MASS : VX_CORRECT_EXTENT)))
            continue;
        snprintf(row->cell[c], CELL, "%zu", count);
        row->marked[c] = count > 0;
    }
}

static void fill_titles(vx_summary_row *row)
{
    static const char *const title[] = {"effect", "df", "peak t", "x mm", "y mm", "z mm"};
    int c = 0;
    for (size_t i = 0; i < sizeof title / sizeof *title; i++)
        snprintf(row->cell[c++], CELL, "%s", title[i]);
    for (size_t i = 0; i < CORRECTIONS; i++)
        snprintf(row->cell[c++], CELL, "%s", correction[i].title);
    snprintf(row->cell[c++], CELL, "clusters");
    snprintf(row->cell[c++], CELL, "extent<%.2f", significant);
    snprintf(row->cell[c++], CELL, "mass<%.2f", significant);
}

/* Columns as wide as they must be; one that no effect fills is left out. On a terminal titles are bold, and so is, in
 * green, what survives a correction. */
static void print_rows(FILE *out, const vx_summary_row *row, size_t rows)
{
    int width[COLUMNS] = {0};
    bool colours = vx_colours(out);
    for (int c = 0; c < COLUMNS; c++) {
        bool filled = false;
        for (size_t r = 0; r < rows; r++) {
            int length = (int)strlen(row[r].cell[c]);
            filled |= r && length;
            width[c] = length > width[c] ? length : width[c];
        }
        width[c] = filled ? width[c] : 0;
    }
    for (size_t r = 0; r < rows; r++) {
        fprintf(out, "%s%-*s", colours && !r ? "\033[1m" : "", width[0], row[r].cell[0]);
        for (int c = 1; c < COLUMNS; c++) {
            bool marked = colours && row[r].marked[c];
            if (width[c])
                fprintf(out, "  %s%*s%s", marked ? "\033[1;32m" : "", width[c], row[r].cell[c],
                        marked ? "\033[0m" : "");
        }
        fprintf(out, "%s\n", colours && !r ? "\033[0m" : "");
    }
}

vx_status vx_summary_print(const vx_run *run, FILE *out, vx_error *error)
{
    size_t rows = 1, filled = 1;
    for (size_t m = 0; m < run->study->modalities; m++)
        rows += (size_t)run->modality[m].model->effects;
    vx_summary_row *row = vx_array_zero(rows, sizeof *row);
    if (!row)
        return vx_fail_memory(error);
    fill_titles(row);
    for (size_t m = 0; m < run->study->modalities; m++) {
        for (int64_t e = 0; e < run->modality[m].model->effects; e++)
            fill_row(run->modality + m, e, row + filled++);
    }
    print_rows(out, row, rows);
    free(row);
    return VX_OK;
}

/* One line an effect: how much survives each correction. */
static void say_found(const vx_run *run, const vx_run_modality *modality, const vx_result *result)
{
    static const struct {
        const char *map, *name;
    } by_voxel[] = {{"p-fwe-voxel", "family-wise"}, {"p-fwe-tfce", "TFCE"}, {"p-fdr", "false discovery rate"}};
    const char *join = "";
    char a[32];
    vx_say(run, "%s %s: p < %.2f in ", modality->study->name, result->effect->name, significant);
    for (size_t i = 0; i < sizeof by_voxel / sizeof *by_voxel; i++) {
        const vx_map *map = vx_result_map(result, by_voxel[i].map);
        int64_t count = map ? count_significant(map, modality->matrix->voxels) : 0;
        if (map)
            vx_say(run, "%s%s voxel%s (%s)", join, vx_grouped((uint64_t)count, a), count == 1 ? "" : "s",
                   by_voxel[i].name);
        join = map ? ", " : join;
    }
    for (int by_mass = 0; by_mass < 2; by_mass++) {
        size_t count = significant_clusters(result, by_mass);
        if (!(result->options.correct & (by_mass ? VX_CORRECT_MASS : VX_CORRECT_EXTENT)))
            continue;
        vx_say(run, "%s%zu cluster%s (%s)", join, count, count == 1 ? "" : "s", by_mass ? "mass" : "extent");
        join = ", ";
    }
    vx_say(run, "; smallest p possible %.2g\n", result->plan.p_smallest);
}

void vx_summary_say(const vx_run *run)
{
    for (size_t m = 0; m < run->study->modalities; m++) {
        for (int64_t e = 0; e < run->modality[m].model->effects; e++)
            say_found(run, run->modality + m, run->modality[m].result[e]);
    }
    vx_say(run, "results: %s\n", run->out);
    vx_say(run, "time: %.1f s, of which reading %.1f s, permutations %.1f s, writing %.1f s\n",
           vx_seconds() - run->start, run->seconds_read, run->seconds_infer, run->seconds_write);
}

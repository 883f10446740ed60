#include "prepare/spline.h"

#include "base/memory.h"

#include <math.h>

enum {
    LANES = 8, /* lines that are filtered at the same time */
    LAYERS = 8
};

/* ---- coefficients: Unser 1999, box 2 ---- */

static const double pole = -0.26794919243112270647; /* sqrt(3) - 2, a root of z + 4 + 1/z */
static const double gain = 6;

/* Lines of a volume: element k of line l is at k * stride + l * apart. */
typedef struct line_set {
    int64_t length, stride, apart;
    int lines;
} line_set;

/* c+(0): the sum over k >= 0 of pole^k s(k), where s is mirrored at both ends and has a period of 2 (length - 1). */
static double causal_start(const line_set *at, const double *s)
{
    const double last = pow(pole, (double)(at->length - 1));
    double sum = s[0] + last * s[(at->length - 1) * at->stride], ahead = pole, back = last * last / pole;
    for (int64_t k = 1; k < at->length - 1; k++) {
        sum += (ahead + back) * s[k * at->stride];
        ahead *= pole;
        back /= pole;
    }
    return gain * sum / (1 - last * last);
}

static void filter(const line_set *at, double *s)
{
    const int64_t end = at->length - 1;
    double start[LANES];
    for (int l = 0; l < at->lines; l++)
        start[l] = causal_start(at, s + l * at->apart);
    for (int l = 0; l < at->lines; l++)
        s[l * at->apart] = start[l];
    for (int64_t k = 1; k <= end; k++)
        for (int l = 0; l < at->lines; l++) {
            double *here = s + k * at->stride + l * at->apart;
            *here = gain * *here + pole * here[-at->stride];
        }
    for (int l = 0; l < at->lines; l++) {
        double *here = s + end * at->stride + l * at->apart;
        *here = pole / (pole * pole - 1) * (*here + pole * here[-at->stride]);
    }
    for (int64_t k = end - 1; k >= 0; k--)
        for (int l = 0; l < at->lines; l++) {
            double *here = s + k * at->stride + l * at->apart;
            *here = pole * (here[at->stride] - *here);
        }
}

/* Filters along one axis of an array of shape outer x length x inner. */
static void filter_axis(double *value, int64_t outer, int64_t length, int64_t inner)
{
    const int64_t across = inner > 1 ? inner : outer; /* lines that are `apart` */
    const int64_t tiles = (across + LANES - 1) / LANES;
#pragma omp parallel for schedule(static)
    for (int64_t tile = 0; tile < (inner > 1 ? outer : 1) * tiles; tile++) {
        const int64_t first = tile % tiles * LANES;
        const line_set at = {.length = length, .stride = inner, .apart = inner > 1 ? 1 : length,
                             .lines = across - first < LANES ? (int)(across - first) : LANES};
        filter(&at, value + tile / tiles * length * inner + first * at.apart);
    }
}

void vx_spline_coefficients(const int64_t dim[3], double *value)
{
    int64_t inner = 1;
    for (int k = 0; k < 3; k++) {
        if (dim[k] > 1) /* a mirrored line of one voxel is constant, and is its own coefficient */
            filter_axis(value, dim[0] * dim[1] * dim[2] / (dim[k] * inner), dim[k], inner);
        inner *= dim[k];
    }
}

/* ---- values ---- */

/* The four voxels whose splines reach a point, mirrored into the line, and their weights. */
static void weigh(double point, int64_t length, int64_t place[4], double weight[4])
{
    const double below = floor(point), t = point - below, u = 1 - t;
    const int64_t period = length > 1 ? 2 * (length - 1) : 1;
    weight[0] = u * u * u / 6;
    weight[1] = 2.0 / 3 - t * t * (2 - t) / 2;
    weight[2] = 2.0 / 3 - u * u * (2 - u) / 2;
    weight[3] = t * t * t / 6;
    for (int i = 0; i < 4; i++) {
        int64_t at = ((int64_t)below - 1 + i) % period;
        at = at < 0 ? at + period : at;
        place[i] = at < length ? at : period - at;
    }
}

double vx_spline_at(const int64_t dim[3], const double *coefficient, const double point[3])
{
    int64_t place[3][4];
    double weight[3][4], sum = 0;
    for (int k = 0; k < 3; k++)
        weigh(point[k], dim[k], place[k], weight[k]);
    for (int z = 0; z < 4; z++) {
        double slice = 0;
        for (int y = 0; y < 4; y++) {
            const double *row = coefficient + dim[0] * (place[1][y] + dim[1] * place[2][z]);
            double line = 0;
            for (int x = 0; x < 4; x++)
                line += weight[0][x] * row[place[0][x]];
            slice += weight[1][y] * line;
        }
        sum += weight[2][z] * slice;
    }
    return sum;
}

/* ---- continuation ---- */

/* Neighbours that share a face. Returns their number. */
static int faces(const int64_t dim[3], int64_t at, int64_t neighbour[6])
{
    int64_t stride = 1, rest = at;
    int count = 0;
    for (int k = 0; k < 3; k++) {
        const int64_t i = rest % dim[k];
        if (i > 0)
            neighbour[count++] = at - stride;
        if (i < dim[k] - 1)
            neighbour[count++] = at + stride;
        rest /= dim[k];
        stride *= dim[k];
    }
    return count;
}

enum { MISSING, VALUE, QUEUED };

static bool next_to_value(const int64_t dim[3], const unsigned char *state, int64_t at)
{
    int64_t neighbour[6];
    const int count = faces(dim, at, neighbour);
    for (int i = 0; i < count; i++)
        if (state[neighbour[i]] == VALUE)
            return true;
    return false;
}

/* The mean of the neighbours that have values. */
static double mean_near(const int64_t dim[3], const unsigned char *state, const double *value, int64_t at)
{
    int64_t neighbour[6];
    const int count = faces(dim, at, neighbour);
    double sum = 0;
    int values = 0;
    for (int i = 0; i < count; i++)
        if (state[neighbour[i]] == VALUE) {
            sum += value[neighbour[i]];
            values++;
        }
    return sum / values;
}

/* Gives the `layer` voxels at the front of the queue their values, and puts the missing voxels next to them in their
 * place. Returns their number. */
static int64_t fill_layer(const int64_t dim[3], unsigned char *state, double *value, int64_t **queue, int64_t layer)
{
    int64_t *const at = *queue, *const behind = at + layer;
    int64_t next = 0, neighbour[6];
    for (int64_t i = 0; i < layer; i++)
        value[at[i]] = mean_near(dim, state, value, at[i]);
    for (int64_t i = 0; i < layer; i++)
        state[at[i]] = VALUE;
    for (int64_t i = 0; i < layer; i++) {
        const int count = faces(dim, at[i], neighbour);
        for (int k = 0; k < count; k++)
            if (state[neighbour[k]] == MISSING) {
                state[neighbour[k]] = QUEUED;
                behind[next++] = neighbour[k];
            }
    }
    *queue = behind;
    return next;
}

/* Marks the voxels that have values. Returns the number of those that do not, and sets the mean of the others. */
static int64_t mark_values(const double *value, int64_t voxels, unsigned char *state, double *mean)
{
    int64_t missing = 0;
    double sum = 0;
    for (int64_t v = 0; v < voxels; v++) {
        state[v] = isnan(value[v]) ? MISSING : VALUE;
        missing += state[v] == MISSING;
        sum += state[v] == VALUE ? value[v] : 0;
    }
    *mean = missing < voxels ? sum / (double)(voxels - missing) : 0;
    return missing;
}

vx_status vx_spline_continue(const int64_t dim[3], double *value, vx_error *error)
{
    const int64_t voxels = dim[0] * dim[1] * dim[2];
    double mean;
    unsigned char *state = vx_array((size_t)voxels, 1);
    if (!state)
        return vx_fail_memory(error);
    const int64_t missing = mark_values(value, voxels, state, &mean);
    int64_t *queued = vx_array((size_t)missing, sizeof *queued), *queue = queued, layer = 0; /* each once */
    const vx_status status = queued ? VX_OK : vx_fail_memory(error);
    for (int64_t v = 0; v < voxels && !status; v++)
        if (state[v] == MISSING && next_to_value(dim, state, v)) {
            state[v] = QUEUED;
            queue[layer++] = v;
        }
    for (int times = 0; times < LAYERS && layer; times++)
        layer = fill_layer(dim, state, value, &queue, layer);
    for (int64_t v = 0; v < voxels && !status; v++)
        if (state[v] != VALUE)
            value[v] = mean;
    free(queued);
    free(state);
    return status;
}

/* Every permuted t of small designs against a plain refit of the full model, in double: Winkler et al. 2014's
 * Freedman-Lane, for permutations and for sign flips, with two nuisance columns and without, on every device.
 *
 * Two steps are tested separately. First, the closed form of r and t, computed in double from x~ and q of vx_effect and
 * the relabelling of permutation.h, equals the refit to 1e-9. Second, the maxima of the devices are within a bound
 * derived below. */
#include "fixture.h"
#include "args.h"
#include "model/relabelling.h"

enum { N = 12, V = 7, DRAWS = 200, NUISANCE = 2 };
static const int dim[3] = {7, 1, 1};
static const double age[N] = {67, 71, 59, 80, 63, 75, 66, 70, 58, 77, 61, 73};
static const double sex[N] = {0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1};
static const double score[N] = {5, 3.5, 7.25, 4, 8.5, 2.75, 4, 6.5, 5, 3, 9.75, 4};
static const double *const nuisance[NUISANCE] = {age, sex};

typedef struct problem {
    vx_matrix *matrix;
    vx_model *model;
    const vx_effect *effect;
    vx_relabellings *relabellings;
    double y[V][N];
    double x[N], z[(1 + NUISANCE) * N]; /* as a person writes them: centred columns and ones */
    int z_columns;
} problem;

static void centre(const double *value, double *centred)
{
    double mean = 0.0;
    for (int i = 0; i < N; i++)
        mean += value[i] / N;
    for (int i = 0; i < N; i++)
        centred[i] = value[i] - mean;
}

/* Data that depend on nuisance and score, so that a forgotten nuisance or a wrong direction shows. */
static void problem_new(problem *p, vx_scheme scheme, int nuisances)
{
    float *data = fixture_noise(77, N, V);
    for (int i = 0; i < N; i++)
        for (int v = 0; v < V; v++) {
            data[i * V + v] += (float)(0.4 + 0.08 * v * (age[i] - 68) + sex[i] * (v - 2) + 0.2 * v * (score[i] - 5));
            p->y[v][i] = data[i * V + v];
        }
    p->matrix = fixture_matrix(dim, N, V, data, NULL);
    free(data);
    p->model = fixture_model(N, score, nuisances, nuisance, VX_PEARSON);
    p->effect = &p->model->effect[scheme == VX_PERMUTE];
    assert_int_equal(p->effect->scheme, scheme);
    vx_error error = {0};
    check(vx_relabellings_new(p->effect, DRAWS, 9, &p->relabellings, &error), error);
    p->z_columns = 0;
    for (int j = 0; j < nuisances; j++)
        centre(nuisance[j], p->z + N * p->z_columns++);
    for (int i = 0; i < N; i++)
        p->x[i] = 1.0;
    if (scheme == VX_PERMUTE) {
        for (int i = 0; i < N; i++)
            p->z[N * p->z_columns + i] = 1.0;
        p->z_columns++;
        centre(score, p->x);
    }
}

static void problem_free(problem *p)
{
    vx_relabellings_free(p->relabellings);
    vx_model_free(p->model);
    vx_matrix_free(p->matrix);
}

typedef struct relabelling {
    int32_t order[N];
    int8_t sign[N];
    bool flips;
} relabelling;

static relabelling relabelling_at(const problem *p, uint64_t index)
{
    vx_sort_key scratch[N];
    relabelling r = {.flips = p->effect->scheme == VX_SIGN_FLIP};
    vx_relabellings_get(p->relabellings, index, &(vx_relabelling){r.order, r.sign, scratch});
    return r;
}

static double refit(const problem *p, int v, const relabelling *r)
{
    return reference_freedman_lane(N, p->x, p->z_columns, p->z, p->y[v], r->flips ? NULL : r->order,
                                   r->flips ? r->sign : NULL);
}

/* The equation of model.h in double: design row i is paired with data row order[i]. Gives r, and the length of the unit
 * data's residual on the relabelled nuisance, which divides the rounding of the devices. */
static double closed_form(const problem *p, int v, const relabelling *r, double *remains)
{
    const vx_effect *e = p->effect;
    reference_fit residual = reference_ols(N, p->z_columns, p->z, p->y[v], 0);
    double square = 0.0, d = 0.0, left = 1.0;
    for (int i = 0; i < N; i++)
        square += residual.residual[i] * residual.residual[i];
    for (int64_t j = -1; j < e->nuisance; j++) {
        const double *row = j < 0 ? e->x : e->q + j * N;
        double dot = 0.0;
        for (int i = 0; i < N; i++)
            dot += row[i] * (r->flips ? r->sign[i] * residual.residual[i] : residual.residual[r->order[i]]);
        dot /= sqrt(square);
        d = j < 0 ? dot : d;
        left -= j < 0 ? 0.0 : dot * dot;
    }
    *remains = sqrt(left);
    return d / sqrt(left);
}

/* 1e-9 of max(1, |t|): the normal equations square the condition of the design, here about 50, so double leaves
 * 1e-12. */
static void closed_form_is_the_refit(void **state)
{
    (void)state;
    for (int c = 0; c < 4; c++) {
        problem p;
        problem_new(&p, c % 2 ? VX_PERMUTE : VX_SIGN_FLIP, c / 2 ? NUISANCE : 0);
        assert_int_equal(p.effect->nuisance, c / 2 ? NUISANCE : 0);
        assert_true(p.effect->df == N - 1 - p.z_columns);
        for (uint64_t index = 0; index <= DRAWS; index++) {
            relabelling r = relabelling_at(&p, index);
            for (int v = 0; v < V; v++) {
                double remains, rho = closed_form(&p, v, &r, &remains);
                double t = sqrt(p.effect->df) * rho / sqrt(1.0 - rho * rho), expected = refit(&p, v, &r);
                fixture_near(t, expected, 1e-9 * fmax(1.0, fabs(expected)), "t", (long)index * V + v);
            }
        }
        problem_free(&p);
    }
}

/* The bound of the error of a device's t, with u = 2^-24:
 *
 *   1. A dot product of two unit vectors of floats, each rounded once, in N fused steps: (N + 2) u.
 *   2. d and the k values q_j have that error, r = d / s, s = sqrt(1 - sum q_j^2), and sum, root and division add 3 u:
 *      |dr| <= (N + 2) u (1 + |r| sqrt(k)) / s + 3 u.
 *   3. dt = sqrt(df) (1 + t^2 / df)^(3/2) dr.
 *
 * Sign flips without nuisance are integers, with the smaller error of N halves of 2^-28 (N <= 16). */
static double device_bound(const problem *p, double t, double remains)
{
    double df = p->effect->df, r = fabs(t) / sqrt(df + t * t), u = 0x1p-24;
    double dr = (N + 2) * u * (1.0 + r * sqrt((double)p->effect->nuisance)) / remains + 3.0 * u;
    if (p->effect->nuisance > 0) /* the rounding of 1 - sum q_j^2, and the amount by which the op raises r */
        dr += (3.0 * u * r + (double)VX_R_ROUNDING(N, p->effect->nuisance) * (1 - remains * remains)) /
              (remains * remains);
    return sqrt(df) * pow(1.0 + t * t / df, 1.5) * dr;
}

static void devices_keep_the_bound(void **state)
{
    char device[8][32];
    int devices = fixture_devices(device, 8);
    (void)state;
    for (int c = 0; c < 4; c++) {
        problem p;
        problem_new(&p, c % 2 ? VX_PERMUTE : VX_SIGN_FLIP, c / 2 ? NUISANCE : 0);
        vx_inference_options options = vx_inference_defaults();
        options.permutations = DRAWS;
        options.seed = 9;
        options.correct = VX_CORRECT_VOXEL;
        for (int run = 0; run < 3 * devices; run++) {
            options.tails = (vx_tails)(run % 3);
            vx_result *result = fixture_run(device[run / 3], 1, p.matrix, p.effect, &options);
            assert_int_equal(result->null.count, DRAWS + 1);
            double exceed[V] = {0}, observed[V];
            for (uint64_t index = 0; index <= DRAWS; index++) {
                relabelling r = relabelling_at(&p, index);
                double least = -INFINITY, most = -INFINITY;
                for (int v = 0; v < V; v++) {
                    double remains, t = refit(&p, v, &r);
                    closed_form(&p, v, &r, &remains);
                    double bound = device_bound(&p, t, remains);
                    t = options.tails == VX_TWO_TAILS ? fabs(t) : options.tails == VX_POSITIVE ? t : -t;
                    least = fmax(least, t - bound);
                    most = fmax(most, t + bound);
                    observed[v] = index ? observed[v] : t;
                    exceed[v] += t >= observed[v] - 1e-9;
                }
                double got = result->null.voxel[index];
                if (!(got >= least && got <= most))
                    fail_msg("%s, case %d, tails %d, relabelling %d: %.9g outside [%.9g, %.9g]", device[run / 3], c,
                             run % 3, (int)index, got, least, most);
            }
            for (int v = 0; c > 0 && v < V; v++) /* case 0 counts all flips without drawing them: see tfce.c */
                fixture_near(fixture_map(result, "p-uncorrected")[v], exceed[v] / (DRAWS + 1), 1e-7, "p", v);
            vx_result_free(result);
        }
        problem_free(&p);
    }
}

/* The tests above would be idle if the wrong direction, or a nuisance that is not relabelled, gave the same maxima. */
static void the_cases_tell_apart(void **state)
{
    int direction = 0, forgotten = 0;
    problem p;
    (void)state;
    problem_new(&p, VX_PERMUTE, NUISANCE);
    for (uint64_t index = 1; index <= DRAWS; index++) {
        relabelling r = relabelling_at(&p, index), inverse = r;
        for (int i = 0; i < N; i++)
            inverse.order[r.order[i]] = i;
        double most = 0, other = 0, without = 0, remains;
        for (int v = 0; v < V; v++) {
            double rho = closed_form(&p, v, &r, &remains) * remains;
            most = fmax(most, fabs(refit(&p, v, &r)));
            other = fmax(other, fabs(refit(&p, v, &inverse)));
            without = fmax(without, fabs(sqrt(p.effect->df) * rho / sqrt(1 - rho * rho)));
        }
        direction += fabs(most - other) > 1e-3;
        forgotten += fabs(most - without) > 1e-3;
    }
    assert_true(direction > DRAWS * 9 / 10);
    assert_true(forgotten > DRAWS * 9 / 10);
    problem_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_form_is_the_refit),
        cmocka_unit_test(devices_keep_the_bound),
        cmocka_unit_test(the_cases_tell_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

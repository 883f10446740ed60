/* Prints what to expect of a card. */
#include "bench/card.h"

#include "base/error.h"
#include "base/number.h"

#include <ctype.h>
#include <string.h>

enum { VOXELS = 228010 }; /* of a brain at 2 mm */

/* What the cards should reach, seconds a relabelling; a job in all. */
static const struct {
    const char *card;
    vx_estimate_row row; /* VX_ESTIMATES: the default job */
    double seconds;
} target[] = {
    {"H100 80GB", VX_ESTIMATE_CORRELATION, 0.3e-6},
    {"H100 80GB", VX_ESTIMATE_TFCE, 20e-6},
    {"RTX 3060 12GB", VX_ESTIMATE_TFCE, 100e-6},
    {"RTX 3060 12GB", VX_ESTIMATES, 10},
};

static double target_of(const vx_card *card, vx_estimate_row row)
{
    for (size_t i = 0; i < sizeof target / sizeof *target; i++)
        if (!strcmp(target[i].card, card->name) && target[i].row == row)
            return target[i].seconds;
    return 0;
}

/* Whether `name` begins with `begin`, without regard to case and blanks. */
static bool begins(const char *name, const char *begin)
{
    for (;;) {
        name += strspn(name, " ");
        begin += strspn(begin, " ");
        if (!*begin || tolower((unsigned char)*name) != tolower((unsigned char)*begin))
            return !*begin;
        name++, begin++;
    }
}

static const vx_card *find_card(const char *name)
{
    const vx_card *found = NULL;
    for (int i = 0; i < VX_CARDS; i++)
        if (begins(vx_card_table[i].name, name)) {
            if (found)
                return NULL;
            found = &vx_card_table[i];
        }
    return *name ? found : NULL;
}

static void put_cards(FILE *to)
{
    fprintf(to, "%-16s %5s %5s %6s %8s %7s %5s  %s\n", "card", "units", "lanes", "GHz", "TFLOP/s", "GB/s", "fp64",
            "source");
    for (const vx_card *c = vx_card_table; c < vx_card_table + VX_CARDS; c++)
        fprintf(to, "%-16s %5d %5d %6.3f %8.1f %7.0f  1/%-2.0f  %s\n", c->name, c->units, c->lanes, c->clock,
                2e-3 * c->units * c->lanes * c->clock, c->memory_rate, 1 / c->fp64, c->source);
}

/* Microseconds, or a dash where they are 0. */
static void put_time(FILE *to, double seconds)
{
    if (seconds > 0)
        fprintf(to, " %9.3f", 1e6 * seconds);
    else
        fprintf(to, " %9s", "-");
}

static void put_times(FILE *to, const double seconds[VX_ROOFS])
{
    for (int roof = 0; roof < VX_ROOFS; roof++)
        put_time(to, seconds[roof]);
}

static void put_estimate(FILE *to, const vx_estimate *e, double aim)
{
    fprintf(to, "%-40s", e->name);
    put_times(to, e->sum);
    put_time(to, e->expected);
    put_time(to, e->limit);
    put_time(to, aim);
    fputc('\n', to);
    for (int i = 0; i < e->stages && e->stages > 1; i++) {
        fprintf(to, "%c   %-36s", e->stage[i].estimated ? '~' : ' ', e->stage[i].name);
        put_times(to, e->seconds[i]);
        fputc('\n', to);
    }
}

static void put_job(FILE *to, const vx_card *card, const vx_estimate *estimate, double n)
{
    const double aim = target_of(card, VX_ESTIMATES), evaluations = vx_card_flips(n) + VX_CARD_PERMUTATIONS;
    fprintf(to, "\nThe default job with everything (%.0f flips evaluated, %.0f permutations, %.0f maxima of TFCE): "
                "%.2f s",
            vx_card_flips(n), VX_CARD_PERMUTATIONS, 2 * evaluations, vx_card_job(estimate, n));
    if (aim > 0)
        fprintf(to, "; target %.0f s", aim);
    fputs(". Reading, the relabellings made on the host and the report come on top.\n", to);
}

vx_status vx_card_print(const char *name, int64_t voxels, int64_t n, FILE *to, vx_error *error)
{
    static const char *const roof[VX_ROOFS] = {"issue", "double", "local", "cache", "memory", "waiting"};
    vx_estimate estimate[VX_ESTIMATES];
    if (!strcmp(name, "list")) {
        put_cards(to);
        return VX_OK;
    }
    const vx_card *card = find_card(name);
    if (!card)
        return vx_fail(error, VX_USAGE, "--model %s: names no card, or several; --model list shows those that are "
                       "known", name);
    const double v = (double)(voxels ? voxels : VOXELS);
    vx_status status = vx_card_estimate(card, v, (double)n, estimate, error);
    if (status)
        return status;
    fprintf(to, "# %s: %d units of %d lanes at %.3f GHz, %.0f GB/s; code for %s\n# %s\n", card->name, card->units,
            card->lanes, card->clock, card->memory_rate, card->target, card->source);
    fputs("# Expected from counts, not measured: no GPU has run voxstat. Instructions of inner loops are counted in "
          "the\n# machine code, bytes and other instructions in the source; rows with ~ contain guesses.\n", to);
    fprintf(to, "# %.0f voxels, %.0f participants; microseconds for one relabelling\n%-40s", v, (double)n, "op, stage");
    for (int i = 0; i < VX_ROOFS; i++)
        fprintf(to, " %9s", roof[i]);
    fprintf(to, " %9s %9s %9s\n", "expected", "limit", "target");
    for (vx_estimate_row row = 0; row < VX_ESTIMATES; row++)
        put_estimate(to, &estimate[row], target_of(card, row));
    put_job(to, card, estimate, (double)n);
    return VX_OK;
}

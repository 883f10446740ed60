/* Prints what to expect of a card. */
#include "bench/card.h"

/* Microseconds, or a dash where they are 0. */
static void put_time(FILE *to, double seconds)
{
    if (seconds > 0)
        fprintf(to, seconds < 1e-8 ? " %9.2g" : " %9.3f", 1e6 * seconds);
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

static void put_job(FILE *to, const vx_expectation *x)
{
    const double aim = vx_card_target(x->card, VX_ESTIMATES), flips = vx_card_flips(x->n);
    fprintf(to, "\nThe default job with everything (%.0f flips evaluated, %.0f permutations, %.0f maxima of TFCE): "
                "%.2f s",
            flips, VX_CARD_PERMUTATIONS, 2 * (flips + VX_CARD_PERMUTATIONS), vx_card_job(x->estimate, x->n));
    if (aim > 0)
        fprintf(to, "; target %.0f s", aim);
    fputs(". Reading and the report come on top.\n", to);
}

void vx_card_print(const vx_expectation *x, FILE *to)
{
    const vx_card *card = x->card;
    fprintf(to, "# %s: %d units of %d lanes at %.3f GHz, %.0f GB/s; code for %s\n# %s\n", card->name, card->units,
            card->lanes, card->clock, card->memory_rate, card->target, card->source);
    fputs("# Expected from counts, not measured: no GPU has run voxstat. Instructions of inner loops are counted in "
          "the\n# machine code, bytes and other instructions in the source; rows with ~ contain guesses.\n", to);
    fprintf(to, "# %.0f voxels, %.0f participants; microseconds for one relabelling, or image\n%-40s", x->voxels, x->n,
            "op, stage");
    for (int i = 0; i < VX_ROOFS; i++)
        fprintf(to, " %9s", vx_roof_name[i]);
    fprintf(to, " %9s %9s %9s\n", "expected", "limit", "target");
    for (vx_estimate_row row = 0; row < VX_ESTIMATES; row++)
        put_estimate(to, &x->estimate[row], vx_card_target(card, row));
    put_job(to, x);
}

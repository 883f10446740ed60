/* From the name of a card to what to expect of it. */
#include "bench/card.h"

#include "base/error.h"
#include "bench/record.h"

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

double vx_card_target(const vx_card *card, vx_estimate_row row)
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

vx_status vx_card_expect(const char *name, const vx_bench_options *options, FILE *to, vx_error *error)
{
    if (!strcmp(name, "list")) {
        if (options->json)
            return vx_fail(error, VX_USAGE, "--model list has no figures, so --json does not go with it");
        put_cards(to);
        return VX_OK;
    }
    vx_expectation expected = {.card = find_card(name),
                               .voxels = (double)(options->voxels ? options->voxels : VOXELS),
                               .n = (double)options->participants};
    if (!expected.card)
        return vx_fail(error, VX_USAGE, "--model %s: names no card, or several; --model list shows those that are "
                       "known", name);
    vx_status status = options->json ? vx_bench_record_check(options, error) : VX_OK;
    if (status ||
        (status = vx_card_estimate(expected.card, expected.voxels, expected.n, expected.estimate, error)))
        return status;
    vx_card_print(&expected, to);
    if (!options->json)
        return VX_OK;
    return vx_bench_record_write(options, vx_card_json(&expected, vx_bench_record_new(options)), error);
}

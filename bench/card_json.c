/* What to expect of a card, as JSON. Times are in seconds, as in the record of what was measured; `row` of an op is the
 * same in both. */
#include "bench/card.h"

#include "base/json.h"

static json_t *times(const double seconds[VX_ROOFS])
{
    json_t *object = json_object();
    for (int roof = 0; roof < VX_ROOFS; roof++)
        object = vx_json_set(object, vx_roof_name[roof], vx_json_number(seconds[roof]));
    return object;
}

static json_t *stages(const vx_estimate *e)
{
    json_t *array = json_array();
    for (int i = 0; i < e->stages; i++) {
        const vx_stage *s = &e->stage[i];
        array = vx_json_append(array, json_pack("{s:s, s:b, s:o}", "stage", s->name, "estimated", s->estimated,
                                                "seconds", times(e->seconds[i])));
    }
    return array;
}

/* A number, or null where it is 0: not set. */
static json_t *number_set(double value)
{
    return value > 0 ? vx_json_number(value) : json_null();
}

static json_t *rows(const vx_expectation *x)
{
    json_t *array = json_array();
    for (vx_estimate_row row = 0; row < VX_ESTIMATES; row++) {
        const vx_estimate *e = &x->estimate[row];
        array = vx_json_append(array, json_pack("{s:s, s:f, s:f, s:o, s:o, s:o, s:o}", "row", e->name, "expected_s",
                                                e->expected, "limit_s", e->limit, "target_s",
                                                number_set(vx_card_target(x->card, row)), "maps_in_flight",
                                                number_set(e->in_flight), "seconds", times(e->sum), "stages",
                                                stages(e)));
    }
    return array;
}

static json_t *card_of(const vx_card *c)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:f, s:f, s:f, s:s}", "name", c->name, "code_for", c->target, "units",
                     c->units, "lanes", c->lanes, "clock_ghz", c->clock, "memory_gb_s", c->memory_rate, "fp64",
                     c->fp64, "source", c->source);
}

static json_t *job_of(const vx_expectation *x)
{
    const double flips = vx_card_flips(x->n);
    return json_pack("{s:I, s:I, s:f, s:o}", "flips", (json_int_t)flips, "permutations",
                     (json_int_t)VX_CARD_PERMUTATIONS, "expected_s", vx_card_job(x->estimate, x->n), "target_s",
                     number_set(vx_card_target(x->card, VX_ESTIMATES)));
}

json_t *vx_card_json(const vx_expectation *x, json_t *record)
{
    record = vx_json_set(record, "measured", json_false());
    record = vx_json_set(record, "participants", json_integer((json_int_t)x->n));
    record = vx_json_set(record, "voxels", json_integer((json_int_t)x->voxels));
    record = vx_json_set(record, "card", card_of(x->card));
    record = vx_json_set(record, "rows", rows(x));
    return vx_json_set(record, "job", job_of(x));
}

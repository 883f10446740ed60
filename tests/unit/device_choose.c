/* The choice of --device auto, of devices with given properties and paces: the cpu in the place of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/choose.h"

#include <stdio.h>
#include <string.h>

enum { FAKES_MAX = 4 };

typedef struct fake {
    const char *id, *kind;
    bool has_double, host_memory;
    double dense, tfce; /* seconds a trial */
    const char *fails;  /* the message of opening it; null: it opens */
    const char *unusable;
    double clock[VX_OPS];
} fake;

static fake fakes[FAKES_MAX + 1]; /* the last is cpu */
static int opened, freed;
static void (*free_cpu)(vx_backend *self);

static fake *fake_of(const char *id)
{
    for (int k = 0; k <= FAKES_MAX; k++)
        if (fakes[k].id && strcmp(fakes[k].id, id) == 0)
            return &fakes[k];
    fail_msg("no device %s", id);
    return NULL;
}

/* Every question finds the op's clock one trial later. */
static double seconds(const vx_backend *self, vx_op op)
{
    fake *f = fake_of(self->info.id);
    f->clock[op] += op == VX_OP_CORRELATION ? f->dense : op == VX_OP_TFCE ? f->tfce : 0;
    return f->clock[op];
}

static void count_free(vx_backend *self)
{
    freed++;
    free_cpu(self);
}

static void describe(vx_device_info *info, const fake *f)
{
    snprintf(info->id, sizeof info->id, "%s", f->id);
    snprintf(info->name, sizeof info->name, "card %s", f->id);
    snprintf(info->kind, sizeof info->kind, "%s", f->kind);
    snprintf(info->unusable, sizeof info->unusable, "%s", f->unusable ? f->unusable : "");
    info->has_double = f->has_double;
    info->host_memory = f->host_memory;
}

static vx_status open_fake(void *context, const char *id, vx_device **device, vx_error *error)
{
    const fake *f = fake_of(id);
    vx_backend *backend = NULL;
    assert_null(context);
    if (f->fails)
        return vx_fail(error, VX_DEVICE, "%s", f->fails);
    assert_int_equal(vx_cpu_open(1, &backend, error), VX_OK);
    describe(&backend->info, f);
    backend->seconds = seconds;
    free_cpu = backend->free;
    backend->free = count_free;
    opened++;
    return vx_device_wrap(backend, device, error);
}

typedef struct choice {
    fake gpu[FAKES_MAX];
    double cpu_dense, cpu_tfce;
    const char *taken;
    const char *says[3]; /* parts of the note */
} choice;

static const choice choices[] = {
    {.taken = "cpu"},
    {.gpu = {{.id = "a", .kind = "cpu", .has_double = true, .host_memory = true, .dense = 1, .tfce = 1}},
     .taken = "cpu",
     .says = {"no OpenCL device of this machine is a GPU"}},
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .dense = 1, .tfce = 2}},
     .cpu_dense = 10,
     .cpu_tfce = 20,
     .taken = "a",
     .says = {"a (card a) taken: 10.0 times as fast as cpu"}},
    /* the integrated one is the fastest, but has no double precision */
    {.gpu = {{.id = "a", .kind = "gpu", .host_memory = true, .dense = .1, .tfce = .1},
             {.id = "b", .kind = "gpu", .has_double = true, .dense = 5, .tfce = 5}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "b",
     .says = {"b (card b) taken: 2.0 times"}},
    {.gpu = {{.id = "a", .kind = "gpu", .dense = .1, .tfce = .1},
             {.id = "b", .kind = "gpu", .has_double = true, .host_memory = true, .dense = 5, .tfce = 5}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "b"},
    /* memory of its own goes before speed */
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .host_memory = true, .dense = 1, .tfce = 1},
             {.id = "b", .kind = "gpu", .has_double = true, .dense = 5, .tfce = 5}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "b"},
    /* of equals the fastest, whatever its place */
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .dense = 3, .tfce = 3},
             {.id = "b", .kind = "gpu", .has_double = true, .dense = 1, .tfce = 1},
             {.id = "c", .kind = "gpu", .has_double = true, .dense = 2, .tfce = 2}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "b",
     .says = {"b (card b) taken: 10.0 times"}},
    /* slower than the cpu; as fast */
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .dense = 30, .tfce = 20},
             {.id = "b", .kind = "gpu", .has_double = true, .dense = 10, .tfce = 10}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "cpu",
     .says = {"a (card a) passed over: cpu is 2.5 times as fast", "b (card b) passed over: cpu is 1.0 times"}},
    /* the best rank is slower than the cpu, the next is not */
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .dense = 30, .tfce = 20},
             {.id = "b", .kind = "gpu", .has_double = true, .host_memory = true, .dense = 5, .tfce = 5}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "b",
     .says = {"a (card a) passed over: cpu is 2.5", "b (card b) taken: 2.0 times"}},
    /* without double precision TFCE does not count: the cpu computes it in any case */
    {.gpu = {{.id = "a", .kind = "gpu", .dense = 2, .tfce = 1000}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "a",
     .says = {"a (card a) taken: 5.0 times"}},
    {.gpu = {{.id = "a", .kind = "gpu", .has_double = true, .dense = 1, .tfce = 1, .fails = "the self-test failed"},
             {.id = "b", .kind = "gpu", .has_double = true, .dense = 1, .tfce = 1, .unusable = "it is big-endian"},
             {.id = "c", .kind = "gpu", .host_memory = true, .dense = 2, .tfce = 2}},
     .cpu_dense = 10,
     .cpu_tfce = 10,
     .taken = "c",
     .says = {"card a passed over: the self-test failed", "b (card b) passed over: it is big-endian",
              "c (card c) taken"}},
};

static void every_choice(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof choices / sizeof *choices; k++) {
        const choice *c = &choices[k];
        vx_device_info list[FAKES_MAX] = {0};
        vx_device *device = NULL;
        vx_error error = {0};
        char note[2000] = "";
        size_t count = 0;
        opened = freed = 0;
        memcpy(fakes, c->gpu, sizeof c->gpu);
        fakes[FAKES_MAX] = (fake){.id = "cpu", .kind = "cpu", .has_double = true, .host_memory = true,
                                  .dense = c->cpu_dense, .tfce = c->cpu_tfce};
        for (; count < FAKES_MAX && fakes[count].id; count++)
            describe(&list[count], &fakes[count]);
        vx_status status = vx_device_choose(list, count, VX_OPS_ALL, open_fake, NULL, &device, note, sizeof note,
                                            &error);
        if (status || strcmp(vx_device_properties(device)->id, c->taken) != 0)
            fail_msg("choice %zu: status %d, %s; %s", k, status, error.message, note);
        for (int s = 0; s < 3 && c->says[s]; s++)
            if (!strstr(note, c->says[s]))
                fail_msg("choice %zu: \"%s\" is not in \"%s\"", k, c->says[s], note);
        assert_int_equal(opened - freed, 1);
        vx_device_free(device);
    }
}

/* Without the C backend nothing runs, as it checks every device. */
static void no_cpu(void **state)
{
    vx_device_info gpu = {0};
    vx_device *device = NULL;
    vx_error error = {0};
    (void)state;
    memset(fakes, 0, sizeof fakes);
    fakes[0] = (fake){.id = "a", .kind = "gpu", .has_double = true, .dense = 1, .tfce = 1};
    fakes[FAKES_MAX] = (fake){.id = "cpu", .kind = "cpu", .fails = "no memory"};
    describe(&gpu, &fakes[0]);
    assert_int_equal(vx_device_choose(&gpu, 1, VX_OPS_ALL, open_fake, NULL, &device, NULL, 0, &error), VX_DEVICE);
    assert_null(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_choice), cmocka_unit_test(no_cpu)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "engine/choose.h"

#include "base/note.h"

#include <math.h>
#include <string.h>

enum { RANKS = 4 };

/* What the candidates share. */
typedef struct vx_choice {
    unsigned ops;
    vx_device_opener open;
    void *context;
    double cpu[VX_OPS]; /* seconds a relabelling */
    char *note;
    size_t note_size;
} vx_choice;

static int rank_of(const vx_device_info *info)
{
    return 2 * info->has_double + !info->host_memory;
}

static bool is_gpu(const vx_device_info *info)
{
    return strcmp(info->kind, "gpu") == 0;
}

/* How many times as fast as the C backend a device is, in the ops that it supports. */
static double times_faster(const vx_choice *c, const vx_backend *backend, const double seconds[VX_OPS])
{
    double own = 0, cpu = 0;
    for (vx_op op = 0; op < VX_OPS; op++)
        if (c->ops & vx_op_bits(op) && vx_backend_supports(backend, op)) {
            own += seconds[op];
            cpu += c->cpu[op];
        }
    return own > 0 ? cpu / own : 0;
}

/* Opens a GPU and measures it. A note says why it cannot be taken; *device is then null. */
static double try_gpu(const vx_choice *c, const vx_device_info *info, vx_device **device)
{
    double seconds[VX_OPS], faster = 0;
    vx_error reason = {0};
    *device = NULL;
    vx_status status = c->open(c->context, info->id, device, &reason);
    if (!status)
        status = vx_backend_pace(vx_device_backend(*device), c->ops, seconds, &reason);
    if (status) {
        vx_note_add(c->note, c->note_size, "%s passed over: %s", info->name, reason.message);
    } else if ((faster = times_faster(c, vx_device_backend(*device), seconds)) <= 1) {
        vx_note_add(c->note, c->note_size, "%s (%s) passed over: cpu is %.1f times as fast on a short trial", info->id,
                    info->name, faster > 0 ? 1 / faster : INFINITY);
    } else {
        return faster;
    }
    vx_device_free(*device);
    *device = NULL;
    return 0;
}

/* The fastest GPU of a rank; null where no such GPU is faster than cpu. */
static vx_device *best_of_rank(const vx_choice *c, const vx_device_info *list, size_t count, int rank)
{
    vx_device *best = NULL;
    double most = 0;
    for (size_t d = 0; d < count; d++) {
        if (!is_gpu(&list[d]) || list[d].unusable[0] || rank_of(&list[d]) != rank)
            continue;
        vx_device *device;
        const double faster = try_gpu(c, &list[d], &device);
        vx_device *slower = faster > most ? best : device;
        if (faster > most) {
            best = device;
            most = faster;
        }
        vx_device_free(slower);
    }
    if (best) {
        const vx_device_info *info = vx_device_properties(best);
        vx_note_add(c->note, c->note_size, "%s (%s) taken: %.1f times as fast as cpu on a short trial", info->id,
                    info->name, most);
    }
    return best;
}

/* The number of GPUs that might be taken. */
static size_t usable_gpus(const vx_choice *c, const vx_device_info *list, size_t count)
{
    size_t usable = 0, gpus = 0;
    for (size_t d = 0; d < count; d++) {
        gpus += is_gpu(&list[d]);
        usable += is_gpu(&list[d]) && !list[d].unusable[0];
        if (is_gpu(&list[d]) && list[d].unusable[0])
            vx_note_add(c->note, c->note_size, "%s (%s) passed over: %s", list[d].id, list[d].name, list[d].unusable);
    }
    if (count && !gpus)
        vx_note_add(c->note, c->note_size, VX_NOTE_NO_GPU);
    return usable;
}

vx_status vx_device_choose(const vx_device_info *list, size_t count, unsigned ops, vx_device_opener open,
                           void *context, vx_device **device, char *note, size_t note_size, vx_error *error)
{
    vx_choice c = {.ops = ops, .open = open, .context = context, .note = note, .note_size = note_size};
    vx_device *cpu = NULL, *gpu = NULL;
    const size_t usable = usable_gpus(&c, list, count);
    vx_status status = open(context, "cpu", &cpu, error);
    if (!status && usable)
        status = vx_backend_pace(vx_device_backend(cpu), ops, c.cpu, error);
    for (int rank = RANKS - 1; rank >= 0 && usable && !status && !gpu; rank--)
        gpu = best_of_rank(&c, list, count, rank);
    *device = gpu ? gpu : status ? NULL : cpu;
    if (*device != cpu)
        vx_device_free(cpu);
    return status;
}

/* Progress of a run, on stderr. */
#ifndef VX_CLI_PROGRESS_H
#define VX_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum vx_progress_kind { VX_PROGRESS_NONE, VX_PROGRESS_PLAIN, VX_PROGRESS_BAR } vx_progress_kind;

typedef struct vx_progress_state {
    vx_progress_kind kind;
    double start, shown;     /* the times of the beginning and of the last display */
    bool estimated;          /* the expected time was printed */
    uint64_t total;          /* relabellings to compute, over all effects */
    uint64_t before;         /* of the finished effects */
    uint64_t effect_total;   /* of the current effect */
    const char *modality, *effect;
} vx_progress_state;

/* A vx_progress (voxstat/result.h) with a vx_progress_state as its context. Returns false when a stop was requested. */
bool vx_progress_show(void *context, uint64_t done, uint64_t total);

/* Clears the bar. */
void vx_progress_end(const vx_progress_state *progress);

#endif

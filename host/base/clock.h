/* A monotonic clock. */
#ifndef VX_BASE_CLOCK_H
#define VX_BASE_CLOCK_H

/* Seconds since an arbitrary moment, fixed while the machine runs: only differences are meaningful. */
double vx_seconds(void);

#endif

/* A clock that only goes forward. */
#ifndef VX_BASE_CLOCK_H
#define VX_BASE_CLOCK_H

/* Seconds since a moment that stays the same while the machine runs: only differences mean something. */
double vx_seconds(void);

#endif

/* Sidecars: what the JSON files that belong to an image say about it.
 *
 * The files are those of bids/inheritance.h; their fields are merged. A field of another type than BIDS gives it counts
 * as absent, except in the lists of frames. */
#ifndef VX_BIDS_SIDECAR_H
#define VX_BIDS_SIDECAR_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/* Owned; vx_sidecar_destroy releases it. Texts are null and numbers NaN where no file has the field. */
typedef struct vx_sidecar {
    json_t *fields;       /* every field of the merged files; an empty object without any */
    char *path;           /* the file that decides, for messages; null without any */
    const char *units;    /* of the voxels (Units): "Bq/mL", "SUV", "mL/100 g/min" */
    const char *tracer;   /* TracerName */
    double dose;          /* MBq, injected (InjectedRadioactivity with its units) */
    double weight;        /* kg, of the body (PatientWeight, as converters from DICOM write it) */
    char *scanner;        /* maker, model, field strength and serial number, as far as they are there */
    char *reconstruction; /* method, its parameters and filter */
    int skull_stripped;   /* 1, 0; -1: not said */
    double *start;        /* s, frames of them: FrameTimesStart, ascending */
    double *duration;     /* s, frames of them: FrameDuration, above zero */
    size_t frames;        /* 0: not said */
} vx_sidecar;

/* Reads the sidecar of an image by the image's path, which must be absolute or relative to the current folder. Without
 * a file the result has no fields. Errors (VX_INPUT, naming the file): one that is not readable or not a JSON object;
 * lists of frames that are not numbers, differ in length, do not ascend, or have a duration that is not above zero. */
vx_status vx_sidecar_read(const char *image, vx_sidecar *sidecar, vx_error *error);
void vx_sidecar_destroy(vx_sidecar *sidecar);

#endif

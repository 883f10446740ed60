/* The choices of --sensitivity: "OPTION=VALUE[,VALUE...]; ...", where every VALUE is one alternative, the options of
 * the run with this one changed. Values are those that the option takes on the command line, by modality where it is by
 * modality (scale=pet=none); none is the run without it. What an option excludes goes with it: another scaling than by
 * a reference region leaves --reference out, a reference region divides by it, and of --smooth and --smooth-to the
 * later one counts.
 * A run that corrects its images for partial volume has the choice pvc=none, whether it is asked for or not.
 *
 * A vx_choices owns its elements; vx_choices_destroy releases it. */
#ifndef VX_CLI_CHOICES_H
#define VX_CLI_CHOICES_H

#include "cli/run.h"

typedef struct vx_choice_made {
    char *name;             /* "scale=none" */
    vx_arguments arguments; /* the run's, with this choice. It owns its values, and borrows the rest */
} vx_choice_made;

typedef struct vx_choices {
    vx_choice_made *made;
    size_t count;
} vx_choices;

/* The run has its study and its settings. Errors (VX_USAGE): an option that is unknown (with the nearest name) or is
 * not one of preparation; a value that it does not take; a choice that stands twice. */
vx_status vx_choices_read(const vx_run *run, vx_choices *choices, vx_error *error);
void vx_choices_destroy(vx_choices *choices);

#endif

/* The parts of a results folder by their names. A cohort of `voxstat simulate` has a run.json as well, of its own kind.
 */
#ifndef VX_RESULTS_SCHEMA_H
#define VX_RESULTS_SCHEMA_H

#define VX_RUN_FILE "run.json"
#define VX_HDF5_FILE "results.h5"

/* The "kind" of a run.json. */
#define VX_KIND_ANALYSIS "analysis"
#define VX_KIND_COHORT "cohort"

/* The participants' means are kept over so many clusters of an effect, the largest ones. */
enum { VX_MEASURED_CLUSTERS = 20 };

/* The sessions whose means are kept; of a design with one session the follow-up alone. */
enum { VX_MEAN_BASELINE, VX_MEAN_FOLLOWUP, VX_MEAN_SESSIONS };

#endif

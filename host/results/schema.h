/* The parts of a results folder by their names, and the words for a run's choices in its run.json.
 *
 * Kinds of p and maps have theirs in infer/quantity.h. A cohort of `voxstat simulate` has a run.json as well, of
 * another kind. */
#ifndef VX_RESULTS_SCHEMA_H
#define VX_RESULTS_SCHEMA_H

#define VX_RUN_FILE "run.json"
#define VX_HDF5_FILE "results.h5"
#define VX_MASK_FILE "mask.nii.gz"             /* after "<modality>_" where there are several */
#define VX_CLUSTERS_ENDING "_clusters.tsv"     /* after <modality>_<effect> */

/* The "kind" of a run.json. */
#define VX_KIND_ANALYSIS "analysis"
#define VX_KIND_COHORT "cohort"

/* Keys of run.json that name the level: of a map the voxels with a significant p, and after the word of a kind of p the
 * clusters with one. They stay as they are, like every key. */
#define VX_BELOW_ENDING "_below_0_05"
#define VX_VOXELS_BELOW_KEY "voxels" VX_BELOW_ENDING

/* The participants' means are kept over so many clusters of an effect, the largest ones. */
enum { VX_MEASURED_CLUSTERS = 20 };

/* The sessions whose means are kept; of a design with one session the follow-up alone. */
enum { VX_MEAN_BASELINE, VX_MEAN_FOLLOWUP, VX_MEAN_SESSIONS };

/* Indexed by vx_design, vx_scheme, vx_tails, vx_p_format and the sessions below; null stands at the end. */
extern const char *const vx_design_names[], *const vx_scheme_names[], *const vx_tails_names[],
    *const vx_p_format_names[], *const vx_session_names[];

#endif

/* The schema of a results folder: its files, the datasets of results.h5, and the words for a run's choices in run.json.
 *
 * infer/quantity.h names the maps and the kinds of p. A cohort of `voxstat simulate` has a run.json of another kind.
 *
 * The datasets of results.h5 are <group>/<place>/<dataset>, where a place is "<modality>/<effect>" or "<modality>":
 *
 *   /maps/<modality>/<effect>/<map>   float32 [x, y, z], in nibabel's index order: voxel (i, j, k) is at
 *                                     affine * (i, j, k, 1) mm. Attributes: affine (4 x 4), units, p_format ("log10",
 *                                     "p" or "1-p"; "n/a" for a map of no p). Outside the mask as in the NIfTI files
 *   /null/<modality>/<effect>/{voxel,extent,mass,tfce}   float64: the maximum of every relabelling; 0 is the observed
 *   /permutations/<modality>/<effect>/{kind,exhaustive,seed,stream,n,possible,total,done,generator}
 *                                     kind is "sign-flip" or "permutation"; the others reproduce relabelling i.
 *                                     participant: the participants' numbers in the random streams; absent where they
 *                                     are 0 to n - 1, and for an exhaustive set
 *   /design/<modality>/<effect>/{matrix,raw,contrasts,participants,columns}   matrix: participants x columns,
 *                                     mean-centred (ranks for Spearman); raw: the same columns as in the table
 *   /mean/<modality>                  float32 [x, y, z]: the mean of the finite values of all images and sessions
 *   /participants/<modality>/{id,baseline,followup,baseline_voxels,followup_voxels}   every image's mean over the mask,
 *                                     and its number of finite non-zero voxels; a onesample design has the
 *                                     follow-up alone
 *   /clusters/<modality>/<effect>/{label,baseline,followup}   float64 clusters x participants (those of /design): means
 *                                     over the VX_MEASURED_CLUSTERS largest clusters; absent without a cluster
 *   /mask                             uint8 [x, y, z]: the voxels analysed in every modality; absent where modalities
 *                                     have different grids
 *   /masks/<modality>                 the same of each modality, where there are several
 *
 * Hard links in /permutations and /design name the datasets of the first modality's first effect. */
#ifndef VX_RESULTS_SCHEMA_H
#define VX_RESULTS_SCHEMA_H

#define VX_RUN_FILE "run.json"
#define VX_HDF5_FILE "results.h5"
#define VX_MASK_FILE "mask.nii.gz"             /* after "<modality>_" where there are several */
#define VX_CLUSTERS_ENDING "_clusters.tsv"     /* after <modality>_<effect> */

/* The groups of results.h5, and the datasets that are both written and read by name. */
#define VX_GROUP_MAPS "/maps"
#define VX_GROUP_NULL "/null"
#define VX_GROUP_PERMUTATIONS "/permutations"
#define VX_GROUP_DESIGN "/design"
#define VX_GROUP_MEAN "/mean"
#define VX_GROUP_PARTICIPANTS "/participants"
#define VX_GROUP_CLUSTERS "/clusters"
#define VX_GROUP_MASKS "/masks"
#define VX_DATASET_MASK "/mask"
#define VX_DATASET_MATRIX "matrix" /* of the design */
#define VX_DATASET_RAW "raw"

/* The path of a dataset; a null place or dataset is left out. The caller frees; null where memory is short. */
char *vx_dataset_path(const char *group, const char *place, const char *dataset);

/* The keys of run.json that several parts of voxstat read. */
#define VX_KEY_VERSION "voxstat_version"
#define VX_KEY_KIND "kind"
#define VX_KEY_OPTIONS "options"
#define VX_KEY_INPUTS "inputs"
#define VX_KEY_INPUT_PATH "path"         /* of an input */
#define VX_KEY_STEPS "steps"             /* of an input that steps changed after reading */
#define VX_KEY_STEP_WORDS "words"        /* of a step: a sentence after "<file> was" */
#define VX_KEY_FILES "files"             /* every file of the folder */
#define VX_KEY_REPORT "report"           /* the files of the report */
#define VX_KEY_CHECKSUMS "checksums"     /* of every file but run.json */
#define VX_KEY_RUN_CHECKSUM "run_sha256" /* of run.json */

/* The values of VX_KEY_KIND. */
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

/* Indexed by vx_design, vx_scheme, vx_tails, vx_p_format and the sessions above; null stands at the end. A session's
 * name is also its dataset of means; vx_session_voxels_names are the datasets of its voxel counts. */
extern const char *const vx_design_names[], *const vx_scheme_names[], *const vx_tails_names[],
    *const vx_p_format_names[], *const vx_session_names[], *const vx_session_voxels_names[];

#endif

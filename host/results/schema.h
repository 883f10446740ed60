/* The schema of a results folder: its files, the datasets of results.h5, and the words for a run's choices in run.json.
 *
 * The files (docs/results.md) lie in layout VX_LAYOUT; what lies in another one is not read:
 *
 *   report.html, summary.tsv, results.h5, run.json, tables of the study, NIDM packs   at the top
 *   mask.nii.gz, n.nii.gz, reference.nii.gz   at the top with one modality, else in <modality>/; of several modalities
 *                                             the mask at the top is the intersection
 *   <modality>/<effect>/<map>.nii.gz, clusters.tsv   a map or table of a search volume is <name>_<volume>
 *   figures/<modality>_<effect>_<picture>.png, .svg  the pictures of the report
 *
 * infer/quantity.h names the maps and the kinds of p. A cohort of `voxstat simulate` has a run.json of another kind.
 *
 * The datasets of results.h5 are <group>/<place>/<dataset>, where a place is "<modality>/<effect>" or "<modality>":
 *
 *   /maps/<modality>/<effect>/<map>   float32 [x, y, z], in nibabel's index order: voxel (i, j, k) is at
 *                                     affine * (i, j, k, 1) mm. Attributes: affine (4 x 4), units, p_format ("log10",
 *                                     "p" or "1-p"; "n/a" for a map of no p). Outside the mask as in the NIfTI files
 *                                     A map of a search volume is <map>_<volume>
 *   /null/<modality>/<effect>/{voxel,extent,mass,tfce}   float64: the maximum of every relabelling; 0 is the observed.
 *                                     Those of a search volume are voxel_<volume> and so on
 *   /null/<modality>/<effect>/{quantiles,ranks,medians}   how t is spread over the mask, of the data as observed (0)
 *                                     and of some relabellings. quantiles: float64 relabellings x ranks, the |t|, t or
 *                                     -t (by the tails) of these ranks. ranks: int64, from 1, the most extreme voxel.
 *                                     medians: float64 relabellings x 2, the medians of |t| and of t over all voxels
 *   /permutations/<modality>/<effect>/{kind,exhaustive,seed,stream,n,possible,total,done,generator}
 *                                     kind is "sign-flip" or "permutation"; the others reproduce relabelling i.
 *                                     participant: the participants' numbers in the study; absent where they are 0 to
 *                                     n - 1, and for an exhaustive set. shared: of all over whom relabellings are made,
 *                                     where modalities and markers lack different people; else absent
 *   /design/<modality>/<effect>/{matrix,raw,contrasts,participants,columns}   matrix: participants x columns,
 *                                     mean-centred (ranks for Spearman); raw: the same columns as in the table
 *   /mean/<modality>                  float32 [x, y, z]: the mean of the finite values of all images and sessions
 *   /participants/<modality>/{id,baseline,followup,baseline_voxels,followup_voxels}   every image's mean over the mask,
 *                                     and its number of finite non-zero voxels; a onesample design has the
 *                                     follow-up alone
 *   /clusters/<modality>/<effect>/{label,baseline,followup}   float64 clusters x participants (those of /design): means
 *                                     over the VX_MEASURED_CLUSTERS largest clusters; absent without a cluster
 *   /regions/<column>                 float64: a figure of outcome/columns.h for every test, in the order of
 *                                     regions.tsv; NaN where it does not apply. Attributes: units, description. The
 *                                     texts region, family, modality, effect, scale, loo_participant have datasets
 *   /regions/values/{participant,region,modality,coverage,baseline,followup}   baseline and followup: float64 regions x
 *                                     participants (all of the study, NaN where absent); the others name the axes. A
 *                                     onesample design has the follow-up alone
 *   /markers/...                      the same of markers, with marker for region; without modality and coverage
 *   /quality/<modality>/<column>      float64 participants x sessions: a figure of quality/columns.h of every image of
 *                                     the modality, NaN where it does not exist. nearest and flags are int64: the
 *                                     participant of that column, -1 for none, and bit k for flag k. strips is uint8
 *                                     [image, row, column]: slices of every image in greys of its own
 *   /covariates/{value,name,participant}   value: float64 covariates x participants, those of interest and then the
 *                                     nuisance, NaN where missing, two texts as 0 and 1; the others name the axes.
 *                                     Written with regions and markers, whose participants these are
 *   /expected/<column>                float64: a figure of outcome/expected.h for every comparison, in the order of
 *                                     expected.tsv. The texts kind, name, modality, unit, source have datasets
 *   /sensitivity/<column>             float64: a figure of outcome/sensitivity.h for every result and choice, in the
 *                                     order of sensitivity.tsv. The texts choice, modality, effect, what, name, units,
 *                                     region, conclusion, changes have datasets
 *   /mask                             uint8 [x, y, z]: the voxels analysed in every modality; absent where modalities
 *                                     have different grids
 *   /masks/<modality>                 the same of each modality, where there are several
 *   /n/<modality>                     float32 [x, y, z]: the number of participants with data, who are those that the
 *                                     rules of the mask keep, but for a mask file
 *   /atlas/<modality>                 float32 [x, y, z]: the region of the atlas with the largest weight at each voxel
 *                                     of the mask, as its place, from 1, in VX_KEY_ATLAS_REGIONS of run.json; 0: none
 *
 * Hard links in /permutations and /design name the datasets of the first modality's first effect. */
#ifndef VX_RESULTS_SCHEMA_H
#define VX_RESULTS_SCHEMA_H

enum { VX_LAYOUT = 2 }; /* run.json of layout 1, which has <modality>_<effect>_<map>.nii.gz, does not say it */
#define VX_RUN_FILE "run.json"
#define VX_HDF5_FILE "results.h5"
#define VX_PAGE_FILE "report.html"
#define VX_MASK_FILE "mask.nii.gz"
#define VX_N_FILE "n.nii.gz"                 /* participants with data */
#define VX_REFERENCE_FILE "reference.nii.gz" /* a reference region that the data chose */
#define VX_FIGURES_FOLDER "figures"

/* The groups of results.h5, and the datasets that are both written and read by name. */
#define VX_GROUP_MAPS "/maps"
#define VX_GROUP_NULL "/null"
#define VX_GROUP_PERMUTATIONS "/permutations"
#define VX_GROUP_DESIGN "/design"
#define VX_GROUP_MEAN "/mean"
#define VX_GROUP_PARTICIPANTS "/participants"
#define VX_GROUP_CLUSTERS "/clusters"
#define VX_GROUP_MASKS "/masks"
#define VX_GROUP_N "/n"
#define VX_GROUP_ATLAS "/atlas"
#define VX_GROUP_QUALITY "/quality"
#define VX_GROUP_COVARIATES "/covariates"
#define VX_GROUP_EXPECTED "/expected"
#define VX_GROUP_SENSITIVITY "/sensitivity"
#define VX_PLACE_VALUES "values"   /* in a group of vx_outcome_groups */
#define VX_DATASET_MASK "/mask"
#define VX_DATASET_MATRIX "matrix" /* of the design */
#define VX_DATASET_RAW "raw"
#define VX_DATASET_QUANTILES "quantiles" /* of the null */
#define VX_DATASET_RANKS "ranks"
#define VX_DATASET_MEDIANS "medians"
#define VX_DATASET_VALUE "value"   /* of the covariates */
#define VX_DATASET_NEAREST "nearest" /* of quality control */
#define VX_DATASET_FLAGS "flags"
#define VX_DATASET_STRIPS "strips"

#define VX_SUMMARY_FILE "summary" /* with these endings: a line for every modality, effect and search volume */
#define VX_EXPECTED_FILE "expected" /* with these endings: the comparisons with expected changes */
#define VX_SENSITIVITY_FILE "sensitivity" /* with these endings: the alternatives to the preparation */
#define VX_QUALITY_FILE "quality"   /* with these endings: quality control */
#define VX_PREPARED_FOLDER "prepared"  /* the change maps of --keep-prepared, as a BIDS derivative */
#define VX_PAIRING_FILE "pairing"   /* with these endings: the table that a BIDS folder was read as */
#define VX_TABLE_ENDING ".tsv"
#define VX_DICTIONARY_ENDING ".json"

/* A name within a search volume: "p-fwe-voxel" of a map, "voxel" of a null distribution or "clusters" of a table
 * becomes "p-fwe-voxel_primary". `volume` is the volume's name in files; null: the complete mask, and the name stays as
 * it is. The caller frees; null where memory is short. */
char *vx_name_in_volume(const char *name, const char *volume);

/* The paths of files in a results folder, which the caller frees; null where memory is short. `place` is
 * <modality>/<effect>, `volume` the name of a search volume in files or null, and `modality` its folder, or null where
 * there is one modality. */
char *vx_map_path(const char *folder, const char *place, const char *map, const char *volume);
char *vx_clusters_path(const char *folder, const char *place, const char *volume);
char *vx_modality_path(const char *folder, const char *modality, const char *file);

/* The path of a dataset; a null place or dataset is left out. The caller frees; null where memory is short. */
char *vx_dataset_path(const char *group, const char *place, const char *dataset);

/* The keys of run.json. Existing ones never change, and new ones may be added. A key that stands in several objects is
 * listed at the first of them. infer/quantity.h has the keys of the kinds of p. */
#define VX_KEY_VERSION "voxstat_version"
#define VX_KEY_LAYOUT "layout"           /* VX_LAYOUT */
#define VX_KEY_KIND "kind"               /* VX_KIND_...; of a device "cpu" or "gpu"; of permutations their scheme */
#define VX_KEY_COMMAND_LINE "command_line"
#define VX_KEY_STARTED "started"
#define VX_KEY_SECONDS "seconds"         /* an object; of permutations a number */
#define VX_KEY_DEVICE "device"           /* an object */
#define VX_KEY_OPTIONS "options"         /* {name: value} */
#define VX_KEY_P_FORMAT "p_format"
#define VX_KEY_PRIMARY "primary"         /* the key of the primary kind of p; null: none */
#define VX_KEY_STUDY "study"             /* an object */
#define VX_KEY_REMARKS "remarks"         /* a list of texts */
#define VX_KEY_MODALITIES "modalities"   /* a list of objects */
#define VX_KEY_INPUTS "inputs"           /* a list of objects */
#define VX_KEY_NOT_WRITTEN "not_written" /* null, or the outputs that could not be written */
#define VX_KEY_FILES "files"             /* every file of the folder */
#define VX_KEY_REPORT "report"           /* the files of the report */
#define VX_KEY_CHECKSUMS "checksums"     /* of every file but run.json */
#define VX_KEY_RUN_CHECKSUM "run_sha256" /* of run.json */

#define VX_KEY_OUTCOMES "outcomes"       /* an object; absent without regions and markers */
#define VX_KEY_EXPECTED "expected"       /* an object; absent without expected changes */
#define VX_KEY_SENSITIVITY "sensitivity" /* an object; absent without alternatives */

/* Of VX_KEY_SECONDS. */
#define VX_KEY_READ "read"
#define VX_KEY_INFER "infer"
#define VX_KEY_TOTAL "total"

/* Of the device. */
#define VX_KEY_ID "id"
#define VX_KEY_NAME "name"
#define VX_KEY_DRIVER "driver"
#define VX_KEY_COMPUTE_UNITS "compute_units"
#define VX_KEY_THREADS "threads"
#define VX_KEY_MEMORY "memory"
#define VX_KEY_SIMD "simd"

/* Of the study. */
#define VX_KEY_TABLE "table"
#define VX_KEY_DESIGN "design"
#define VX_KEY_SESSIONS "sessions"
#define VX_KEY_DIRECTION "direction"
#define VX_KEY_COVARIATE_UNITS "covariate_units" /* {covariate: its units}, as far as they are known */
#define VX_KEY_LEVELS "levels"             /* {column: [text coded as 0, text coded as 1]} */
#define VX_KEY_EXCLUDED "excluded"         /* the names of --exclude */
#define VX_KEY_PARTICIPANTS "participants" /* their number; of an effect their names */

/* Of an input. */
#define VX_KEY_PATH "path"
#define VX_KEY_PARTICIPANT "participant"
#define VX_KEY_COLUMN "column"
#define VX_KEY_SHA256 "sha256"
#define VX_KEY_STEPS "steps"           /* a list of objects; absent where the file was used as it is */
#define VX_KEY_PARAMETERS "parameters" /* of a step: a text */
#define VX_KEY_WORDS "words"           /* of a step: a sentence after "<file> was" */
#define VX_KEY_FIGURES "figures"       /* of a step of an input: {name: value}, what it found in the volume; of an
                                        * effect: the names of its pictures and of its pack begin with it */

/* Of a modality. */
#define VX_KEY_PREPARATION "preparation"   /* a list of the steps that every image went through, in order */
#define VX_COLUMN_GLOBAL "global_mean"  /* of a design: the nuisance of --scale ancova */
#define VX_KEY_CHANGE "change"         /* of a modality: vx_change_names */
#define VX_KEY_UNITS "units"           /* of a modality's images, or an outcome's values: a text, or null */
#define VX_KEY_CHANGE_UNITS "change_units" /* of a modality: those of its estimates, or null */
#define VX_KEY_ATLAS_REGIONS "atlas_regions" /* the names of /atlas/<modality>; absent without an atlas */
#define VX_KEY_SMOOTHNESS "smoothness_mm"  /* three numbers: FWHM of the residuals along the axes; null: not told */
#define VX_KEY_SCALING "scaling"       /* an object; absent where the images were not scaled, or have one session */
#define VX_KEY_OWN "own"               /* of scaling: the means by which the images were divided */
#define VX_KEY_RELATIVE "relative"     /* of scaling: the same over the global means; absent for the global means */
#define VX_KEY_MEAN "mean"             /* a list: baseline, follow-up */
#define VX_KEY_SD "sd"
#define VX_KEY_PERCENT "percent"
#define VX_KEY_STEM "files"                /* its folder; of a search volume the end of the names of its files */
#define VX_KEY_N "n"
#define VX_KEY_LEFT_OUT "left_out"         /* a list of {participant, reason} */
#define VX_KEY_REASON "reason"
#define VX_KEY_DIM "dim"
#define VX_KEY_VOXEL_MM "voxel_mm"
#define VX_KEY_AFFINE "affine"             /* four rows of four numbers */
#define VX_KEY_SPACE_CODE "space_code"     /* of the images' NIfTI headers: 3 Talairach, 4 MNI; 0: not known */
#define VX_KEY_MASK "mask"                 /* an object */
#define VX_KEY_EFFECTS "effects"           /* a list of objects */

/* Of a modality's quality control, an object that is absent in results of earlier versions. */
#define VX_KEY_QUALITY "quality"
#define VX_KEY_IMAGES "images"             /* their number; of a mask's loss the number of images that have one */
#define VX_KEY_FLAGGED "flagged"           /* a list of {participant, session, flags}, of the flagged images */
#define VX_KEY_SESSION "session"           /* null for a onesample design without a session's name */
#define VX_KEY_FLAGS "flags"               /* a list of the words of quality/columns.h */
#define VX_KEY_STRIP "strip"               /* width and height of the images' strips in pixels */

/* Of a mask: the counts of vx_mask_report. */
#define VX_KEY_VOXELS "voxels"
#define VX_KEY_GRID_VOXELS "grid_voxels"
#define VX_KEY_CANDIDATE "candidate"
#define VX_KEY_LEFT_OUT_NOT_FINITE "left_out_not_finite"
#define VX_KEY_LEFT_OUT_ZERO "left_out_zero"
#define VX_KEY_LEFT_OUT_THRESHOLD "left_out_threshold"
#define VX_KEY_LEFT_OUT_CHANGE "left_out_change"
#define VX_KEY_LEFT_OUT_CONSTANT "left_out_constant"
#define VX_KEY_KEPT_ZERO "kept_zero"
#define VX_KEY_MOST_NOT_FINITE "most_not_finite" /* null, or the image that excludes the most voxels */
#define VX_KEY_MOST_CHANGE "most_change"
#define VX_KEY_MOST_ZERO "most_zero"
#define VX_KEY_MOST_BELOW "most_threshold"
#define VX_KEY_IN_NO_OTHER "in_no_other"         /* voxels that only this image excludes */
#define VX_KEY_FILE_VALUES "file_values"         /* of the mask file; null without one */
#define VX_KEY_LOWEST "lowest"
#define VX_KEY_HIGHEST "highest"
#define VX_KEY_BETWEEN "between"

/* Of an effect. */
#define VX_KEY_PLACE "hdf5"                /* in results.h5 */
#define VX_KEY_RANKS "ranks"
#define VX_KEY_DF "df"
#define VX_KEY_COLUMNS "columns"
#define VX_KEY_CONTRAST "contrast"
#define VX_KEY_TAILS "tails"
#define VX_KEY_PEAK "peak"                 /* null, or an object */
#define VX_KEY_P "p"                       /* {kind of p: object} */
#define VX_KEY_CLUSTERS "clusters"         /* an object */
#define VX_KEY_PERMUTATIONS "permutations" /* an object */
#define VX_KEY_VOLUMES "volumes"           /* a list of search volumes; absent without --regions */
#define VX_KEY_BONFERRONI_EFFECTS "bonferroni_effects" /* K; absent without the correction */

/* Of the outcomes: VX_KEY_PARTICIPANTS, the names of all; VX_KEY_COVARIATES and VX_KEY_NUISANCE, the names of the
 * columns, absent in results of earlier versions; VX_KEY_PERMUTATIONS, a list of objects, one an effect
 * (VX_KEY_NAME, VX_KEY_RELABELLINGS, VX_KEY_EXHAUSTIVE); and the lists of vx_outcome_groups. Of a region or marker,
 * VX_KEY_EFFECTS is a list of objects with VX_KEY_NAME, VX_KEY_KIND (vx_effect_kind_names), and figures by the names of
 * outcome/columns.h. */
#define VX_KEY_COVARIATES "covariates"
#define VX_KEY_NUISANCE "nuisance"
#define VX_KEY_FAMILY "family"
#define VX_KEY_MODALITY "modality"         /* null for a marker */
#define VX_KEY_EFFECT "effect"
#define VX_KEY_SCALE "scale"               /* vx_scale_names */
#define VX_KEY_LOO_PARTICIPANT "loo_participant"

/* Of the expected changes: VX_KEY_TABLE, VX_KEY_SHA256 and a list of comparisons. Of a comparison: VX_KEY_KIND
 * (vx_outcome_kind_names), VX_KEY_NAME, VX_KEY_MODALITY, and figures by the names of outcome/expected.h. */
#define VX_KEY_INTERVAL_WEEKS "interval_weeks" /* between the sessions of the study */
#define VX_KEY_COMPARISONS "comparisons"
#define VX_KEY_UNIT "unit"                     /* vx_expected_unit_names */
#define VX_KEY_SOURCE "source"

/* Of the alternatives. Of a preparation: VX_KEY_CHOICE, VX_KEY_MODALITY, VX_KEY_CHANGE_UNITS, VX_KEY_VOXELS of the
 * mask, VX_KEY_PREPARATION and VX_KEY_SCALING as of a modality. Of a row: VX_KEY_MODALITY, VX_KEY_EFFECT, VX_KEY_NAME,
 * VX_KEY_UNITS, VX_KEY_REGION, and figures by the names of outcome/sensitivity.h. */
#define VX_KEY_CHOICES "choices"           /* a list of names: the run as it is, then the alternatives */
#define VX_KEY_PREPARATIONS "preparations" /* a list: what each choice does to the images of a modality */
#define VX_KEY_ROWS "rows"                 /* a list */
#define VX_KEY_CHOICE "choice"
#define VX_KEY_WHAT "what"                 /* vx_sensitivity_what_names */
#define VX_KEY_CONCLUSION "conclusion"     /* vx_conclusion_names */
#define VX_KEY_CHANGES "changes"           /* whether the conclusion is not that of the run as it is; null: the same */

/* Of a peak, of a kind of p, and of the clusters. */
#define VX_KEY_T "t"
#define VX_KEY_MM "mm"
#define VX_KEY_VOXEL "voxel"
#define VX_KEY_SMALLEST "smallest"         /* with VX_KEY_MM where it is: of equals that of the most extreme t */
#define VX_KEY_REGION "region"             /* of the atlas, there; absent without an atlas, null outside its regions */
#define VX_KEY_NUMBER "number"
#define VX_KEY_THRESHOLD_T "threshold_t"
#define VX_KEY_CONNECTIVITY "connectivity"

/* Of the permutations. */
#define VX_KEY_POSSIBLE "possible"
#define VX_KEY_RELABELLINGS "relabellings"
#define VX_KEY_EXHAUSTIVE "exhaustive"
#define VX_KEY_EXACT_UNCORRECTED "exact_uncorrected"
#define VX_KEY_P_SMALLEST "p_smallest_possible"
#define VX_KEY_SEED "seed"
#define VX_KEY_OVERFLOWS "overflows"
#define VX_KEY_QUANTILES "quantiles"       /* the number of relabellings with quantiles; absent in earlier results */

/* The values of VX_KEY_KIND. */
#define VX_KIND_ANALYSIS "analysis"
#define VX_KIND_COHORT "cohort"

/* Keys of run.json that name the level: of a map the voxels with a significant p, and after the word of a kind of p the
 * clusters with one. They stay as they are, like every key. */
#define VX_BELOW_ENDING "_below_0_05"
#define VX_VOXELS_BELOW_KEY "voxels" VX_BELOW_ENDING

/* The columns of a table of clusters; those of the kinds of p follow them (infer/quantity.h). */
typedef enum vx_cluster_column {
    VX_CLUSTER_LABEL, VX_CLUSTER_SIGN, VX_CLUSTER_VOXELS, VX_CLUSTER_MM3, VX_CLUSTER_MASS, VX_CLUSTER_PEAK_T,
    VX_CLUSTER_PEAK_X, VX_CLUSTER_PEAK_Y, VX_CLUSTER_PEAK_Z, /* mm */
    VX_CLUSTER_PEAK_I, VX_CLUSTER_PEAK_J, VX_CLUSTER_PEAK_K, /* voxel, from 0 */
    VX_CLUSTER_COLUMNS
} vx_cluster_column;
extern const char *const vx_cluster_columns[VX_CLUSTER_COLUMNS];
#define VX_CLUSTER_REGION_COLUMN "peak_region" /* with an atlas */
#define VX_CLUSTER_SUB_PEAKS_COLUMN "sub_peaks"
#define VX_CLUSTER_SUB_REGIONS_COLUMN "sub_peak_regions" /* with an atlas: in the order of the sub-peaks */
#define VX_NO_REGION "no region"

/* The participants' means are kept over so many clusters of an effect, the largest ones. */
enum { VX_MEASURED_CLUSTERS = 20 };

/* The sessions whose means are kept; of a design with one session the follow-up alone. */
enum { VX_MEAN_BASELINE, VX_MEAN_FOLLOWUP, VX_MEAN_SESSIONS };

/* Indexed by vx_design, vx_scheme, vx_tails, vx_p_format, vx_effect_kind and the sessions above; null stands at the
 * end. A session's name is also its dataset of means; vx_session_voxels_names are the datasets of its voxel counts. */
extern const char *const vx_design_names[], *const vx_scheme_names[], *const vx_tails_names[],
    *const vx_p_format_names[], *const vx_effect_kind_names[], *const vx_session_names[],
    *const vx_session_voxels_names[];

/* The scales of outcomes: linear, log, percent, symmetric; indexed by vx_outcome_scale. */
extern const char *const vx_scale_names[];

/* Indexed by vx_outcome_kind: "region", the column of names, and "regions", the group of results.h5, the list in
 * run.json, and the stem of the files. vx_outcome_endings are those of the files, after the stem. */
enum { VX_OUTCOME_KINDS = 2 };
extern const char *const vx_outcome_kind_names[], *const vx_outcome_groups[];
typedef enum vx_outcome_file {
    VX_OUTCOME_TABLE, VX_OUTCOME_DICTIONARY, VX_OUTCOME_VALUES, VX_OUTCOME_VALUES_DICTIONARY, VX_OUTCOME_MARKDOWN,
    VX_OUTCOME_LATEX
} vx_outcome_file;
extern const char *const vx_outcome_endings[];

#endif

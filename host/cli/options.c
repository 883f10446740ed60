#include "cli/options.h"

#include "results/level.h"

#include <math.h>
#include <string.h>

/* clang-format off */
const vx_option vx_option_table[VX_OPTIONS] = {
    [VX_OPTION_ATLAS] = {"atlas", 0, VX_TEXT, VX_RUN, "FILE", NULL, NULL, NULL, 0, 0,
        "Regions in the space of the images, on any grid: a volume of labels, or of several volumes with a probability "
        "each. It is brought to the images by nearest neighbour, never the maps to it. Clusters are told by region."},
    [VX_OPTION_ATLAS_NAMES] = {"atlas-names", 0, VX_TEXT, VX_RUN, "FILE", NULL, NULL, NULL, 0, 0,
        "The names of the atlas's labels: a table with the columns index and name (BIDS, CAT12), FSL's or SPM's XML, a "
        "FreeSurfer colour table or AAL's text. Without it: the file beside the atlas, such as X_dseg.tsv or "
        "labels.tsv."},
    [VX_OPTION_AUC] = {"auc", 0, VX_FORMULAS, VX_RUN, "FORMULA", NULL, NULL, NULL, 0, 0,
        "Columns that --covariate and --nuisance may name: areas under a curve by trapezoids, each as 'NAME = "
        "COLUMN@TIME COLUMN@TIME ...', such as 'rapa_auc = rapa_predose@0 rapa_1h@1 rapa_3h@3'. Several are separated "
        "by ';', or the option is repeated."},
    [VX_OPTION_BELOW_QUANTIFICATION] = {"below-quantification", 0, VX_CHOICE, VX_RUN, "RULE", "half",
        "half|limit|sqrt2", NULL, 0, 0,
        "What a cell such as <0.3, below a limit of quantification, counts as: half of the limit, the limit, or the "
        "limit over the square root of 2 (Hornung & Reed 1990, Appl Occup Environ Hyg 5:46)."},
    [VX_OPTION_BIDS] = {"bids", 0, VX_TEXT, VX_RUN, "DIR", NULL, NULL, NULL, 0, 0,
        "A BIDS folder instead of a table: images by the names of their files, covariates from participants.tsv, "
        "sub-X_sessions.tsv and phenotype/. What was paired is written to pairing.tsv, which --table reads."},
    [VX_OPTION_BIDS_FILTER] = {"bids-filter", 0, VX_FILTERS, VX_RUN, "FILTER", NULL, NULL, NULL, 0, 0,
        "Which files of --bids hold a modality: MODALITY:KEY=VALUE[,KEY=VALUE...], such as pet:pvc=none,desc=preproc, "
        "where none means that the name has no such entity; or a JSON file as fMRIPrep's. Several are separated by "
        "';', or the option is repeated."},
    [VX_OPTION_CHANGE] = {"change", 0, VX_NAMES, VX_RUN, "KIND[,MODALITY=KIND...]", NULL,
        "difference|percent|logratio|symmetric", NULL, 0, 0,
        "How baseline b and follow-up f become one value, at voxels and of the means of regions: f - b (difference, "
        "the default), 100 (f - b) / b (percent), log(f / b) (logratio), 2 (f - b) / (f + b) (symmetric). Voxels with "
        "values too near to zero, or below it, leave the mask. Markers have --log."},
    [VX_OPTION_CLUSTER_P] = {"cluster-p", 0, VX_REAL, VX_RUN, "P", "0.001", NULL, NULL, 0, 0.5,
        "Cluster-forming threshold as a one-sided p. Looser ones than 0.001 find extended effects and localise them "
        "badly (Woo et al. 2014, NeuroImage 91:412)."},
    [VX_OPTION_CLUSTER_T] = {"cluster-t", 0, VX_REAL, VX_RUN, "T", NULL, NULL, NULL, 0, 65536,
        "Cluster-forming threshold as a t, instead of --cluster-p."},
    [VX_OPTION_CONNECTIVITY] = {"connectivity", 0, VX_CHOICE, VX_RUN, "N", "26", "6|18|26", NULL, 0, 0,
        "Neighbours that join a cluster: those that share a face (6), an edge too (18), a corner too (26)."},
    [VX_OPTION_CORRECT] = {"correct", 0, VX_CHOICES, VX_RUN, "LIST", "voxel,extent,mass,tfce,fdr",
        "voxel|extent|mass|tfce|fdr|bonferroni", NULL, 0, 0,
        "Corrections for multiple testing: family-wise error by the largest t of every permutation (voxel; Nichols & "
        "Holmes 2002, Hum Brain Mapp 15:1), by the largest cluster (extent) or cluster mass (mass; Bullmore et al. "
        "1999, IEEE TMI 18:32), by the largest threshold-free cluster enhancement (tfce; Smith & Nichols 2009, "
        "NeuroImage 44:83), and the false discovery rate (fdr; Benjamini & Hochberg 1995). bonferroni: "
        "the family-wise ones also over all effects of the run, each p times their number (Dunn 1961, J Am Stat "
        "Assoc 56:52)."},
    [VX_OPTION_CORRELATION] = {"correlation", 0, VX_CHOICE, VX_RUN, "KIND", "pearson", "pearson|spearman", NULL, 0, 0,
        "How covariates of interest enter: as they are, or by mid-ranks."},
    [VX_OPTION_COVARIATE] = {"covariate", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Columns to correlate with the outcome, each an effect of its own, by permutation (with nuisance: Freedman & "
        "Lane 1983; Winkler et al. 2014, NeuroImage 92:381). A column of two texts (sex: F, M) counts as 0 and 1, in "
        "sorted order. The name of two columns <name>_<session> means their change. A comma within a name is written "
        "'\\,'."},
    [VX_OPTION_COVERAGE] = {"coverage", 0, VX_REAL, VX_RUN, "X", "0.5", NULL, NULL, 0, 1,
        "The least share of a region that the mask must cover; a remark names the regions below it."},
    [VX_OPTION_DATA] = {"data", 0, VX_TEXT, VX_BENCH, "DIR", NULL, NULL, NULL, 0, 0,
        "A cohort made by `voxstat simulate --size 2`, to time what a run does around the permutations: reading, "
        "preparing, writing."},
    [VX_OPTION_DERIVATIVES] = {"derivatives", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "The folders of --bids that are searched for images: names in its derivatives/, or paths. Without it: the "
        "folder itself and all of its derivatives."},
    [VX_OPTION_DERIVE] = {"derive", 0, VX_FORMULAS, VX_RUN, "FORMULA", NULL, NULL, NULL, 0, 0,
        "Markers made from markers in each session, each as 'NAME = EXPRESSION', such as 'ptau_ttau = ptau / ttau': "
        "+ - * / and parentheses, log() (natural), numbers, markers by name (in double quotes if the name has other "
        "characters than letters, digits, _ and .). Ratios of markers are tested as logarithms. Several are separated "
        "by ';', or the option is repeated."},
    [VX_OPTION_DESIGN] = {"design", 0, VX_CHOICE, VX_RUN, "DESIGN", NULL, "paired|onesample", "twosample|glm", 0, 0,
        "The model. paired: the change, followup minus baseline. onesample: the images as they are. Required."},
    [VX_OPTION_DEVICE] = {"device", 0, VX_TEXT, VX_RUN | VX_SELFTEST, "DEVICE", "auto", NULL, NULL, 0, 0,
        "Where it runs: auto (the best GPU that is faster than cpu, else cpu), cpu, opencl, or opencl:P.D as `voxstat "
        "devices` names it."},
    [VX_OPTION_BENCH_DEVICE] = {"device", 0, VX_NAMES, VX_BENCH, "DEVICE[,DEVICE...]", NULL, NULL, NULL, 0, 0,
        "What to measure, as `voxstat devices` names it. Without it: every device there is."},
    [VX_OPTION_DPI] = {"dpi", 0, VX_INTEGER, VX_FIGURE, "N", "300", NULL, NULL, 30, 2400,
        "Pixels an inch of a PNG, and of the slices in an SVG or PDF."},
    [VX_OPTION_EFFECT] = {"effect", 0, VX_NAMES, VX_FIGURE, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Draw the pictures of these effects: change, or a covariate. Without it: of every one."},
    [VX_OPTION_EXACT_MOMENTS] = {"exact-moments", 0, VX_SWITCH, VX_SIMULATE, NULL, NULL, NULL, NULL, 0, 0,
        "Give the drawn sample exactly the stated means, standard deviations and correlations."},
    [VX_OPTION_EXCLUDE] = {"exclude", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Participants to leave out of everything, by their participant_id: those whose images fail quality control. "
        "The run, the report and run.json name them."},
    [VX_OPTION_EXPECTED] = {"expected", 0, VX_TEXT, VX_RUN, "FILE", NULL, NULL, NULL, 0, 0,
        "Expected changes of regions and markers, from elsewhere: a table with the columns region, change, se, unit "
        "(percent or absolute), interval_weeks and source; and if wanted modality, and low and high, the equivalence "
        "bounds of observed minus expected change. The observed changes are compared with them, scaled to "
        "--interval-weeks. One arm cannot tell a drug from time."},
    [VX_OPTION_FONT_SIZE] = {"font-size", 0, VX_REAL, VX_FIGURE, "PT", "7", NULL, NULL, 2, 40,
        "Size of the text in points. It gets smaller where a picture would be wider than the figure, which is said."},
    [VX_OPTION_FORCE] = {"force", 0, VX_SWITCH, VX_RUN | VX_SIMULATE | VX_NIDM | VX_BENCH, NULL, NULL, NULL,
        NULL, 0, 0,
        "Replace existing output that voxstat wrote, if it is of the same kind, unchanged, and not an input. The old "
        "files are removed only when the new ones are complete."},
    [VX_OPTION_FIGURE_FORCE] = {"force", 0, VX_SWITCH, VX_FIGURE, NULL, NULL, NULL, NULL, 0, 0,
        "Replace files that are there."},
    [VX_OPTION_FORMAT] = {"format", 0, VX_CHOICES, VX_FIGURE, "LIST", "png", "png|svg|pdf", NULL, 0, 0,
        "The formats of files in a folder. Text in an SVG or PDF is text."},
    [VX_OPTION_FRAMES] = {"frames", 0, VX_TEXT, VX_RUN, "FROM-TO", NULL, NULL, NULL, 0, 0,
        "Take the mean of the frames of dynamic images in this window, 30-60min or 1800-3600s, weighted by their "
        "duration. Their times are FrameTimesStart and FrameDuration of the JSON file beside the image."},
    [VX_OPTION_GRID_TOLERANCE] = {"grid-tolerance", 0, VX_REAL, VX_RUN, "X", "0.02", NULL, NULL, 0, 1,
        "Two grids count as the same where their corners are at most X voxels apart."},
    [VX_OPTION_HELP] = {"help", 'h', VX_SWITCH, VX_EVERY_COMMAND, NULL, NULL, NULL, NULL, 0, 0,
        "Say what the command does and what it takes."},
    [VX_OPTION_INSTRUMENT] = {"instrument", 0, VX_CHOICE, VX_NIDM, "KIND", NULL, "mri|pet|spect|eeg|meg", NULL, 0, 0,
        "What made the images, which results do not tell. The tool nidmresults reads no pack without it."},
    [VX_OPTION_INTERVAL_WEEKS] = {"interval-weeks", 0, VX_REAL, VX_RUN, "W", NULL, NULL, NULL, 0, 1e6,
        "The weeks between the sessions, for --expected."},
    [VX_OPTION_JOINT] = {"joint", 0, VX_SWITCH, VX_RUN, NULL, NULL, NULL, NULL, 0, 0,
        "All covariates of interest in one model. Without it each is tested by itself, given the nuisance."},
    [VX_OPTION_JSON] = {"json", 0, VX_TEXT, VX_BENCH, "FILE", NULL, NULL, NULL, 0, 0,
        "Also write the figures to this JSON file, which must not exist (but see --force)."},
    [VX_OPTION_KEEP_PREPARED] = {"keep-prepared", 0, VX_SWITCH, VX_RUN, NULL, NULL, NULL, NULL, 0, 0,
        "Keep the images that are tested, the change map of every participant, as a BIDS derivative in the folder "
        "prepared of the results. They are 0 at voxels that are not analysed."},
    [VX_OPTION_KEEP_ZEROS] = {"keep-zeros", 0, VX_SWITCH, VX_RUN, NULL, NULL, NULL, NULL, 0, 0,
        "Take exact zeros inside --mask as values. Without it they are missing coverage, and a voxel that is zero in "
        "some image is left out."},
    [VX_OPTION_LEFTOVERS] = {"leftovers", 0, VX_CHOICE, VX_RUN | VX_SIMULATE, "HOW", "keep", "keep|remove|recover",
        NULL, 0, 0,
        "How to treat folders OUT.partial-* that killed runs left beside --out: report and keep them (keep), delete "
        "them (remove), or move complete results to --out instead of computing (recover)."},
    [VX_OPTION_LOG] = {"log", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Markers to test as logarithms, so that a change is a ratio."},
    [VX_OPTION_MAP] = {"map", 0, VX_TEXT, VX_FIGURE, "MAP", "t", NULL, NULL, 0, 0,
        "The map of slices: t; a map of p, such as p-fwe-voxel, of which -log10 with the sign of t is drawn; or "
        "another one, such as mean, slope, r or dz, which gives the colours while t says how full they are."},
    [VX_OPTION_MASK] = {"mask", 0, VX_TEXT, VX_RUN, "FILE", NULL, NULL, NULL, 0, 0,
        "An image in the same space: of its voxels above zero (see --mask-level) those are analysed that are finite "
        "and not zero in every image. A mask on another grid is brought to theirs by nearest neighbour. Without it: "
        "all such voxels."},
    [VX_OPTION_MASK_LEVEL] = {"mask-level", 0, VX_REAL, VX_RUN, "X", "0", NULL, NULL, -INFINITY, INFINITY,
        "The voxels of --mask above X are its inside: 0.5 for one that was resampled, 0.2 for a map of the "
        "probability of grey matter."},
    [VX_OPTION_MASK_RELATIVE] = {"mask-relative", 0, VX_REAL, VX_RUN, "SHARE", NULL, NULL, NULL, 0, 100,
        "Also demand a value above SHARE of its global mean in every image, as SPM does with 0.8. The global mean of "
        "an image is that of its voxels above an eighth of its mean (spm_global)."},
    [VX_OPTION_MASK_THRESHOLD] = {"mask-threshold", 0, VX_REAL, VX_RUN, "X", NULL, NULL, NULL, -INFINITY, INFINITY,
        "Also demand a value above X in every image, as SPM's absolute threshold does."},
    [VX_OPTION_MEMORY_LIMIT] = {"memory-limit", 0, VX_BYTES, VX_RUN, "SIZE", "auto", "auto", NULL, 1, 0x1p60,
        "What the device's buffers may take: 64M, 2G, plain bytes. auto: 80 % of what is free. The answer does not "
        "depend on it."},
    [VX_OPTION_MISSING] = {"missing", 0, VX_NAMES, VX_RUN, "CODE[,CODE...]", "NA,NaN", NULL, NULL, 0, 0,
        "Cells of the table that mean missing, beside n/a and empty ones: text of any case, or numbers such as -9. How "
        "many there were is said."},
    [VX_OPTION_MODALITY] = {"modality", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Which images and markers: those in the columns <name>_<session>, which hold images or numbers, and those of "
        "--derive; of a onesample design without --sessions, the columns of these names. Without it: every one there "
        "is."},
    [VX_OPTION_NIDM_MODALITY] = {"modality", 0, VX_NAMES, VX_NIDM, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Write the packs of these modalities. Without it: of every one."},
    [VX_OPTION_SIMULATE_MODALITY] = {"modality", 0, VX_CHOICES, VX_SIMULATE, "NAME[,NAME...]", NULL, "pet|cbf|gm|csf",
        NULL, 0, 0, "What is measured: images of FDG uptake (pet), blood flow (cbf) and grey-matter density (gm), "
        "markers in the cerebrospinal fluid (csf). Without it: all. None depends on the others."},
    [VX_OPTION_FIGURE_MODALITY] = {"modality", 0, VX_NAMES, VX_FIGURE, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Draw the pictures of these modalities. Without it: of every one."},
    [VX_OPTION_MODEL] = {"model", 0, VX_TEXT, VX_BENCH, "CARD", NULL, NULL, NULL, 0, 0,
        "Instead of measuring: what to expect of a graphics card, from counted instructions and bytes, beside its "
        "limits. list: the cards that are known."},
    [VX_OPTION_NO_REPORT] = {"no-report", 0, VX_SWITCH, VX_RUN, NULL, NULL, NULL, NULL, 0, 0,
        "Leave out the report, which takes seconds: voxstat report DIR makes it at any time."},
    [VX_OPTION_NUISANCE] = {"nuisance", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Columns of no interest, in every effect's model; numbers or two texts, as of --covariate."},
    [VX_OPTION_ORIENTATION] = {"orientation", 0, VX_CHOICE, VX_RUN | VX_REPORT | VX_FIGURE, "SIDE", NULL,
        "neurological|radiological", NULL, 0, 0,
        "How images lie whose headers do not tell left from right, ANALYZE 7.5 pairs and NIfTI without sform and "
        "qform: x grows to the right (neurological) or to the left (radiological). Without it such files are refused."},
    [VX_OPTION_OUT] = {"out", 'o', VX_TEXT, VX_RUN, "DIR", "voxstat-results", NULL, NULL, 0, 0,
        "The folder for the results, which must not exist (but see --force)."},
    [VX_OPTION_SIMULATE_OUT] = {"out", 'o', VX_TEXT, VX_SIMULATE, "DIR", "voxstat-cohort", NULL, NULL, 0, 0,
        "The folder for the cohort, which must not exist (but see --force)."},
    [VX_OPTION_NIDM_OUT] = {"out", 'o', VX_TEXT, VX_NIDM, "DIR", NULL, NULL, NULL, 0, 0,
        "The folder for the packs. Without it: the folder of results."},
    [VX_OPTION_FIGURE_OUT] = {"out", 'o', VX_TEXT, VX_FIGURE, "FILE|DIR", "figure.png", NULL, NULL, 0, 0,
        "All pictures as one figure in FILE, which ends in .png, .svg or .pdf; or each in a file of its own in the "
        "folder DIR. Files that are there are not replaced (but see --force)."},
    [VX_OPTION_P_FORMAT] = {"p-format", 0, VX_CHOICE, VX_RUN, "FORMAT", "log10", "log10|p|1-p", NULL, 0, 0,
        "What the p-maps hold: -log10 p, p or 1 - p."},
    [VX_OPTION_PANELS] = {"panels", 0, VX_SWITCH, VX_FIGURE, NULL, NULL, NULL, NULL, 0, 0,
        "Put the letters A, B, C ... on the pictures."},
    [VX_OPTION_PARTICIPANTS] = {"participants", 0, VX_INTEGER, VX_SIMULATE | VX_BENCH, "N", "14", NULL, NULL, 6, 9999,
        "How many take part."},
    [VX_OPTION_PEAK_DISTANCE] = {"peak-distance", 0, VX_REAL, VX_RUN, "MM", "8", NULL, NULL, 0, 1e6,
        "Sub-peaks of a cluster, three at most, lie at least so far from one another and from its peak."},
    [VX_OPTION_PERMUTATIONS] = {"permutations", 'n', VX_INTEGER, VX_RUN, "N", "auto", "auto|exact", NULL, 0, 1e9,
        "Random permutations, or every one where N reaches their number; 0 or exact: every one. auto: every one where "
        "there are at most 20,000, else 10,000. No p is ever 0 (Phipson & Smyth 2010)."},
    [VX_OPTION_PICTURE] = {"picture", 0, VX_NAMES, VX_FIGURE, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "What is drawn, in this order: slices, glass, null (or null-extent ...), qq, values (or cluster-1 ...), "
        "forest, scatter, matrix, participants, expected, design, quality, or the complete name of a picture in the "
        "report. A name that is not there is answered by those that are. Without it: slices, or the forest plots of a "
        "study without images."},
    [VX_OPTION_PLANT] = {"plant", 0, VX_CHOICES, VX_SIMULATE, "CASE[,CASE...]", NULL,
        "global|leverage|shift|null|reference|atrophy", NULL, 0, 0,
        "Planted cases: a global rise of uptake and nothing else (global), one participant who alone carries the "
        "correlation (leverage), blood levels higher by a constant (shift), no effect anywhere (null), a rise of the "
        "reference region alone (reference), a loss of grey matter and nothing else (atrophy)."},
    [VX_OPTION_PRIMARY] = {"primary", 0, VX_CHOICE, VX_RUN, "CORRECTION", "voxel", "voxel|extent|mass|tfce", NULL, 0, 0,
        "The correction that 'significant' means in headlines, contours, counts and colours; the others are further "
        "looks. Choose it before the data are seen. It is one of --correct. Where --correct leaves voxel out, it is "
        "the first of extent, mass, tfce and fdr there, unless --primary names it."},
    [VX_OPTION_PROGRESS] = {"progress", 0, VX_CHOICE, VX_RUN, "HOW", "auto", "auto|bar|plain|none", NULL, 0, 0,
        "What is shown while it runs: a bar, a line a few times a minute, or nothing. auto: a bar on a terminal, else "
        "lines."},
    [VX_OPTION_PSF] = {"psf", 0, VX_TEXT, VX_RUN, "MM|X,Y,Z|FILE", NULL, NULL, NULL, 0, 0,
        "The point spread of the images for --pvc, in mm FWHM along the axes of their grid: one number, three, or a "
        "table as Clinica's with the columns participant_id, session_id, acq_label, psf_x, psf_y and psf_z."},
    [VX_OPTION_PVC] = {"pvc", 0, VX_NAMES, VX_RUN, "METHOD[,MODALITY=METHOD...]", NULL,
        "none|meltzer|mg|gtm", NULL, 0, 0,
        "Correct the images for partial volume, on the grid that they come on: not at all (none, the default), as "
        "tissue against its surroundings (meltzer; Meltzer et al. 1990, J Comput Assist Tomogr 14:561), as grey "
        "against white matter (mg; Müller-Gärtner et al. 1992, J Cereb Blood Flow Metab 12:571); and the means of the "
        "regions of --atlas by the geometric transfer matrix (gtm; Rousset et al. 1998, J Nucl Med 39:904), by itself "
        "or beside one of these: mg,gtm. Regions have their figures with and without. It needs --psf and the maps of "
        "--pvc-grey and --pvc-white."},
    [VX_OPTION_PVC_GREY] = {"pvc-grey", 0, VX_TEXT, VX_RUN, "NAME", "gm", NULL, NULL, 0, 0,
        "The maps of grey matter, a share of each voxel: the columns <NAME>_<session> or <NAME> of the table, on the "
        "grids of the images. Where --pvc-white has the same name, its images have two volumes: grey and white matter, "
        "as PETPVC takes them. Of --bids: label-GM_probseg of the session, or what --bids-filter says of NAME."},
    [VX_OPTION_PVC_WHITE] = {"pvc-white", 0, VX_TEXT, VX_RUN, "NAME", "wm", NULL, NULL, 0, 0,
        "The maps of white matter, likewise."},
    [VX_OPTION_QUIET] = {"quiet", 'q', VX_SWITCH, VX_RUN | VX_REPORT | VX_NIDM | VX_FIGURE, NULL, NULL, NULL,
        NULL, 0, 0,
        "Say nothing but results and errors."},
    [VX_OPTION_RAW] = {"raw", 0, VX_SWITCH, VX_SIMULATE, NULL, NULL, NULL, NULL, 0, 0,
        "Uptake as measured (SUV) with its global noise, instead of over that of the pons (SUVR)."},
    [VX_OPTION_REFERENCE] = {"reference", 0, VX_NAMES, VX_RUN, "REGION[,MODALITY=REGION...]", NULL, NULL, NULL, 0, 0,
        "Divide every image by its mean over a reference region, --scale reference: an image in the same space, whose "
        "voxels above zero are the region, or 'atlas:NAME + NAME', regions of --atlas; or data: the voxels whose "
        "baseline varies least among participants. PET becomes SUVR so. What the region itself did between the "
        "sessions is said."},
    [VX_OPTION_REFERENCE_ERODE] = {"reference-erode", 0, VX_REAL, VX_RUN, "MM", NULL, NULL, NULL, 0, 100,
        "Leave the voxels of the reference region out that are at most MM from a voxel outside it, between centres."},
    [VX_OPTION_REGIONS] = {"regions", 0, VX_TEXT, VX_RUN, "FILE", NULL, NULL, NULL, 0, 0,
        "The planned regions: a table with the columns region, family and members, where members are names of the "
        "atlas joined by ' + '. Without it: every region of the atlas by itself, in the family exploratory."},
    [VX_OPTION_REGRID] = {"regrid", 0, VX_TEXT, VX_RUN, "MM|FILE", NULL, NULL, NULL, 0, 0,
        "Bring the images of a modality to one grid, in the space in which they are: to cubic voxels of MM mm over the "
        "first image, with the origin of the space at the centre of one, or to the grid of an image. Voxels that span "
        "more than two of an image get their mean. Nothing is registered."},
    [VX_OPTION_REGRID_METHOD] = {"regrid-method", 0, VX_CHOICE, VX_RUN, "METHOD", "linear", "linear|cubic", NULL, 0, 0,
        "How --regrid finds values between voxels: trilinear, which stays within the values that are there, or cubic "
        "B-splines, which keep more detail and may swing beyond them."},
    [VX_OPTION_REPETITIONS] = {"repetitions", 0, VX_INTEGER, VX_BENCH, "N", "5", NULL, NULL, 1, 1000,
        "How often every row is measured; the best and the median are told."},
    [VX_OPTION_SCALE] = {"scale", 0, VX_NAMES, VX_RUN, "HOW[,MODALITY=HOW...]", NULL,
        "none|reference|global|ancova", NULL, 0, 0,
        "What the intensities of an image are divided by: nothing (none; the default without --reference), the mean "
        "over --reference (reference), the global mean, that of the voxels above an eighth of the mean of all, as SPM "
        "has it (global); or by nothing, with the change of the global mean as a nuisance regressor of the modality "
        "(ancova). Global scaling hides a change of much of the brain and makes one elsewhere (Borghammer et al. 2009, "
        "NeuroImage 45:1249)."},
    [VX_OPTION_SCALING] = {"scaling", 0, VX_SWITCH, VX_BENCH, NULL, NULL, NULL, NULL, 0, 0,
        "Instead of the rows: how the time of a covariate grows with voxels, participants and permutations."},
    [VX_OPTION_SEED] = {"seed", 0, VX_INTEGER, VX_RUN | VX_SIMULATE, "N", "0", NULL, NULL, 0, 0x1p64,
        "The stream of random numbers (Philox4x32-10; Salmon et al. 2011): the same seed, the same answer."},
    [VX_OPTION_SENSITIVITY] = {"sensitivity", 0, VX_FORMULAS, VX_RUN, "OPTION=VALUE[,VALUE...]", NULL, NULL, NULL, 0, 0,
        "Alternatives to the preparation of the images, each the run with one option changed: "
        "'reference=pons.nii.gz,data; scale=none,global; smooth=0,6,10'. A value may be for one modality "
        "(scale=pet=none), and none leaves the option out. The run says, and tells in sensitivity.tsv and the report, "
        "which conclusions depend on the choice. Several are separated by ';', or the option is repeated."},
    [VX_OPTION_SESSIONS] = {"sessions", 0, VX_NAMES, VX_RUN, "BASELINE,FOLLOWUP", NULL, NULL, NULL, 0, 0,
        "The two sessions of a paired design; the first is subtracted from the second. Without it: the only two there "
        "are, where their names tell which came first (baseline and followup, pre and post, V1 and V2, m06 and m12, "
        "dates). Of a onesample design: the one session."},
    [VX_OPTION_SIZE] = {"size", 0, VX_CHOICE, VX_SIMULATE, "MM", "4", "4|2|1", NULL, 0, 0,
        "Size of a voxel in mm."},
    [VX_OPTION_SLICES] = {"slices", 0, VX_FILTERS, VX_FIGURE, "PLANE:MM[,MM...]", NULL, NULL, NULL, 0, 0,
        "Draw these slices, of the planes axial, coronal and sagittal: 'axial:-20,0,12; sagittal:4', in mm of the "
        "images' own space. Several planes are separated by ';', or the option is repeated. Without it: as in the "
        "report."},
    [VX_OPTION_SMOOTH] = {"smooth", 0, VX_REAL, VX_RUN, "FWHM", NULL, "0", NULL, 0, 1000,
        "Smooth every image by a Gaussian of FWHM mm, over the voxels that have data: zeros and NaN stay as they are "
        "and do not fade what is beside them."},
    [VX_OPTION_SMOOTH_TO] = {"smooth-to", 0, VX_REAL, VX_RUN, "FWHM", NULL, "0", NULL, 0, 1000,
        "Smooth every image so that it has a smoothness of FWHM mm along every axis, from the one that it has; an "
        "image that is smoother is left as it is."},
    [VX_OPTION_SUV] = {"suv", 0, VX_NAMES, VX_RUN, "NAME[,NAME...]", NULL, NULL, NULL, 0, 0,
        "Modalities whose images, in Bq/mL, become SUV: by InjectedRadioactivity in the images' sidecars, and the body "
        "weight in kg in a column body_weight (weight, weight_kg; with _<session> where it differs) of the table or as "
        "PatientWeight in the sidecars."},
    [VX_OPTION_TABLE] = {"table", 0, VX_TEXT, VX_RUN, "FILE", "participants.tsv", NULL, NULL, 0, 0,
        "The table: tab-separated text in UTF-8, participant_id first, a column an image (paths relative to where the "
        "table is named), a marker or a covariate; n/a is missing."},
    [VX_OPTION_TAILS] = {"tails", 0, VX_CHOICE, VX_RUN, "TAILS", "two", "two|pos|neg", NULL, 0, 0,
        "The alternative: a difference either way, a rise, a fall."},
    [VX_OPTION_TEMPLATE] = {"template", 0, VX_TEXT, VX_RUN | VX_REPORT | VX_FIGURE, "FILE", NULL, NULL, NULL, 0, 0,
        "An image in the space of the results, to draw the maps of the report over; its grid may be another. none: the "
        "mean of all images. Without it: a template of MNI's space that is installed (of FSL, TemplateFlow, nilearn, "
        "MRIcron or SPM; VOXSTAT_TEMPLATE names another one) where the headers of the images say MNI, else the mean "
        "of all images."},
    [VX_OPTION_TFCE_E] = {"tfce-e", 0, VX_REAL, VX_RUN, "E", "0.5", NULL, NULL, 0, 10,
        "TFCE's exponent of extent."},
    [VX_OPTION_TFCE_H] = {"tfce-h", 0, VX_REAL, VX_RUN, "H", "2", NULL, NULL, 0, 10,
        "TFCE's exponent of height; other tools' steps know only 2."},
    [VX_OPTION_TFCE_PRESET] = {"tfce-preset", 0, VX_CHOICE, VX_RUN, "PRESET", "exact",
        "exact|fsl|palm|mrtrix|nilearn", NULL, 0, 0,
        "How TFCE is integrated: in closed form, or in the steps of another tool, for comparison: a hundredth of the "
        "observed maximum (fsl), of each map's own (palm, which multiplies it in, and nilearn), of |t| where two tails "
        "are tested, or 0.1 (mrtrix). FSL's own neighbours are --connectivity 6."},
    [VX_OPTION_THREADS] = {"threads", 0, VX_INTEGER, VX_RUN | VX_SELFTEST | VX_SIMULATE | VX_BENCH, "N", "all", "all",
        NULL, 1, 4096,
        "CPU threads. The answer does not depend on them."},
    [VX_OPTION_THRESHOLD] = {"threshold", 0, VX_TEXT, VX_FIGURE, "T|CORRECTION[:P]", NULL, NULL, NULL, 0, 0,
        "Where colours are full and lines go around: beyond this t (of a map of p: below this p), or where p of the "
        "correction voxel, extent, mass, tfce, fdr or uncorrected is below P (" VX_LEVEL_TEXT "). What is below "
        "the threshold stays, faded. "
        "Without it: the threshold at which clusters form."},
    [VX_OPTION_UNITS] = {"units", 0, VX_NAMES, VX_RUN, "UNITS[,NAME=UNITS...]", NULL, NULL, NULL, 0, 0,
        "The units of the images as they are analysed, and of markers, for axes, tables and headers: "
        "'pet=SUVR,cbf=mL/100 g/min'. Without it those of the images' sidecars, or of the data dictionary beside the "
        "table."},
    [VX_OPTION_VERBOSE] = {"verbose", 'v', VX_SWITCH, VX_RUN, NULL, NULL, NULL, NULL, 0, 0,
        "Say more: how the mask came about, batches, memory and times."},
    [VX_OPTION_VERSION] = {"version", 0, VX_SWITCH, VX_EVERY_COMMAND, NULL, NULL, NULL, NULL, 0, 0,
        "Print the version, those of libraries, and the devices there are."},
    [VX_OPTION_VOXELS] = {"voxels", 0, VX_INTEGER, VX_BENCH, "N", "0", NULL, NULL, 0, 1e9,
        "At most so many voxels of the 2 mm phantom; 0: all, about 230,000."},
    [VX_OPTION_WIDTH] = {"width", 0, VX_REAL, VX_FIGURE, "MM", NULL, NULL, NULL, 20, 2000,
        "Width of the figure in mm, such as 85 or 180 for one or two columns. Without it: what the pictures need, at "
        "most 180."},
    [VX_OPTION_WILCOXON_ZEROS] = {"wilcoxon-zeros", 0, VX_CHOICE, VX_RUN, "RULE", "drop", "drop|pratt", NULL, 0, 0,
        "What Wilcoxon's test of a region or marker does with changes of exactly zero: drop them before the ranking "
        "(Wilcoxon 1945), or rank them and then drop them (Pratt 1959, J Am Stat Assoc 54:655)."},
};
/* clang-format on */

int vx_choice(const char *choices, const char *word)
{
    size_t length = strlen(word);
    for (int place = 0; choices && *choices; place++) {
        size_t next = strcspn(choices, "|");
        if (next == length && !strncmp(choices, word, length))
            return place;
        choices += next + (choices[next] == '|');
    }
    return -1;
}

bool vx_option_adds(const vx_option *option)
{
    return option->kind == VX_NAMES || option->kind == VX_FORMULAS || option->kind == VX_FILTERS;
}

bool vx_option_later(const vx_option *option)
{
    return option->later && !strcmp(option->later, "*");
}

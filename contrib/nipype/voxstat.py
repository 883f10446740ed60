"""Nipype's interface to voxstat.

    from voxstat import Voxstat
    test = Voxstat(design="paired", table="participants.tsv", covariate=["rapa_level"])
    test.run().outputs.p_fwe_tfce

Put this folder on PYTHONPATH; `voxstat` must be on PATH. Every option of `voxstat run` is an input of the same name,
with '_' for '-'. Outputs are absolute paths: single files, and for every map a list with one file a modality and
effect, in the order of their names. A map that the run did not make is undefined.
"""
import json
import os

from nipype.interfaces.base import CommandLine, CommandLineInputSpec, Directory, File, TraitedSpec, traits

CORRECTIONS = ("voxel", "extent", "mass", "tfce", "fdr", "bonferroni")
# The names of all maps, as in <modality>/<effect>/<map>.nii.gz.
MAPS = ("mean", "slope", "se", "ci-low", "ci-high", "t", "z", "r", "rho", "dz", "g", "tfce", "clusters",
        "p-uncorrected", "p-fdr", "p-fwe-voxel", "p-fwe-extent", "p-fwe-mass", "p-fwe-tfce",
        "p-bonferroni-voxel", "p-bonferroni-extent", "p-bonferroni-mass", "p-bonferroni-tfce")


def _names(option, **more):
    return traits.List(traits.Str, minlen=1, sep=",", argstr=f"--{option} %s", **more)


def _formulas(option, **more):
    """A list of "NAME = FORMULA"; names in them must hold no apostrophe."""
    return traits.List(traits.Str, minlen=1, sep="; ", argstr=f"--{option} '%s'", **more)


class VoxstatInputSpec(CommandLineInputSpec):
    """The options of `voxstat run`; `voxstat run --help` explains them."""
    design = traits.Enum("paired", "onesample", mandatory=True, argstr="--design %s", desc="the model")
    table = File(exists=True, mandatory=True, argstr="--table %s", xor=["bids"],
                 desc="participants.tsv; images are sought from its folder")
    bids = Directory(exists=True, mandatory=True, argstr="--bids %s", xor=["table"], desc="a BIDS folder")
    derivatives = _names("derivatives", requires=["bids"], desc="its folders that are searched; without it all")
    bids_filter = _formulas("bids-filter", requires=["bids"],
                            desc="which files hold a modality, as in 'pet:pvc=none,desc=preproc'")
    frames = traits.Str(argstr="--frames %s", desc="the window of frames that are averaged, as in 30-60min")
    covariate = _names("covariate", desc="columns to correlate with the outcome")
    nuisance = _names("nuisance", desc="columns of no interest")
    joint = traits.Bool(argstr="--joint", desc="all covariates in one model")
    correlation = traits.Enum("pearson", "spearman", argstr="--correlation %s", desc="how covariates enter")
    modality = _names("modality", desc="which images; without it all")
    sessions = _names("sessions", desc="baseline and followup; the first is subtracted from the second")
    exclude = _names("exclude", desc="participants to leave out of everything")
    missing = _names("missing", desc="cells that mean missing, beside n/a and empty ones")
    derive = _formulas("derive", desc="markers from markers, as in 'ptau_ttau = ptau / ttau'")
    log = _names("log", desc="markers that are tested as logarithms")
    below_quantification = traits.Enum("half", "limit", "sqrt2", argstr="--below-quantification %s",
                                       desc="what a cell such as <0.3 counts as")
    auc = _formulas("auc", desc="areas under a curve for covariate and nuisance, as in 'auc = a@0 b@1 c@3'")
    wilcoxon_zeros = traits.Enum("drop", "pratt", argstr="--wilcoxon-zeros %s",
                                 desc="what Wilcoxon's test does with changes of zero")
    expected = File(exists=True, argstr="--expected %s", requires=["interval_weeks"],
                    desc="external rates of change, to compare with")
    interval_weeks = traits.Range(0.0, 1e6, exclude_low=True, exclude_high=True, argstr="--interval-weeks %r",
                                  desc="weeks between the sessions")
    atlas = File(exists=True, argstr="--atlas %s", desc="regions: labels, or probabilities")
    atlas_names = File(exists=True, argstr="--atlas-names %s", requires=["atlas"], desc="names of the labels")
    regrid = traits.Either(traits.Range(low=0.0, exclude_low=True), File(exists=True), argstr="--regrid %s",
                           desc="bring images to voxels of so many mm, or to the grid of an image")
    regrid_method = traits.Enum("linear", "cubic", argstr="--regrid-method %s", requires=["regrid"],
                                desc="how values between voxels are found")
    smooth = traits.Range(0.0, 1000.0, exclude_low=True, exclude_high=True, argstr="--smooth %r", xor=["smooth_to"],
                          desc="mm of FWHM by which every image is smoothed")
    smooth_to = traits.Range(0.0, 1000.0, exclude_low=True, exclude_high=True, argstr="--smooth-to %r",
                             xor=["smooth"], desc="mm of FWHM to which every image is smoothed")
    reference = traits.List(traits.Str, minlen=1, sep=",", argstr="--reference '%s'",
                            desc="regions by whose mean images are divided: FILE, atlas:NAME, MODALITY=FILE")
    reference_erode = traits.Range(0.0, 100.0, exclude_low=True, exclude_high=True, argstr="--reference-erode %r",
                                   desc="mm by which the reference region is eroded")
    suv = _names("suv", desc="modalities that become SUV, by dose and body weight")
    pvc = _names("pvc", desc="partial-volume correction: none, meltzer, mg, gtm; MODALITY=METHOD")
    psf = traits.Either(traits.Range(low=0.0, exclude_low=True), traits.Str(), argstr="--psf %s", requires=["pvc"],
                        desc="point spread: mm, 'X,Y,Z' in mm or a table")
    pvc_grey = traits.Str(argstr="--pvc-grey %s", requires=["psf"], desc="columns of the maps of grey matter")
    pvc_white = traits.Str(argstr="--pvc-white %s", requires=["psf"], desc="columns of the maps of white matter")
    change = _names("change", desc="how sessions become one value: difference, percent, logratio, symmetric; MODALITY=KIND")
    units = traits.List(traits.Str, minlen=1, sep=",", argstr="--units '%s'", desc="units of images: NAME=UNITS")
    scale = _names("scale", desc="what images are divided by: none, reference, global, ancova; MODALITY=HOW")
    regions = File(exists=True, argstr="--regions %s", requires=["atlas"], desc="planned regions and their families")
    coverage = traits.Range(0.0, 1.0, exclude_low=True, exclude_high=True, argstr="--coverage %r", requires=["atlas"],
                            desc="least share of a region that the mask covers")
    peak_distance = traits.Range(low=0.0, exclude_low=True, argstr="--peak-distance %r",
                                 desc="mm between the sub-peaks of a cluster")
    mask = File(exists=True, argstr="--mask %s", desc="voxels above zero are analysed")
    mask_level = traits.Float(argstr="--mask-level %r", desc="above what the mask is inside")
    keep_prepared = traits.Bool(argstr="--keep-prepared", desc="keep the change maps as a BIDS derivative")
    keep_zeros = traits.Bool(argstr="--keep-zeros", desc="exact zeros in the mask are values")
    grid_tolerance = traits.Range(0.0, 1.0, exclude_low=True, exclude_high=True, argstr="--grid-tolerance %r",
                                  desc="voxels within which two grids are one")
    mask_threshold = traits.Float(argstr="--mask-threshold %r", desc="also demand a value above it in every image")
    mask_relative = traits.Range(0.0, 100.0, exclude_low=True, exclude_high=True, argstr="--mask-relative %r",
                                 desc="also demand a value above this share of each image's global mean")
    orientation = traits.Enum("neurological", "radiological", argstr="--orientation %s",
                              desc="the orientation of images whose headers do not define it")
    permutations = traits.Either(traits.Range(low=0), traits.Enum("auto", "exact"), argstr="--permutations %s",
                                 desc="random ones, or all where there are no more; 0 or exact: all")
    seed = traits.Range(low=0, argstr="--seed %s", desc="the stream of random numbers")
    sensitivity = _formulas("sensitivity", desc="alternatives to the preparation, as in 'scale=none,global'")
    tails = traits.Enum("two", "pos", "neg", argstr="--tails %s", desc="the alternative")
    correct = traits.List(traits.Enum(*CORRECTIONS), minlen=1, sep=",", argstr="--correct %s", desc="corrections")
    primary = traits.Enum("voxel", "extent", "mass", "tfce", argstr="--primary %s",
                          desc="the correction that 'significant' means")
    cluster_p = traits.Range(0.0, 0.5, exclude_low=True, exclude_high=True, argstr="--cluster-p %r", xor=["cluster_t"],
                             desc="cluster-forming threshold as a one-sided p")
    cluster_t = traits.Range(low=0.0, exclude_low=True, argstr="--cluster-t %r", xor=["cluster_p"],
                             desc="the same as a t")
    connectivity = traits.Enum(26, 18, 6, argstr="--connectivity %d", desc="neighbours that join a cluster")
    tfce_e = traits.Range(0.0, 10.0, exclude_low=True, exclude_high=True, argstr="--tfce-e %r", desc="TFCE's E")
    tfce_h = traits.Range(0.0, 10.0, exclude_low=True, exclude_high=True, argstr="--tfce-h %r", desc="TFCE's H")
    tfce_preset = traits.Enum("exact", "fsl", "palm", "mrtrix", "nilearn", argstr="--tfce-preset %s",
                              desc="the exact integral, or another tool's steps")
    p_format = traits.Enum("log10", "p", "1-p", argstr="--p-format %s", desc="what p-maps hold")
    template = File(exists=True, argstr="--template %s", desc="the image under the maps of the report")
    device = traits.Str(argstr="--device %s", desc="auto, cpu, opencl or opencl:P.D")
    threads = traits.Either(traits.Range(1, 4096), traits.Enum("all"), argstr="--threads %s", nohash=True,
                            desc="CPU threads; the answer does not depend on them")
    memory_limit = traits.Str(argstr="--memory-limit %s", nohash=True,
                              desc="of the device's buffers, as in 2G; the answer does not depend on it")
    out = Directory("voxstat-results", usedefault=True, argstr="--out %s", desc="where the results go")
    force = traits.Bool(argstr="--force", desc="replace results that are there")
    leftovers = traits.Enum("keep", "remove", "recover", argstr="--leftovers %s", nohash=True,
                            desc="what becomes of folders that killed runs left beside out")
    progress = traits.Enum("auto", "bar", "plain", "none", argstr="--progress %s", nohash=True,
                           desc="what is shown while it runs")
    quiet = traits.Bool(argstr="--quiet", nohash=True, desc="say nothing but results and errors")
    verbose = traits.Bool(argstr="--verbose", nohash=True, desc="say more")


class VoxstatOutputSpec(TraitedSpec):
    """Absolute paths; the lists of maps are added below, one for each of MAPS."""
    out = Directory(exists=True, desc="the folder of the results")
    mask = File(exists=True, desc="voxels analysed in every modality")
    modality_masks = traits.List(File(exists=True), desc="<modality>/mask.nii.gz, where there are several modalities")
    n_maps = traits.List(File(exists=True), desc="n.nii.gz, or <modality>/n.nii.gz: participants with data")
    quality = File(exists=True, desc="quality.tsv: figures and flags of every image")
    sensitivity = File(exists=True, desc="sensitivity.tsv: the results under every choice of the preparation")
    summary = File(exists=True, desc="summary.tsv: a line for every modality, effect and search volume")
    figures = traits.List(File(exists=True), desc="figures/*: the pictures of the report")
    results = File(exists=True, desc="results.h5: all maps and null distributions")
    record = File(exists=True, desc="run.json: options, versions, inputs, headline figures")
    report = File(exists=True, desc="report.html")
    cluster_tables = traits.List(File(exists=True), desc="<modality>/<effect>/clusters.tsv")
    regions = File(exists=True, desc="regions.tsv, where regions were tested")
    markers = File(exists=True, desc="markers.tsv, where markers were tested")
    files = traits.List(File(exists=True), desc="everything in the folder")


for _map in MAPS:
    VoxstatOutputSpec.add_class_trait(_map.replace("-", "_"), traits.List(
        File(exists=True), desc=f"<modality>/<effect>/{_map}.nii.gz"))


class Voxstat(CommandLine):
    """Voxelwise statistics with permutation inference: `voxstat run`."""
    _cmd = "voxstat run"
    input_spec = VoxstatInputSpec
    output_spec = VoxstatOutputSpec

    def _list_outputs(self):
        out = os.path.abspath(self.inputs.out)
        with open(os.path.join(out, "run.json"), encoding="utf-8") as text:
            files = json.load(text)["files"]
        outputs = self._outputs().get()
        outputs.update(out=out, mask=os.path.join(out, "mask.nii.gz"), results=os.path.join(out, "results.h5"),
                       record=os.path.join(out, "run.json"),
                       files=[os.path.join(out, name) for name in files])
        if not os.path.exists(outputs["mask"]):  # modalities on different grids
            del outputs["mask"]
        if "report.html" in files:  # missing where it could not be drawn
            outputs["report"] = os.path.join(out, "report.html")
        for table in ("summary", "quality", "regions", "markers", "sensitivity"):
            if f"{table}.tsv" in files:
                outputs[table] = os.path.join(out, f"{table}.tsv")
        found = {}
        for name in files:
            folder, _, last = name.rpartition("/")
            kind, _, ending = last.partition(".")
            depth = len(folder.split("/")) if folder else 0
            if folder.split("/")[0] == "prepared":
                continue
            if folder == "figures":
                key = "figures"
            elif depth == 2 and ending == "nii.gz" and kind in MAPS:
                key = kind.replace("-", "_")
            elif depth == 2 and last == "clusters.tsv":
                key = "cluster_tables"
            elif depth == 1 and last == "mask.nii.gz":
                key = "modality_masks"
            elif depth < 2 and last == "n.nii.gz":
                key = "n_maps"
            else:
                continue
            found.setdefault(key, []).append(os.path.join(out, name))
        outputs.update(found)
        return outputs

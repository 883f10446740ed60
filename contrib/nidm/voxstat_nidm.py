"""A NIDM-Results 1.3 pack (http://nidm.nidash.org/specs/nidm-results_130.html) of a folder of voxstat's results, for
NeuroVault and whatever else reads one:

    python3 voxstat_nidm.py voxstat-results [pack.nidm.zip]

The pack holds nidm.ttl and the images that it names: for every modality and effect the t and z maps, estimate and
standard error, clusters and the t inside them, the mask and the design matrix. Clusters are those above the forming
threshold; p of clusters are the family-wise ones by extent, those of peaks the family-wise ones by voxel, the false
discovery rate and the uncorrected ones, as far as the run made them.

What NIDM-Results 1.3 has no term for stands in an rdfs:comment of the inference: the relabellings that gave the null
distribution, p by cluster mass and by TFCE. voxstat has no maps of every parameter, of residual mean squares and of the
grand mean; the pack is without them, which the specification's own tool (nidmresults) does not take.

Needs h5py, nibabel, numpy and rdflib (Debian: python3-h5py python3-nibabel python3-rdflib)."""
import csv
import hashlib
import io
import json
import os
import pathlib
import sys
import tempfile
import uuid
import zipfile

import h5py
import nibabel
import numpy
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, XSD

PROV = Namespace("http://www.w3.org/ns/prov#")
NIDM = Namespace("http://purl.org/nidash/nidm#")
NIIRI = Namespace("http://iri.nidash.org/")
OBO = Namespace("http://purl.obolibrary.org/obo/")
NFO = Namespace("http://www.semanticdesktop.org/ontologies/2007/03/22/nfo#")
DCT = Namespace("http://purl.org/dc/terms/")
CRYPTO = Namespace("http://id.loc.gov/vocabulary/preservation/cryptographicHashFunctions#")
PREFIXES = {"prov": PROV, "nidm": NIDM, "niiri": NIIRI, "obo": OBO, "nfo": NFO, "dct": DCT, "crypto": CRYPTO}

# The terms of nidm-results.owl 1.3.0 that a pack uses, by their labels there.
TERMS = {
    "ContrastEstimation": 1, "ContrastMap": 2, "ClusterDefinitionCriteria": 7, "ClusterLabelsMap": 8,
    "ContrastStandardErrorMap": 13, "Coordinate": 15, "CoordinateSpace": 16, "CustomCoordinateSystem": 17,
    "DesignMatrix": 19, "regressorNames": 21, "ErrorModel": 23, "ExchangeableError": 24, "ExcursionSetMap": 25,
    "ExtentThreshold": 26, "NIDMResults": 27, "HeightThreshold": 34, "IndependentError": 48, "Inference": 49,
    "MNICoordinateSystem": 51, "MaskMap": 54, "ModelParametersEstimation": 56, "NonParametricDistribution": 58,
    "NonParametricSymmetricDistribution": 59, "OneTailedTest": 60, "Peak": 62, "PeakDefinitionCriteria": 63,
    "SearchSpaceMaskMap": 68, "SupraThresholdCluster": 70, "SpatiallyLocalModel": 73, "StatisticMap": 76,
    "SubjectCoordinateSystem": 77, "TalairachCoordinateSystem": 78, "TwoTailedTest": 79, "clusterLabelId": 82,
    "clusterSizeInVoxels": 84, "contrastName": 85, "coordinateVector": 86, "dimensionsInVoxels": 90,
    "effectDegreesOfFreedom": 91, "equivalentZStatistic": 92, "errorDegreesOfFreedom": 93,
    "errorVarianceHomogeneous": 94, "grandMeanScaling": 96, "hasAlternativeHypothesis": 97, "hasClusterLabelsMap": 98,
    "hasConnectivityCriterion": 99, "hasErrorDependence": 100, "hasErrorDistribution": 101, "inCoordinateSpace": 104,
    "inWorldCoordinateSystem": 105, "maxNumberOfPeaksPerCluster": 108, "minDistanceBetweenPeaks": 109,
    "numberOfSupraThresholdClusters": 111, "numberOfDimensions": 112, "pValueFWER": 115, "pValueUncorrected": 116,
    "qValueFDR": 119, "searchVolumeInVoxels": 121, "softwareVersion": 122, "statisticType": 123,
    "varianceSpatialModel": 126, "version": 127, "voxel18connected": 128, "voxel26connected": 129,
    "voxel6connected": 130, "voxelSize": 131, "voxelToWorldMapping": 132, "voxelUnits": 133,
    "withEstimationMethod": 134, "searchVolumeInUnits": 136, "coordinateVectorInVoxels": 139,
    "NeuroimagingAnalysisSoftware": 164, "NIDMResultsExporter": 165, "NIDMResultsExport": 166, "Data": 169,
}
T_STATISTIC, Z_STATISTIC = OBO.STATO_0000176, OBO.STATO_0000376
CONTRAST_WEIGHTS, STATISTIC, LEAST_SQUARES = OBO.STATO_0000323, OBO.STATO_0000039, OBO.STATO_0000370


def term(label):
    return NIDM[f"NIDM_{TERMS[label]:07}"]


def values(numbers):
    """Numbers as NIDM-Results writes vectors: a text like [1, 0.5]."""
    return json.dumps([int(x) if float(x).is_integer() else float(x) for x in numbers])


class Pack:
    """A graph and the files that it names."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        record = (self.folder / "run.json").read_bytes()
        self.run = json.loads(record)
        self.key = hashlib.sha512(record).hexdigest()  # names differ between runs, and are the same for one run
        self.graph = Graph()
        self.files = {}
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)

    def node(self, name, label, *kinds, **properties):
        """An entity, activity or agent with its types, label and NIDM properties."""
        node = NIIRI[str(uuid.uuid5(uuid.NAMESPACE_URL, self.key + name))]
        for kind in kinds:
            self.graph.add((node, RDF.type, kind))
        self.graph.add((node, RDFS.label, Literal(label)))
        for key, value in properties.items():
            if value is not None:
                self.graph.add((node, term(key), value))
        return node

    def entity(self, name, label, kind, **properties):
        return self.node(name, label, PROV.Entity, kind if isinstance(kind, URIRef) else term(kind), **properties)

    def link(self, subject, predicate, *objects):
        for value in objects:
            self.graph.add((subject, predicate, value))

    def file(self, node, name, data=None, mime="image/nifti"):
        """Puts a file into the pack, of the folder where no `data` are given, and says so of its entity."""
        self.files[name] = (self.folder / name).read_bytes() if data is None else data
        self.link(node, PROV.atLocation, Literal(name, datatype=XSD.anyURI))
        self.link(node, NFO.fileName, Literal(name))
        self.link(node, DCT["format"], Literal(mime))
        self.link(node, CRYPTO.sha512, Literal(hashlib.sha512(self.files[name]).hexdigest()))

    def image(self, name, like, data):
        """The bytes of a compressed image in the space of another."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            image = nibabel.Nifti1Image(data, None)
            image.set_sform(*like.get_sform(coded=True))
            image.set_qform(*like.get_qform(coded=True))
            image.header.set_xyzt_units("mm")
            image.to_filename(path)
            return pathlib.Path(path).read_bytes()

    def write(self, path):
        self.files["nidm.ttl"] = self.graph.serialize(format="turtle").encode()
        with zipfile.ZipFile(path, "w") as pack:
            for name, data in self.files.items():
                kind = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
                pack.writestr(zipfile.ZipInfo(name), data, compress_type=kind)


def coordinate_space(pack, name, image):
    systems = {1: "SubjectCoordinateSystem", 2: "SubjectCoordinateSystem", 3: "TalairachCoordinateSystem",
               4: "MNICoordinateSystem"}
    code = int(image.header["sform_code"]) or int(image.header["qform_code"])
    return pack.entity(
        name + "space", "Coordinate space of " + name, "CoordinateSpace", numberOfDimensions=Literal(3),
        voxelToWorldMapping=Literal("[" + ", ".join(values(row) for row in image.affine) + "]"),
        voxelUnits=Literal(json.dumps(["mm"] * 3)), voxelSize=Literal(values(image.header.get_zooms()[:3])),
        dimensionsInVoxels=Literal(values(image.shape[:3])),
        inWorldCoordinateSystem=term(systems.get(code, "CustomCoordinateSystem")))


def software(pack):
    version = Literal(pack.run["voxstat_version"])
    agent = pack.node("software", "voxstat", PROV.Agent, PROV.SoftwareAgent, term("NeuroimagingAnalysisSoftware"),
                      softwareVersion=version)
    exporter = pack.node("exporter", "voxstat_nidm.py", PROV.Agent, PROV.SoftwareAgent, term("NIDMResultsExporter"),
                         softwareVersion=version)
    export = pack.node("export", "NIDM-Results export", PROV.Activity, term("NIDMResultsExport"))
    bundle = pack.node("bundle", "NIDM-Results of voxstat", PROV.Entity, PROV.Bundle, term("NIDMResults"),
                       version=Literal("1.3.0"))
    generation = BNode()
    pack.link(export, PROV.wasAssociatedWith, exporter)
    pack.link(bundle, PROV.wasGeneratedBy, export)
    pack.link(bundle, PROV.qualifiedGeneration, generation)
    pack.link(generation, RDF.type, PROV.Generation)
    pack.link(generation, PROV.activity, export)
    pack.link(generation, PROV.atTime, Literal(pack.run["started"], datatype=XSD.dateTime))
    return agent


def design_matrix(pack, modality, effect):
    name = effect["files"].removeprefix(modality["files"] + "_")
    with h5py.File(pack.folder / "results.h5") as results:
        matrix = results[f"design/{modality['files']}/{name}/matrix"][:]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(matrix.tolist())
    node = pack.entity(effect["files"] + "design", "Design matrix of " + effect["files"], "DesignMatrix",
                       regressorNames=Literal(json.dumps(effect["columns"])))
    pack.file(node, effect["files"] + "_design.csv", text.getvalue().encode(), "text/csv")
    return node


def error_model(pack, effect):
    """Sign flips need errors that are independent and symmetric, permutations ones that are exchangeable."""
    flips = effect["permutations"]["kind"] == "sign-flip"
    return pack.entity(
        effect["files"] + "errors", "Error model of " + effect["files"], "ErrorModel",
        hasErrorDistribution=term("NonParametricSymmetricDistribution" if flips else "NonParametricDistribution"),
        hasErrorDependence=term("IndependentError" if flips else "ExchangeableError"),
        errorVarianceHomogeneous=Literal(not flips), varianceSpatialModel=term("SpatiallyLocalModel"))


def add_clusters(pack, effect, excursion, z):
    stem = effect["files"]
    with open(pack.folder / f"{stem}_clusters.tsv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))

    def p(row, column):
        return Literal(float(row[column]), datatype=XSD.float) if row.get(column, "n/a") != "n/a" else None

    for row in rows:
        name = f"{stem} {row['label']}"
        cluster = pack.entity(f"{name}cluster", f"Cluster {name}", "SupraThresholdCluster",
                              clusterSizeInVoxels=Literal(int(row["voxels"])),
                              clusterLabelId=Literal(int(row["label"])), pValueFWER=p(row, "p_extent"))
        voxel = tuple(int(row[f"peak_{axis}"]) for axis in "ijk")
        place = pack.node(f"{name}place", f"Coordinate {name}", PROV.Entity, PROV.Location, term("Coordinate"),
                          coordinateVector=Literal(values(row[f"peak_{axis}"] for axis in "xyz")),
                          coordinateVectorInVoxels=Literal(values(voxel)))
        peak = pack.entity(f"{name}peak", f"Peak {name}", "Peak", pValueFWER=p(row, "p_voxel"),
                           pValueUncorrected=p(row, "p_uncorrected"), qValueFDR=p(row, "p_fdr"),
                           equivalentZStatistic=Literal(float(z[voxel]), datatype=XSD.float))
        pack.link(peak, PROV.value, p(row, "peak_t"))
        pack.link(peak, PROV.atLocation, place)
        pack.link(peak, PROV.wasDerivedFrom, cluster)
        pack.link(cluster, PROV.wasDerivedFrom, excursion)
    return len(rows)


def comment(effect):
    permutations = effect["permutations"]
    kind = "sign flips" if permutations["kind"] == "sign-flip" else "permutations"
    number = f"all {permutations['possible']}" if permutations["exhaustive"] else \
        f"{permutations['relabellings']} (the data as observed among them) of {permutations['possible']} possible"
    return (f"p by {number} {kind}, seed {permutations['seed']}; family-wise p from the largest statistic of each "
            f"relabelling. NIDM-Results 1.3 has no term for a null distribution by permutation, nor for p by cluster "
            f"mass or TFCE.")


def add_effect(pack, modality, effect, shared):
    agent, space, data, mask, search = shared
    stem, contrast = effect["files"], f"{modality['name']} {effect['name']}"
    image = lambda kind: nibabel.load(pack.folder / f"{stem}_{kind}.nii.gz")
    design, errors = design_matrix(pack, modality, effect), error_model(pack, effect)
    fit = pack.node(stem + "fit", "Model parameters estimation: " + contrast, PROV.Activity,
                    term("ModelParametersEstimation"), withEstimationMethod=LEAST_SQUARES)
    weights = pack.entity(stem + "weights", "Contrast weights: " + contrast, CONTRAST_WEIGHTS,
                          statisticType=T_STATISTIC, contrastName=Literal(contrast))
    pack.link(weights, PROV.value, Literal(values(effect["contrast"])))
    estimation = pack.node(stem + "estimation", "Contrast estimation: " + contrast, PROV.Activity,
                           term("ContrastEstimation"))
    inference = pack.node(stem + "inference", "Inference: " + contrast, PROV.Activity, term("Inference"),
                          hasAlternativeHypothesis=term("TwoTailedTest" if effect["tails"] == "two" else
                                                        "OneTailedTest"))
    pack.link(inference, RDFS.comment, Literal(comment(effect)))
    pack.link(fit, PROV.used, data, design, errors)
    pack.link(estimation, PROV.used, design, weights, mask)
    for activity in (fit, estimation, inference):
        pack.link(activity, PROV.wasAssociatedWith, agent)
    pack.link(mask, PROV.wasGeneratedBy, fit)

    maps = {}
    estimate = "mean" if (pack.folder / f"{stem}_mean.nii.gz").exists() else "slope"
    for name, kind, statistic in (("t", "StatisticMap", T_STATISTIC), ("z", "StatisticMap", Z_STATISTIC),
                                  (estimate, "ContrastMap", None), ("se", "ContrastStandardErrorMap", None)):
        freedom = {"errorDegreesOfFreedom": Literal(float(effect["df"]), datatype=XSD.float),
                   "effectDegreesOfFreedom": Literal(1.0, datatype=XSD.float)} if statistic else {}
        maps[name] = pack.entity(stem + name, f"{contrast}: {name}", kind, statisticType=statistic,
                                 contrastName=None if kind.endswith("ErrorMap") else Literal(contrast),
                                 inCoordinateSpace=space, **freedom)
        pack.file(maps[name], f"{stem}_{name}.nii.gz")
        pack.link(maps[name], PROV.wasGeneratedBy, estimation)

    side = {"two": "|t| > ", "pos": "t > ", "neg": "t < -"}[effect["tails"]]
    height = pack.node(stem + "height", f"Height threshold: {side}{effect['clusters']['threshold_t']:.4f}", PROV.Entity,
                       term("HeightThreshold"), STATISTIC)
    pack.link(height, PROV.value, Literal(float(effect["clusters"]["threshold_t"]), datatype=XSD.float))
    extent = pack.node(stem + "extent", "Extent threshold: k >= 0", PROV.Entity, term("ExtentThreshold"), STATISTIC,
                       clusterSizeInVoxels=Literal(0))
    peaks = pack.entity(stem + "peaks", "Peak definition criteria: the highest of each cluster",
                        "PeakDefinitionCriteria", maxNumberOfPeaksPerCluster=Literal(1),
                        minDistanceBetweenPeaks=Literal(0.0, datatype=XSD.float))
    connectivity = effect["clusters"]["connectivity"]
    joined = pack.entity(stem + "joined", f"Cluster connectivity criterion: {connectivity}",
                         "ClusterDefinitionCriteria",
                         hasConnectivityCriterion=term(f"voxel{connectivity}connected"))
    pack.link(inference, PROV.used, maps["t"], height, extent, peaks, joined, mask)
    pack.link(search, PROV.wasGeneratedBy, inference)

    labels = image("clusters")
    label_map = pack.entity(stem + "labels", "Cluster labels: " + contrast, "ClusterLabelsMap", inCoordinateSpace=space)
    pack.file(label_map, f"{stem}_clusters.nii.gz")
    excursion = pack.entity(stem + "excursion", "Excursion set: " + contrast, "ExcursionSetMap",
                            hasClusterLabelsMap=label_map, inCoordinateSpace=space)
    inside = numpy.where(numpy.asanyarray(labels.dataobj) > 0, numpy.asanyarray(image("t").dataobj), 0)
    pack.file(excursion, f"{stem}_excursion.nii.gz",
              pack.image("excursion.nii.gz", labels, inside.astype(numpy.float32)))
    pack.link(excursion, PROV.wasGeneratedBy, inference)
    count = add_clusters(pack, effect, excursion, numpy.asanyarray(image("z").dataobj))
    pack.link(excursion, term("numberOfSupraThresholdClusters"), Literal(count))


def make_pack(folder, path):
    pack = Pack(folder)
    agent = software(pack)
    for modality in pack.run["modalities"]:
        name = modality["files"]
        image = nibabel.load(pack.folder / f"{modality['effects'][0]['files']}_t.nii.gz")
        space = coordinate_space(pack, name, image)
        data = pack.node(name + "data", f"Data: {modality['name']}, {modality['n']} participants", PROV.Entity,
                         PROV.Collection, term("Data"), grandMeanScaling=Literal(False))
        own = f"{name}_mask.nii.gz"  # where there are several modalities; mask.nii.gz is then that of all together
        own = own if (pack.folder / own).exists() else "mask.nii.gz"
        mask = pack.entity(name + "mask", f"Mask: {modality['name']}", "MaskMap", inCoordinateSpace=space)
        size = abs(numpy.linalg.det(image.affine[:3, :3]))
        search = pack.entity(name + "search", f"Search space: {modality['name']}", "SearchSpaceMaskMap",
                             inCoordinateSpace=space, searchVolumeInVoxels=Literal(modality["mask"]["voxels"]),
                             searchVolumeInUnits=Literal(float(modality["mask"]["voxels"] * size), datatype=XSD.float))
        for node in (mask, search):
            pack.file(node, own)
        for effect in modality["effects"]:
            add_effect(pack, modality, effect, (agent, space, data, mask, search))
    pack.write(path)


def main(arguments):
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        raise SystemExit(__doc__)
    folder = arguments[0].rstrip("/")
    path = arguments[1] if len(arguments) > 1 else folder + ".nidm.zip"
    if not os.path.exists(os.path.join(folder, "run.json")):
        raise SystemExit(f"{folder}: found no run.json, expected a folder that voxstat wrote")
    make_pack(folder, path)
    print(path)


if __name__ == "__main__":
    main(sys.argv[1:])

"""What must hold of every pack of `voxstat nidm`: it is a Bundle that rdflib and prov read, its terms are those of
NIDM-Results 1.3, it answers what the tool nidmresults asks, and its figures are those of the results."""
import collections
import csv
import gzip
import hashlib
import json
import zipfile

import h5py
import nibabel
import numpy
import prov.model
import rdflib
import scipy.stats
from nidm_terms import NIDM, NLX, OBO, SPM, TERMS
from rdflib.namespace import RDF, RDFS, XSD
from voxstat_cli import AFFINE, SHAPE, Study, place_of

PROV = "http://www.w3.org/ns/prov#"
DRAFT = "http://www.incf.org/ns/nidash/nidm#"
# The terms that a pack may use beside NIDM-Results; the draft is that of the non-parametric extension.
OTHERS = {PROV + name for name in (
    "Entity", "Bundle", "Collection", "Activity", "Agent", "SoftwareAgent", "Generation", "Location", "value", "used",
    "wasGeneratedBy", "wasAssociatedWith", "wasAttributedTo", "wasDerivedFrom", "atLocation", "qualifiedGeneration",
    "activity", "atTime")} | {
    str(RDF.type), str(RDFS.label), str(RDFS.comment), "http://purl.org/dc/terms/format",
    "http://www.semanticdesktop.org/ontologies/2007/03/22/nfo#fileName",
    "http://id.loc.gov/vocabulary/preservation/cryptographicHashFunctions#sha512",
    DRAFT + "NonParametricNullDistribution", DRAFT + "numberOfPermutations", DRAFT + "isParametricTest"}
FILES = {"nidm.ttl", "DesignMatrix.csv", "Mask.nii.gz", "GrandMean.nii.gz", "ParameterEstimate.nii.gz",
         "ResidualMeanSquares.nii.gz", "Contrast.nii.gz", "ContrastStandardError.nii.gz", "TStatistic.nii.gz",
         "ExcursionSet.nii.gz", "ClusterLabels.nii.gz"}


class Pack:
    """A pack, its graph, and shortcuts for queries."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            self.information = archive.infolist()
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.graph = rdflib.Graph()
        self.graph.parse(data=self.files["nidm.ttl"].decode("utf-8"), format="turtle")

    def ask(self, pattern):
        """The rows of a SPARQL pattern, as plain values, with the prefixes that the pack declares."""
        return [{str(name): value.toPython() for name, value in row.asdict().items()}
                for row in self.graph.query(f"SELECT DISTINCT * WHERE {{ {pattern} }}")]

    def one(self, pattern):
        rows = self.ask(pattern)
        assert len(rows) == 1, f"{len(rows)} answers to {pattern}"
        return rows[0]

    def image(self, name):
        return nibabel.Nifti1Image.from_bytes(gzip.decompress(self.files[name]))

    def data(self, name):
        return self.image(name).get_fdata()


class Nidm(Study):
    participants = 8

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(7)
        for name, *_ in self.rows:  # something to find, both ways
            rise = random.standard_normal(SHAPE)
            rise[1:4, 1:4, 1:4] += 4
            rise[5:7, 5:8, 3:6] -= 3
            self.write_image(f"{name}_followup.nii.gz", self.read_image(f"{name}_baseline.nii.gz") + rise)

    def analyse(self, *more, design="paired"):
        done = self.run_program("--design", design, "--device", "cpu", "-q", "--out", "out", *more)
        self.assert_done(done)

    def nidm(self, *words):
        return self.run_program("nidm", *words)

    def pack(self, stem="pet_change", *more):
        done = self.nidm("out", *more)
        self.assert_done(done)
        return Pack(self.folder / f"out/{stem}.nidm.zip")

    def effect(self, number=0):
        return json.loads((self.folder / "out/run.json").read_text())["modalities"][0]["effects"][number]

    def smoothness(self):
        """Of every modality."""
        run = json.loads((self.folder / "out/run.json").read_text())
        return [modality["smoothness_mm"] for modality in run["modalities"]]

    def clusters(self, stem):
        with open(self.folder / f"out/{place_of(stem)}/clusters.tsv", encoding="utf-8") as table:
            return list(csv.DictReader(table, delimiter="\t"))

    def result(self, name):
        return nibabel.load(self.folder / f"out/{name}.nii.gz").get_fdata()

    def changes(self):
        """participants x voxels, follow-up minus baseline, in double."""
        return numpy.array([(self.read_image(row[2]).astype(float) - self.read_image(row[1])).ravel()
                            for row in self.rows])

    # ---- what holds of every pack ----

    def check_pack(self, pack):
        self.check_files(pack)
        self.check_terms(pack)
        self.check_prov(pack)
        return self.check_reader(pack)

    def check_files(self, pack):
        self.assertEqual(set(pack.files), FILES)
        for information in pack.information:
            self.assertEqual(information.compress_type, zipfile.ZIP_STORED)
            self.assertEqual(information.date_time[:3], (1980, 1, 1))
        rows = pack.ask("?node prov:atLocation ?place ; nfo:fileName ?name ; dct:format ?format ; crypto:sha512 ?sum "
                        "FILTER (isLiteral(?place))")
        self.assertEqual({row["name"] for row in rows}, FILES - {"nidm.ttl"})
        for row in rows:
            self.assertEqual(row["place"], row["name"])
            self.assertEqual(row["sum"], hashlib.sha512(pack.files[row["name"]]).hexdigest())
            self.assertEqual(row["format"], "text/csv" if row["name"].endswith(".csv") else "image/nifti")
        for name in FILES - {"nidm.ttl", "DesignMatrix.csv"}:
            image = pack.image(name)
            self.assertEqual(image.shape, SHAPE)
            numpy.testing.assert_allclose(image.affine, AFFINE)

    def check_terms(self, pack):
        """Every predicate, class and term is of NIDM-Results 1.3 (under its own name) or of OTHERS; nodes are niiri."""
        terms = set(TERMS.values()) | OTHERS
        nodes = set(pack.graph.subjects())
        for subject, predicate, target in pack.graph:
            self.assertTrue(str(subject).startswith("http://iri.nidash.org/"), subject)
            self.assertIn(str(predicate), terms)
            if isinstance(target, rdflib.URIRef) and target not in nodes:
                self.assertIn(str(target), terms)
            if isinstance(target, rdflib.Literal):
                self.assertIn(target.datatype, (XSD.string, XSD.int, XSD.float, XSD.boolean, XSD.anyURI, XSD.dateTime))
                self.assertIsNotNone(target.value, target)
        for prefix, iri in pack.graph.namespaces():
            if any(str(iri).startswith(space) for space in (NIDM, OBO, NLX, SPM)):
                self.assertEqual(str(iri), TERMS.get(prefix), prefix)

    def check_prov(self, pack):
        """The prov package finds the same activities, with the entities that they used and generated."""
        document = prov.model.ProvDocument.deserialize(content=pack.files["nidm.ttl"].decode("utf-8"), format="rdf",
                                                       rdf_format="turtle")
        count = collections.Counter(type(record).__name__ for record in document.get_records())
        clusters = len(pack.ask("?cluster a nidm_SupraThresholdCluster:"))
        self.assertEqual(count["ProvActivity"], 4)  # export, estimation, contrast, inference
        self.assertEqual(count["ProvAgent"], 4)     # exporter, program, instrument, group
        self.assertEqual(count["ProvUsage"], 3 + 5 + 7)
        self.assertEqual(count["ProvGeneration"], 1 + 4 + 3 + 2)
        self.assertEqual(count["ProvDerivation"], 2 * clusters)

    def check_reader(self, pack):
        """Checks and returns what graph.py of nidmresults needs to find, by queries of our own."""
        file = "rdfs:label ?label ; prov:atLocation ?place ; nfo:fileName ?name ; dct:format ?format ; crypto:sha512 ?s ."
        program = pack.one("?program a prov:SoftwareAgent , ?kind ; nidm_softwareVersion: ?version . "
                           "[] a nidm_ModelParameterEstimation: ; prov:wasAssociatedWith ?program . "
                           "FILTER (?kind NOT IN (prov:SoftwareAgent, prov:Agent))")
        self.assertEqual(program["kind"], TERMS["nidm_NeuroimagingAnalysisSoftware"])
        bundle = pack.one("?bundle a prov:Bundle , nidm_NIDMResults: ; rdfs:label ?label ; nidm_version: ?version ; "
                          "prov:qualifiedGeneration [ a prov:Generation ; prov:activity ?export ; prov:atTime ?time ] . "
                          "?export a nidm_NIDMResultsExport: ; rdfs:label ?said ; prov:wasAssociatedWith ?exporter . "
                          "?exporter a prov:SoftwareAgent , nidm_NIDMResultsExporter: ; nidm_softwareVersion: ?own ; "
                          "rdfs:label ?called .")
        self.assertEqual(bundle["version"], "1.3.0")
        run = json.loads((self.folder / "out/run.json").read_text())
        self.assertEqual(bundle["own"], run["voxstat_version"])
        self.assertEqual(program["version"], run["voxstat_version"])
        self.assertEqual(bundle["time"].strftime("%Y-%m-%dT%H:%M:%SZ"), run["started"])
        model = pack.one("?estimation a nidm_ModelParameterEstimation: ; rdfs:label ?said ; "
                         "nidm_withEstimationMethod: ?method ; prov:used ?design , ?data , ?error . "
                         "?design a nidm_DesignMatrix: ; nidm_regressorNames: ?columns . "
                         "?data a nidm_Data: ; nidm_grandMeanScaling: ?scaled ; prov:wasAttributedTo ?machine , ?group . "
                         "?machine a nlx_Imaginginstrument: . "
                         "?group a obo_studygrouppopulation: ; nidm_groupName: ?people ; nidm_numberOfSubjects: ?n . "
                         "?error a nidm_ErrorModel: ; nidm_hasErrorDistribution: ?distribution ; "
                         "nidm_errorVarianceHomogeneous: ?even ; nidm_varianceMapWiseDependence: ?by ; "
                         "nidm_hasErrorDependence: ?dependence .")
        self.assertEqual((model["method"], model["by"]), (TERMS["obo_ordinaryleastsquaresestimation"],
                                                          TERMS["nidm_IndependentParameter"]))
        self.assertEqual((model["scaled"], model["even"]), (False, True))
        for kind, more in (("ResidualMeanSquaresMap", ""), ("MaskMap", "nidm_isUserDefined: ?user ;"),
                           ("GrandMeanMap", "nidm_maskedMedian: ?median ;"), ("ParameterEstimateMap", "")):
            pack.one(f"?map a nidm_{kind}: ; nidm_inCoordinateSpace: ?space ; {more} "
                     f"prov:wasGeneratedBy <{model['estimation']}> ; {file}")
        contrast = pack.one("?contrast a nidm_ContrastEstimation: ; rdfs:label ?said ; prov:used ?weights , ?parameter , "
                            f"<{model['design']}> . ?parameter a nidm_ParameterEstimateMap: . "
                            "?weights a obo_contrastweightmatrix: ; prov:value ?value ; nidm_contrastName: ?name ; "
                            "nidm_statisticType: obo_tstatistic: .")
        for kind in ("ContrastMap", "ContrastStandardErrorMap", "StatisticMap"):
            pack.one(f"?map a nidm_{kind}: ; prov:wasGeneratedBy <{contrast['contrast']}> ; "
                     f"nidm_inCoordinateSpace: ?space ; {file.replace('?name', '?file')}")
        statistic = pack.one("?map a nidm_StatisticMap: ; nidm_contrastName: ?name ; "
                             "nidm_statisticType: obo_tstatistic: ; nidm_effectDegreesOfFreedom: ?rank ; "
                             "nidm_errorDegreesOfFreedom: ?df .")
        self.assertEqual(statistic["name"], contrast["name"])
        inference = pack.one("?inference a nidm_Inference: ; rdfs:label ?said ; nidm_hasAlternativeHypothesis: ?tail ; "
                             f"prov:used/prov:wasGeneratedBy <{contrast['contrast']}> ; "
                             "prov:used ?height , ?extent , ?peaks , ?clusters , ?null . "
                             "?height a nidm_HeightThreshold: , obo_statistic: ; prov:value ?t ; "
                             "nidm_equivalentThreshold: [ a nidm_HeightThreshold: , nidm_PValueUncorrected: ; "
                             "prov:value ?p ] . ?extent a nidm_ExtentThreshold: , obo_statistic: ; "
                             "nidm_clusterSizeInVoxels: ?least . "
                             "?peaks a nidm_PeakDefinitionCriteria: ; nidm_minDistanceBetweenPeaks: ?distance ; "
                             "nidm_maxNumberOfPeaksPerCluster: ?most . "
                             "?clusters a nidm_ClusterDefinitionCriteria: ; nidm_hasConnectivityCriterion: ?neighbours . "
                             "?null nonparametric:numberOfPermutations ?relabellings ; rdfs:comment ?scheme .")
        space = pack.one(f"?map a nidm_SearchSpaceMaskMap: ; prov:wasGeneratedBy <{inference['inference']}> ; "
                         "nidm_searchVolumeInVoxels: ?voxels ; nidm_searchVolumeInUnits: ?mm3 ; "
                         "nidm_searchVolumeInResels: ?resels ; nidm_reselSizeInVoxels: ?resel ; "
                         "nidm_noiseFWHMInVoxels: ?smooth ; nidm_noiseFWHMInUnits: ?smooth_mm ; "
                         f"nidm_randomFieldStationarity: ?stationary ; {file}")
        voxels, mm = (json.loads(space[key]) for key in ("smooth", "smooth_mm"))
        self.assertTrue(any(numpy.allclose(mm, one, rtol=1e-5, atol=0) for one in self.smoothness()), mm) # six digits
        numpy.testing.assert_allclose(mm, numpy.multiply(voxels, 4), rtol=1e-5)
        resel = numpy.prod(voxels) or numpy.nan
        numpy.testing.assert_allclose([space["resels"], space["resel"]], [space["voxels"] / resel, resel], rtol=1e-4)
        excursion = pack.one(f"?map a nidm_ExcursionSetMap: ; prov:wasGeneratedBy <{inference['inference']}> ; "
                             "nidm_numberOfSupraThresholdClusters: ?clusters ; "
                             f"nidm_hasClusterLabelsMap: [ a nidm_ClusterLabelsMap: ; nfo:fileName ?labels ] ; {file}")
        self.assertEqual(excursion["labels"], "ClusterLabels.nii.gz")
        return {"model": model, "contrast": contrast, "statistic": statistic, "inference": inference, "space": space,
                "excursion": excursion}

    def check_coordinate_space(self, pack):
        space = pack.one("?space a nidm_CoordinateSpace: ; rdfs:label ?label ; nidm_voxelToWorldMapping: ?affine ; "
                         "nidm_voxelUnits: ?units ; nidm_voxelSize: ?size ; nidm_inWorldCoordinateSystem: ?system ; "
                         "nidm_numberOfDimensions: ?dimensions ; nidm_dimensionsInVoxels: ?shape .")
        numpy.testing.assert_allclose(json.loads(space["affine"]), AFFINE)
        self.assertEqual([json.loads(space[key]) for key in ("units", "size", "shape")],
                         [["mm"] * 3, [4, 4, 4], list(SHAPE)])
        self.assertEqual(space["dimensions"], 3)
        return space["system"]

    def check_inference(self, pack, found, stem, effect, tails, sign=1):
        """Thresholds, search space, excursion set, clusters and peaks against run.json, the table and the maps."""
        inference, space = found["inference"], found["space"]
        df, threshold = effect["df"], effect["clusters"]["threshold_t"]
        self.assertEqual((found["statistic"]["rank"], found["statistic"]["df"]), (1, df))
        self.assertAlmostEqual(inference["t"], threshold, delta=1e-6 * threshold)
        self.assertAlmostEqual(inference["p"] / (tails * scipy.stats.t.sf(threshold, df)), 1, delta=1e-6)
        self.assertEqual((inference["least"], inference["distance"], inference["most"]), (0, 0, 1))
        self.assertEqual(inference["neighbours"], TERMS[f"nidm_voxel{effect['clusters']['connectivity']}connected"])
        self.assertEqual(inference["relabellings"], effect["permutations"]["relabellings"])
        mask = self.result("mask") > 0
        self.assertEqual(space["voxels"], mask.sum())
        self.assertAlmostEqual(space["mm3"], mask.sum() * 64, delta=1e-3)
        t, label = sign * self.result(f"{place_of(stem)}/t"), self.result(f"{place_of(stem)}/clusters")
        numpy.testing.assert_array_equal(pack.data("TStatistic.nii.gz"), t)
        numpy.testing.assert_array_equal(pack.data("ExcursionSet.nii.gz"), numpy.where(label > 0, t, 0))
        numpy.testing.assert_array_equal(pack.data("ClusterLabels.nii.gz"), label)
        numpy.testing.assert_array_equal(pack.data("Mask.nii.gz") > 0, mask)
        table = self.clusters(stem)
        self.assertEqual(found["excursion"]["clusters"], len(table))
        rows = pack.ask("?cluster a nidm_SupraThresholdCluster: ; rdfs:label ?said ; nidm_clusterLabelId: ?label ; "
                        f"nidm_clusterSizeInVoxels: ?size ; prov:wasDerivedFrom <{found['excursion']['map']}> . "
                        "OPTIONAL { ?cluster nidm_pValueFWER: ?p } "
                        "?peak a nidm_Peak: ; rdfs:label ?called ; prov:wasDerivedFrom ?cluster ; prov:value ?t ; "
                        "nidm_equivalentZStatistic: ?z ; nidm_pValueUncorrected: ?raw ; "
                        "prov:atLocation [ a nidm_Coordinate: ; rdfs:label ?named ; nidm_coordinateVector: ?mm ; "
                        "nidm_coordinateVectorInVoxels: ?ijk ] . OPTIONAL { ?peak nidm_pValueFWER: ?voxel } "
                        "OPTIONAL { ?peak nidm_qValueFDR: ?q }")
        self.assertEqual(len(rows), len(table))
        for row, cluster in zip(sorted(rows, key=lambda one: one["label"]), table):
            at = tuple(int(cluster[f"peak_{axis}"]) for axis in "ijk")
            self.assertEqual((row["label"], row["size"]), (int(cluster["label"]), int(cluster["voxels"])))
            self.assertEqual(row["size"], (label == row["label"]).sum())
            self.assertEqual(tuple(json.loads(row["ijk"])), at)
            numpy.testing.assert_allclose(json.loads(row["mm"]), (AFFINE @ (*at, 1))[:3])
            self.assertAlmostEqual(row["t"], t[at], delta=1e-6 * abs(t[at]))
            z = numpy.sign(t[at]) * scipy.stats.norm.isf(scipy.stats.t.sf(abs(t[at]), df))
            self.assertAlmostEqual(row["z"], z, delta=1e-5)
            for key, column in (("p", "p_extent"), ("voxel", "p_voxel"), ("raw", "p_uncorrected"), ("q", "p_fdr")):
                if cluster[column] == "n/a":
                    self.assertNotIn(key, row)
                else:
                    self.assertAlmostEqual(row[key], float(cluster[column]), delta=1e-6)
        return table

    def check_critical(self, pack, place):
        """The smallest size with p < 0.05, and the t to exceed, by trying them on the null distribution."""
        with h5py.File(self.folder / "out/results.h5") as store:
            extent, voxel = store[f"null/{place}/extent"][:], store[f"null/{place}/voxel"][:]
        sizes = [k for k in range(1, int(extent.max()) + 2) if (extent >= k).mean() < 0.05]
        found = pack.one("?map spm_smallestSignificantClusterSizeInVoxelsFWE05: ?k ; "
                         "nidm_heightCriticalThresholdFWE05: ?t")
        self.assertEqual(found["k"], sizes[0])
        self.assertLess((voxel > found["t"] * (1 + 1e-6)).mean(), 0.05)
        self.assertGreaterEqual((voxel >= found["t"] * (1 - 1e-6)).mean(), 0.05)

    def check_estimates(self, pack, estimate, se, residual, sign=1):
        """Maps against values computed from the images; maps are float32, so within 1e-5 relative."""
        for name, value in (("ParameterEstimate", estimate), ("Contrast", sign * estimate),
                            ("ContrastStandardError", se), ("ResidualMeanSquares", residual)):
            numpy.testing.assert_allclose(pack.data(f"{name}.nii.gz").ravel(), value, rtol=2e-5,
                                          atol=1e-5 * numpy.abs(value).mean(), err_msg=name)

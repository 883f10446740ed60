"""`voxstat nidm DIR`: packs that rdflib and prov read, whose terms are NIDM-Results 1.3's, that answer what the tool
nidmresults asks, and whose every figure is that of the results, of the images, or of SciPy."""
import collections
import csv
import gzip
import hashlib
import io
import json
import unittest
import zipfile

import h5py
import nibabel
import numpy
import prov.model
import rdflib
import scipy.stats
from nidm_terms import NIDM, NLX, OBO, SPM, TERMS
from rdflib.namespace import RDF, RDFS, XSD
from voxstat_cli import AFFINE, INPUT, OUTPUT, SHAPE, USAGE, Study

PROV = "http://www.w3.org/ns/prov#"
DRAFT = "http://www.incf.org/ns/nidash/nidm#"
# What a pack may say beside the terms of NIDM-Results; the draft is that of the non-parametric extension.
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
    """A pack, its graph, and short ways to ask it."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            self.information = archive.infolist()
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.graph = rdflib.Graph()
        self.graph.parse(data=self.files["nidm.ttl"].decode("utf-8"), format="turtle")

    def ask(self, pattern):
        """The rows of a SPARQL pattern, as plain values; the prefixes are those that the pack declares."""
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

    def clusters(self, stem):
        with open(self.folder / f"out/{stem}_clusters.tsv", encoding="utf-8") as table:
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
        """The prov package finds the same activities, and what they used and made."""
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
        """What graph.py of nidmresults needs to find, in our words. Returns it."""
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
        self.assertTrue(numpy.isnan([space["resels"], space["resel"], *json.loads(space["smooth"])]).all())
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
        t, label = sign * self.result(f"{stem}_t"), self.result(f"{stem}_clusters")
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
        """Maps against what the images themselves give; float32 maps, so 1e-5 of each."""
        for name, value in (("ParameterEstimate", estimate), ("Contrast", sign * estimate),
                            ("ContrastStandardError", se), ("ResidualMeanSquares", residual)):
            numpy.testing.assert_allclose(pack.data(f"{name}.nii.gz").ravel(), value, rtol=2e-5,
                                          atol=1e-5 * numpy.abs(value).mean(), err_msg=name)

    # ---- the cases ----

    def test_mean_change(self):
        self.analyse("--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        effect = self.effect()
        table = self.check_inference(pack, found, "pet_change", effect, tails=2)
        self.assertEqual({row["sign"] for row in table}, {"positive", "negative"})
        self.check_critical(pack, "pet/change")
        self.check_coordinate_space(pack)
        y = self.changes()
        residual = y.var(axis=0, ddof=1)
        self.check_estimates(pack, y.mean(axis=0), numpy.sqrt(residual / len(y)), residual)
        images = numpy.array([self.read_image(name).astype(float) for row in self.rows for name in row[1:3]])
        numpy.testing.assert_allclose(pack.data("GrandMean.nii.gz"), images.mean(axis=0), rtol=1e-6)
        self.assertAlmostEqual(pack.one("?map nidm_maskedMedian: ?median")["median"], numpy.median(images.mean(axis=0)),
                               delta=1e-5)
        model = found["model"]
        self.assertEqual(model["n"], 8)
        self.assertEqual(json.loads(model["columns"]), effect["columns"])
        self.assertEqual(model["distribution"], TERMS["nidm_NonParametricSymmetricDistribution"])
        self.assertEqual(model["dependence"], TERMS["nidm_IndependentError"])
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_TwoTailedTest"])
        self.assertEqual(found["inference"]["relabellings"], 2 ** 8)
        self.assertIn("Sign flips; every one", found["inference"]["scheme"])
        self.assertEqual((found["contrast"]["value"], found["contrast"]["name"]), ("[1]", "pet: change"))
        numpy.testing.assert_array_equal(numpy.loadtxt(io.BytesIO(pack.files["DesignMatrix.csv"])), numpy.ones(8))
        self.assertEqual(pack.one("?inference nonparametric:isParametricTest ?parametric")["parametric"], False)

    def test_covariate_and_nuisance(self):
        self.analyse("--covariate", "level", "--nuisance", "age", "-n", "200", "--seed", "11", "--cluster-t", "2",
                     "--connectivity", "6")
        pack = self.pack("pet_level")
        found = self.check_pack(pack)
        effect = self.effect(1)
        self.check_inference(pack, found, "pet_level", effect, tails=2)
        self.check_critical(pack, "pet/level")
        columns = numpy.array([[1, float(row[3]), float(row[4])] for row in self.rows])
        columns[:, 1:] -= columns[:, 1:].mean(axis=0)
        y = self.changes()
        beta = numpy.linalg.lstsq(columns, y, rcond=None)[0]
        residual = ((y - columns @ beta) ** 2).sum(axis=0) / (8 - 3)
        se = numpy.sqrt(residual * numpy.linalg.inv(columns.T @ columns)[1, 1])
        self.check_estimates(pack, beta[1], se, residual)
        design = numpy.loadtxt(io.BytesIO(pack.files["DesignMatrix.csv"]), delimiter=",")
        names = json.loads(found["model"]["columns"])
        numpy.testing.assert_allclose(design, columns[:, [["intercept", "level", "age"].index(one) for one in names]])
        self.assertEqual(json.loads(found["contrast"]["value"]), [float(one == "level") for one in names])
        self.assertEqual(found["model"]["distribution"], TERMS["obo_probabilitydistribution"])
        self.assertEqual(found["model"]["dependence"], TERMS["nidm_ExchangeableError"])
        for words in ("Permutation", "Freedman and Lane", "seed 11"):
            self.assertIn(words, found["inference"]["scheme"])

    def test_spearman(self):
        self.analyse("--covariate", "level", "--correlation", "spearman", "-n", "100", "--cluster-t", "2")
        pack = self.pack("pet_level")
        self.check_inference(pack, self.check_pack(pack), "pet_level", self.effect(1), tails=2)
        level = [float(row[3]) for row in self.rows]
        rho = numpy.array([scipy.stats.spearmanr(level, one)[0] for one in self.changes().T])
        residual = (1 - rho ** 2) / (8 - 2)
        self.check_estimates(pack, rho, numpy.sqrt(residual), residual)

    def test_a_fall_is_a_contrast_negated(self):
        self.analyse("--tails", "neg", "--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_change", self.effect(), tails=1, sign=-1)
        self.check_critical(pack, "pet/change")
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_OneTailedTest"])
        self.assertEqual((found["contrast"]["value"], found["contrast"]["name"]), ("[-1]", "pet: change (negative)"))
        y = self.changes()
        residual = y.var(axis=0, ddof=1)
        self.check_estimates(pack, y.mean(axis=0), numpy.sqrt(residual / len(y)), residual, sign=-1)
        self.assertGreater(pack.data("ExcursionSet.nii.gz").max(), 0)
        self.assertEqual(pack.data("ExcursionSet.nii.gz").min(), 0)

    def test_a_rise(self):
        self.analyse("--tails", "pos", "--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_change", self.effect(), tails=1)
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_OneTailedTest"])

    def test_only_what_was_asked_for(self):
        self.analyse("--correct", "voxel", "--cluster-p", "0.01")
        pack = self.pack()
        self.check_inference(pack, self.check_pack(pack), "pet_change", self.effect(), tails=2)
        self.assertEqual(pack.ask("?map spm_smallestSignificantClusterSizeInVoxelsFWE05: ?k"), [])
        self.assertEqual(pack.ask("?cluster a nidm_SupraThresholdCluster: ; nidm_pValueFWER: ?p"), [])
        self.assertEqual(pack.ask("?peak nidm_qValueFDR: ?q"), [])

    def test_no_cluster(self):
        self.analyse("--cluster-t", "1000")
        pack = self.pack()
        found = self.check_pack(pack)
        self.assertEqual(self.check_inference(pack, found, "pet_change", self.effect(), tails=2), [])
        self.assertEqual(numpy.count_nonzero(pack.data("ExcursionSet.nii.gz")), 0)

    def test_too_few_relabellings(self):
        self.rows = self.rows[:4]  # 16 flips, and two of them are each other's mirror: no p below 2 / 16
        self.write_table()
        self.analyse("--cluster-t", "3")
        pack = self.pack()
        self.check_pack(pack)
        self.assertEqual(pack.ask("?map nidm_heightCriticalThresholdFWE05: ?t"), [])
        self.assertIn("too few", pack.one("?map a nidm_SearchSpaceMaskMap: ; rdfs:comment ?words")["words"])

    def test_one_sample_with_mask_in_mni(self):
        for name, *_ in self.rows:
            image = nibabel.Nifti1Image(self.read_image(f"{name}_followup.nii.gz"), AFFINE)
            image.set_sform(AFFINE, code=4)
            image.to_filename(self.folder / f"{name}_followup.nii.gz")
        self.write_image("region.nii.gz", numpy.arange(numpy.prod(SHAPE)).reshape(SHAPE) % 3 > 0)
        self.analyse("--sessions", "followup", "--mask", "region.nii.gz", design="onesample")
        pack = self.pack("pet_mean")
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_mean", self.effect(), tails=2)
        self.assertEqual(self.check_coordinate_space(pack), TERMS["nidm_MNICoordinateSystem"])
        self.assertEqual(pack.one("?map nidm_isUserDefined: ?user")["user"], True)
        mask = pack.data("Mask.nii.gz") > 0
        y = numpy.array([self.read_image(row[2]).astype(float) for row in self.rows])
        numpy.testing.assert_allclose(pack.data("ResidualMeanSquares.nii.gz"),
                                      numpy.where(mask, y.var(axis=0, ddof=1), 0), rtol=2e-5)
        self.assertAlmostEqual(pack.one("?map nidm_maskedMedian: ?median")["median"],
                               numpy.median(y.mean(axis=0)[mask]), delta=1e-5)

    def test_mask_by_itself_is_the_programs(self):
        self.analyse()
        pack = self.pack()
        self.assertEqual(pack.one("?map nidm_isUserDefined: ?user")["user"], False)
        self.assertEqual(self.check_coordinate_space(pack), TERMS["nidm_CustomCoordinateSystem"])

    def test_names_that_hold_anything(self):
        modality, covariate = 'p"e\\t<x>&', "le'v\\\"el<&>\u00b5"
        self.header = ["participant_id", f"{modality}_baseline", f"{modality}_followup", covariate, "age"]
        self.write_table()
        self.analyse("--covariate", covariate.replace(",", ""), "-n", "50", "--cluster-t", "2")
        stem = self.effect(1)["files"]
        pack = self.pack(stem)
        found = self.check_pack(pack)
        self.assertEqual(found["contrast"]["name"], f"{modality}: {covariate}")
        self.assertIn(covariate, json.loads(found["model"]["columns"]))
        path = self.folder / "out/run.json"  # a table has no newline in a name; what reads run.json must not rely on it
        run = json.loads(path.read_text())
        effect = run["modalities"][0]["effects"][1]
        effect["name"] = name = 'a\nb\r\t"""\u0001\\u0041 \U0001f9e0 .\n<x> a <y> .'
        effect["columns"] = [name if one == covariate else one for one in effect["columns"]]
        path.write_text(json.dumps(run))
        found = self.check_pack(self.pack(stem, "--force"))
        self.assertEqual(found["contrast"]["name"], f"{modality}: {name}")
        self.assertIn(name, json.loads(found["model"]["columns"]))

    def test_several_modalities(self):
        self.header = [*self.header[:3], "gm_baseline", "gm_followup", *self.header[3:]]
        for row in self.rows:
            for session in ("baseline", "followup"):
                data = self.read_image(f"{row[0]}_{session}.nii.gz") ** 2
                data[0] = 0  # a mask of its own
                self.write_image(f"{row[0]}_gm_{session}.nii.gz", data)
            row[3:3] = [f"{row[0]}_gm_baseline.nii.gz", f"{row[0]}_gm_followup.nii.gz"]
        self.write_table()
        self.analyse()
        self.assert_done(self.nidm("out", "--modality", "gm", "--out", "packs", "--instrument", "mri"))
        self.assertEqual([path.name for path in (self.folder / "packs").iterdir()], ["gm_change.nidm.zip"])
        gm = Pack(self.folder / "packs/gm_change.nidm.zip")
        self.check_pack(gm)
        mask = gm.data("Mask.nii.gz")
        self.assertEqual((mask[0].max(), mask[1:].min()), (0, 1))
        self.assert_refused(USAGE, ["--modality", '"csf"'], "out", "--modality", "csf", run=self.nidm)
        self.assert_done(self.nidm("out", "--out", "both"))
        self.assertEqual(len(list((self.folder / "both").iterdir())), 2)
        self.assertEqual(Pack(self.folder / "both/pet_change.nidm.zip").data("Mask.nii.gz").min(), 1)

    def test_instrument(self):
        self.analyse()
        unknown = self.nidm("out")
        self.assertIn("--instrument", unknown.stderr)
        kinds = "?machine a nlx_Imaginginstrument: , ?kind FILTER (?kind NOT IN (nlx_Imaginginstrument:, prov:Agent))"
        self.assertEqual(Pack(self.folder / "out/pet_change.nidm.zip").ask(kinds), [])
        for word, kind in (("pet", "Positronemissiontomographyscanner"), ("mri", "Magneticresonanceimagingscanner"),
                           ("spect", "Singlephotonemissioncomputedtomographyscanner"),
                           ("eeg", "Electroencephalographymachine"), ("meg", "Magnetoencephalographymachine")):
            done = self.nidm("out", "--instrument", word, "--force")
            self.assertNotIn("note", done.stderr)
            pack = Pack(self.folder / "out/pet_change.nidm.zip")
            self.check_pack(pack)
            self.assertEqual(pack.one(kinds)["kind"], TERMS[f"nlx_{kind}"])

    def test_same_bytes_every_time(self):
        self.analyse("--covariate", "level", "-n", "50")
        self.assert_done(self.nidm("out", "--out", "one"))
        self.assert_done(self.run_program("report", "out"))  # which writes run.json again
        self.assert_done(self.run_program("nidm", "out", "--out", "two", TZ="Asia/Tokyo"))
        names = sorted(path.name for path in (self.folder / "one").iterdir())
        self.assertEqual(names, ["pet_change.nidm.zip", "pet_level.nidm.zip"])
        for name in names:
            self.assertEqual((self.folder / "one" / name).read_bytes(), (self.folder / "two" / name).read_bytes())
        nodes = [set(Pack(self.folder / "one" / name).graph.subjects()) for name in names]
        self.assertFalse(nodes[0] & nodes[1])

    def test_beside_the_results(self):
        self.analyse()
        first = self.pack()
        self.assert_refused(OUTPUT, ["out/pet_change.nidm.zip", "exists already", "--force"], "out", run=self.nidm)
        quiet = self.nidm("out", "--force", "--quiet")
        self.assert_done(quiet)
        self.assertEqual(quiet.stdout + quiet.stderr, "")
        self.assertEqual(Pack(self.folder / "out/pet_change.nidm.zip").files, first.files)
        files = json.loads((self.folder / "out/run.json").read_text())["files"]
        self.assertEqual(files.count("pet_change.nidm.zip"), 1)
        self.assert_done(self.run_program("report", "out"))
        self.analyse("--force")  # knows the pack for ours
        self.assertFalse((self.folder / "out/pet_change.nidm.zip").exists())
        self.assert_done(self.nidm("out", "--out", "./out/"))  # the same folder by another name
        self.assertIn("pet_change.nidm.zip", json.loads((self.folder / "out/run.json").read_text())["files"])

    def test_refusals(self):
        self.assert_refused(USAGE, ["DIR"], run=self.nidm)
        self.assert_refused(INPUT, ["nowhere: there is no such folder"], "nowhere", run=self.nidm)
        self.analyse("--covariate", "level", "-n", "20")
        self.assert_refused(OUTPUT, ["missing/packs"], "out", "--out", "missing/packs", run=self.nidm)
        (self.folder / "file").write_text("")
        self.assert_refused(OUTPUT, ["file"], "out", "--out", "file", run=self.nidm)
        for name in ("pet_level_se.nii.gz", "pet_level_clusters.nii.gz", "pet_change_t.nii.gz", "mask.nii.gz"):
            kept = (self.folder / "out" / name).read_bytes()
            (self.folder / "out" / name).unlink()
            self.assert_refused(INPUT, [name], "out", run=self.nidm)
            (self.folder / "out" / name).write_bytes(kept)
        nibabel.Nifti1Image(numpy.ones((3, 3, 3), "f4"), AFFINE).to_filename(self.folder / "out/pet_level_se.nii.gz")
        self.assert_refused(INPUT, ["pet_level_se.nii.gz", "another grid"], "out", run=self.nidm)


if __name__ == "__main__":
    unittest.main()

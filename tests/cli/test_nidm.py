"""contrib/nidm: a pack, asked in SPARQL through rdflib and compared with the folder of results that it is of."""
import csv
import hashlib
import os
import pathlib
import subprocess
import sys
import time
import unittest
import zipfile

import h5py
import nibabel
import numpy as np

from voxstat_cli import Study

try:
    import rdflib
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

SCRIPT = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "contrib/nidm/voxstat_nidm.py"
# Terms by their numbers in nidm-results.owl 1.3.0, spelt out here once more.
PREFIXES = """
prefix prov: <http://www.w3.org/ns/prov#>
prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#>
prefix nfo: <http://www.semanticdesktop.org/ontologies/2007/03/22/nfo#>
prefix crypto: <http://id.loc.gov/vocabulary/preservation/cryptographicHashFunctions#>
prefix obo: <http://purl.obolibrary.org/obo/>
prefix StatisticMap: <http://purl.org/nidash/nidm#NIDM_0000076>
prefix ContrastMap: <http://purl.org/nidash/nidm#NIDM_0000002>
prefix ExcursionSetMap: <http://purl.org/nidash/nidm#NIDM_0000025>
prefix ErrorModel: <http://purl.org/nidash/nidm#NIDM_0000023>
prefix Inference: <http://purl.org/nidash/nidm#NIDM_0000049>
prefix Cluster: <http://purl.org/nidash/nidm#NIDM_0000070>
prefix Peak: <http://purl.org/nidash/nidm#NIDM_0000062>
prefix SearchSpace: <http://purl.org/nidash/nidm#NIDM_0000068>
prefix DesignMatrix: <http://purl.org/nidash/nidm#NIDM_0000019>
prefix Fit: <http://purl.org/nidash/nidm#NIDM_0000056>
prefix Estimation: <http://purl.org/nidash/nidm#NIDM_0000001>
prefix contrastName: <http://purl.org/nidash/nidm#NIDM_0000085>
prefix statisticType: <http://purl.org/nidash/nidm#NIDM_0000123>
prefix errorDof: <http://purl.org/nidash/nidm#NIDM_0000093>
prefix hasErrorDistribution: <http://purl.org/nidash/nidm#NIDM_0000101>
prefix hasHypothesis: <http://purl.org/nidash/nidm#NIDM_0000097>
prefix clusterLabel: <http://purl.org/nidash/nidm#NIDM_0000082>
prefix clusterSize: <http://purl.org/nidash/nidm#NIDM_0000084>
prefix numberOfClusters: <http://purl.org/nidash/nidm#NIDM_0000111>
prefix pFwer: <http://purl.org/nidash/nidm#NIDM_0000115>
prefix pUncorrected: <http://purl.org/nidash/nidm#NIDM_0000116>
prefix qFdr: <http://purl.org/nidash/nidm#NIDM_0000119>
prefix equivalentZ: <http://purl.org/nidash/nidm#NIDM_0000092>
prefix coordinate: <http://purl.org/nidash/nidm#NIDM_0000086>
prefix searchVoxels: <http://purl.org/nidash/nidm#NIDM_0000121>
"""
NIDM = "http://purl.org/nidash/nidm#NIDM_"


class Nidm(Study):
    participants = 6

    def setUp(self):
        super().setUp()
        # A rise in a corner, and a second modality that is zero in one slice: its mask is its own.
        self.header[3:3] = ["cbf_baseline", "cbf_followup"]
        for row in self.rows:
            data = self.read_image(row[2])
            data[:4, :4, :4] += 6
            self.write_image(row[2], data)
            data[:, :, 6] = 0
            self.write_image("cbf_" + row[2], data)
            row[3:3] = [row[1], "cbf_" + row[2]]
        self.write_table()

    def pack(self, *arguments):
        self.assert_done(self.run_paired("--covariate", "level", "--cluster-p", "0.01", "-n", "40", *arguments))
        done = subprocess.run(["/usr/bin/python3", SCRIPT, "voxstat-results", "pack.nidm.zip"], cwd=self.folder,
                              text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "pack.nidm.zip\n"), done.stderr)
        with zipfile.ZipFile(self.folder / "pack.nidm.zip") as pack:
            self.files = {name: pack.read(name) for name in pack.namelist()}
        self.graph = rdflib.Graph().parse(data=self.files["nidm.ttl"], format="turtle")
        (self.folder / "pack").mkdir(exist_ok=True)
        for name, data in self.files.items():
            (self.folder / "pack" / name).write_bytes(data)

    def ask(self, where, *names):
        """The rows of a query, each a tuple of plain values."""
        text = PREFIXES + "SELECT " + " ".join("?" + name for name in names) + " WHERE { " + where + " }"
        return sorted(tuple(value.toPython() for value in row) for row in self.graph.query(text))

    def test_statistic_maps(self):
        """As NeuroVault asks for them: every map has a label, a name, a type and a file that is there."""
        self.pack()
        rows = self.ask("?map a StatisticMap: ; rdfs:label ?label ; contrastName: ?name ; statisticType: ?type ; "
                        "prov:atLocation ?file ; errorDof: ?df ; prov:wasGeneratedBy ?by . ?by a Estimation: .",
                        "file", "name", "type", "df")
        obo = "http://purl.obolibrary.org/obo/"
        kinds = {"t": obo + "STATO_0000176", "z": obo + "STATO_0000376"}
        self.assertEqual(rows, sorted(
            (f"{modality}_{effect}_{kind}.nii.gz", f"{modality} {effect}", stato, df)
            for modality in ("cbf", "pet") for effect, df in (("change", 5), ("level", 4))
            for kind, stato in kinds.items()))

    def test_files_are_those_of_the_results(self):
        self.pack()
        rows = self.ask("?x prov:atLocation ?place ; nfo:fileName ?name ; crypto:sha512 ?sum .", "place", "name", "sum")
        self.assertEqual({row[1] for row in rows}, set(self.files) - {"nidm.ttl"})
        for place, name, digest in rows:
            self.assertEqual(place, name)
            self.assertEqual(digest, hashlib.sha512(self.files[name]).hexdigest())
            if not name.endswith(("_design.csv", "_excursion.nii.gz")):
                self.assertEqual(self.files[name], (self.folder / "voxstat-results" / name).read_bytes())

    def test_clusters_and_peaks(self):
        self.pack()
        seen = 0
        for modality, effect in (("pet", "change"), ("pet", "level"), ("cbf", "change")):
            with open(self.folder / f"voxstat-results/{modality}_{effect}_clusters.tsv", encoding="utf-8") as table:
                expected = list(csv.DictReader(table, delimiter="\t"))
            of_map = (f'?set a ExcursionSetMap: ; nfo:fileName "{modality}_{effect}_excursion.nii.gz" ; '
                      "numberOfClusters: ?number . ")
            rows = self.ask(of_map + "?cluster a Cluster: ; prov:wasDerivedFrom ?set ; clusterLabel: ?label ; "
                            "clusterSize: ?size ; pFwer: ?p . ?peak a Peak: ; prov:wasDerivedFrom ?cluster ; "
                            "prov:value ?t ; pFwer: ?voxel ; pUncorrected: ?plain ; qFdr: ?q ; equivalentZ: ?z ; "
                            "prov:atLocation ?place . ?place coordinate: ?mm .",
                            "label", "number", "size", "p", "t", "voxel", "plain", "q", "mm", "z")
            z = nibabel.load(self.folder / f"pack/{modality}_{effect}_z.nii.gz").get_fdata()
            labels = nibabel.load(self.folder / f"pack/{modality}_{effect}_clusters.nii.gz").get_fdata()
            self.assertEqual(len(rows), len(expected))
            for row, line in zip(rows, expected):
                self.assertEqual(row[:3], (int(line["label"]), len(expected), np.count_nonzero(labels == row[0])))
                self.assertEqual(row[3:8], tuple(float(line[name]) for name in (
                    "p_extent", "peak_t", "p_voxel", "p_uncorrected", "p_fdr")))
                self.assertEqual(eval(row[8]), [float(line[f"peak_{axis}"]) for axis in "xyz"]) # a list of numbers
                peak = tuple(int(line[f"peak_{axis}"]) for axis in "ijk")
                self.assertEqual(row[9], z[peak])
                seen += 1
        self.assertGreater(seen, 2)

    def test_excursion_set_and_search_space(self):
        self.pack()
        t, labels, excursion = (nibabel.load(self.folder / f"pack/cbf_change_{kind}.nii.gz")
                                for kind in ("t", "clusters", "excursion"))
        np.testing.assert_array_equal(excursion.get_fdata(), np.where(labels.get_fdata() > 0, t.get_fdata(), 0))
        np.testing.assert_array_equal(excursion.affine, t.affine)
        self.assertEqual(int(excursion.header["sform_code"]), int(t.header["sform_code"]))
        rows = self.ask("?x a SearchSpace: ; nfo:fileName ?name ; searchVoxels: ?voxels .", "name", "voxels")
        self.assertEqual(rows, [("cbf_mask.nii.gz", 8 * 9 * 6), ("pet_mask.nii.gz", 8 * 9 * 7)])
        for name, voxels in rows:
            self.assertEqual(nibabel.load(self.folder / "pack" / name).get_fdata().sum(), voxels)

    def test_model(self):
        self.pack("--tails", "pos")
        rows = self.ask("?fit a Fit: ; prov:used ?errors, ?design . ?errors a ErrorModel: ; "
                        "hasErrorDistribution: ?kind . ?design a DesignMatrix: ; nfo:fileName ?name .", "name", "kind")
        self.assertEqual([row for row in rows if row[0].startswith("pet")],
                         [("pet_change_design.csv", NIDM + "0000059"), ("pet_level_design.csv", NIDM + "0000058")])
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            for effect in ("change", "level"):
                np.testing.assert_array_equal(
                    np.loadtxt(self.folder / f"pack/pet_{effect}_design.csv", delimiter=",", ndmin=2),
                    results[f"design/pet/{effect}/matrix"][:])
        self.assertEqual(set(self.ask("?i a Inference: ; hasHypothesis: ?h .", "h")), {(NIDM + "0000060",)}) # one tail
        comments = dict(self.ask("?i a Inference: ; rdfs:comment ?c ; rdfs:label ?l .", "l", "c"))
        self.assertIn("41 (the data as observed among them) of 64 possible sign flips",
                      comments["Inference: pet change"])
        self.assertIn("no term for a null distribution", comments["Inference: pet level"])

    def test_without_corrections_their_p_are_left_out(self):
        self.pack("--correct", "voxel")
        self.assertEqual(self.ask("?cluster a Cluster: ; pFwer: ?p .", "p"), [])
        self.assertEqual(self.ask("?peak a Peak: ; qFdr: ?q .", "q"), [])
        self.assertGreater(len(self.ask("?peak a Peak: ; pFwer: ?p .", "p")), 0)

    def test_the_same_results_make_the_same_pack(self):
        self.pack()
        first = (self.folder / "pack.nidm.zip").read_bytes()
        time.sleep(1.1) # a time of making in any of it would show
        subprocess.run(["/usr/bin/python3", SCRIPT, "voxstat-results", "again.zip"], cwd=self.folder, check=True,
                       capture_output=True)
        self.assertEqual(first, (self.folder / "again.zip").read_bytes())

    def test_no_results(self):
        done = subprocess.run(["/usr/bin/python3", SCRIPT, "."], cwd=self.folder, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("found no run.json", done.stderr)


if __name__ == "__main__":
    unittest.main()

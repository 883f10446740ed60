#!/usr/bin/python3
"""--primary: the correction that "significant" means in the summary, in run.json, on the page and in its pictures. The
files of the results do not depend on it."""
import csv
import hashlib
import json
import re
import sys
import unittest

try:
    import h5py
    import nibabel
    import numpy
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
from voxstat_cli import SHAPE, USAGE, Study, files_of

CRITERION = {"voxel": "by the maximum t", "extent": "by extent", "mass": "by mass", "tfce": "by TFCE"}
OF_CLUSTER = ("extent", "mass")


class Primary(Study):
    """A faint and extended effect: its largest cluster is larger than any of the relabellings, and its voxels are not
    more extreme than theirs."""

    participants = 8

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(9)
        for row in self.rows:
            data = self.read_image(row[1]) + random.standard_normal(SHAPE)
            data[1:6, 1:6, 1:6] += 0.7
            self.write_image(row[2], data)

    def analyse(self, out, *more):
        done = self.run_paired("-n", "exact", "--cluster-p", "0.05", "--out", out, *more)
        self.assert_done(done)
        return done

    def effect(self, out):
        return json.loads((self.folder / out / "run.json").read_text())["modalities"][0]["effects"][0]

    def below(self, out, kind):
        """(voxels, clusters) with p < 0.05, from the map and the table."""
        image = nibabel.load(self.folder / out / f"pet/change/p-fwe-{kind}.nii.gz")
        with open(self.folder / out / "pet/change/clusters.tsv", encoding="utf-8") as lines:
            clusters = [row for row in csv.DictReader(lines, delimiter="\t") if float(row[f"p_{kind}"]) < 0.05]
        return int((10.0 ** -image.get_fdata() < 0.05 - 1e-6).sum()), len(clusters)

    def test_words_and_pictures_follow_it(self):
        said, slices = {}, {}
        for kind, criterion in CRITERION.items():
            done = self.analyse(kind, "--primary", kind)
            record = json.loads((self.folder / kind / "run.json").read_text())
            self.assertEqual((record["primary"], record["options"]["primary"]), (f"p_fwe_{kind}", kind))
            voxels, clusters = self.below(kind, kind)
            noun, count = ("cluster", clusters) if kind in OF_CLUSTER else ("voxel", voxels)
            said[kind] = count
            self.assertIn(f"significant: p < 0.05 {criterion}, the primary correction", done.stderr)
            titles, row = (re.split("  +", line) for line in done.stdout.splitlines())
            record = self.effect(kind)
            self.assertAlmostEqual(float(row[titles.index(f"p {kind}")]) / record["p"][f"p_fwe_{kind}"]["smallest"], 1,
                                   delta=0.006)
            self.assertEqual(row[titles.index("clusters")], f"{clusters} of {record['clusters']['number']}")
            further = re.findall("\npet change, further looks: (.*)\n", "\n" + done.stderr)
            looks = {other: self.below(kind, other)[other in OF_CLUSTER] for other in CRITERION if other != kind}
            self.assertEqual(dict(re.findall(r"(?<!\S)(extent|mass|TFCE|voxel) (\d+)", " ".join(further))),
                             {{"tfce": "TFCE"}.get(k, k): str(v) for k, v in looks.items() if v})
            for line in further:
                self.assertIn(f"pet change, further looks: {line}\n", self.run_program("show", kind).stdout)

            page = report_cli.Page(self.folder / kind / "report.html")
            source = (self.folder / kind / "report.html").read_text()
            for article in ("question", "effect-1"):
                if count:
                    self.assertRegex(page.text[article], rf"Significant at p\xa0<\xa00.05: {count} {noun}s? .*{criterion}\.")
                else:
                    self.assertIn(f"Nothing is significant {criterion} (smallest p", page.text[article])
            lines = "Bold lines go around what is" if count else "Nothing is"
            self.assertTrue(any(f"{lines} significant, p < 0.05 {criterion}" in caption for caption in page.captions))
            label = {"tfce": "TFCE"}.get(kind, kind)
            self.assertIn(f"smallest p, {label} (primary)", page.table("headline")[0][0])
            self.assertIn(f"p {label} (primary)", page.table("clusters")[0][0])
            headline = source.split('id="headline"')[1].split("</table>")[0]
            self.assertEqual(len(re.findall(r'<td class="n found"', headline)), count > 0)
            self.assertIn(f"Significant means p < 0.05 {criterion}", page.text["question"])
            self.assertIn(f"{criterion}, the primary correction, was called significant", page.text["methods"])
            slices[kind] = hashlib.sha256((self.folder / kind / "figures/pet_change_slices.png").read_bytes()).hexdigest()
        self.assertEqual(said["voxel"], 0)  # or the next lines show nothing
        self.assertGreater(said["extent"], 0)
        self.assertEqual((said["tfce"], slices["tfce"]), (0, slices["voxel"]))
        self.assertNotEqual(slices["extent"], slices["voxel"])  # bold lines around the cluster

    def test_maps_and_tables_do_not(self):
        self.analyse("voxel")
        self.analyse("extent", "--primary", "extent")
        self.assertEqual(json.loads((self.folder / "voxel/run.json").read_text())["primary"], "p_fwe_voxel")
        one, other = self.folder / "voxel", self.folder / "extent"
        self.assertEqual(set(files_of(one)), set(files_of(other)))
        same = [name for name in files_of(one) if name.endswith((".nii.gz", ".tsv")) and name != "summary.tsv"]
        self.assertGreater(len(same), 15)
        for name in same:
            self.assertEqual((one / name).read_bytes(), (other / name).read_bytes(), name)
        for key in ("peak", "p", "clusters"):
            self.assertEqual(self.effect("voxel")[key], self.effect("extent")[key])
        with h5py.File(self.folder / "voxel/results.h5") as one, h5py.File(self.folder / "extent/results.h5") as other:
            for name, values in one["null/pet/change"].items():
                numpy.testing.assert_array_equal(values, other[f"null/pet/change/{name}"])

    def test_default_is_the_first_correction(self):
        for correct, key, option in (("tfce,extent", "p_fwe_extent", "extent"), ("fdr", "p_fdr", "fdr"),
                                     ("mass,bonferroni", "p_fwe_mass", "mass")):
            self.analyse(correct, "--correct", correct, "-q")
            record = json.loads((self.folder / correct / "run.json").read_text())
            self.assertEqual((record["primary"], record["options"]["primary"]), (key, option))

    def test_bad_values(self):
        self.assert_refused(USAGE, ["--primary", "'fdr'", "voxel, extent, mass or tfce"], "--primary", "fdr")
        self.assert_refused(USAGE, ["--primary mass", "--correct voxel,fdr"], "--primary", "mass", "--correct",
                            "voxel,fdr")
        self.assert_refused(USAGE, ["--primary voxel", "--correct fdr"], "--primary", "voxel", "--correct", "fdr")


if __name__ == "__main__":
    unittest.main()

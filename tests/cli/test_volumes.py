"""Search volumes: the p within a family of planned regions are those of a run with a mask of its voxels, in every file,
and the largest t over all flips is that of NumPy."""
import csv
import itertools
import json
import os
import pathlib
import subprocess
import unittest

import h5py
import numpy

import test_atlas
from voxstat_cli import AFFINE, PROGRAM, SHAPE, Study

DATA = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "sample_data"
PLAN = "region\tfamily\tmembers\nstriatum\tprimary one\tputamen + caudate\nputamen\tprimary one\tputamen\n" \
       "insula\tothers\tinsula\n" # two regions of a family overlap
MEMBERS = {"primary-one": [7, 300], "others": [70000]}
KINDS = ("fdr", "fwe-voxel", "fwe-extent", "fwe-mass", "fwe-tfce", "bonferroni-voxel", "bonferroni-extent",
         "bonferroni-mass", "bonferroni-tfce")


class Volumes(test_atlas.Atlas):
    report = False
    options = ("--covariate", "level", "--cluster-p", "0.05", "--correct", "voxel,extent,mass,tfce,fdr,bonferroni")

    def setUp(self):
        super().setUp()
        (self.folder / "planned.tsv").write_text(PLAN)
        self.on = test_atlas.nearest(self.labels, test_atlas.ATLAS, SHAPE, AFFINE)[0]

    def run_planned(self, *arguments):
        return self.run_atlas("--regions", "planned.tsv", *self.options, *arguments)

    def effects(self, folder):
        run = json.loads((self.folder / folder / "run.json").read_text(encoding="utf-8"))
        return {effect["files"]: effect for effect in run["modalities"][0]["effects"]}

    def test_as_with_that_mask(self):
        for tails in ("two", "neg"):
            self.run_planned("--tails", tails)
            for volume, labels in MEMBERS.items():
                self.write_image("mask.nii.gz", numpy.isin(self.on, labels))
                self.assert_done(self.run_paired("--mask", "mask.nii.gz", "--atlas", "atlas.nii.gz", "--coverage", "0.0001",
                                                 "--tails", tails, "--out", "masked", "--force", *self.options))
                for place in ("pet/change", "pet/level"):
                    self.same_files(place, volume)
                    self.same_figures(place, volume)
        self.assertTrue(self.compared)

    compared = 0

    def same_files(self, place, volume):
        """Maps bit for bit, null distributions, and tables of clusters."""
        for name in [f"p-{kind}" for kind in KINDS] + ["tfce", "clusters"]:
            numpy.testing.assert_array_equal(self.read_image(f"voxstat-results/{place}/{name}_{volume}.nii.gz"),
                                             self.read_image(f"masked/{place}/{name}.nii.gz"))
        with h5py.File(self.folder / "voxstat-results/results.h5") as ours, \
                h5py.File(self.folder / "masked/results.h5") as masked:
            for name in [f"maps/{place}/p-{kind}" for kind in KINDS] + \
                    [f"null/{place}/{word}" for word in ("voxel", "extent", "mass", "tfce")]:
                numpy.testing.assert_array_equal(ours[f"{name}_{volume}"][()], masked[name][()])
            self.assertFalse([name for name in ours[f"maps/{place}"] if name.startswith(("t_", "z_", "p-uncorrected_"))])
        ours, masked = (csv.reader((self.folder / name).read_text().splitlines(), delimiter="\t") for name in
                        (f"voxstat-results/{place}/clusters_{volume}.tsv", f"masked/{place}/clusters.tsv"))
        rows = list(ours)
        self.assertEqual(rows, list(masked))
        self.compared += len(rows) - 1

    def same_figures(self, place, volume):
        """run.json; and the place of the smallest p in its own map."""
        masked = self.effects("masked")[place]
        ours = {one["files"]: one for one in self.effects("voxstat-results")[place]["volumes"]}[volume]
        self.assertEqual(ours["voxels"], int((self.read_image("masked/mask.nii.gz") > 0).sum()))
        self.assertEqual(set(ours["p"]), {f"p-{kind}".replace("-", "_") for kind in KINDS})
        self.assertEqual(ours["p"], {key: masked["p"][key] for key in ours["p"]})
        for key in ("peak", "clusters", "bonferroni_effects"):
            self.assertEqual(ours[key], masked[key])
        p, t = self.read_image(f"masked/{place}/p-fwe-mass.nii.gz"), self.read_image(f"masked/{place}/t.nii.gz")
        at = ours["p"]["p_fwe_mass"]
        voxel = tuple(numpy.rint((numpy.linalg.inv(AFFINE) @ [*at["mm"], 1])[:3]).astype(int))
        self.assertEqual(p[voxel], p.max()) # -log10 p
        self.assertAlmostEqual(at["smallest"], 10.0 ** -p.max(), delta=1e-6)
        if self.effects("masked")[place]["tails"] == "two":
            self.assertEqual(abs(t[voxel]), abs(t[p == p.max()]).max())
        self.assertEqual(at["region"], test_atlas.NAMES[self.on[voxel]])

    def test_what_is_said(self):
        self.report = True
        done = self.run_planned("--primary", "mass")
        sizes = {volume: int((numpy.isin(self.on, labels) & (self.read_image("voxstat-results/mask.nii.gz") > 0)).sum())
                 for volume, labels in MEMBERS.items()}
        self.assertIn(f"search volumes: primary one {sizes['primary-one']} voxels, ", done.stderr)
        volume = self.effects("voxstat-results")["pet/change"]["volumes"][0]
        found = volume["clusters"]["mass_below_0_05"]
        smallest = volume["p"]["p_fwe_mass"]["smallest"]
        show = subprocess.run([PROGRAM, "show", "voxstat-results"], cwd=self.folder, capture_output=True, text=True,
                              check=True).stdout
        row = next(one for one in show.splitlines() if one.startswith("  primary one "))
        self.assertIn(row, done.stdout)
        for words in (f" {sizes['primary-one']} ", f" {volume['peak']['t']:.2f} ", f" {smallest:#.3g} ",
                      f" {found} of {volume['clusters']['number']} "):
            self.assertIn(words, row)
        self.assertIn(volume["p"]["p_fwe_voxel"]["region"], row) # the peak of t has the smallest p by the maximum t
        page = (self.folder / "voxstat-results/report.html").read_text(encoding="utf-8")
        self.assertIn(f"<th scope=\"row\">primary one</th><td class=\"n size\">{sizes['primary-one']}</td>", page)
        self.assertIn("by itself: primary one, others.", page)

    def test_only_planned_families(self):
        self.run_atlas()
        self.assertNotIn("volumes", self.effects("voxstat-results")["pet/change"])
        self.assertFalse(list((self.folder / "voxstat-results").rglob("*exploratory*.nii.gz")))

    def test_names_that_files_cannot_have(self):
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nA\ta/b\tcaudate\nB\ta b\tinsula\n")
        self.run_planned("--correct", "voxel")
        names = sorted(path.name for path in (self.folder / "voxstat-results/pet/change").glob("p-fwe-voxel_*"))
        self.assertEqual(names, ["p-fwe-voxel_a-b-2.nii.gz", "p-fwe-voxel_a-b.nii.gz"])
        volumes = self.effects("voxstat-results")["pet/change"]["volumes"]
        self.assertEqual([(one["name"], one["files"]) for one in volumes], [("a/b", "a-b"), ("a b", "a-b-2")])
        shown = self.run_program("show", "voxstat-results").stdout.splitlines()
        for one in volumes:  # how many of its clusters are significant, by the p of their peaks
            table = self.folder / f"voxstat-results/pet/change/clusters_{one['files']}.tsv"
            rows = list(csv.DictReader(table.read_text().splitlines(), delimiter="\t"))
            below = sum(float(row["p_voxel"]) < 0.05 for row in rows)
            self.assertEqual(one["clusters"]["voxel_below_0_05"], below)
            line = next(line for line in shown if line.startswith(f"  {one['name']} "))
            self.assertIn(f"  {below} of {len(rows)}" if rows else "  0", line)
        self.assertTrue(any(one["clusters"]["number"] for one in volumes))

    def test_long_names_are_refused_before_the_work(self):
        (self.folder / "planned.tsv").write_text(f"region\tfamily\tmembers\nA\t{'a' * 240}\tcaudate\n")
        self.assert_refused(3, ["names of files of up to"], "--atlas", "atlas.nii.gz", "--regions", "planned.tsv")

    def test_improbable_family(self):
        share = numpy.stack([(self.labels == label) * (0.4 if label == 70000 else 0.9) for label in test_atlas.NAMES], 3)
        self.write_atlas("atlas.nii.gz", share, dtype=numpy.float32)
        self.write_names("atlas.tsv", dict(enumerate(test_atlas.NAMES.values())))
        done = self.run_planned("--correct", "voxel", "--coverage", "0.1")
        self.assertIn("remark: pet: the family others is no search volume, because no voxel of it has a probability of "
                      "0.5", done.stderr)
        self.assertEqual([one["name"] for one in self.effects("voxstat-results")["pet/change"]["volumes"]],
                         ["primary one"])


class Trial(Study):
    report = False

    def test_largest_t_of_numpy(self):
        """The synthetic trial's primary family: p by the maximum over all 16,384 flips, from the images."""
        command = [PROGRAM, "--design", "paired", "--modality", "pet", "--table", DATA / "participants.tsv", "--atlas",
                   DATA / "labels.nii.gz", "--regions", DATA / "planned.tsv", "--correct", "voxel", "--out", "out"]
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True)
        with open(DATA / "labels.tsv", encoding="utf-8", newline="") as table:
            index = {row["name"]: int(row["index"]) for row in csv.DictReader(table, delimiter="\t")}
        with open(DATA / "planned.tsv", encoding="utf-8", newline="") as table:
            members = [name for row in csv.DictReader(table, delimiter="\t") if row["family"] == "primary"
                       for name in row["members"].split(" + ")]
        inside = numpy.isin(self.read_image(DATA / "labels.nii.gz"), [index[name] for name in members])
        inside &= self.read_image("out/mask.nii.gz") > 0
        with open(DATA / "participants.tsv", encoding="utf-8", newline="") as table:
            change = numpy.array([self.read_image(DATA / row["pet_followup"])[inside] -
                                  self.read_image(DATA / row["pet_baseline"])[inside]
                                  for row in csv.DictReader(table, delimiter="\t")]).astype(float)
        n = len(change)
        flips = numpy.array(list(itertools.product([1, -1], repeat=n)))
        r = abs(flips @ change) / numpy.sqrt(n * (change ** 2).sum(axis=0)) # t rises with it
        largest = numpy.sort(r.max(axis=1))
        delta = n ** 0.5 * 2.0 ** -28 # docs/statistics.md, "Ties and rounding"
        least, most = (1 - numpy.searchsorted(largest, r[0] - off) / len(flips) for off in (-2 * delta, 2 * delta))
        p = 10.0 ** -self.read_image("out/pet/change/p-fwe-voxel_primary.nii.gz")[inside].astype(float)
        self.assertTrue(((p >= least * (1 - 1e-6)) & (p <= most * (1 + 1e-6))).all())
        self.assertLess((most - least).max(), 1e-3)
        self.assertLess(p.min(), 0.05)


if __name__ == "__main__":
    unittest.main()

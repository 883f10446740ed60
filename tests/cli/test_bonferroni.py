#!/usr/bin/python3
"""--correct bonferroni: the family-wise p over all effects of a run, K times the p that the run gives for each."""
import csv
import json
import sys
import unittest

try:
    import h5py
    import numpy
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

from voxstat_cli import INPUT, USAGE, Study, page_of

EFFECTS = 2  # the mean and the covariate


class Bonferroni(Study):
    report = False
    participants = 8

    def setUp(self):
        super().setUp()
        for row in self.rows:
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 3
            self.write_image(row[2], data)
        self.arguments = ["--covariate", "level", "-n", "99", "--cluster-p", "0.05", "-q"]

    def effects(self, out):
        return json.loads((self.folder / out / "run.json").read_text())["modalities"][0]["effects"]

    def table(self, out, effect):
        with open(self.folder / out / f"{effect['files']}/clusters.tsv", encoding="utf-8") as lines:
            return list(csv.DictReader(lines, delimiter="\t"))

    def test_every_kind_and_every_place(self):
        self.report = True
        self.assert_done(self.run_paired(*self.arguments, "--correct", "voxel,extent,mass,tfce,bonferroni",
                                         "--out", "with"))
        effects = self.effects("with")
        self.assertEqual(len(effects), EFFECTS)
        for effect in effects:
            self.assertEqual(effect["bonferroni_effects"], EFFECTS)
            for kind in ("voxel", "extent", "mass", "tfce"):
                with h5py.File(self.folder / "with/results.h5") as results:
                    maps = results[f"maps/{effect['hdf5']}"]
                    own, found = (10.0 ** -maps[f"p-{over}-{kind}"][()] for over in ("fwe", "bonferroni"))
                numpy.testing.assert_allclose(found, numpy.minimum(EFFECTS * own, 1), rtol=1e-5)
                for row in self.table("with", effect):
                    self.assertAlmostEqual(float(row[f"p_bonferroni_{kind}"]),
                                           min(EFFECTS * float(row[f"p_{kind}"]), 1), places=5)
                summary = effect["p"][f"p_bonferroni_{kind}"]
                self.assertAlmostEqual(summary["smallest"], found.min(), places=6)
                self.assertEqual(summary["voxels_below_0_05"], (found < 0.05 * (1 - 1e-6)).sum())
        self.assertLess(effects[0]["p"]["p_bonferroni_voxel"]["smallest"], 0.05)  # the added signal is found all the same
        page = page_of(self.folder / "with/report.html")
        self.assertIn("extent (Bonferroni)", page)
        self.assertIn("only the p by Bonferroni", page)
        self.assertIn("over all 2 effects tested", page)
        self.assertIn("change: Bonferroni’s correction over 2 effects allows no p below 0.0200.", page)  # 2 / (1 + 99)
        self.assertIn("Multiple comparisons among means", page)
        self.assertIn("p bonferroni_extent", self.run_program("show", "with", COLUMNS="300").stdout)

    def test_nothing_else_changes(self):
        self.assert_done(self.run_paired(*self.arguments, "--correct", "extent,bonferroni", "--out", "with"))
        self.assert_done(self.run_paired(*self.arguments, "--correct", "extent", "--out", "without"))
        for before, after in zip(self.effects("without"), self.effects("with")):
            for row, other in zip(self.table("without", before), self.table("with", after)):
                self.assertEqual(set(other) - set(row), {"p_bonferroni_extent"})
                self.assertEqual(row, {name: other[name] for name in row})
            self.assertEqual(set(after) - set(before), {"bonferroni_effects"})
            self.assertEqual(set(after["p"]) - set(before["p"]), {"p_bonferroni_extent"})
            self.assertEqual(set(after["clusters"]) - set(before["clusters"]), {"bonferroni_extent_below_0_05"})

    def test_results_without_their_number_are_refused(self):
        self.assert_done(self.run_paired(*self.arguments, "--correct", "extent,bonferroni", "--out", "with"))
        path = self.folder / "with/run.json"
        run = json.loads(path.read_text())
        for number, words in ((0, '"bonferroni_effects" of change is 0'), (None, 'lacks "bonferroni_effects"')):
            run["modalities"][0]["effects"][0]["bonferroni_effects"] = number
            path.write_text(json.dumps(run))
            done = self.run_program("show", "with")
            self.assertEqual(done.returncode, INPUT)
            self.assertIn(words, done.stderr)

    def test_it_needs_a_family_wise_correction(self):
        self.assert_refused(USAGE, ["--correct bonferroni", "voxel, extent, mass, tfce"], "--correct", "fdr,bonferroni")


if __name__ == "__main__":
    unittest.main()

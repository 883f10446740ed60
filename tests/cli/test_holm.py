#!/usr/bin/python3
"""--correct holm: the family-wise p over all effects of a run, against Holm's formula on the p that the run gives."""
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

from voxstat_cli import USAGE, Study


def holm(p):
    """max over j <= i of (K - j + 1) p_(j), at most 1."""
    order = numpy.argsort(p, kind="stable")
    steps = numpy.maximum.accumulate(numpy.asarray(p)[order] * numpy.arange(len(p), 0, -1))
    adjusted = numpy.empty(len(p))
    adjusted[order] = numpy.minimum(steps, 1)
    return adjusted


class Holm(Study):
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
        with open(self.folder / out / f"{effect['files']}_clusters.tsv", encoding="utf-8") as lines:
            return list(csv.DictReader(lines, delimiter="\t"))

    def test_every_kind_and_every_place(self):
        self.assert_done(self.run_paired(*self.arguments, "--correct", "voxel,extent,mass,tfce,holm", "--out", "with"))
        effects = self.effects("with")
        for kind in ("voxel", "extent", "mass", "tfce"):
            smallest = [effect["p"][f"p_fwe_{kind}"]["smallest"] for effect in effects]
            for i, effect in enumerate(effects):
                found = effect["p"][f"p_holm_{kind}"]
                self.assertAlmostEqual(found["smallest"], holm(smallest)[i], places=6)
                for row in self.table("with", effect):
                    as_smallest = smallest[:i] + [float(row[f"p_{kind}"])] + smallest[i + 1:]
                    self.assertAlmostEqual(float(row[f"p_holm_{kind}"]), holm(as_smallest)[i], places=5)
                with h5py.File(self.folder / "with/results.h5") as results:
                    p = 10.0 ** -results[f"maps/{effect['hdf5']}/p-holm-{kind}"][()]
                self.assertAlmostEqual(p.min(), found["smallest"], places=5)
                self.assertEqual((p < 0.05 * (1 - 1e-6)).sum(), found["voxels_below_0_05"])
        self.assertLess(effects[0]["p"]["p_holm_voxel"]["smallest"], 0.05)  # what was added is found all the same
        page = (self.folder / "with/report.html").read_text()
        self.assertIn("extent (Holm)", page)
        self.assertIn("only the p by Holm", page)
        self.assertIn("A simple sequentially rejective multiple test procedure", page)
        self.assertIn("p holm_extent", self.run_program("show", "with").stdout)

    def test_nothing_else_changes(self):
        self.assert_done(self.run_paired(*self.arguments, "--correct", "extent,holm", "--out", "with"))
        self.assert_done(self.run_paired(*self.arguments, "--correct", "extent", "--out", "without"))
        for before, after in zip(self.effects("without"), self.effects("with")):
            for row, other in zip(self.table("without", before), self.table("with", after)):
                self.assertEqual(set(other) - set(row), {"p_holm_extent"})
                self.assertEqual(row, {name: other[name] for name in row})
            self.assertEqual(set(after["p"]) - set(before["p"]), {"p_holm_extent"})
            self.assertEqual(set(after["clusters"]) - set(before["clusters"]), {"holm_extent_below_0_05"})

    def test_it_needs_a_family_wise_correction(self):
        self.assert_refused(USAGE, ["--correct holm", "voxel, extent, mass, tfce"], "--correct", "fdr,holm")


if __name__ == "__main__":
    unittest.main()

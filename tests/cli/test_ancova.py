"""--scale ancova: the change of the global mean is a nuisance of its modality, at voxels and of regions, against least
squares in NumPy."""
import csv
import json
import unittest

import h5py
import numpy
import scipy.stats

from voxstat_cli import SHAPE, Study

QUICK = ["-n", "40", "--correct", "voxel", "--progress", "none", "--force"]


def regression(design, y, column):
    """Estimate, t and p of a column of the design by ordinary least squares."""
    inverse = numpy.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    df = len(design) - design.shape[1]
    t = beta[column] / numpy.sqrt(inverse[column, column] * ((y - design @ beta) ** 2).sum(axis=0) / df)
    return beta[column], t, 2 * scipy.stats.t.sf(abs(t), df)


class Ancova(Study):
    report = False
    participants = 8

    def test_voxels_and_regions(self):
        self.report = True
        random = numpy.random.default_rng(3)
        for _, *names, _, _ in self.rows: # a global change of its own in every participant
            for name in names:
                self.write_image(name, self.read_image(name) * (1 + 0.1 * random.standard_normal()))
        labels = numpy.zeros(SHAPE, numpy.int32)
        labels[1:6, 1:7, 1:6] = 3
        self.write_image("labels.nii.gz", labels)
        (self.folder / "labels.tsv").write_text("index\tname\n3\tcortex\n")
        done = self.run_paired(*QUICK, "--scale", "ancova", "--atlas", "labels.nii.gz", "--covariate", "level")
        self.assert_done(done)
        pairs = [[self.read_image(name).astype(float) for name in names] for _, *names, _, _ in self.rows]
        y = numpy.array([f - b for b, f in pairs])
        g = [[x[x > x.mean() / 8].mean() for x in pair] for pair in pairs]
        g = numpy.diff(g, axis=1)[:, 0]
        g -= g.mean()
        level = numpy.array([float(row[3]) for row in self.rows])
        one = numpy.ones(len(g))
        designs = {"change": (numpy.stack([g, one], 1), 1), "level": (numpy.stack([one, g, level - level.mean()], 1), 2)}
        with open(self.folder / "voxstat-results/regions.tsv", encoding="utf-8") as table:
            rows = {row["effect"]: row for row in csv.DictReader(table, delimiter="\t")}
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        columns = {effect["name"]: effect["columns"] for effect in record["modalities"][0]["effects"]}
        for effect, (design, column) in designs.items():
            estimate, t, _ = regression(design, y.reshape(len(y), -1), column)
            with h5py.File(self.folder / "voxstat-results/results.h5") as results:
                found = [results[f"maps/pet/{effect}/{name}"][()]
                         for name in ("mean" if effect == "change" else "slope", "t")]
            found = [(x.T if x.shape != SHAPE else x).ravel() for x in found]
            numpy.testing.assert_allclose(found[0], estimate, atol=2e-6) # changes near 5 are floats: 3e-7 each
            numpy.testing.assert_allclose(found[1], t, rtol=1e-4, atol=1e-4)
            self.assertIn("global_mean", columns[effect])
            region = numpy.array([one[labels == 3].mean() for one in y])
            estimate, t, p = regression(design, region, column)
            numpy.testing.assert_allclose([float(rows[effect][key]) for key in ("change", "t", "p_t")],
                                          [estimate, t, p], rtol=2e-5, atol=1e-6)
            self.assertEqual(int(float(rows[effect]["df"])), len(y) - design.shape[1])
        self.assertIn("given the mean-centred nuisance change of the global mean",
                      (self.folder / "voxstat-results/report.html").read_text())
        self.assertEqual(record["modalities"][0]["scaling"]["name"], "global_mean")
        self.assertIn("its global mean is a nuisance", done.stderr)

    def test_only_its_modality(self):
        """Regions of another modality keep the plain test, though their families are corrected in the same way."""
        random = numpy.random.default_rng(2)
        self.header[1:1] = ["cbf_baseline", "cbf_followup"]
        for row in self.rows:
            names = [f"{row[0]}_cbf_{session}.nii.gz" for session in ("baseline", "followup")]
            for name in names:
                self.write_image(name, 50 + random.standard_normal(SHAPE))
            row[1:1] = names
        self.write_table()
        labels = numpy.zeros(SHAPE, numpy.int32)
        labels[1:6, 1:7, 1:6] = 3
        self.write_image("labels.nii.gz", labels)
        (self.folder / "labels.tsv").write_text("index\tname\n3\tcortex\n")
        dfs = {}
        for arguments in ([], ["--scale", "pet=ancova"]):
            self.assert_done(self.run_paired(*QUICK, "--atlas", "labels.nii.gz", *arguments))
            with open(self.folder / "voxstat-results/regions.tsv", encoding="utf-8") as table:
                for row in csv.DictReader(table, delimiter="\t"):
                    dfs.setdefault(row["modality"], []).append((row["df"], row["t"], row["p_exact"]))
        self.assertEqual(dfs["cbf"][0], dfs["cbf"][1])
        self.assertEqual([df for df, *_ in dfs["pet"]], ["7", "6"])


if __name__ == "__main__":
    unittest.main()

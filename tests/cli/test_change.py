"""--change: at voxels and of regions, against NumPy and SciPy on the same files; and values that have no such change."""
import csv
import json
import unittest

import h5py
import numpy
import scipy.stats

from voxstat_cli import INPUT, SHAPE, USAGE, Study

QUICK = ["-n", "40", "--correct", "voxel", "--progress", "none", "--force"]
CHANGES = { # with b the baseline and f the follow-up
    "difference": lambda b, f: f - b,
    "percent": lambda b, f: 100 * (f - b) / b,
    "logratio": lambda b, f: numpy.log(f) - numpy.log(b),
    "symmetric": lambda b, f: 2 * (f - b) / (b + f),
}
UNITS = {"percent": "%", "logratio": "log ratio", "symmetric": "fraction of the mean"}


class Change(Study):
    report = False

    def setUp(self):
        super().setUp()
        self.labels = numpy.zeros(SHAPE, numpy.int32)
        self.labels[0:4, 1:7, 1:6] = 3
        self.labels[4:7, 1:7, 1:6] = 8
        self.write_image("labels.nii.gz", self.labels)
        (self.folder / "labels.tsv").write_text("index\tname\n3\tleft\n8\tright\n")

    def pairs(self):
        return [[self.read_image(name).astype(float) for name in names] for _, *names, _, _ in self.rows]

    def done(self, *arguments):
        done = self.run_paired(*QUICK, *arguments)
        self.assert_done(done)
        return done, json.loads((self.folder / "voxstat-results/run.json").read_text())

    def maps(self, effect, *names):
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            maps = [results[f"maps/pet/{effect}/{name}"][()] for name in names] + [results["mask"][()]]
        return [one.T if one.shape != SHAPE else one for one in maps]

    def regions(self):
        with open(self.folder / "voxstat-results/regions.tsv", encoding="utf-8") as table:
            return {(row["region"], row["effect"]): row for row in csv.DictReader(table, delimiter="\t")}

    def test_voxels_and_regions(self):
        self.report = True
        level = numpy.array([float(row[3]) for row in self.rows])
        for kind, change in CHANGES.items():
            done, record = self.done("--change", kind, "--atlas", "labels.nii.gz", "--covariate", "level")
            y = numpy.array([change(b, f) for b, f in self.pairs()])
            mean, t, _ = self.maps("change", "mean", "t")
            # Floats: the changes are rounded to 2^-24 of themselves, and so is their mean.
            numpy.testing.assert_allclose(mean, y.mean(axis=0), atol=2 * 2**-24 * numpy.abs(y).max(), rtol=0)
            # t of five values: an error of the changes counts |t| and 1 / se times, which is 30 at most here.
            numpy.testing.assert_allclose(t, scipy.stats.ttest_1samp(y, 0, axis=0).statistic, rtol=2e-5, atol=2e-5)
            slope, = self.maps("level", "slope")[:1]
            x = level - level.mean()
            numpy.testing.assert_allclose(slope, numpy.tensordot(x, y, 1) / (x @ x), rtol=1e-4,
                                          atol=4 * 2**-24 * numpy.abs(y).max())
            rows = self.regions()
            for label, name in ((3, "left"), (8, "right")):
                b, f = numpy.array([[one[self.labels == label].mean() for one in pair] for pair in self.pairs()]).T
                own = change(b, f)
                row = rows[name, "change"]
                self.assertEqual(row["scale"], {"difference": "linear", "logratio": "log"}.get(kind, kind))
                test = scipy.stats.ttest_1samp(own, 0)
                found = [float(row[key]) for key in ("change", "t", "p_t", "baseline_mean", "followup_mean", "percent")]
                expected = [own.mean(), test.statistic, test.pvalue, b.mean(), f.mean(), 100 * (f / b - 1).mean()]
                numpy.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-7)
                if kind == "logratio":
                    self.assertAlmostEqual(float(row["gmr"]), numpy.exp(own.mean()), places=6)
                r = scipy.stats.pearsonr(own, level).statistic
                self.assertAlmostEqual(float(rows[name, "level"]["r"]), r, places=5)
            self.assertEqual(record["modalities"][0]["change"], kind)
            page = (self.folder / "voxstat-results/report.html").read_text()
            self.assertEqual("The change of pet was taken" in page, kind != "difference")
            self.assertEqual("the change is that of" in done.stderr, kind != "difference")

    def test_near_zero(self):
        """The least value is a hundredth of the global mean, about 0.1."""
        data = self.read_image("sub-02_baseline.nii.gz")
        data[0, 0, 0:2] = -1, 0.05
        data[0, 0, 2] = 0.2
        self.write_image("sub-02_baseline.nii.gz", data)
        data = self.read_image("sub-03_followup.nii.gz")
        data[1, 0, 0] = -5
        self.write_image("sub-03_followup.nii.gz", data)
        lost = {"difference": 0, "percent": 2, "logratio": 3, "symmetric": 0}
        for kind, count in lost.items():
            done, record = self.done("--change", kind)
            mean, mask = self.maps("change", "mean")
            y = numpy.mean([CHANGES[kind](numpy.where(b > 0.1, b, numpy.nan) if kind in ("percent", "logratio") else b,
                                          numpy.where(f > 0.1, f, numpy.nan) if kind == "logratio" else f)
                            for b, f in self.pairs()], axis=0)
            inside = mask.astype(bool)
            self.assertEqual((~inside).sum(), count)
            numpy.testing.assert_array_equal(inside, numpy.isfinite(y))
            numpy.testing.assert_allclose(mean[inside], y[inside], rtol=1e-6, atol=1e-6)
            mask = record["modalities"][0]["mask"]
            self.assertEqual(mask["left_out_change"], count)
            if count:
                self.assertEqual([mask["most_change"][key] for key in ("participant", "column", "voxels", "in_no_other")],
                                 ["sub-02", "pet_baseline", 2, 2])
                self.assertIn(f"{count} left out: too near to zero, or below it, for the change", done.stderr)
            else:
                self.assertIsNone(mask["most_change"])

    def test_refused(self):
        whose = ["participant sub-04, column pet_baseline", "--change difference"]
        data = self.read_image("sub-04_baseline.nii.gz")
        data[:, :5] *= -0.5
        self.write_image("sub-04_baseline.nii.gz", data)
        self.assert_refused(INPUT, ["280 of 504 voxels"] + whose, *QUICK, "--change", "percent")
        self.write_image("sub-04_baseline.nii.gz", -numpy.abs(data))
        self.assert_refused(INPUT, ["no global mean above 0"] + whose, *QUICK, "--change", "logratio")
        self.assert_refused(USAGE, ["--change", "'ratio'", "difference, percent, logratio or symmetric"], *QUICK,
                            "--change", "ratio")
        self.assert_refused(USAGE, ["--change percent", "onesample"], "--design", "onesample", "--sessions", "followup",
                            "--change", "percent", run=self.run_program)


if __name__ == "__main__":
    unittest.main()

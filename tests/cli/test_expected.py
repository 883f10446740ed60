"""--expected and --interval-weeks: the observed changes of a region and of markers against expected ones, in every output,
and the refusals. tests/unit/outcome_expected.c has those of the table's cells."""
import csv
import json
import unittest

import h5py
import numpy
from scipy import stats

from voxstat_cli import INPUT, USAGE, Study, SHAPE

CHANGES = [3.1, -0.7, 2.2, 5.4, 1.3, -1.8, 4.6, 0.9, 2.7, -0.2, 3.8, 1.1, 6.3, -2.5]
HEADER = "region\tchange\tse\tunit\tinterval_weeks\tsource\tlow\thigh\n"


class Expected(Study):
    """A marker that changes by CHANGES per cent of 50, and an atlas of one region."""

    participants = len(CHANGES)

    def setUp(self):
        super().setUp()
        self.header += ["ttau_baseline", "ttau_followup"]
        for row, change in zip(self.rows, CHANGES):
            row.extend(["50", f"{50 + change / 2:.2f}"])
        self.write_table()
        labels = numpy.zeros(SHAPE)
        labels[2:5, 3:6, 2:4] = 7
        self.write_image("labels.nii.gz", labels)
        (self.folder / "labels.tsv").write_text("index\tname\n7\tprecuneus\n")

    def write_expected(self, table):
        (self.folder / "expected.tsv").write_text(HEADER + table)

    def refuse(self, words, table, *arguments, status=INPUT):
        self.write_expected(table)
        self.assert_refused(status, [words], "--expected", "expected.tsv", *arguments)

    def test_every_output_has_the_comparisons(self):
        self.write_expected("precuneus\t-8\t2.9\t%\t26\tGejl 2016\tn/a\tn/a\n"
                            "ttau\t1.5\t0.4\tabsolute\t52\tanother\t-1\t1.5\n")
        done = self.run_paired("--expected", "expected.tsv", "--interval-weeks", "24", "--atlas", "labels.nii.gz",
                               "--correct", "voxel")
        self.assert_done(done)
        folder = self.folder / "voxstat-results"
        with open(folder / "expected.tsv", encoding="utf-8", newline="") as table:
            region, marker = csv.DictReader(table, delimiter="\t")
        voxels = self.read_image("labels.nii.gz") > 0
        means = numpy.array([[self.read_image(row[k])[voxels].mean() for k in (1, 2)] for row in self.rows])
        percent = 100 * (means[:, 1] / means[:, 0] - 1)
        f = 24 / 26
        se = numpy.hypot(stats.sem(percent), f * 2.9)
        df = 13 * (se / stats.sem(percent)) ** 4
        difference = percent.mean() + f * 8
        for column, right in (("observed", percent.mean()), ("observed_se", stats.sem(percent)), ("expected", -f * 8),
                              ("difference", difference), ("difference_df", df),
                              ("ci_low", difference - stats.t.ppf(.975, df) * se),
                              ("p", stats.t.sf(difference / se, df))):
            self.assertAlmostEqual(float(region[column]) / right, 1, delta=1e-4, msg=column)
        # R's figures of tests/unit/outcome_expected.c
        for column, right in (("observed", .93571429), ("difference", .24340659), ("ci_high", 1.0723054),
                              ("p", .72598962), ("p_equivalence", .0025887325)):
            self.assertAlmostEqual(float(marker[column]) / right, 1, delta=1e-6, msg=column)
        self.assertEqual((region["modality"], marker["modality"], marker["source"]), ("pet", "n/a", "another"))
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.assertEqual(run["expected"]["interval_weeks"], 24)
        self.assertEqual([one["name"] for one in run["expected"]["comparisons"]], ["precuneus", "ttau"])
        self.assertIn("expected.tsv", [entry["path"] for entry in run["inputs"]])
        with h5py.File(folder / "results.h5") as results:
            self.assertAlmostEqual(results["expected/difference"][1], .24340659, delta=1e-7)
        report = (folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("A single arm cannot tell a drug from time", report)
        shown = self.run_program("show", "voxstat-results").stdout
        for text in (done.stdout, shown):
            self.assertRegex(text, r"\nttau +absolute +0\.9357 +0\.6923 +0\.2434 +0\.726\n")
            self.assertIn("one arm cannot tell a drug from time", text)

    def test_options_that_need_each_other(self):
        row = "ttau\t1\t1\t%\t26\tx\tn/a\tn/a\n"
        self.refuse("--expected needs --interval-weeks W", row, status=USAGE)
        self.refuse("--interval-weeks", row, "--interval-weeks", "0", status=USAGE)
        self.refuse("this run has neither", row, "--interval-weeks", "24", "--modality", "pet", status=USAGE)
        self.assert_refused(USAGE, ["--interval-weeks says how --expected is scaled, which is not given"],
                            "--interval-weeks", "24")
        self.assert_refused(USAGE, ["--expected compares changes, which need --design paired"], "--design", "onesample",
                            "--sessions", "followup", "--expected", "expected.tsv", "--interval-weeks", "24",
                            run=self.run_program)

    def test_refused_tables(self):
        weeks = "--interval-weeks", "24"
        self.assert_refused(INPUT, ["absent.tsv"], "--expected", "absent.tsv", *weeks)
        self.refuse("expected.tsv, line 2: no region or marker of this run is called precuneus",
                    "precuneus\t1\t1\t%\t26\tx\tn/a\tn/a\n", *weeks)
        self.refuse("did you mean ttau?", "ttua\t1\t1\t%\t26\tx\tn/a\tn/a\n", *weeks)
        self.refuse("line 2: column unit: found 'pg/mL', expected percent",
                    "ttau\t1\t1\tpg/mL\t26\tx\tn/a\tn/a\n", *weeks)
        self.refuse("ttau is tested on the log scale", "ttau\t1\t1\tabsolute\t26\tx\tn/a\tn/a\n", "--log", "ttau",
                    *weeks)


if __name__ == "__main__":
    unittest.main()

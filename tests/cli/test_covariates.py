"""Remarks on covariates: collinearity and participants far from the others, against NumPy and SciPy."""
import json
import unittest

import numpy
import scipy.stats

from report_cli import Page
from voxstat_cli import Study, p_text

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]


class Covariates(Study):
    participants = 12
    report = False

    def remarks(self, *arguments):
        self.write_table()
        self.assert_done(self.run_paired(*QUICK, *arguments))
        return json.loads((self.folder / "voxstat-results/run.json").read_text())["remarks"]

    def design(self):
        return Page(self.folder / "voxstat-results/report.html").text["design"]

    def set(self, column, values):
        for row, value in zip(self.rows, values):
            row[self.header.index(column)] = f"{value:.6f}"

    def test_nothing_to_say(self):
        random = numpy.random.default_rng(0)
        self.set("level", random.standard_normal(12))
        self.set("age", 70 + random.standard_normal(12))
        for arguments in (["--covariate", "level", "--nuisance", "age"], ["--covariate", "level,age"]):
            for words in ("variance inflation", "far from the others", "nearly the same"):
                self.assertFalse([one for one in self.remarks(*arguments) if words in one])

    def test_inflation(self):
        """The factor is 1 / (1 - R^2) of the covariate on the nuisance; below 5 nothing is said."""
        self.report = True
        random = numpy.random.default_rng(1)
        age, noise = 70 + 5 * random.standard_normal(12), random.standard_normal(12)
        for spread, said in ((0.5, True), (3, False)):
            level = age + spread * noise
            self.set("age", age)
            self.set("level", level)
            design = numpy.stack([numpy.ones(12), age], 1)
            left = level - design @ numpy.linalg.lstsq(design, level, rcond=None)[0]
            factor = ((level - level.mean()) ** 2).sum() / (left ** 2).sum()
            self.assertEqual(factor >= 5, said)
            found = [one for one in self.remarks("--covariate", "level", "--nuisance", "age") if "inflation" in one]
            self.assertEqual(len(found), said)
            if said:
                self.assertIn(f"(variance inflation factor {factor:.3g})", found[0])
                self.assertIn(f"{100 * (1 - 1 / factor):.0f} % of its variance", found[0])
            design = self.design()
            self.assertEqual("the other columns have" in design, said)
            if not said:
                self.assertIn("Of the covariates, age and level are most alike: r = "
                              f"{numpy.corrcoef(level, age)[0, 1]:.2f}", design)
                self.assertIn(f"Variance inflation in the model of level: age {factor:.2f}, level {factor:.2f}.", design)

    def test_furthest(self):
        """Grubbs' test by SciPy, as the outlier's indicator in a regression: the p of its t, times the participants."""
        random = numpy.random.default_rng(2)
        age, level = 70 + random.standard_normal(12), random.standard_normal(12)
        for distance in (0, 6):
            far = level + distance * (numpy.arange(12) == 4)
            self.set("age", age)
            self.set("level", far)
            for arguments, nuisance in (([], numpy.ones((12, 1))),
                                        (["--nuisance", "age"], numpy.stack([numpy.ones(12), age], 1))):
                smallest = min(self.p_of_indicator(far, nuisance, who) for who in range(12))
                found = [one for one in self.remarks("--covariate", "level", *arguments) if "far from" in one]
                self.assertEqual(len(found), 12 * smallest < 0.01, (distance, smallest))
                if found:
                    self.assertIn(f"pet level: sub-05 lies far from the others (Grubbs' test, p = {p_text(12 * smallest)})",
                                  found[0])
                    left = far - nuisance @ numpy.linalg.lstsq(nuisance, far, rcond=None)[0]
                    self.assertIn(f"has {100 * left[4] ** 2 / (left ** 2).sum():.0f} % of", found[0])

    @staticmethod
    def p_of_indicator(values, nuisance, who):
        design = numpy.column_stack([nuisance, numpy.arange(12) == who]).astype(float)
        beta = numpy.linalg.lstsq(design, values, rcond=None)[0]
        df = 12 - design.shape[1]
        variance = ((values - design @ beta) ** 2).sum() / df
        t = beta[-1] / numpy.sqrt(variance * numpy.linalg.inv(design.T @ design)[-1, -1])
        return 2 * scipy.stats.t.sf(abs(t), df)

    def test_two_covariates_that_are_nearly_one(self):
        self.report = True
        random = numpy.random.default_rng(3)
        level, noise = random.standard_normal(12), random.standard_normal(12)
        self.set("level", level)
        self.set("age", level + 0.2 * noise)
        r = numpy.corrcoef(level, level + 0.2 * noise)[0, 1]
        self.assertGreater(r, 0.9)
        found = [one for one in self.remarks("--covariate", "level,age") if "nearly the same" in one]
        self.assertEqual(len(found), 1)
        self.assertIn(f"level and age say nearly the same (r = {r:.2f})", found[0])
        self.assertIn(f"level and age are nearly one column (r = {r:.2f})", self.design())
        joint = self.remarks("--covariate", "level,age", "--joint")
        self.assertFalse([one for one in joint if "nearly the same" in one])
        self.assertEqual(len([one for one in joint if "inflation" in one]), 2)

    def test_markers_alone(self):
        """A study without images has the same remarks, and its design on the page."""
        self.report = True
        random = numpy.random.default_rng(4)
        level = random.standard_normal(12) + 9 * (numpy.arange(12) == 4)
        self.header = ["participant_id", "nfl_baseline", "nfl_followup", "level"]
        self.rows = [[f"sub-{i + 1:02}", f"{random.uniform(9, 20):.3f}", f"{random.uniform(9, 20):.3f}", f"{one:.6f}"]
                     for i, one in enumerate(level)]
        found = [one for one in self.remarks("--covariate", "level") if "far from" in one]
        self.assertEqual(len(found), 1)
        self.assertIn("markers level: sub-05 lies far from the others", found[0])
        page = Page(self.folder / "voxstat-results/report.html")
        titles = [value for tag, name, value in page.attributes if tag == "i" and name == "title"]
        self.assertIn(f"sub-05: {level[4]:.4g}", titles)
        self.rows = self.rows[:3]
        self.assertIn("markers change: 8 possible relabellings allow no p below 0.25, so nothing can be significant at "
                      "0.05", self.remarks())


if __name__ == "__main__":
    unittest.main()

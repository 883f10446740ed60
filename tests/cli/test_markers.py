"""Markers in the table, as a user meets them: the plan, the remarks and the refusals. test_trial.py has their
statistics. The arithmetic of --derive, --auc and --below-quantification has its tests in tests/unit/study_markers.c."""
import csv
import json
import re
import unittest

import numpy

import report_cli
from voxstat_cli import INPUT, USAGE, Study, files_of, number_text, p_text


class Markers(Study):
    """The study with two fluid markers and three blood levels."""

    def setUp(self):
        super().setUp()
        self.header += ["ttau_baseline", "ttau_followup", "ptau_baseline", "ptau_followup", "rapa_0h", "rapa_1h",
                        "rapa_48h"]
        values = [("200", "220", "20", "22", "<0.5", "20", "5"), ("300", "310", "30", "33", "1.1", "15", "6"),
                  ("250", "n/a", "25", "26", "1.4", "22", "4"), ("210", "230", "20", "21", "1.2", "31", "7"),
                  ("220", "200", "22", "21", "0.9", "12", "3")]
        for row, own in zip(self.rows, values):
            row.extend(own)
        self.write_table()

    def cell(self, participant, column, value):
        self.rows[participant - 1][self.header.index(column)] = value
        self.write_table()

    def plan(self, *arguments):
        done = self.run_paired(*arguments)
        self.assert_done(done)
        return done.stderr

    def test_plan(self):
        plan = self.plan("--derive", "ptau_ttau = ptau / ttau; mix = 2 × ptau − ttau", "--log", "ttau")
        self.assertIn("pet: 5 of 5 participants, ", plan)
        self.assertIn("\nttau, ptau_ttau, mix: 4 of 5 participants\n  left out: sub-03 (no value in ttau_followup)\n"
                      "ptau: 5 of 5 participants\n  ptau_ttau = ptau / ttau in each session\n"
                      "  mix = 2 × ptau − ttau in each session\n  tested as logarithms: ttau, ptau_ttau\n", plan)
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        self.assertEqual([modality["name"] for modality in record["modalities"]], ["pet"])
        self.assertEqual(record["options"]["derive"], "ptau_ttau = ptau / ttau; mix = 2 × ptau − ttau")
        self.assertEqual(self.flows(), [["5 in the table", "5 in pet: change"],
                                        ["5 in the table", "1 left out: sub-03 (no value in ttau_followup)",
                                         "4 in ttau, ptau_ttau, mix: change"], ["5 in the table", "5 in ptau: change"]])

    def flows(self):
        """The boxes of every flow of the page, as text."""
        page = (self.folder / "voxstat-results/report.html").read_text(encoding="utf-8")
        return [[re.sub("<.*?>", "", box) for box in re.findall("<li.*?</li>", flow, re.DOTALL)]
                for flow in re.findall('<ol class="flow".*?</ol>', page, re.DOTALL)]

    def test_modality_picks_both(self):
        plan = self.plan("--modality", "pet,ptau")
        self.assertIn("ptau: 5 of 5", plan)
        self.assertNotIn("ttau", plan)

    def test_below_quantification_is_remarked(self):
        for rule, words in (("half", "half of the limit"), ("limit", "the limit"),
                            ("sqrt2", "the limit over the square root of 2")):
            plan = self.plan("--covariate", "rapa_0h", "--below-quantification", rule, "--force")
            remark = (f"rapa_0h: 1 value below quantification (<0.5) counts as {words} (--below-quantification {rule}); "
                      "ranks do not depend on it")
            self.assertIn("remark: " + remark + "\n", plan)
            record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
            self.assertIn(remark, record["remarks"])
        self.cell(2, "rapa_0h", "<0.7")
        self.assertIn("(<0.5 to <0.7) count as half of the limit (--below-quantification half); ranks depend on it, "
                      "because the limits differ", self.plan("--covariate", "rapa_0h", "--force"))
        self.cell(2, "rapa_0h", "0.4")
        self.assertIn("ranks depend on it, because a measured value is below the limit",
                      self.plan("--covariate", "rapa_0h", "--force"))
        self.cell(4, "ptau_followup", "<30")
        self.assertIn("remark: ptau_followup: 1 value below quantification (<30)", self.plan("--force"))
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        self.assertTrue(any("ptau_followup" in remark for remark in record["remarks"]))

    def test_auc_is_a_covariate(self):
        plan = self.plan("--auc", "area = rapa_0h@0 rapa_1h@1 rapa_48h@48", "--covariate", "area")
        self.assertRegex(plan, "\npet area +5 ")
        self.assertIn("remark: area: 1 value is made from values below quantification, which count as half", plan)
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        self.assertEqual([effect["name"] for effect in record["modalities"][0]["effects"]], ["change", "area"])

    def test_markers_without_images(self):
        plan = self.plan("--modality", "ttau")
        self.assertIn("\nsignificant: p FWE < 0.05, corrected over the outcomes of a family\n", plan)
        files = set(files_of(self.folder / "voxstat-results"))
        self.assertEqual({name for name in files if not name.endswith((".png", ".svg"))},
                         {f"markers{ending}" for ending in (".json", ".md", ".tex", ".tsv", "_values.json",
                                                            "_values.tsv")} | {"report.html", "results.h5", "run.json"})
        self.assertIn("figures/markers_forest.png", files)
        done = self.run_program("figure", "-o", "figure.svg")  # what is usual: there are no slices
        self.assert_done(done)
        self.assertIn("ttau", (self.folder / "figure.svg").read_text())

    def dots(self, picture):
        """The centres of the dots of a scatter plot: lines without length of 6.4 units across, in dark ink."""
        dots = re.findall(r'stroke-width:6.4;[^"]*stroke:rgb\(11%,13%,15%\)[^>]* d="([^"]*)"',
                          picture.read_text(encoding="utf-8"))
        found = re.findall(r"M ([\d.]+) ([\d.]+) L ([\d.]+) ([\d.]+)", " ".join(dots))
        self.assertTrue(all(one[:2] == one[2:] for one in found))
        return numpy.array([(float(x), -float(y)) for x, y, *_ in found])

    def test_scatter_plots_without_images(self):
        for name, level, age, change in (("sub-06", "5.5", "70", "210"), ("sub-07", "6.2", "64", "225"),
                                         ("sub-08", "4.1", "72", "190")):
            self.rows.append([name, "n/a", "n/a", level, age, "200", change, "20", "25", "0.8", "3", "9"])
        self.cell(2, "level", "n/a")
        self.plan("--modality", "ttau", "--covariate", "level")
        folder = self.folder / "voxstat-results"
        self.assert_done(self.run_program("report", folder))
        self.assertEqual(self.flows(), [["8 in the table", "1 left out: sub-03 (no value in ttau_followup)",
                                         "7 in ttau: change",
                                         "1 left out: sub-02 (no value of a covariate of this effect)",
                                         "6 in ttau: level"]])
        of = [dict(zip(self.header, row)) for row in self.rows]
        of = [row for row in of if "n/a" not in (row["ttau_followup"], row["level"])]
        level = [float(row["level"]) for row in of]
        change = [float(row["ttau_followup"]) - float(row["ttau_baseline"]) for row in of]
        x, y = self.dots(folder / "figures/markers_scatter.svg").T
        self.assertEqual(len(x), 6) # of eight, one without a sample and one without a level
        self.assertGreater(numpy.corrcoef(x, level)[0, 1], 0.99999)
        self.assertGreater(numpy.corrcoef(y, change)[0, 1], 0.99999)
        # given age, the dots are residuals: those of level on age, and of the change on age
        self.plan("--modality", "ttau", "--covariate", "level", "--nuisance", "age", "--force")
        self.assert_done(self.run_program("report", folder))
        age = numpy.array([[1, float(row["age"])] for row in of])
        left = [value - age @ numpy.linalg.lstsq(age, value, rcond=None)[0] for value in (level, change)]
        x, y = self.dots(folder / "figures/markers_scatter.svg").T
        self.assertGreater(numpy.corrcoef(x, left[0])[0, 1], 0.99999)
        self.assertGreater(numpy.corrcoef(y, left[1])[0, 1], 0.99999)

    def test_the_answer_without_images(self):
        """Eight participants of whom every one's ptau rises, and with them nothing else, in words and as in markers.tsv:
        the p of the smallest of 256 sign flips, corrected over two markers by the largest |t|."""
        for name, ttau, ptau in (("sub-06", "210", "28.1"), ("sub-07", "225", "27.5"), ("sub-08", "190", "27.9")):
            self.rows.append([name, "n/a", "n/a", str(4 + len(self.rows) % 3), "70", "200", ttau, "20", ptau, "1", "3", "9"])
        for row, ptau in zip(self.rows, ("28", "38.2", "33.1", "27.7", "30.2")):
            row[self.header.index("ptau_followup")] = ptau
        self.cell(3, "ttau_followup", "240")
        self.plan("--modality", "ttau,ptau", "--covariate", "level")
        page = report_cli.Page(self.folder / "voxstat-results/report.html")
        with open(self.folder / "voxstat-results/markers.tsv", encoding="utf-8") as table:
            p = {(row["marker"], row["effect"]): float(row["p_fwe"]) for row in csv.DictReader(table, delimiter="\t")}
        self.assertEqual(p["ptau", "change"], 2 / 256)
        smallest = min(p["ttau", "level"], p["ptau", "level"])
        self.assertGreater(smallest, 0.05)
        said = " ".join(page.text["question"].replace("\u00a0", " ").split())
        self.assertIn("Do the 2 markers change from baseline to followup, and does the change go along with level?", said)
        self.assertIn(f"Markers: ptau \u2191 (p {p_text(2 / 256)}).", said)
        self.assertIn(f"None of 2 markers: the smallest corrected p is {p_text(smallest)}.", said)
        self.assertNotIn("voxel", said)
        said = " ".join(page.text["markers"].replace("\u00a0", " ").split())
        rise = numpy.mean([float(row[8]) / 8 - float(row[7]) / 8 for row in self.rows]) / numpy.mean(
            [float(row[7]) / 8 for row in self.rows])
        self.assertIn("2 markers, in 8 participants. The mean was tested by all 256 sign flips", said)
        self.assertIn("change: 1 of 2 markers reaches p < 0.05 (change, % of the mean baseline): ptau "
                      f"({number_text(100 * rise, 3, '+')} %, corrected p {p_text(2 / 256)})", said)
        self.assertIn(f"level: none of 2 markers reaches p < 0.05; the least corrected p is {p_text(smallest)} (", said)

    def test_results_without_values_of_covariates(self):
        self.plan("--modality", "ttau", "--covariate", "level")
        folder = self.folder / "voxstat-results"
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.assertEqual((record["outcomes"].pop("covariates"), record["outcomes"].pop("nuisance")), (["level"], []))
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
        self.assert_done(self.run_program("report", folder))
        self.assertTrue((folder / "figures/markers_forest.svg").exists())
        self.assertFalse((folder / "figures/markers_scatter.svg").exists())

    def test_refused_cells(self):
        self.cell(2, "ttau_followup", "haemolysed")
        self.assert_refused(INPUT, ["line 3", "participant sub-02", "column ttau_followup", "'haemolysed'"])
        self.cell(2, "ttau_followup", "3,5")
        self.assert_refused(INPUT, ["participant sub-02", "column ttau_followup", "decimal comma"])
        self.cell(2, "ttau_followup", "n/a")
        self.cell(1, "ttau_followup", "n/a")
        self.assert_refused(INPUT, ["marker ttau has 2 complete participants", "at least 3", "sub-02"])

    def test_images_and_numbers(self):
        self.cell(4, "pet_followup", "12.5")
        self.assert_refused(INPUT, ["line 5", "participant sub-04", "column pet_followup", "the number '12.5'"])

    def test_refused_formulas(self):
        for derive, words in (("r = ptua / ttau", ["no column ptua_baseline", "did you mean ptau_baseline?"]),
                              ("r = ptau / (ttau - ttau)", ["participant sub-01", "division by zero", "ttau_baseline"]),
                              ("r = r + 1", ["refers to itself"]),
                              ("r = s; s = r", ["s is derived later"]),
                              ("r = (ptau - 20) / ttau", ["participant sub-01", "ptau_baseline = 20", "not above zero"]),
                              ("r = log(ptau - 22)", ["participant sub-01", "log()", "ptau_baseline = 20"]),
                              ("r = ptau /", ["expected a name, a number or '('"]),
                              ("ttau = ptau", ["has a column ttau_baseline already"])):
            self.assert_refused(INPUT, ["--derive", *words], "--derive", derive)
        self.assert_refused(USAGE, ["--derive", "expected NAME = FORMULA"], "--derive", "ptau / ttau")
        self.assert_refused(INPUT, ["--log pta", "did you mean ptau?"], "--log", "pta")
        self.cell(5, "ptau_baseline", "-1")
        self.assert_refused(INPUT, ["participant sub-05", "column ptau_baseline", "found -1", "no logarithm"], "--log",
                            "ptau")

    def test_refused_areas(self):
        for auc, words in (("a = rapa_0h rapa_1h@1", ["found 'rapa_0h'", "COLUMN@TIME"]),
                           ("a = rapa_0h@0 rapa_2h@1", ["no column rapa_2h", "did you mean rapa_0h?"]),
                           ("a = rapa_1h@1 rapa_0h@0", ["the time 0 of rapa_0h is not after"]),
                           ("a = rapa_0h@1 rapa_1h@1", ["the time 1 of rapa_1h is not after"]),
                           ("a = rapa_0h@0", ["two times"])):
            self.assert_refused(INPUT, ["--auc", *words], "--auc", auc)
        self.assert_refused(USAGE, ["--auc", "NAME = FORMULA"], "--auc", "rapa_0h@0")


if __name__ == "__main__":
    unittest.main()

"""The synthetic trial's own answer from one command: regions of three modalities and the fluid markers, against NumPy on
the images and the table, and against what docs/cohort.md plants."""
import csv
import html
import itertools
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import h5py
import nibabel
import numpy

import report_cli
from voxstat_cli import number_text, page_of


DATA = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "sample_data"


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def p_of_flips(changes):
    """The share of all sign flips whose |sum| reaches the observed one; ties within rounding count."""
    sums = abs(numpy.array(list(itertools.product([1, -1], repeat=len(changes)))) @ changes)
    return (sums >= abs(sum(changes)) * (1 - 1e-9)).mean()


class Trial(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.scratch.name) / "results"
        done = subprocess.run(
            [os.environ["VOXSTAT"], "--design", "paired", "--covariate", "rapa_level", "--table",
             DATA / "participants.tsv", "--atlas", DATA / "labels.nii.gz", "--regions", DATA / "planned.tsv", "--derive",
             "ptau_ttau = ptau / ttau", "--log", "nfl", "--expected", DATA / "expected.tsv", "--interval-weeks", "26",
             "--correct", "voxel", "--out", cls.out, "--progress",
             "none"], capture_output=True, text=True, check=False,
            env={key: value for key, value in os.environ.items() if key != "COLUMNS"})
        assert done.returncode == 0, done.stderr
        cls.stdout, cls.stderr = done.stdout, done.stderr
        cls.regions = {(row["modality"], row["region"], row["effect"]): row for row in rows_of(cls.out / "regions.tsv")}
        cls.markers = {(row["marker"], row["effect"]): row for row in rows_of(cls.out / "markers.tsv")}
        cls.people = rows_of(DATA / "participants.tsv")
        cls.labels = nibabel.load(DATA / "labels.nii.gz").get_fdata()
        cls.index = {row["name"]: int(row["index"]) for row in rows_of(DATA / "labels.tsv")}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def means(self, modality, members):
        """Of those with both images: a row a participant with the mean of baseline and follow-up over the members."""
        inside = numpy.isin(self.labels, [self.index[name] for name in members.split(" + ")])
        inside &= nibabel.load(self.out / f"{modality}/mask.nii.gz").get_fdata() > 0
        return numpy.array([[nibabel.load(DATA / person[f"{modality}_{session}"]).get_fdata()[inside].mean()
                             for session in ("baseline", "followup")] for person in self.people
                            if "n/a" not in (person[f"{modality}_baseline"], person[f"{modality}_followup"])])

    def test_report_names_what_the_tables_find(self):
        page = page_of(self.out / "report.html")
        section = {name: page.split(f'<section id="{name}"')[1].split("</section>")[0]
                   for name in ("regions", "markers")}
        for name, parts in (("regions", section["regions"].split("<h3>")[1:]), ("markers", [section["markers"]])):
            for part in parts:
                modality = part.split("</h3>")[0] if name == "regions" else None
                for effect in ("change", "rapa_level"):
                    said = re.search(f"<summary><strong>{effect}</strong>: (.*?)</summary>", part).group(1)
                    found = [key[-2] for key, row in (self.regions if modality else self.markers).items()
                             if key[-1] == effect and modality in (None, key[0]) and float(row["p_fwe"]) < 0.05]
                    # the report has the regions family after family
                    self.assertCountEqual(re.findall(r"(\w+) \([^)]*, corrected p", said), found)
                    self.assertEqual("none of " in said, not found)
                stem = f"regions_{modality}" if modality else "markers"
                for picture in ("forest", "participants", "scatter"):
                    for ending in ("png", "svg"):
                        self.assertTrue((self.out / f"figures/{stem}_{picture}.{ending}").exists())
                self.assertFalse((self.out / f"figures/{stem}_matrix.png").exists())  # for several covariates

    def test_every_number_has_one_form(self):
        """In all texts of the page and its pictures, of which there must be enough with minus, thousands and p."""
        sources = {row["source"] for row in rows_of(self.out / "expected.tsv")}
        other, said = report_cli.other_forms(self.out / "report.html", sources)
        self.assertEqual(other[:20], [])
        for form, where, least in (("\N{MINUS SIGN}\\d", "i title", 500), ("\N{MINUS SIGN}\\d", "img svg", 100),
                                   ("\\d,\\d\\d\\d", "p", 3), (report_cli.P, "img alt", 10), (report_cli.P, "summary", 4)):
            self.assertGreater(sum(bool(re.search(form, text)) for at, text in said if at == where), least, (form, where))

    def test_points_of_the_forest_carry_names(self):
        """Each dot tells its participant, region and change in percent of the mean baseline, and lies where that is; the
        diamond tells the region's mean with its interval."""
        before, after = self.means("pet", "insula_left + insula_right").T
        percent = 100 * (after - before) / before.mean()
        names = [person["participant_id"] for person in self.people
                 if "n/a" not in (person["pet_baseline"], person["pet_followup"])]
        svg = (self.out / "figures/regions_pet_forest.svg").read_text(encoding="utf-8")
        at = {title: float(x) for x, title in re.findall('<circle cx="(.*?)" .*?><title>(.*?)</title>', svg)}
        titles = re.findall('<i title="(.*?)"', page_of(self.out / "report.html"))
        dots = [f"{name}: insula {number_text(value, 3, '+')} %" for name, value in zip(names, percent)]
        for dot in dots:
            self.assertEqual(titles.count(dot), 1, dot)
        self.assertGreater(numpy.corrcoef([at[dot] for dot in dots], percent)[0, 1], 0.9999)
        test = self.regions["pet", "insula", "change"]
        low, high = (100 * float(test[end]) / before.mean() for end in ("ci_low", "ci_high"))
        mean = f"insula: {percent.mean():+.1f} ({low:.1f} to {high:.1f}) %"
        self.assertIn(mean, titles)
        self.assertAlmostEqual(at[mean], numpy.interp(percent.mean(), sorted(percent), sorted(at[dot] for dot in dots)),
                               delta=0.02)

    def test_the_answers(self):
        """A row of answers for each effect, with a cell for each modality and the markers: regions with p as in the
        tables, and slices through the largest |t| of results.h5."""
        page = page_of(self.out / "report.html")
        rows = page.split('<table class="verdict"')[1].split("</table>")[0].split("<tbody>")[1].split("<tr>")[1:]
        self.assertEqual([re.search('scope="row">(.*?)<', row).group(1) for row in rows], ["change", "rapa_level"])
        for row, effect in zip(rows, ("change", "rapa_level")):
            cells = re.findall('<td data-of="(.*?)">(.*?)</td>', row, flags=re.S)
            self.assertEqual([name for name, _ in cells], ["pet", "cbf", "gm", "markers"])
            for modality, cell in cells:
                tests = {key[-2]: float(test["p_fwe"]) for key, test in
                         (self.markers if modality == "markers" else self.regions).items()
                         if key[-1] == effect and (modality == "markers" or key[0] == modality) and test["p_fwe"] != "n/a"}
                found = {name: p for name, p in tests.items() if p < 0.05}
                told = re.findall("<a class=\"name\" href=\"#(outcome-\\d+)\">(\\w+)</a>\u00a0[\u2191\u2193] "
                                  "\\(p\u00a0([0-9.]+)\\)", cell)
                self.assertEqual(len(told), min(4, len(found)))
                of = effect if modality == "markers" else f"{modality}, {effect}"
                table = page.split(f'aria-label="Table: {of}"')[1].split("</table>")[0]
                for row_id, name, p in told:
                    self.assertAlmostEqual(float(p), found[name], delta=0.0051 * found[name])
                    self.assertIn(f'<tr id="{row_id}"><th scope="row">{name}</th>', table)
                if len(found) > 4:
                    self.assertIn(f"and {len(found) - 4} more", cell)
                if not found:
                    kind = "markers" if modality == "markers" else "regions"
                    said = re.search(f"None of (\\d+) {kind}</a>: the smallest corrected p is ([0-9.]+)\\.<", cell)
                    self.assertEqual(int(said.group(1)), len(tests))
                    self.assertAlmostEqual(float(said.group(2)), min(tests.values()), delta=0.0051 * min(tests.values()))
                if modality != "markers":
                    self.check_slices(cell, modality, effect)

    def check_slices(self, cell, modality, effect):
        alt = html.unescape(re.search('alt="(.*?)"', cell).group(1)).replace("\u2212", "-")
        of, at, largest, *mm = re.fullmatch(r"Axial slices of (.*), at z (.*) mm: the largest t, (.*), lies at (.*), (.*), "
                                            r"(.*) mm\.", alt).groups()
        self.assertEqual(of, f"{modality}, {effect}")
        with h5py.File(self.out / "results.h5") as h5:
            t = numpy.nan_to_num(h5[f"maps/{modality}/{effect}/t"][...])
            peak = numpy.unravel_index(abs(t).argmax(), t.shape)
            affine = nibabel.load(self.out / f"{modality}/{effect}/t.nii.gz").affine
            self.assertAlmostEqual(float(largest), t[peak], delta=0.0051)
            numpy.testing.assert_allclose([float(one) for one in mm], (affine @ [*peak, 1])[:3], atol=0.01)
        heights = [float(one) for one in at.split(", ")]
        self.assertEqual(len(heights), 2)
        self.assertEqual(heights, sorted(heights))
        self.assertGreater(min(numpy.diff(heights)), 8)
        self.assertIn(float(mm[2]), heights)

    def test_slices_stand_apart(self):
        """Slices move to peaks by up to half of the even step, and not to within half a step of each other. Their range
        may become a tenth longer by that, and heights are told to the mm."""
        for path in sorted((self.out / "figures").glob("*_slices.svg")):
            heights = numpy.array([float(text.replace("\u2212", "-")) for text in
                                   re.findall(r">z = ([\u2212\d.]+)<", path.read_text(encoding="utf-8"))])
            self.assertGreater(len(heights), 4)
            steps = numpy.diff(heights)
            self.assertGreater(steps.min(), 0.4 * steps.mean(), (path.name, heights))

    def test_the_tables(self):
        """The chief columns of a table of regions are those of regions.tsv, to the digits that are shown."""
        page = page_of(self.out / "report.html")
        regions = page.split('<section id="regions"')[1].split("</section>")[0].split("<h3>")[1:]
        for part in regions:
            modality = part.split("</h3>")[0]
            for effect in ("change", "rapa_level"):
                table = part.split(f'aria-label="Table: {modality}, {effect}"')[1].split("</table>")[0]
                heads = re.findall("<th scope=\"col\"(.*?)>(.*?)</th>", table.split("</thead>")[0])
                few = [name for attributes, name in heads if "more" not in attributes]
                self.assertEqual(few[2:], {"change": ["n", "change", "ci_low", "ci_high", "percent_of_means", "t", "p_fwe"],
                                           "rapa_level": ["n", "change", "ci_low", "ci_high", "r", "p_fwe"]}[effect])
                rows = re.findall("<tr id=\"outcome-\\d+\">(<th scope=\"row\">.*?)</tr>", table)
                self.assertEqual(len(rows), 10)
                for row in rows:
                    cells = dict(zip([name for _, name in heads], re.findall("<t[hd].*?>(.*?)</t[hd]>", row)))
                    test = self.regions[modality, cells["region"], effect]
                    for name, text in list(cells.items())[2:-1]:
                        self.assertNotIn("-", text)
                        if text == "\u2013":
                            self.assertEqual(test[name], "n/a")
                            continue
                        value = float(test[name])
                        digits = 0.0051 if name.startswith(("p_", "loo_p")) else 0.00051
                        self.assertAlmostEqual(float(text.replace("\u2212", "-")), value, delta=digits * abs(value) + 1e-9,
                                               msg=(modality, effect, name))

    def test_regions_are_those_of_the_images(self):
        for plan in rows_of(DATA / "planned.tsv"):
            for modality in ("pet", "cbf", "gm"):
                row = self.regions[modality, plan["region"], "change"]
                means = self.means(modality, plan["members"])
                changes = means[:, 1] - means[:, 0]
                self.assertEqual(row["family"], plan["family"])
                self.assertEqual(int(row["n"]), len(changes))
                for column, right in (("baseline_mean", means[:, 0].mean()), ("followup_sd", means[:, 1].std(ddof=1)),
                                      ("change", changes.mean()), ("se", changes.std(ddof=1) / len(changes) ** .5),
                                      ("percent", 100 * (means[:, 1] / means[:, 0] - 1).mean()),
                                      ("dz", changes.mean() / changes.std(ddof=1))):
                    self.assertAlmostEqual(float(row[column]) / right, 1, delta=2e-4 if abs(right) > 1e-3 else .1,
                                           msg=(modality, plan["region"], column))
                self.assertAlmostEqual(float(row["p_exact"]), p_of_flips(changes), delta=4 / 2 ** len(changes))
                # the interval of the flips ends where their p falls below 0.05
                for limit in ("ci_exact_low", "ci_exact_high"):
                    self.assertGreaterEqual(p_of_flips(changes - float(row[limit])), .05 - 4 / 2 ** len(changes))

    def test_what_was_planted_is_found(self):
        def p_of(modality, region, effect="change"):
            return float(self.regions[modality, region, effect]["p_fwe"])
        for region in ("striatum", "insula", "anterior_cingulate"):
            self.assertLess(p_of("pet", region), .02)
            self.assertGreater(float(self.regions["pet", region, "change"]["change"]), 0)
        for region in ("posterior_cingulate", "precuneus", "temporo_parietal"):
            self.assertGreater(float(self.regions["pet", region, "change"]["ci_low"]), -.03) # of an uptake near 1.2
            self.assertGreater(p_of("pet", region), .05)
        for region in ("hippocampus", "amygdala", "parahippocampal_gyrus"):
            row = self.regions["pet", region, "rapa_level"]
            self.assertGreater(float(row["r"]), .6)
            self.assertLess(float(row["p_exact"]), .05)
        self.assertLess(float(self.regions["cbf", "thalamus", "change"]["p_exact"]), .05)
        self.assertGreater(float(self.regions["cbf", "thalamus", "change"]["percent"]), 5)
        self.assertLess(float(self.regions["gm", "hippocampus", "change"]["p_exact"]), .01)
        self.assertLess(float(self.regions["gm", "hippocampus", "change"]["change"]), 0)
        for marker, found in (("ttau", True), ("nfl", True), ("ptau", False)):
            self.assertEqual(float(self.markers[marker, "change"]["p_exact"]) < .05, found, marker)

    def test_what_did_not_decline_as_expected(self):
        rows = {row["name"]: row for row in rows_of(self.out / "expected.tsv")}
        self.assertEqual(list(rows), [row["region"] for row in rows_of(DATA / "expected.tsv")])
        for region in ("precuneus", "posterior_cingulate", "temporo_parietal"):
            self.assertLess(float(rows[region]["p"]), .01)
            self.assertGreater(float(rows[region]["ci_low"]), 0)
        self.assertGreater(float(rows["hippocampus"]["p"]), .05) # grey matter is lost as expected
        self.assertAlmostEqual(float(rows["hippocampus"]["expected"]), -2.55 / 2)

    def test_markers_are_those_of_the_table(self):
        # The flips are of 14 people, of whom two have no sample: each flip of the twelve occurs four times.
        def values(name):
            both = [[person[f"{name}_{session}"] for session in ("baseline", "followup")] for person in self.people]
            return numpy.array([[float(value) for value in pair] for pair in both if "n/a" not in pair])
        for name in ("ttau", "ptau", "nfl", "abeta40", "abeta42", "ptau_ttau"):
            row = self.markers[name, "change"]
            value = values("ptau") / values("ttau") if name == "ptau_ttau" else values(name)
            log_scale = name in ("nfl", "ptau_ttau")
            self.assertEqual(row["scale"], "log" if log_scale else "linear")
            changes = numpy.diff(numpy.log(value) if log_scale else value, axis=1)[:, 0]
            self.assertEqual(int(row["n"]), len(changes))
            self.assertAlmostEqual(float(row["change"]) / changes.mean(), 1, delta=1e-4)
            self.assertAlmostEqual(float(row["gmr"]), numpy.exp(numpy.log(value[:, 1] / value[:, 0]).mean()), delta=1e-5)
            self.assertAlmostEqual(float(row["p_exact"]), p_of_flips(changes), delta=4 / 2 ** len(changes))

    def test_the_record_says_the_same(self):
        record = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        self.assertEqual(len(record["outcomes"]["regions"]), 30)
        self.assertEqual(len(record["outcomes"]["markers"]), 6)
        with h5py.File(self.out / "results.h5") as results:
            stored = results["/regions/p_exact"][()]
        table = [float(row["p_exact"]) for row in self.regions.values()]
        numpy.testing.assert_allclose(stored, table, rtol=1e-6)
        for word in ("striatum", "ptau_ttau", "p FWE"):
            self.assertIn(word, self.stdout)

    def test_a_screen_holds_what_is_said(self):
        """The plan of three modalities, markers and search volumes, and the tables, in 80 columns; no line twice."""
        plan = self.stderr[:self.stderr.index("results: ")].splitlines()
        self.assertLessEqual(len(plan), 23)
        lines = (self.stderr.replace(str(DATA), "").replace(str(self.out), "") + self.stdout).splitlines()
        self.assertEqual([line for line in lines if len(line) > 80 and not line.startswith("remark: ")], [])
        self.assertEqual(sorted({line for line in lines if line and lines.count(line) > 1}), [])

    def test_the_lines_of_effects_are_those_of_the_results(self):
        """Every effect, and the search volumes in which something is significant, as results.h5 has them."""
        head, *rows = self.stdout.split("\n\n")[0].splitlines()
        self.assertEqual(re.split("  +", head), ["effect", "n", "peak t", "x y z mm", "p voxel", "clusters", "region"])
        rows = [re.split("  +", row.strip()) for row in rows]
        effects = [f"{modality} {effect}" for modality in ("pet", "cbf", "gm") for effect in ("change", "rapa_level")]
        self.assertEqual([row[0] for row in rows if row[0] in effects], effects)
        names = rows_of(DATA / "labels.tsv")
        with h5py.File(self.out / "results.h5") as results:
            for row in rows[:-1]:
                if row[0] in effects:
                    modality, effect = row[0].split()
                    maps = results[f"maps/{modality}/{effect}"]
                    t, p = maps["t"][()], 10.0 ** -maps["p-fwe-voxel"][()].max()
                    self.assertEqual(int(row[1]), len(results[f"design/{modality}/{effect}/participants"]))
                    at = numpy.unravel_index(numpy.nanargmax(abs(t)), t.shape)
                    if t.shape != self.labels.shape: # HDF5 readers see the slowest axis first
                        at, t = at[::-1], t.T
                    self.assertEqual(row[2], f"{t[at]:.2f}")
                    place = nibabel.load(DATA / "labels.nii.gz").affine @ (*at, 1)
                    self.assertEqual([float(mm) for mm in row[3].split()], list(place[:3]))
                    self.assertAlmostEqual(float(row[4]) / p, 1, delta=0.006)
                    region = [one["name"] for one in names if int(one["index"]) == self.labels[at]]
                    begin, _, end = row[-1].partition("..") # long names lose their middle
                    self.assertTrue(not region or (region[0].startswith(begin) and region[0].endswith(end)), row)
                else:
                    self.assertIn(row[0], ("primary", "secondary", "medial_temporal"))
        shown = [float(row[-3]) for row in rows[:-1] if row[0] not in effects]
        self.assertTrue(shown and max(shown) < 0.05, rows)
        self.assertRegex(" ".join(rows[-1]), "^in 13 other search volumes: no p voxel below 0.05")

    def test_the_table_of_the_readme(self):
        readme = (DATA.parent / "README.md").read_text(encoding="utf-8")
        lines = [line.strip("| \n").split(" | ") for line in readme.splitlines() if "| change |" in line or
                 "| rapa_level | r " in line]
        self.assertGreater(len(lines), 9)
        for measure, name, effect, found, p, corrected in lines:
            row = self.markers[name, effect] if measure == "fluid" else self.regions[measure, name, effect]
            figure = f"r {float(row['r']):.2f}" if effect != "change" else f"{float(row['percent']):+.1f} %"
            self.assertEqual((found.replace("−", "-"), p, corrected),
                             (figure, f"{float(row['p_exact']):.4f}", f"{float(row['p_fwe']):.4f}"), (measure, name))
        striatum = self.means("pet", "caudate_left + caudate_right + putamen_left + putamen_right")
        percent = 100 * (striatum[:, 1].mean() / striatum[:, 0].mean() - 1)
        self.assertIn(f"percent of means, {percent:.1f} for striatum", " ".join(readme.split()))
        self.assertRegex(page_of(self.out / "report.html"), "regions reach(es)? p &lt; 0.05</span> \\(change, % of the mean "
                         rf"baseline\): striatum \(\+{percent:.3g}\u00a0%")
        expected = {row["name"]: row for row in rows_of(self.out / "expected.tsv")}["precuneus"]
        said = re.search(r"precuneus is (\S+) % above .*?\(95 % (\S+) to (\S+), one-sided p (\S+)\)", readme, re.DOTALL)
        self.assertEqual(said.groups(), (f"{float(expected['difference']):.1f}", f"{float(expected['ci_low']):.1f}",
                                         f"{float(expected['ci_high']):.1f}", f"{float(expected['p']):.4f}"))
        effects = json.loads((self.out / "run.json").read_text(encoding="utf-8"))["modalities"][0]["effects"][:2]
        brain = [effect["p"]["p_fwe_voxel"]["smallest"] for effect in effects]
        self.assertIn("smallest p {:.2f} for the change, {:.2f} with the level".format(*brain), readme)
        volume = [{one["name"]: one["p"]["p_fwe_voxel"]["smallest"] for one in effect["volumes"]} for effect in effects]
        self.assertIn(f"p {volume[0]['primary']:.3f} for the change in the primary family, "
                      f"{volume[1]['medial_temporal']:.3f} with the level in", " ".join(readme.split()))


if __name__ == "__main__":
    unittest.main()

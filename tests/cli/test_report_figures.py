#!/usr/bin/python3
"""Figures of a report are those of nibabel, h5py, NumPy and SciPy, and its pictures show them on the right side."""
import csv
import itertools
import json
import re
import struct
import sys
import unittest
import zlib

try:
    import h5py
    import nibabel
    import numpy as np
    from scipy import stats
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
import voxstat_cli
from voxstat_cli import number_text


def numbers(text):
    return [float(word) for word in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace(",", ""))]


def critical(null):
    """The critical value: in descending order, the value after as many as may be at least as large."""
    allowed = int(np.ceil(0.05 * len(null))) - 1
    return np.sort(null)[::-1][allowed]


def pixels(path):
    """An 8-bit RGB PNG without filters or interlacing, as voxstat writes them; ISO 15948."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[at + 8:at + 21])
            assert (depth, colour, interlaced) == (8, 2, 0)
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3).astype(int)


def t_of_mean(values):
    return values.mean(0) / values.std(0, ddof=1) * np.sqrt(len(values))


def t_of_slope(values, level):
    x, y = level - level.mean(), values - values.mean(0)
    r = x @ y / np.sqrt((x @ x) * (y * y).sum(0))
    return r * np.sqrt((len(level) - 2) / ((1 - r) * (1 + r)))


def runs(flags):
    """(first, last) of every run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return list(zip(edges[::2], edges[1::2] - 1))


class ReportFigures(report_cli.Report):
    def cluster_change(self, effect, label):
        labels = nibabel.load(self.folder / f"results/pet/{effect}/clusters.nii.gz").get_fdata()
        return (self.images(1) - self.images(0))[:, labels == label].mean(1)

    def test_stored_means_are_those_of_the_images(self):
        self.run_report()
        images = [self.images(0), self.images(1)]
        mask = nibabel.load(self.folder / "results/mask.nii.gz").get_fdata() > 0
        with h5py.File(self.folder / "results/results.h5") as h5:
            # float32, from sums in double
            np.testing.assert_allclose(h5["mean/pet"], np.concatenate(images).mean(0), rtol=1e-6)
            self.assertEqual(list(h5["participants/pet/id"].asstr()), [row[0] for row in self.rows])
            for session, name in enumerate(("baseline", "followup")):
                np.testing.assert_allclose(h5[f"participants/pet/{name}"], images[session][:, mask].mean(1), rtol=1e-12)
                self.assertEqual(list(h5[f"participants/pet/{name}_voxels"]), [mask.size] * 8)
                for effect in ("change", "level"):
                    labels = nibabel.load(self.folder / f"results/pet/{effect}/clusters.nii.gz").get_fdata()
                    values = h5[f"clusters/pet/{effect}/{name}"][...]
                    self.assertEqual(len(values), min(20, labels.max()))
                    for c, label in enumerate(h5[f"clusters/pet/{effect}/label"]):
                        np.testing.assert_allclose(values[c], images[session][:, labels == label].mean(1), rtol=1e-12)
            np.testing.assert_array_equal(h5["design/pet/level/raw"][:, 1], [float(row[3]) for row in self.rows])

    def test_threads_do_not_matter(self):
        self.run_report("--threads", "1", out="one")
        self.run_report("--threads", "3", out="three")
        with h5py.File(self.folder / "one/results.h5") as one, h5py.File(self.folder / "three/results.h5") as three:
            for path in ("mean/pet", "participants/pet/followup", "clusters/pet/level/followup"):
                np.testing.assert_array_equal(one[path], three[path])

    def test_critical_values(self):
        page = self.run_report()
        with h5py.File(self.folder / "results/results.h5") as h5:
            for article, effect in (("effect-1", "change"), ("effect-2", "level")):
                null = {name: values[...] for name, values in h5[f"null/pet/{effect}"].items()}
                t = critical(null["voxel"])
                size = t / np.sqrt(8) if effect == "change" else t / np.sqrt(t * t + 6)
                self.assertLess(np.mean(null["voxel"] > t), 0.05)
                self.assertGreaterEqual(np.mean(null["voxel"] >= t), 0.05)
                text = page.text[article]
                self.assertIn(f"|t| above {t:.2f}", text)
                self.assertRegex(text, f"(mean|correlation) of {size:.2f}")
                self.assertIn(f"more than {critical(null['extent']):.0f} voxels", text)
                self.assertIn(f"its mass: more than {critical(null['mass']):.1f}", text)
                self.assertIn(f"score above {critical(null['tfce']):.1f}", text)
                alt = [image["alt"] for image in page.images if image["alt"].startswith("Histogram")]
                alt = alt[:4] if effect == "change" else alt[4:]
                for name, words in zip(("voxel", "extent", "mass", "tfce"), alt):
                    self.assertIn(f"observed {number_text(null[name][0])},", words)
                    self.assertIn(f"critical value {number_text(critical(null[name]))},", words)

    def test_the_line_through_a_cluster(self):
        page = self.run_report()
        change, level = self.cluster_change("level", 1), np.array([float(row[3]) for row in self.rows])
        fit = stats.linregress(level, change)
        half = stats.t.ppf(0.975, 6) * fit.stderr
        alt = [image["alt"] for image in page.images if "slope" in image["alt"]][0]
        np.testing.assert_allclose(numbers(alt.split("slope")[1])[:1], [fit.slope], rtol=1e-3)  # 4 digits
        for value in (fit.slope, fit.slope - half, fit.slope + half):
            self.assertIn(number_text(value), alt)
        self.assertIn(f"r {fit.rvalue:.3f}", alt)

    def test_the_mean_of_a_cluster(self):
        page = self.run_report()
        change = self.cluster_change("change", 1)
        mean, half = change.mean(), stats.t.ppf(0.975, 7) * stats.sem(change)
        alt = [image["alt"] for image in page.images if "mean change" in image["alt"]][0]
        for value in (mean, mean - half, mean + half):
            self.assertIn(number_text(value), alt)
        self.assertIn(f"{(change > 0).sum()} of 8", alt)

    def test_the_line_with_nuisance(self):
        page = self.run_report("--nuisance", "age")
        self.assert_whole(page, 2)
        columns = np.array([[1, float(row[3]), float(row[4])] for row in self.rows])
        change = self.cluster_change("level", 1)
        slope, residual = np.linalg.lstsq(columns, change, rcond=None)[:2]
        half = stats.t.ppf(0.975, 5) * np.sqrt(residual[0] / 5 * np.linalg.inv(columns.T @ columns)[1, 1])
        alt = [image["alt"] for image in page.images if "slope" in image["alt"]][0]
        for value in (slope[1], slope[1] - half, slope[1] + half):
            self.assertIn(number_text(value), alt)
        self.assertIn("partial correlation", page.text["effect-2"])
        self.assertIn("both adjusted", page.text["effect-2"])
        self.assertIn("Freedman", page.text["methods"])
        self.assertIn("Adjusted for age", page.text["limits"])

    def test_the_spread_of_t(self):
        """All 32 flips and all 120 permutations of five participants, by NumPy, in any order but for the first."""
        self.rows = self.rows[:5]
        self.write_table()
        level = np.array([float(row[3]) for row in self.rows])
        change = (self.images(1) - self.images(0)).reshape(5, -1)
        for tails, extreme in (("two", abs), ("pos", lambda t: t), ("neg", lambda t: -t)):
            page = self.run_report("-n", "0", "--tails", tails, "--correct", "voxel", "--force")
            flips = np.array([t_of_mean(np.array(sign)[:, None] * change)
                              for sign in itertools.product((1, -1), repeat=5)])
            orders = np.array([t_of_slope(change, level[list(order)]) for order in itertools.permutations(range(5))])
            with h5py.File(self.folder / "results/results.h5") as h5:
                for article, effect, t in (("effect-1", "change", flips), ("effect-2", "level", orders)):
                    null = {name: values[...] for name, values in h5[f"null/pet/{effect}"].items()}
                    ranks, medians = null["ranks"], np.stack([np.median(abs(t), 1), np.median(t, 1)], 1)
                    self.assertEqual((ranks[0], ranks[-1]), (1, change.shape[1]))
                    expected = -np.sort(-extreme(t), 1)[:, ranks - 1]
                    np.testing.assert_allclose(null["quantiles"][0], expected[0], rtol=1e-4, atol=1e-5)
                    np.testing.assert_allclose(null["medians"][0], medians[0], rtol=1e-4, atol=1e-5)
                    for found, of_numpy in ((null["quantiles"], expected), (null["medians"], medians)):
                        np.testing.assert_allclose(np.sort(found, 0), np.sort(of_numpy, 0), rtol=1e-4, atol=1e-5)
                    self.check_band(f"pet_{effect}_qq", null, 4 - (effect == "level"), 1 + (tails == "two"))
                    middle, outside = np.sort(medians[:, 0]), int(0.025 * len(t))
                    alt = [one["alt"] for one in page.images if one["alt"].startswith("Quantiles")][effect == "level"]
                    np.testing.assert_allclose(numbers(alt.split("\u00b1")[1]), [medians[0, 0], 95, middle[outside],
                                                                            middle[-1 - outside]], atol=6e-4)
                    p = np.mean(medians[:, 0] >= (1 - 1e-6) * medians[0, 0])
                    self.assertIn(f"(p = {voxstat_cli.p_text(p)}; inflation", page.text[article])

    def check_band(self, picture, null, df, sides):
        """The dots of the QQ plot and the outline of its band are, in the picture's own units, Student's -log10 p of the
        data as observed and of the middle 95 % of the relabellings at every rank."""
        svg = (self.folder / f"results/figures/{picture}.svg").read_text()
        paths = dict((re.search("(?:stroke|fill):(rgb[^;]*)", style)[1], re.findall(r"[ML] (\S+) (\S+)", path))
                     for style, path in re.findall(r'<path style="\s*(?:fill:none;)?([^"]*)"[^>]* d="([^"]*)"', svg))
        dots = np.array(paths["rgb(12%,37%,66%)"][::2], float)
        band = np.array(paths["rgb(87%,91%,95%)"], float)
        t, ranks = np.sort(null["quantiles"], 0), null["ranks"]
        outside = int(0.025 * len(t))
        surprise = lambda t: -np.log10(sides * stats.t.sf(t, df))
        expected, observed = -np.log10((ranks - 0.5) / ranks[-1]), surprise(null["quantiles"][0])
        across, up = np.polyfit(expected, dots[:, 0], 1), np.polyfit(observed, dots[:, 1], 1)
        self.assertAlmostEqual(across[0], -up[0], delta=0.01) # one scale, so that the line of no effect is the diagonal
        np.testing.assert_allclose(np.polyval(across, expected), dots[:, 0], atol=0.02)
        np.testing.assert_allclose(np.polyval(up, observed), dots[:, 1], atol=0.02)
        high, low = surprise(t[-1 - outside]), surprise(t[outside])
        top = 14 # of the plot: what lies above is cut
        outline = np.concatenate([np.maximum(np.polyval(up, high), top), np.maximum(np.polyval(up, low), top)[::-1]])
        self.assertEqual(list(band[-1]), list(band[0])) # closed
        band = band[:-1]
        self.assertEqual(len(band), len(outline))
        np.testing.assert_allclose(band[:, 0], np.polyval(across, np.concatenate([expected, expected[::-1]])), atol=0.02)
        np.testing.assert_allclose(band[:, 1], outline, atol=0.05) # quantiles are float32

    def test_a_global_change(self):
        """The alarm goes off where everything rises, and not for what has no part in it."""
        self.assertNotIn("A shift everywhere", self.run_report().text[""])
        for row in self.rows:
            self.write_image(row[2], self.read_image(row[2]) + 2)
        page = self.run_report("--force")
        self.assertIn("A shift everywhere", page.text["effect-1"])
        self.assertIn("most of the map rises, by a global change", page.text["effect-1"])
        self.assertNotIn("A shift everywhere", page.text["effect-2"])
        record = json.loads((self.folder / "results/run.json").read_text())
        remarks = [one for one in record["remarks"] if "half of all voxels" in one]
        self.assertEqual(len(remarks), 1)
        with h5py.File(self.folder / "results/results.h5") as h5:
            median = h5["null/pet/change/medians"][:, 0]
        self.assertEqual(len(median), 256)
        self.assertLessEqual(np.mean(median >= median[0]), 0.05 / 2) # of two effects
        self.assertIn(f"pet change: half of all voxels have a t beyond \u00b1{median[0]:.2f}", remarks[0])

    def test_participants_have_names(self):
        """Every point of the plots has its participant's name and values, and the tables have them too."""
        page = self.run_report()
        titles = [value for tag, name, value in page.attributes if tag == "i" and name == "title"]
        people = page.table("people")
        with h5py.File(self.folder / "results/results.h5") as h5:
            before, after = (h5[f"clusters/pet/change/{name}"][0] for name in ("baseline", "followup"))
            change = h5["clusters/pet/level/followup"][0] - h5["clusters/pet/level/baseline"][0]
        for i, row in enumerate(self.rows):
            percent = 100 * (after[i] - before[i]) / before[i]
            words = (f"{row[0]}: {number_text(before[i])} to {number_text(after[i])} "
                     f"({number_text(percent, 3, '+')} %)")
            self.assertEqual(titles.count(words), 2, words)
            self.assertIn(f"{row[0]}: {number_text(float(row[3]))}, {number_text(change[i])}", titles)
            self.assertIn(f"{row[0]}: {number_text(float(row[3]))}", titles) # of the design
            cells = people[0][1 + i]
            self.assertEqual(cells[0], row[0])
            np.testing.assert_allclose([float(one) for one in cells[2:6]],
                                       [before[i], after[i], after[i] - before[i], percent], rtol=6e-4, atol=0.051)
        self.assertEqual(people[0][0][:6], ["participant", "leverage", "1: baseline", "1: followup", "1: change", "1: %"])
        level = [float(row[3]) for row in self.rows]
        left, top = self.named_points("pet_level_cluster-1-values")
        self.assertAlmostEqual(np.corrcoef(left, level)[0, 1], 1, delta=1e-4) # each name lies on its own point
        self.assertAlmostEqual(np.corrcoef(top, change)[0, 1], -1, delta=1e-4)
        left, top = self.named_points("pet_change_cluster-1-values")
        self.assertTrue((left[0::2] < left[1::2]).all())
        self.assertAlmostEqual(np.corrcoef(top, np.stack([before, after], 1).ravel())[0, 1], -1, delta=1e-4)

    def named_points(self, picture):
        """Where the names of a picture lie in its SVG file, in the order of the participants."""
        svg = next((self.folder / "results").rglob(f"{picture}.svg")).read_text()
        circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*><title>', svg)
        return np.array(circles, float).T

    def test_influence(self):
        """Leverage and Cook's distance by their definitions: fits without each participant. Bounds: R's."""
        self.rows[3][3] = "19"
        self.write_table()
        page = self.run_report("--nuisance", "age")
        n, columns = 8, np.array([[1, float(row[3]), float(row[4])] for row in self.rows])
        leverage = np.diag(columns @ np.linalg.inv(columns.T @ columns) @ columns.T)
        change = self.cluster_change("level", 1)
        fit = columns @ np.linalg.lstsq(columns, change, rcond=None)[0]
        variance = ((change - fit) ** 2).sum() / (n - 3)
        rows, words = page.table("people")[1][1:], [one for one in page.captions if "partial r" in one][0]
        influential = 0
        for i in range(n):
            others = np.arange(n) != i
            without = np.linalg.lstsq(columns[others], change[others], rcond=None)[0]
            cook = ((fit - columns @ without) ** 2).sum() / (3 * variance)
            self.assertAlmostEqual(float(rows[i][2]), leverage[i], delta=0.0051)
            self.assertAlmostEqual(float(rows[i][7]), cook, delta=0.0051 + 0.001 * cook)
            far, carries = leverage[i] > 9 / n, cook > stats.f.ppf(0.5, 3, n - 3)
            name = self.rows[i][0]
            self.assertEqual(f"{name} lies far out (leverage {leverage[i]:.2f})" in words, far)
            self.assertEqual(f"carries much of the result (Cook\u2019s distance {number_text(cook, 2)}): without it the "
                             f"slope is {number_text(without[1])}." in words, carries)
            influential += carries
        self.assertTrue(0 < influential <= 3) # so many are named

    def test_quality(self):
        data = self.read_image(self.rows[2][2])  # one participant changes everywhere
        self.write_image(self.rows[2][2], data + 6)
        page = self.run_report()
        means = [self.images(session).mean((1, 2, 3)) for session in (0, 1)]
        change = means[1] - means[0]
        z = (change - np.median(change)) / (1.4826 * np.median(abs(change - np.median(change))))
        rows = page.table("quality")[0][1:]
        self.assertEqual(len(rows), 8)
        for i, row in enumerate(rows):
            self.assertEqual(row[0], self.rows[i][0])
            row = [cell.replace("\N{MINUS SIGN}", "-") for cell in row]
            np.testing.assert_allclose([float(cell) for cell in row[1:3]], [means[0][i], means[1][i]], rtol=1e-4)
            np.testing.assert_allclose(float(row[3]), change[i], rtol=1e-3)
            np.testing.assert_allclose(float(row[5].split()[0]), z[i], atol=0.006)
            self.assertEqual("unusual" in row[5], abs(z[i]) > 3.5)
        self.assertGreater(abs(z[2]), 3.5)
        self.assertIn(f"{(abs(z) > 3.5).sum()} participant", page.text["quality"])

    def test_fdr_alone_is_not_called_family_wise(self):
        page = self.run_report("--correct", "fdr", "-n", "100")
        self.assertNotIn("family-wise", page.text["question"])
        self.assertNotIn("family-wise correction", page.text["effect-1"])

    def test_headline_and_clusters_are_those_of_the_files(self):
        for row in self.rows:  # so that something survives
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 8
            self.write_image(row[2], data)
        page = self.run_report()
        record = json.loads((self.folder / "results/run.json").read_text())
        found = record["modalities"][0]["effects"][0]
        self.assertGreater(found["p"]["p_fwe_voxel"]["voxels_below_0_05"], 0)
        for article in ("question", "effect-1"):
            self.assertIn(f"Significant at p\xa0<\xa00.05: {found['p']['p_fwe_voxel']['voxels_below_0_05']} voxels by the "
                          "maximum t.", page.text[article])
            further = page.text[article].split("Further looks at p\xa0<\xa00.05: ")[1].split(". ")[0].split(", ")
            self.assertEqual(len(further), 4)
            self.assertRegex(further[1], f"^{found['clusters']['mass_below_0_05']} clusters? "
                             rf"\({found['p']['p_fwe_mass']['voxels_below_0_05']} voxels\) by mass$")
            self.assertEqual(further[3], f"{found['p']['p_fdr']['voxels_below_0_05']} voxels by false discovery rate")
        for row, effect in zip(page.table("headline")[0][1:], record["modalities"][0]["effects"]):
            self.assertEqual(row[3].replace("\N{MINUS SIGN}", "-"), f"{effect['peak']['t']:.2f}")
            self.assertAlmostEqual(float(row[6]), effect["p"]["p_fdr"]["smallest"], places=3)
        for table, effect in zip(page.table("clusters"), ("change", "level")):
            self.check_clusters(table, effect)

    def check_clusters(self, table, effect):
        """What survives comes first, then a divider; sub-peaks follow their cluster. Numbers are those of results.h5 at
        the peak, and of the table for what is of the cluster."""
        with open(self.folder / f"results/pet/{effect}/clusters.tsv", encoding="utf-8") as text:
            lines = list(csv.DictReader(text, delimiter="\t"))[:20]
        head, rows = [name.split(" (prim")[0] for name in table[0]], table[1:]
        self.assertEqual(head[:7], ["#", "mm\N{SUPERSCRIPT THREE}", "peak t", "x, y, z (mm)", "p voxel", "voxels", "mass"])
        found = [line for line in lines if float(line["p_voxel"]) < 0.05]
        missed = [line for line in lines if float(line["p_voxel"]) >= 0.05]
        labels = [row[0] for row in rows if row[0].isdigit()]
        self.assertEqual(labels, [line["label"] for line in found + missed])
        dividers = [i for i, row in enumerate(rows) if row[0].startswith("not significant")]
        self.assertEqual(len(dividers), bool(missed))
        if missed:
            self.assertEqual(sum(row[0].isdigit() for row in rows[:dividers[0]]), len(found))
        with h5py.File(self.folder / "results/results.h5") as h5:
            maps = h5[f"maps/pet/{effect}"]
            for line in lines:
                at = next(i for i, row in enumerate(rows) if row[0] == line["label"])
                cell = dict(zip(head, [text.replace(",", "").replace("\N{MINUS SIGN}", "-") for text in rows[at]]))
                voxel = tuple(int(line[f"peak_{axis}"]) for axis in "ijk")
                self.assertAlmostEqual(float(cell["peak t"]), maps["t"][voxel], delta=0.0051)
                self.assertEqual(cell["x, y, z (mm)"], " ".join(f"{float(line[f'peak_{axis}']):g}" for axis in "xyz"))
                self.assertEqual((cell["voxels"], float(cell["mm\N{SUPERSCRIPT THREE}"])),
                                 (line["voxels"], float(line["mm3"])))
                self.assertAlmostEqual(float(cell["mass"]), float(line["mass"]), delta=1e-3 * float(line["mass"]))
                for name, text in cell.items():
                    if name.startswith("p "):
                        p = float(line[name.replace(" ", "_").replace("uncorr.", "uncorrected").lower()])
                        self.assertAlmostEqual(float(text), p, delta=0.0051 * p, msg=name)
                        self.assertEqual(len(text.replace(".", "").lstrip("0")), 3, text)
                for name, quantity in (("p voxel", "p-fwe-voxel"), ("p uncorr.", "p-uncorrected")):
                    p = 10 ** -float(maps[quantity][voxel])
                    self.assertAlmostEqual(float(cell[name]), p, delta=0.006 * p)
                below = [] if line["sub_peaks"] == "n/a" else line["sub_peaks"].split("; ")
                for k, peak in enumerate(below):
                    row = rows[at + 1 + k]
                    self.assertEqual(row[0], line["label"] + "abc"[k])
                    self.assertAlmostEqual(float(row[2].replace("\N{MINUS SIGN}", "-")), float(peak.split()[0]), delta=0.0051)

    def test_the_answer(self):
        """The cards on top have the clusters of the primary correction, the strongest first, as the tables have them."""
        for primary, column in (("voxel", "p_voxel"), ("extent", "p_extent")):
            page = self.run_report("--primary", primary, "--force")
            self.assertEqual(page.ids[page.ids.index("main") + 1], "question")
            said = " ".join(page.text["question"].split())
            for effect in ("change", "level"):
                with open(self.folder / f"results/pet/{effect}/clusters.tsv", encoding="utf-8") as table:
                    rows = [row for row in csv.DictReader(table, delimiter="\t") if float(row[column]) < 0.05]
                for sign in "positive", "negative":
                    found = sorted((row for row in rows if row["sign"] == sign),
                                   key=lambda row: -abs(float(row["peak_t"])))
                    words = {"change": {"positive": "Rises", "negative": "Falls"},
                             "level": {"positive": "Higher with more level",
                                       "negative": "Lower with more level"}}[effect][sign]
                    if not found:
                        self.assertNotIn(words + " in", said)
                        continue
                    start = f"{words} in {len(found)} cluster{'s' * (len(found) > 1)}: "
                    self.assertIn(start, said)
                    places = said.split(start)[1].split(".)")[0]
                    told = re.findall(r"t (\S+), p (\S+)\)", places)[:min(4, len(found))]
                    for (t, p), row in zip(told, found, strict=True):
                        self.assertAlmostEqual(float(t.replace("\N{MINUS SIGN}", "-")), float(row["peak_t"]), delta=0.006)
                        self.assertAlmostEqual(float(p), float(row[column]), delta=0.0006)
        random = np.random.default_rng(11)
        for row in self.rows:
            for name in row[1:3]:
                self.write_image(name, 10 + random.standard_normal(voxstat_cli.SHAPE))
        said = " ".join(self.run_report("--force").text["question"].split())
        with h5py.File(self.folder / "results/results.h5") as h5:
            for effect in ("change", "level"):
                needed = critical(h5[f"null/pet/{effect}/voxel"][...])
                self.assertIn(f"it would have taken |t| > {needed:.2f}", said)
        self.assertEqual(said.count("No voxel reaches p < 0.05"), 2)
        said = " ".join(self.run_report("--force", "--primary", "extent").text["question"].split())
        self.assertEqual(said.count("No cluster reaches p < 0.05"), 2)

    def test_clusters_of_one_t(self):
        """Two places with the same values have the same t, and both are named."""
        for row in self.rows:
            for name in row[1:3]:
                data = self.read_image(name)
                data[1:4, 5:8, 4:7] = data[1:4, 1:4, 1:4]
                self.write_image(name, data)
        page = self.run_report("--cluster-p", "0.001", "--primary", "extent")
        said = " ".join(page.text["question"].split())
        with open(self.folder / "results/pet/change/clusters.tsv", encoding="utf-8") as table:
            rows = [row for row in csv.DictReader(table, delimiter="\t")
                    if float(row["p_extent"]) < 0.05 and row["sign"] == "positive"]
        peaks = [row["peak_t"] for row in rows]
        self.assertLess(len(set(peaks)), len(peaks))
        told = re.findall(r"t (\S+), p", said.split("Rises in ")[1].split(".)")[0].split("Higher")[0].split("Falls")[0])
        self.assertEqual(len(told), min(4, len(rows)))

    def test_left_is_left(self):
        """x falls with the first index. The change was planted at x 0..8, y -12..-4, z -4..4 of -16..12, -16..16 and
        -8..16: right, back and below. The correlation with the level is on the left, in front and above."""
        random = np.random.default_rng(3)
        mean = np.mean([float(row[3]) for row in self.rows])
        for row in self.rows:
            data = self.read_image(row[1]) + 0.3 * random.standard_normal(voxstat_cli.SHAPE)
            data[1:4, 1:4, 1:4] += 2
            data[5:8, 5:8, 3:6] += float(row[3]) - mean
            self.write_image(row[2], data)
        self.run_report("--cluster-p", "0.0005")
        for effect, right, front, above in (("change", True, False, False), ("level", False, True, True)):
            image = pixels(self.folder / f"results/figures/pet_{effect}_glass.png")[50:]
            views = runs((image.min(2) < 250).any(0))[:3]
            spread = image[..., 0] - image[..., 2] > 60  # orange: neither grey nor ink
            for (first, last), across in zip(views, (front, right, right)):
                columns = np.flatnonzero(spread[:, first:last + 1].any(0))
                self.assertEqual(columns.mean() > (last - first) / 2, across, effect)
            for (first, last), up in zip(views, (above, above, front)):
                rows = np.flatnonzero(spread[:, first:last + 1].any(1))
                shown = np.flatnonzero((image[:, first:last + 1].min(2) < 250).any(1))
                self.assertEqual(rows.mean() < shown.mean(), up, effect)
            image, seen = pixels(self.folder / f"results/figures/pet_{effect}_slices.png"), 0
            spread = image[..., 0] - image[..., 2] > 125  # beyond the threshold; below it colours fade
            for first, last in runs((image[30:].min(2) < 250).any(0))[:4]:  # the columns of axial slices
                columns = np.flatnonzero(spread[:, first:last + 1].any(0))
                seen += len(columns) > 0
                if len(columns):
                    self.assertEqual(columns.mean() > (last - first) / 2, right, effect)
            self.assertGreater(seen, 2)


if __name__ == "__main__":
    unittest.main()

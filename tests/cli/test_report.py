#!/usr/bin/python3
"""The report of a run: what it promises is in the page, its figures are those of nibabel, h5py, NumPy and SciPy, and a
folder that cannot be reported on is refused by name."""
import html.parser
import json
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
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

import voxstat_cli
from voxstat_cli import INPUT, OK, OUTPUT, USAGE

SECTIONS = ["question", "design", "effects", "quality", "limits", "methods", "checklist", "provenance"]
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(html.parser.HTMLParser):
    """A page as a tree that is flat enough to ask: text by section, tables by class, figures, links, ids."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.images, self.scripts, self.tags, self.headings = [], [], [], 0, set(), []
        self.tables, self.text, self.captions, self.open = [], {"": ""}, [], []
        self.attributes = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs.items()]
        if tag not in VOID:
            self.open.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"])
        if tag == "img":
            self.images.append(attrs)
        if tag == "script" and "type" not in attrs:
            self.scripts += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])
        if tag == "table":
            self.tables.append((attrs, []))
        if tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        if tag == "figcaption":
            self.captions.append("")

    def handle_endtag(self, tag):
        opened, _ = self.open.pop()
        assert opened == tag, (opened, tag, self.getpos())

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if tags and tags[-1] in ("script", "style"): # programs, some of them not ours
            return
        for tag, attrs in self.open:
            if tag in ("section", "article"):
                self.text[attrs["id"]] = self.text.get(attrs["id"], "") + data
        self.text[""] += data
        if tags and re.fullmatch("h[1-6]", tags[-1]):
            self.headings[-1][1] += data
        if "td" in tags or "th" in tags:
            self.tables[-1][1][-1][-1] += data
        if "figcaption" in tags:
            self.captions[-1] += data

    def table(self, name):
        return [rows for attrs, rows in self.tables if name in (attrs.get("class") or "").split() + [attrs.get("id")]]


def numbers(text):
    return [float(word) for word in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace(",", ""))]


def critical(null):
    """What must be exceeded: of the values sorted downwards, the one after as many as may be at least as large."""
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


def runs(flags):
    """(first, last) of every run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return list(zip(edges[::2], edges[1::2] - 1))


class Report(voxstat_cli.Study):
    participants = 8

    def setUp(self):
        super().setUp()
        random = np.random.default_rng(5)
        for row in self.rows:  # an effect of the session in one corner, and of the level in another
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 2.2 + 0.2 * random.standard_normal()
            data[5:8, 5:8, 3:6] += 1.4 * (float(row[3]) - 5)
            self.write_image(row[2], data)

    def run_report(self, *arguments, out="results", **how):
        options = ["--covariate", "level", "--out", out, "--cluster-p", "0.01", "-n", "500", "-q",
                   *arguments]
        done = self.run_paired(*options, **how)
        self.assert_done(done)
        return self.page(out)

    def page(self, out="results"):
        return Page(self.folder / out / "report.html")

    def report(self, *arguments, out="results"):
        return self.run_program("report", str(out), *arguments)

    def images(self, session):
        return np.array([self.read_image(row[1 + session]).astype(float) for row in self.rows])

    def assert_whole(self, page, articles):
        """Everything that is promised of every page."""
        self.assertEqual([name for name in page.ids if name in SECTIONS], SECTIONS)
        self.assertEqual(len(set(page.ids)), len(page.ids))
        self.assertEqual([name for name in page.ids if re.fullmatch(r"effect-\d+", name)],
                         [f"effect-{i + 1}" for i in range(articles)])
        for before, after in zip(page.headings, page.headings[1:]):
            self.assertLessEqual(after[0], before[0] + 1, after)
        self.assertEqual(page.headings[0][0], 1)
        for link in page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], page.ids)
        for image in page.images:
            self.assertTrue(image["src"].startswith("data:image/"))
            self.assertGreater(len(image["alt"]), 20)
            self.assertRegex(image["alt"], r"\d")
        for tag, name, value in page.attributes:  # nothing is fetched, whoever opens it
            if name in ("src", "srcset", "poster", "data", "action") or (tag == "link" and name == "href"):
                self.assertTrue(value.startswith("data:"), (tag, name, value[:50]))
            self.assertFalse(name.startswith("on"), (tag, name))
        self.assertNotIn("link", page.tags)
        self.assertEqual(page.scripts, 2 if os.environ["VOXSTAT_NIIVUE"] else 1)  # that run; the others are data
        for name in SECTIONS:
            self.assertGreater(len(page.text[name]), 100, name)
        self.assertNotIn("&lt;", page.text[""])  # escaped twice
        self.assertNotIn("(null)", page.text[""])
        self.assertNotRegex(page.text[""], r"\bnan\b")

    # ---- what is in the page ----

    def test_the_page_is_whole(self):
        page = self.run_report()
        self.assert_whole(page, 2)
        for effect in ("effect-1", "effect-2"):
            for heading in ("Where", "Clusters", "The participants in the largest clusters", "Chance alone",
                            "Uncorrected p against chance"):
                self.assertIn(heading, page.text[effect])
            self.assertIn("Circular", page.text[effect])
        self.assertIn("8 of 8 participants", page.text["design"])
        self.assertIn("no control arm", page.text["limits"])
        self.assertIn("measured, not assigned", page.text["limits"])
        self.assertIn("somewhere inside", page.text["limits"])
        self.assertIn("seed 0", page.text["methods"])
        self.assertIn("Phipson", page.text["methods"])
        self.assertNotIn("Freedman", page.text["methods"])
        self.assertRegex(page.text["checklist"], r"\d+ of \d+ items are filled")
        self.assertIn("--covariate level", page.text["provenance"])
        self.assertLess((self.folder / "results/report.html").stat().st_size, 15e6)

    def test_every_file_is_listed_and_pictures_come_in_pairs(self):
        self.run_report()
        found = set(os.listdir(self.folder / "results"))
        record = json.loads((self.folder / "results/run.json").read_text())
        self.assertEqual(set(record["files"]), found)
        self.assertEqual(len(record["files"]), len(found))
        pictures = {name[:-4] for name in found if name.endswith((".png", ".svg"))}
        for name in ("slices", "glass", "unthresholded", "null-voxel", "null-extent", "qq", "cluster-1-values",
                     "design"):
            self.assertIn("pet_change_" + name, pictures)
        for name in pictures:
            png = (self.folder / "results" / (name + ".png")).read_bytes()
            self.assertTrue(png.startswith(b"\x89PNG"))
            svg = (self.folder / "results" / (name + ".svg")).read_text()
            self.assertIn("<svg", svg)
            self.assertNotRegex(svg, r'href="(?!#|data:)')

    def test_it_can_be_written_again(self):
        self.run_report()
        out = self.folder / "results"
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        for threads in ("1", "3"):
            (out / "report.html").unlink()
            self.assert_done(self.run_program("report", "results", OMP_NUM_THREADS=threads))
            self.assertEqual({path.name: path.read_bytes() for path in out.iterdir()}, before)
        self.run_report("--force")  # the list of files is still right, or this is refused

    def test_pictures_of_an_earlier_report_go(self):
        self.run_report()
        out = self.folder / "results"
        record = json.loads((out / "run.json").read_text())
        (out / "pet_change_old.png").write_bytes(b"old")
        record["files"].append("pet_change_old.png")
        record["report"].append("pet_change_old.png")
        (out / "run.json").write_text(json.dumps(record))
        self.assert_done(self.report("-q"))
        self.assertFalse((out / "pet_change_old.png").exists())
        record = json.loads((out / "run.json").read_text())
        self.assertEqual(set(record["files"]), set(os.listdir(out)))

    # ---- figures, against the outside world ----

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
                    labels = nibabel.load(self.folder / f"results/pet_{effect}_clusters.nii.gz").get_fdata()
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
                    self.assertIn(f"observed {null[name][0]:.4g}", words)
                    self.assertIn(f"critical value {critical(null[name]):.4g}", words)

    def cluster_change(self, effect, label):
        labels = nibabel.load(self.folder / f"results/pet_{effect}_clusters.nii.gz").get_fdata()
        return (self.images(1) - self.images(0))[:, labels == label].mean(1)

    def test_the_line_through_a_cluster(self):
        page = self.run_report()
        change, level = self.cluster_change("level", 1), np.array([float(row[3]) for row in self.rows])
        fit = stats.linregress(level, change)
        half = stats.t.ppf(0.975, 6) * fit.stderr
        alt = [image["alt"] for image in page.images if "slope" in image["alt"]][0]
        np.testing.assert_allclose(numbers(alt.split("slope")[1])[:1], [fit.slope], rtol=1e-3)  # 4 digits
        for value in (fit.slope, fit.slope - half, fit.slope + half):
            self.assertIn(f"{value:.4g}", alt)
        self.assertIn(f"r {fit.rvalue:.3f}", alt)

    def test_the_mean_of_a_cluster(self):
        page = self.run_report()
        change = self.cluster_change("change", 1)
        mean, half = change.mean(), stats.t.ppf(0.975, 7) * stats.sem(change)
        alt = [image["alt"] for image in page.images if "mean change" in image["alt"]][0]
        for value in (mean, mean - half, mean + half):
            self.assertIn(f"{value:.4g}", alt)
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
            self.assertIn(f"{value:.4g}", alt)
        self.assertIn("partial correlation", page.text["effect-2"])
        self.assertIn("both adjusted", page.text["effect-2"])
        self.assertIn("Freedman", page.text["methods"])
        self.assertIn("Adjusted for age", page.text["limits"])

    def test_quantiles_of_p(self):
        for form, decode in (("log10", lambda m: 10.0 ** -m), ("p", lambda m: m), ("1-p", lambda m: 1 - m)):
            page = self.run_report("--p-format", form, "--force")
            stored = nibabel.load(self.folder / "results/pet_change_p-uncorrected.nii.gz").get_fdata()
            mask = nibabel.load(self.folder / "results/mask.nii.gz").get_fdata() > 0
            p = decode(stored)[mask]
            alt = [image["alt"] for image in page.images if image["alt"].startswith("Quantiles")][0]
            self.assertIn(f"Quantiles of {mask.sum()} uncorrected", alt)
            self.assertIn(f"median p is {np.median(p):.3f}", alt)
            self.assertIn(f"smallest {p.min():.3g}", alt)

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
            np.testing.assert_allclose([float(cell) for cell in row[1:3]], [means[0][i], means[1][i]], rtol=1e-4)
            np.testing.assert_allclose(float(row[3]), change[i], rtol=1e-3)
            np.testing.assert_allclose(float(row[5].split()[0]), z[i], atol=0.006)
            self.assertEqual("unusual" in row[5], abs(z[i]) > 3.5)
        self.assertGreater(abs(z[2]), 3.5)
        self.assertIn(f"{(abs(z) > 3.5).sum()} participant", page.text["quality"])

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
            self.assertIn(f"Corrected p < 0.05 in {found['p']['p_fdr']['voxels_below_0_05']} voxels by false discovery "
                          f"rate, {found['p']['p_fwe_voxel']['voxels_below_0_05']} voxels by the maximum t",
                          page.text[article])
            self.assertRegex(page.text[article], rf" {found['clusters']['mass_below_0_05']} clusters? survives? by mass")
        for row, effect in zip(page.table("headline")[0][1:], record["modalities"][0]["effects"]):
            self.assertEqual(row[3], f"{effect['peak']['t']:.3f}")
            self.assertAlmostEqual(float(row[6]), effect["p"]["p_fdr"]["smallest"], places=3)
        for table, effect in zip(page.table("clusters"), ("change", "level")):
            lines = (self.folder / f"results/pet_{effect}_clusters.tsv").read_text().splitlines()[1:]
            self.assertEqual(len(table) - 1, min(20, len(lines)))
            for row, line in zip(table[1:], lines):
                cells = line.split("\t")
                self.assertEqual([row[0], row[2].replace(",", "")], [cells[0], cells[2]])
                self.assertEqual(row[1], "+" if cells[1] == "positive" else "\N{MINUS SIGN}")
                self.assertAlmostEqual(float(row[5]), float(cells[5]), places=2)
                self.assertAlmostEqual(float(row[9]), float(cells[12]), places=2)

    # ---- sides ----

    def test_left_is_left(self):
        """x falls with the first index. The change was planted at x 0..8, y -12..-4, z -4..4 of -16..12, -16..16 and
        -8..16: right, back and below; what goes along with the level on the left, in front and above."""
        random = np.random.default_rng(3)
        mean = np.mean([float(row[3]) for row in self.rows])
        for row in self.rows:
            data = self.read_image(row[1]) + 0.3 * random.standard_normal(voxstat_cli.SHAPE)
            data[1:4, 1:4, 1:4] += 2
            data[5:8, 5:8, 3:6] += float(row[3]) - mean
            self.write_image(row[2], data)
        self.run_report("--cluster-p", "0.0005")
        for effect, right, front, above in (("change", True, False, False), ("level", False, True, True)):
            image = pixels(self.folder / f"results/pet_{effect}_glass.png")[50:]
            views = runs((image.min(2) < 250).any(0))[:3]
            spread = image[..., 0] - image[..., 2] > 60  # orange, and neither grey nor ink
            for (first, last), across in zip(views, (front, right, right)):
                columns = np.flatnonzero(spread[:, first:last + 1].any(0))
                self.assertEqual(columns.mean() > (last - first) / 2, across, effect)
            for (first, last), up in zip(views, (above, above, front)):
                rows = np.flatnonzero(spread[:, first:last + 1].any(1))
                shown = np.flatnonzero((image[:, first:last + 1].min(2) < 250).any(1))
                self.assertEqual(rows.mean() < shown.mean(), up, effect)
            image, seen = pixels(self.folder / f"results/pet_{effect}_slices.png"), 0
            spread = image[..., 0] - image[..., 2] > 60
            for first, last in runs((image[30:].min(2) < 250).any(0))[:6]:  # the columns of axial slices
                columns = np.flatnonzero(spread[:, first:last + 1].any(0))
                seen += len(columns) > 0
                if len(columns):
                    self.assertEqual(columns.mean() > (last - first) / 2, right, effect)
            self.assertGreater(seen, 2)

    # ---- other runs ----

    def test_spearman(self):
        page = self.run_report("--correlation", "spearman")
        self.assert_whole(page, 2)
        self.assertIn("Ranks are what was tested", page.text["effect-2"])
        self.assertNotIn("Slope", page.text["effect-2"])
        self.assertIn("Spearman", page.text["methods"])

    def test_one_sample(self):
        done = self.run_program("--design", "onesample", "--modality", "pet", "--sessions", "followup", "--device",
                                "cpu", "--out", "results", "-q", "--cluster-t", "3")
        self.assert_done(done)
        page = self.page()
        self.assert_whole(page, 1)
        self.assertIn("compared with zero", page.text["limits"])
        self.assertNotIn("no control arm", page.text["limits"])
        self.assertNotIn("measured, not assigned", page.text["limits"])
        self.assertEqual(len(page.table("quality")[0][0]), 4)
        with h5py.File(self.folder / "results/results.h5") as h5:
            self.assertNotIn("baseline", h5["participants/pet"])
            np.testing.assert_allclose(h5["mean/pet"], self.images(1).mean(0), rtol=1e-6)

    def test_one_tail(self):
        for tails, words in (("pos", "a rise (one tail)"), ("neg", "a fall (one tail)")):
            page = self.run_report("--tails", tails, "--force")
            self.assert_whole(page, 2)
            self.assertIn(words, page.text["effect-1"])
            self.assertIn("One tail was tested", page.text["limits"])
            self.assertNotIn("|t| above", page.text["effect-1"])

    def test_voxels_only(self):
        page = self.run_report("--correct", "voxel")
        self.assert_whole(page, 2)
        self.assertNotIn("by its extent", page.text["effect-1"])
        self.assertNotIn("somewhere inside", page.text["limits"])
        self.assertNotIn("p extent", " ".join(page.table("clusters")[0][0]))
        self.assertNotIn("Bullmore", page.text["methods"])

    def test_two_modalities_and_someone_left_out(self):
        self.header += ["cbf_baseline", "cbf_followup"]
        random = np.random.default_rng(9)
        for i, row in enumerate(self.rows):
            for session in ("baseline", "followup"):
                self.write_image(f"{row[0]}_cbf_{session}.nii.gz", 50 + random.standard_normal(voxstat_cli.SHAPE))
                row.append(f"{row[0]}_cbf_{session}.nii.gz" if i else "n/a")
        self.rows[4][3] = "n/a"
        self.write_table()
        page = self.run_report()
        self.assert_whole(page, 4)
        self.assertIn("7 of 8 participants", page.text["design"])
        self.assertIn("sub-01: no image", page.text["design"])
        self.assertIn("sub-05: no value", page.text["design"])
        self.assertIn("Each of the 2 modalities is corrected by itself", page.text["limits"])
        self.assertEqual(len(page.table("quality")), 2)
        used = [i for i in range(8) if i != 4]
        labels = nibabel.load(self.folder / "results/pet_level_clusters.nii.gz").get_fdata()
        with h5py.File(self.folder / "results/results.h5") as h5:
            np.testing.assert_array_equal(h5["design/pet/level/raw"][:, 1], [float(self.rows[i][3]) for i in used])
            np.testing.assert_allclose(h5["clusters/pet/level/followup"][0],
                                       self.images(1)[used][:, labels == 1].mean(1))

    def test_nothing_found(self):
        done = self.run_paired("--covariate", "level", "--out", "results", "--cluster-t", "5000", "-q")
        self.assert_done(done)
        page = self.page()
        self.assert_whole(page, 2)
        self.assertIn("No cluster", page.text["effect-1"])
        self.assertIn("Looked for", page.text["effect-1"])
        self.assertNotIn("The participants in the largest clusters", page.text["effect-1"])

    def test_too_few_to_find_anything(self):
        self.rows = self.rows[:4]
        self.write_table()
        done = self.run_paired("--out", "results", "-q")
        self.assert_done(done)
        self.assertIn("no result whatever could have been significant", self.page().text["effect-1"])

    def test_names_are_text(self):
        evil = '"><script>alert(1)</script>&amp;\'<b>'
        self.header[3] = evil
        self.rows[0][0] = "<img src=x onerror=alert(2)>"
        self.write_table()
        done = self.run_paired("--covariate", evil, "--out", "results", "-q", "--cluster-p", "0.05")
        self.assert_done(done)
        page = self.page()
        self.assert_whole(page, 2)
        self.assertNotIn("b", page.tags)
        self.assertIn(evil, page.text["design"])
        self.assertIn("<img src=x onerror=alert(2)>", page.text["design"])
        self.assertTrue(any(evil in image["alt"] for image in page.images))

    # ---- the template ----

    def test_a_template_on_another_grid(self):
        affine = np.array([[2.0, 0, 0, -20], [0, 2, 0, -18], [0, 0, 2, -10], [0, 0, 0, 1]])
        self.write_image("template.nii", 1 + np.indices((20, 20, 18)).sum(0), affine)
        page = self.run_report("--template", "template.nii")
        self.assert_whole(page, 2)
        self.assertIn("lies on another grid and was resampled", page.text["quality"])
        self.assertIn("over the template", page.text["effect-1"])
        self.assert_done(self.report())
        self.assertNotIn("template", self.page().text["effect-1"])

    def test_a_template_elsewhere(self):
        self.run_report()
        before = {path.name: path.read_bytes() for path in (self.folder / "results").iterdir()}
        affine = voxstat_cli.AFFINE.copy()
        affine[0, 3] += 500
        self.write_image("template.nii", np.ones(voxstat_cli.SHAPE) + np.indices(voxstat_cli.SHAPE)[0], affine)
        self.assert_refused(INPUT, ["template.nii", "not in the space"], "--template", "template.nii", run=self.report)
        self.assert_refused(INPUT, ["template", "nowhere.nii"], "--template", "nowhere.nii", run=self.report)
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "results").iterdir()}, before)
        self.assert_refused(INPUT, ["nowhere.nii"], "--out", "other", "--template", "nowhere.nii")  # before computing
        done = self.run_paired("--out", "other", "--template", "template.nii", "-q")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("the results are whole in other, but there is no report", done.stderr)
        self.assertTrue((self.folder / "other/results.h5").exists())

    # ---- folders that are not what they should be ----

    def broken(self, words, change, status=INPUT):
        shutil.rmtree(self.folder / "broken", ignore_errors=True)
        shutil.copytree(self.folder / "results", self.folder / "broken")
        change(self.folder / "broken")
        before = {path.name: path.read_bytes() for path in (self.folder / "broken").iterdir()}
        done = self.report(out="broken")
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "broken").iterdir()}, before)

    def test_broken_folders(self):
        self.run_report()

        def edit(change):
            def act(folder):
                record = json.loads((folder / "run.json").read_text())
                change(record)
                (folder / "run.json").write_text(json.dumps(record))
            return act

        def cut(name, size):
            def act(folder):
                data = (folder / name).read_bytes()
                (folder / name).write_bytes(data[:size])
            return act

        def delete(path):
            def act(folder):
                with h5py.File(folder / "results.h5", "a") as h5:
                    del h5[path]
            return act

        def shorten(folder):
            with h5py.File(folder / "results.h5", "a") as h5:
                values = h5["null/pet/change/voxel"][:-1]
                del h5["null/pet/change/voxel"]
                h5["null/pet/change/voxel"] = values

        self.broken(["no run.json"], lambda folder: (folder / "run.json").unlink())
        self.broken(["run.json", "damaged"], cut("run.json", 300))
        self.broken(["not voxstat's"], lambda folder: (folder / "run.json").write_text("{}"))
        self.broken(["voxstat 9.1.0"], edit(lambda record: record.update(voxstat_version="9.1.0")))
        self.broken(["number", "-3"],
                    edit(lambda record: record["modalities"][0]["effects"][1]["clusters"].update(number=-3)))
        self.broken(["modalities"], edit(lambda record: record.pop("modalities")))
        self.broken(["hdf5", "older"], edit(lambda record: record["modalities"][0]["effects"][1].pop("hdf5")))
        self.broken(["tails", "sideways"],
                    edit(lambda record: record["modalities"][0]["effects"][0].update(tails="sideways")))
        self.broken(["results.h5", "missing"], lambda folder: (folder / "results.h5").unlink())
        self.broken(["results.h5", "damaged"], cut("results.h5", 5000))
        for path in ("mean/pet", "null/pet/level/voxel", "maps/pet/change/t", "clusters/pet/change", "mask",
                     "design/pet/level/raw", "participants/pet"):
            self.broken(["results.h5", path.split("/")[0], "older"], delete(path))
        self.broken(["null/pet/change/voxel", "not of one run"], shorten)
        self.broken(["pet_level_clusters.tsv"], lambda folder: (folder / "pet_level_clusters.tsv").unlink())
        self.broken(["pet_level_clusters.tsv"], cut("pet_level_clusters.tsv", 150))
        done = self.report(out="nowhere")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("nowhere: there is no such folder", done.stderr)
        self.assertEqual(self.run_program("report").returncode, USAGE)

    def test_a_full_disk_leaves_the_old_report(self):
        self.run_report()
        out = self.folder / "results"
        before = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "run.json"}
        limit = (100000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        done = subprocess.run([voxstat_cli.PROGRAM, "report", str(out)], capture_output=True, text=True, check=False,
                              restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        after = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "run.json"}
        self.assertEqual(after, before)
        self.assertEqual(self.report().returncode, OK)


if __name__ == "__main__":
    unittest.main()

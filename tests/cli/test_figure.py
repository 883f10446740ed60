#!/usr/bin/python3
"""`voxstat figure`: pictures of results in a size and format for a paper, compared with the maps in results.h5."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

try:
    import h5py
    import nibabel
    import numpy as np
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
from test_report_figures import pixels
from voxstat_cli import AFFINE, INPUT, OUTPUT, SHAPE, USAGE


def resolution(path):
    """Pixels a metre of a PNG, of its chunk pHYs; ISO 15948, 11.3.5.3. Its checksum must be right."""
    data = path.read_bytes()
    at = data.index(b"pHYs")
    assert at < data.index(b"IDAT")
    across, down, unit = struct.unpack(">IIB", data[at + 4:at + 13])
    assert zlib.crc32(data[at:at + 13]) == struct.unpack(">I", data[at + 13:at + 17])[0]
    assert unit == 1
    return across, down


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


class Figure(report_cli.Report):
    made = None  # the results, which every test has a copy of

    def setUp(self):
        super().setUp()
        if not Figure.made:
            self.run_report("--correct", "voxel,extent")
            Figure.made = pathlib.Path(tempfile.mkdtemp(prefix="voxstat-cli-"))
            self.addClassCleanup(shutil.rmtree, Figure.made)
            shutil.copytree(self.folder / "results", Figure.made / "results")
        else:
            shutil.copytree(Figure.made / "results", self.folder / "results")

    def figure(self, *arguments, **how):
        return self.run_program("figure", "results", *arguments, **how)

    def draw(self, *arguments, **how):
        done = self.figure(*arguments, **how)
        self.assert_done(done)
        return done

    def map(self, name, effect="change"):
        with h5py.File(self.folder / "results/results.h5") as h5:
            return h5[f"maps/pet/{effect}/{name}"][()], h5["mask"][()] > 0

    def vivid(self, name):
        """The share of the brain in a picture of one slice that is orange beyond the threshold, and the share of the
        orange on its left. The colour bar stands right of the brain."""
        image = pixels(self.folder / name)[60:]
        columns = np.flatnonzero((image.min(2) < 250).any(0))
        gap = np.flatnonzero(np.diff(columns) > 12)[0]  # between brain and bar
        brain = image[:, columns[0]:columns[gap] + 1]
        orange = brain[..., 0] - brain[..., 2] > 125
        middle = orange.shape[1] // 2
        return orange.sum() / (brain.min(2) < 250).sum(), orange[:, :middle].sum() / max(orange.sum(), 1)

    def test_slices_show_the_map(self):
        """x falls with the first index, so what lies at low indices is drawn on the right."""
        t, mask = self.map("t")
        for k, threshold in ((2, 1.5), (2, 3.0), (5, 1.0), (3, 1000.0)):
            z = AFFINE[2, 3] + 4 * k
            done = self.draw("--effect", "change", "--slices", f"axial:{z}", "--threshold", str(threshold), "-o",
                             "one.png", "--force")
            truth = (t[..., k] > threshold).sum() / mask[..., k].sum()
            share, left = self.vivid("one.png")
            self.assertAlmostEqual(share, truth, delta=0.3 * truth + 0.01, msg=(k, threshold))
            if truth > 0.05:
                beyond = t[..., k] > threshold
                self.assertAlmostEqual(left, beyond[SHAPE[0] // 2:].sum() / beyond.sum(), delta=0.25)
                self.assertIn("Thin lines go around what has |t| > ", done.stdout)
        self.assertIn("No voxel has |t| > 1,000.00. ", done.stdout)  # the last one
        p, _ = self.map("p-fwe-extent")  # -log10
        self.draw("--effect", "change", "--slices", "axial:0", "--threshold", "extent:0.9999", "-o", "one.png",
                  "--force")
        some = ((p > -np.log10(0.9999)) & (t > 0))[..., 2].sum() / mask[..., 2].sum()
        self.assertAlmostEqual(self.vivid("one.png")[0], some, delta=0.3 * some + 0.01)
        self.draw("--effect", "change", "--slices", "axial:0", "--threshold", "extent:0.000001", "-o", "one.png",
                  "--force")
        self.assertLess(self.vivid("one.png")[0], 0.01)

    def scale(self, name):
        """The colour bar of <name>.png as colours and their values: what is labelled in <name>.svg, and straight lines
        between. Labels stand 4 units below their marks; text of the normal size has 12 units."""
        svg = (self.folder / f"{name}.svg").read_text()
        unit = max(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) / 12
        found = re.findall(r'fill="#1c2126" x="([\d.]+)" y="([\d.]+)">(\u2212?[\d.]+)<', svg)
        pixels_an_mm = 300 / 25.4
        at, value = np.array(sorted(((float(y) - 4 * unit) * pixels_an_mm, float(text.replace("\u2212", "-")))
                                    for _, y, text in found)).T
        rows = np.arange(int(np.ceil(at[0])) + 2, int(at[-1]) - 2)
        column = int((float(found[0][0]) - (6 + 4) * unit) * pixels_an_mm)
        return pixels(self.folder / f"{name}.png")[rows, column], np.interp(rows + 0.5, at, value)

    def test_colours_are_those_of_the_scale(self):
        """The colour of every voxel beyond the threshold, at its centre, stands on the colour bar where the labels say
        what nibabel reads. The slice is cut half a voxel beyond the outermost centres. Tolerances: the centre is known
        to 3 of about 100 pixels a voxel, as edges are drawn to the unit; a label has three digits and the bar 240 steps
        a half, which together are less than 0.015 of its half."""
        t = {effect: nibabel.load(self.folder / f"results/pet/{effect}/t.nii.gz").get_fdata()[..., 2]
             for effect in ("change", "level")}
        for effect, name, threshold in (("change", "t", 1.5), ("change", "mean", 1.5), ("change", "dz", 1.0),
                                        ("change", "p-uncorrected", 0.2), ("level", "r", 1.5)):
            for ending in ("png", "svg"):
                self.draw("--effect", effect, "--map", name, "--slices", "axial:0", "--threshold", str(threshold), "-o",
                          f"{name}.{ending}")
            value = nibabel.load(self.folder / f"results/pet/{effect}/{name}.nii.gz").get_fdata()[..., 2]
            of_p = name.startswith("p-")
            value = value * np.sign(t[effect]) if of_p else value  # -log10 p
            decides, beyond = (value, -np.log10(threshold)) if of_p else (t[effect], threshold)
            image = pixels(self.folder / f"{name}.png")
            drawn = image[60:].min(2) < 250
            columns, rows = np.flatnonzero(drawn.any(0)), np.flatnonzero(drawn[:, :300].any(1)) + 60
            last = columns[np.flatnonzero(np.diff(columns) > 12)[0]]  # of the brain; then come the bar and its labels
            size = (last + 1 - columns[0]) / SHAPE[0]
            self.assertAlmostEqual((rows[-1] + 1 - rows[0]) / SHAPE[1], size, delta=0.02 * size)
            colours, values = self.scale(name)
            checked = 0
            for i, j in np.argwhere(abs(decides) > 1.2 * beyond):  # no line around what is beyond passes there
                row, column = rows[0] + (SHAPE[1] - 0.5 - j) * size, columns[0] + (SHAPE[0] - 0.5 - i) * size
                near = image[int(row) - 3:int(row) + 4, int(column) - 3:int(column) + 4].reshape(-1, 1, 3)
                distance = abs(near - colours).max(2)
                self.assertLess(distance.min(1).max(), 6, (name, i, j))  # all are on the bar
                shown = values[distance.argmin(1)]
                self.assertLess(abs(shown - value[i, j]).min(), 0.02 * values.max(), (name, i, j))
                self.assertLess(np.ptp(shown), 0.2 * values.max())
                checked += 1
            self.assertGreater(checked, 5, name)

    @unittest.skipUnless(shutil.which("pdftoppm"), "SKIP: pdftoppm (poppler-utils) is not there")
    def test_a_pdf_looks_like_the_png(self):
        """Means over squares of 1 mm differ little: the two have other rules for the edges of letters and lines."""
        arguments = ["--picture", "slices,glass,null-voxel,qq", "--effect", "change", "--panels", "--dpi", "254"]
        self.draw(*arguments, "-o", "a.png")
        self.draw(*arguments, "-o", "a.pdf")
        drawn = subprocess.run(["pdftoppm", "-r", "254", "a.pdf"], cwd=self.folder, check=True, capture_output=True)
        _, size, _, data = drawn.stdout.split(b"\n", 3)
        columns, rows = map(int, size.split())
        pdf, png = np.frombuffer(data, np.uint8).reshape(rows, columns, 3), pixels(self.folder / "a.png")
        np.testing.assert_allclose(pdf.shape, png.shape, atol=1)
        across, down = min(columns, png.shape[1]) // 10, min(rows, png.shape[0]) // 10

        def squares(image):
            return image[:10 * down, :10 * across].reshape(down, 10, across, 10, 3).astype(float).mean((1, 3))

        differences = abs(squares(pdf) - squares(png))
        self.assertLess(differences.mean(), 3)
        self.assertLess(differences.max(), 48)
        text = subprocess.run(["pdftotext", "a.pdf", "-"], cwd=self.folder, check=True, capture_output=True, text=True)
        for word in ("pet: change", "from behind", "relabellings", "expected", "A", "D"):
            self.assertIn(word, text.stdout)

    def test_formats_and_sizes(self):
        before = {path: hashlib.sha256(path.read_bytes()).digest()
                  for path in (self.folder / "results").rglob("*") if path.is_file()}
        arguments = ["--picture", "slices,null-voxel", "--effect", "change,level", "--panels", "--width", "120",
                     "--font-size", "6"]
        said = self.draw(*arguments, "--dpi", "600", "-o", "a.png").stderr
        wide, high, columns, rows = re.search(r"a.png: (\S+) × (\S+) mm, (\d+) × (\d+) pixels at 600 dpi",
                                              said).groups()
        self.assertEqual(wide, "120.0")
        image = pixels(self.folder / "a.png")
        self.assertEqual(image.shape[:2], (int(rows), int(columns)))
        self.assertEqual(int(columns), np.ceil(120 / 25.4 * 600))
        self.assertAlmostEqual(int(rows), float(high) / 25.4 * 600, delta=2)
        self.assertEqual(resolution(self.folder / "a.png"), (23622, 23622))
        self.assertEqual(resolution(next((self.folder / "results").rglob("*change_slices.png"))), (11811, 11811))

        done = self.draw(*arguments, "-o", "a.svg")
        svg = (self.folder / "a.svg").read_text()
        self.assertRegex(svg[:400], r'<svg [^>]*width="120(\.0+)?mm"')
        words = texts(svg)
        self.assertEqual([word for word in words if re.fullmatch("[A-Z]", word) and word not in "LR"], list("ABCD"))
        self.assertEqual(words.count("pet: change"), 2)
        sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)" fill="#54616b" text-anchor="middle" x', svg)}
        self.assertTrue(any(abs(size - 11 / 12 * 6 * 25.4 / 72) < 0.01 for size in sizes), sizes)  # small text, in mm
        captions = done.stdout.splitlines()
        self.assertEqual([line.split(" ")[0] for line in captions], ["A,", "A.", "B.", "C.", "D."])
        self.assertTrue(captions[0].startswith("A, B. The complete map. "), captions[0])
        self.assertTrue(captions[1].startswith("A. pet: change. Thin lines go around what has |t| > "), captions[1])
        self.assertEqual(done.stdout.count("left is the participant's left"), 1)
        with h5py.File(self.folder / "results/results.h5") as h5:
            for effect in ("change", "level"):
                observed = h5[f"null/pet/{effect}/voxel"][0]
                self.assertIn(f"observed {observed:.4g}", words)
        self.draw(*arguments, "-o", "b.svg")
        self.draw(*arguments, "-o", "a.pdf")
        self.draw(*arguments, "-o", "b.pdf")
        for ending in ("svg", "pdf"):
            self.assertEqual((self.folder / f"a.{ending}").read_bytes(), (self.folder / f"b.{ending}").read_bytes())
        pdf = (self.folder / "a.pdf").read_bytes()
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+)", pdf)
        self.assertAlmostEqual(float(box[1]), 120 / 25.4 * 72, delta=0.1)
        self.assertAlmostEqual(float(box[2]), float(high) / 25.4 * 72, delta=0.3)
        self.assertIn(b"/ToUnicode", pdf)  # text can be searched and copied

        self.draw("--picture", "null", "--effect", "level", "--format", "svg,png", "-o", "folder", "--map", "t")
        self.assertEqual(sorted(path.name for path in (self.folder / "folder").iterdir()),
                         [f"pet_level_null-{kind}.{ending}" for kind in ("extent", "voxel")
                          for ending in ("png", "svg")])
        after = {path: hashlib.sha256(path.read_bytes()).digest()
                 for path in (self.folder / "results").rglob("*") if path.is_file()}
        self.assertEqual(before, after)

    def test_bad_input(self):
        for status, words, arguments in (
                (USAGE, [".jpg", ".png, .svg or .pdf"], ["-o", "a.jpg"]),
                (INPUT, ["cbf", "there are: pet"], ["--modality", "cbf"]),
                (INPUT, ["age", "there are: change, level"], ["--effect", "age"]),
                (INPUT, ["tfce", "there are: ", "p-fwe-voxel", "slope"], ["--map", "tfce"]),
                (INPUT, ["rho", "there are: "], ["--map", "rho"]),
                (USAGE, ["tt", "the name of a map"], ["--map", "tt"]),
                (INPUT, ["mass", "there are: uncorrected, voxel, extent"], ["--threshold", "mass"]),
                (USAGE, ["strong"], ["--threshold", "strong"]),
                (USAGE, ["found '-3', expected a t above 0"], ["--threshold", "-3"]),
                (USAGE, ["found '1.5', expected a p between 0 and 1"], ["--map", "p-fwe-voxel", "--threshold", "1.5"]),
                (INPUT, ["r: the results", "there are: ", "mean"], ["--effect", "change", "--map", "r"]),
                (USAGE, ["--dpi", "from 30 to 2400"], ["--dpi", "1000000"]),
                (USAGE, ["--width", "greater than 20"], ["--width", "1"]),
                (OUTPUT, ["too large for a PNG", ".pdf"], ["--width", "1900", "--dpi", "600", "-o", "huge.png"]),
                (OUTPUT, ["nowhere/a.png: cannot be made"], ["-o", "nowhere/a.png"]),
                (OUTPUT, ["nowhere/folder: cannot be made"], ["-o", "nowhere/folder"]),
                (USAGE, ["'.png', which has nothing before .png"], ["-o", ".png"]),
                (USAGE, ["--format", "a.png ends in .png"], ["--format", "svg", "-o", "a.png"]),
                (USAGE, ["voxel:2"], ["--threshold", "voxel:2"]),
                (INPUT, ["pie", "there are: slices, glass, "], ["--picture", "pie"]),
                (INPUT, ["forest", "there are: slices, glass, "], ["--picture", "slices,forest"]),
                (INPUT, ["axial:200", "outside the mask of pet"], ["--slices", "axial:0,200"]),
                (USAGE, ["oblique"], ["--slices", "oblique:3"]),
                (USAGE, ["here"], ["--slices", "axial:here"]),
                (USAGE, ["in which a part is empty"], ["--slices", ""]),
                (INPUT, ["nowhere.nii"], ["--template", "nowhere.nii"])):
            self.assert_refused(status, words, *arguments, run=self.figure)
        (self.folder / "figure.png").write_text("mine")
        self.assert_refused(OUTPUT, ["figure.png", "--force"], run=self.figure)
        self.assertEqual((self.folder / "figure.png").read_text(), "mine")
        self.draw("--force")
        self.assertTrue((self.folder / "figure.png").read_bytes().startswith(b"\x89PNG"))
        self.assert_refused(INPUT, ["participants.tsv"], "figure", "participants.tsv", "-o", "x.png",
                            run=self.run_program)

    def test_a_template_that_is_installed(self):
        """Only where the headers say MNI, where it covers the mask, and where it is not turned off."""
        standard = "fsl/data/standard/MNI152_T1_2mm_brain.nii.gz"
        (self.folder / standard).parent.mkdir(parents=True)
        spots = np.indices((20, 20, 18)).sum(0) % 5 + 1.0
        affine = np.diag([-2.0, 2, 2, 1])
        affine[:3, 3] = 14, -18, -10

        def template(code, where=affine):
            image = nibabel.Nifti1Image(spots.astype(np.float32), where)
            image.set_sform(where, code)
            image.to_filename(self.folder / standard)

        def words(*arguments, **how):
            how = {"FSLDIR": str(self.folder / "fsl"), **how}
            self.assert_done(self.run_program("report", "results", *arguments, **how))
            page = self.page()
            return page.text["effect-1"] + page.text["quality"]

        template(4)
        self.assertNotIn("template", words())  # the images' code is 2
        run = json.loads((self.folder / "results/run.json").read_text())
        self.assertEqual(run["modalities"][0]["space_code"], 2)
        for row in self.rows:
            for name in row[1:3]:
                image = nibabel.load(self.folder / name)
                data = image.get_fdata(dtype=np.float32)
                image = nibabel.Nifti1Image(data, AFFINE)
                image.set_sform(AFFINE, 4)
                image.to_filename(self.folder / name)
        self.run_report("--force", VOXSTAT_TEMPLATE="none")
        found = words()
        self.assertIn("over the MNI template", found)
        self.assertIn("MNI152_T1_2mm_brain.nii.gz", found)
        self.assertNotIn(str(self.folder / "fsl"), (self.folder / "results/report.html").read_text())
        self.assertIn("over the mean of all images", words("--template", "none"))
        self.assertIn("over the mean of all images", words(VOXSTAT_TEMPLATE="none"))
        template(4, affine + np.array([[0, 0, 0, 30], [0] * 4, [0] * 4, [0] * 4]))
        away = words()
        self.assertIn("does not fit these images", away)
        self.assertIn("over the mean of all images", away)
        template(3)
        self.assertIn("does not fit these images", words())
        self.assert_refused(INPUT, ["Talairach", "MNI"], "--template", standard, run=self.figure)

    def template(self, name, affine=np.array([[-2.0, 0, 0, 14], [0, 2, 0, -18], [0, 0, 2, -10], [0, 0, 0, 1]]), code=2):
        """A template that covers the mask, and its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = nibabel.Nifti1Image((np.indices((20, 20, 18)).sum(0) % 5 + 1.0).astype(np.float32), affine)
        image.set_sform(affine, code)
        image.to_filename(path)
        return name

    def test_the_space_of_a_template(self):
        """Labels of BIDS and TemplateFlow, in names, tell spaces apart. Another variant of MNI's is used and said; what
        is not MNI's is refused; of those installed, the images' own is taken."""
        for row in self.rows:
            for k in (1, 2):
                new = row[k].replace("_", "_space-MNI152NLin2009cAsym_").replace(".nii", "_pet.nii")
                (self.folder / row[k]).rename(self.folder / new)
                row[k] = new
        self.write_table()
        self.run_report("--force", VOXSTAT_TEMPLATE="none")

        differs = "the template is of MNI152NLin6Asym, and the images of pet are of MNI152NLin2009cAsym"
        for name, variant in (("tpl-MNI152NLin2009casym_res-02_T1w.nii.gz", False), ("brain.nii", False),
                              ("tpl-MNI152NLin6Asym_T1w.nii.gz", True), ("MNI152_T1_2mm_brain.nii.gz", True),
                              ("group_space-MNI152NLin6Asym_T1w.nii", True)):
            done = self.draw("--template", self.template(name), "-o", "one.svg", "--force")
            self.assertEqual(f"remark: {differs}" in done.stderr, variant, (name, done.stderr))
            self.assertEqual(f"Note that {differs}" in done.stdout, variant)
            os.remove(self.folder / name)
        for name, space in (("sub-01_space-T1w_T1w.nii.gz", "T1w"), ("tpl-OASIS30ANTs_T1w.nii.gz", "OASIS30ANTs")):
            self.assert_refused(INPUT, [name, f"by its name it is in the space {space}", "MNI152NLin2009cAsym"],
                                "--template", self.template(name), run=self.figure)
        self.assert_refused(INPUT, ["by its header it is in the space Talairach"], "--template",
                            self.template("mean.nii", code=3), run=self.figure)

        def found(**how):
            self.assert_done(self.run_program("report", "results", **how))
            return self.page().text["quality"]

        fsl = self.template("fsl/data/standard/MNI152_T1_2mm_brain.nii.gz")
        own = self.template("flow/tpl-MNI152NLin2009cAsym/tpl-MNI152NLin2009cAsym_res-02_desc-brain_T1w.nii.gz")
        both = {"FSLDIR": str(self.folder / "fsl"), "TEMPLATEFLOW_HOME": str(self.folder / "flow")}
        text = found(**both)
        self.assertIn(pathlib.Path(own).name, text)
        self.assertNotIn("Note that", text)
        text = found(FSLDIR=both["FSLDIR"])
        self.assertIn(pathlib.Path(fsl).name, text)
        self.assertIn(f"Note that {differs}", text)
        text = found(VOXSTAT_TEMPLATE=str(self.folder / "sub-01_space-T1w_T1w.nii.gz"))
        self.assertIn("does not fit these images", text)
        self.assertIn("it is in the space T1w", text)


if __name__ == "__main__":
    unittest.main()

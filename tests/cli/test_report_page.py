#!/usr/bin/python3
"""The page of a report: whatever was run, it holds what it promises, and the folder the files that it lists."""
import hashlib
import json
import sys
import unittest
from xml.etree import ElementTree

try:
    import h5py
    import nibabel
    import numpy as np
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
import voxstat_cli
from voxstat_cli import files_of

SVG = "{http://www.w3.org/2000/svg}"

class ReportPage(report_cli.Report):
    # ---- the page and its files ----

    def test_the_page_is_whole(self):
        page = self.run_report()
        self.assert_whole(page, 2)
        for effect in ("effect-1", "effect-2"):
            for heading in ("Where", "Clusters", "The participants in the largest clusters", "Chance alone",
                            "All voxels against chance"):
                self.assertIn(heading, page.text[effect])
            self.assertIn("circular", page.text[effect].lower())
        self.assertEqual(page.text[""].count("Circular:"), 1)
        self.assertIn("8 in the table", page.text["design"])
        self.assertIn("8 in pet: change, level", page.text["design"])
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
        found = set(files_of(self.folder / "results"))
        record = json.loads((self.folder / "results/run.json").read_text())
        self.assertEqual(set(record["files"]), found)
        self.assertEqual(len(record["files"]), len(found))
        pictures = {name[8:-4] for name in found if name.startswith("figures/")}
        for name in ("slices", "glass", "null-voxel", "null-extent", "qq", "cluster-1-values",
                     "design"):
            self.assertIn("pet_change_" + name, pictures)
        for name in pictures:
            png = (self.folder / "results/figures" / (name + ".png")).read_bytes()
            self.assertTrue(png.startswith(b"\x89PNG"))
            svg = (self.folder / "results/figures" / (name + ".svg")).read_text()
            self.assertIn("<svg", svg)
            self.assertNotRegex(svg, r'href="(?!#|data:)')
            texts = ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(SVG + "text")]
            self.assertGreater(len(texts), 0, name)
            self.assertNotIn("glyph", svg) # an outline of a letter
            if name == "pet_change_design":
                self.assertIn("sub-01", texts)

    def test_it_can_be_written_again(self):
        self.run_report()
        out = self.folder / "results"
        before = files_of(out)
        for threads in ("1", "3"):
            (out / "report.html").unlink()
            self.assert_done(self.run_program("report", "results", OMP_NUM_THREADS=threads))
            self.assertEqual(files_of(out), before)
        self.run_report("--force")  # the list of files is still right, or this is refused

    def test_pictures_of_an_earlier_report_go(self):
        self.run_report()
        out = self.folder / "results"
        record = json.loads((out / "run.json").read_text())
        (out / "figures/pet_change_old.png").write_bytes(b"old")
        record["files"].append("figures/pet_change_old.png")
        record["report"].append("figures/pet_change_old.png")
        record["checksums"]["figures/pet_change_old.png"] = hashlib.sha256(b"old").hexdigest() # else it is another's
        (out / "run.json").write_text(json.dumps(record))
        self.assert_done(self.report("-q"))
        self.assertFalse((out / "figures/pet_change_old.png").exists())
        record = json.loads((out / "run.json").read_text())
        self.assertEqual(set(record["files"]), set(files_of(out)))

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
            self.assertNotIn("|t|", page.text["effect-1"].replace("the sum of |t|", ""))
            self.assertRegex(page.text["effect-1"], r"voxels with t < \u2212\d" if tails == "neg" else r"voxels with t > \d")
            self.assertRegex(page.text["effect-1"], r"a mean of \u2212\d" if tails == "neg" else r"a mean of \d")

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
        for words in ("8 in pet: change", "7 in pet: level", "7 in cbf: change", "6 in cbf: level",
                      "1 left out: sub-01 (no image", "1 left out: sub-05 (no value"):
            self.assertIn(words, page.text["design"])
        self.assertIn("Each of the 2 modalities is corrected by itself", page.text["limits"])
        self.assertEqual(len(page.table("quality")), 2)
        self.assertIn("Left out because of missing data: 3", page.text["limits"])
        for words in ("The mean change of pet (n = 8)", "The mean change of cbf (n = 7)", "level (n = 7)",
                      "level (n = 6)", "for the mean of pet t = 3.00, of cbf t = 3.14"):
            self.assertIn(words, page.text["methods"])
        for words in ("of cbf: sub-01", "of pet_level: sub-05", "of cbf_level: sub-05", "cbf/mask.nii.gz",
                      "cbf_change: |t| > 3.14"):
            self.assertIn(words, page.text["checklist"])
        used = [i for i in range(8) if i != 4]
        labels = nibabel.load(self.folder / "results/pet/level/clusters.nii.gz").get_fdata()
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
        page = self.page()
        self.assert_whole(page, 1)
        self.assertIn("More participants are needed", page.text["effect-1"])
        for section in ("effect-1", "design"):
            self.assertRegex(page.text[section], "[Ww]ith 4 participants no family-wise p can be below 0.125")
        self.assertIn("critical none", page.text["effect-1"])
        self.assertNotIn("broken line", page.text["effect-1"])

    def test_too_few_relabellings_to_find_anything(self):
        page = self.run_report("-n", "10")
        self.assert_whole(page, 2)
        self.assertIn("More relabellings", page.text["effect-1"])
        self.assertIn("exact, of all sign flips", page.text["methods"])

    def test_nuisance(self):
        page = self.run_report("--nuisance", "age")
        self.assert_whole(page, 2)
        self.assertEqual([row[0] for row in page.table("values")], [["participant", "age"],
                                                                    ["participant", "age", "level"]])
        for rows in page.table("values"):
            self.assertEqual([float(row[1]) for row in rows[1:]], [float(row[4]) for row in self.rows])
        self.assertIn("sign flips [2] by the Freedman", page.text["methods"])

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
        design = ElementTree.parse(self.folder / "results/figures/pet_change_design.svg")
        self.assertTrue(any(text.text.startswith("<img") for text in design.iter(SVG + "text")))

    def test_a_template_on_another_grid(self):
        affine = np.array([[2.0, 0, 0, -20], [0, 2, 0, -18], [0, 0, 2, -10], [0, 0, 0, 1]])
        self.write_image("template.nii", 1 + np.indices((20, 20, 18)).sum(0), affine)
        page = self.run_report("--template", "template.nii")
        self.assert_whole(page, 2)
        self.assertIn("lies on another grid and was resampled", page.text["quality"])
        self.assertIn("over the template", page.text["effect-1"])
        self.assert_done(self.report())
        self.assertNotIn("template", self.page().text["effect-1"])


if __name__ == "__main__":
    unittest.main()

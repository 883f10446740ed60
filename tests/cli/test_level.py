#!/usr/bin/python3
"""p equal to 0.05 is on the same side of the level in counts, tables, viewers' windows, the page's words and volumes."""
import json
import sys
import unittest

try:
    import nibabel
    import numpy
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
from voxstat_cli import Study


class Level(Study):
    """An effect in a corner that no relabelling reaches: its p are the smallest possible, 1 / 20 or 1 / 40."""

    participants = 8

    def setUp(self):
        super().setUp()
        for row in self.rows:
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 12
            self.write_image(row[2], data)

    def shown(self, out, form):
        """For every map of p: the number of voxels that run.json counts, and that a viewer shows by the window."""
        record = json.loads((self.folder / out / "run.json").read_text())["modalities"][0]["effects"][0]
        for key, counted in record["p"].items():
            image = nibabel.load(self.folder / out / f"pet/change/{key.replace('_', '-')}.nii.gz")
            value = numpy.asarray(image.dataobj)
            low, high = image.header["cal_min"], image.header["cal_max"]
            beyond = value <= high if form == "p" else value >= low
            yield key, counted, int(beyond.sum())
        self.assertEqual(record["clusters"]["extent_below_0_05"], record["p"]["p_fwe_extent"]["voxels_below_0_05"] > 0)

    def test_a_twentieth_is_not_below(self):
        for form in ("log10", "p", "1-p"):
            self.assert_done(self.run_paired("-n", "19", "--p-format", form, "--out", form, "-q"))
            for key, counted, shown in self.shown(form, form):
                self.assertEqual(shown, counted["voxels_below_0_05"], (form, key))
                if key.startswith("p_fwe"):
                    self.assertAlmostEqual(counted["smallest"], 0.05, places=8)  # a float
                    self.assertEqual(shown, 0, (form, key))
            page = report_cli.Page(self.folder / form / "report.html")
            self.assertIn("nothing could have been significant at 0.05", page.text["effect-1"])
            self.assertTrue(any("Nothing is significant, p < 0.05 by" in caption for caption in page.captions))
            headline = (self.folder / form / "report.html").read_text().split('id="headline"')[1].split("</table>")[0]
            self.assertIn("<td", headline)
            self.assertNotIn("found", headline)

    def test_a_fortieth_is(self):
        for form in ("log10", "1-p"):
            self.assert_done(self.run_paired("-n", "39", "--p-format", form, "--out", form, "-q"))
            for key, counted, shown in self.shown(form, form):
                self.assertEqual(shown, counted["voxels_below_0_05"], (form, key))
                if key.startswith("p_fwe"):
                    self.assertAlmostEqual(counted["smallest"], 0.025, places=8)
                    self.assertGreater(shown, 20, (form, key))
            page = report_cli.Page(self.folder / form / "report.html")
            self.assertTrue(any("Bold lines go around what is significant" in caption for caption in page.captions))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Nearly perfect fits: |t| beyond what cluster mass and TFCE count is said, on the terminal, in run.json, on the page."""
import json
import unittest

import numpy

import report_cli
from voxstat_cli import Study


class HugeT(Study):
    def test_what_is_cut_is_said(self):
        self.assert_done(self.run_paired("--out", "plain", "-q"))
        self.assertNotIn("nearly perfect", (self.folder / "plain/report.html").read_text())
        for i, row in enumerate(self.rows):  # a rise of 1000 except in the last bits of a float: t is about 1e7
            before, after = self.read_image(row[1]), self.read_image(row[2])
            before[2:4, 2:4, 2:4] = 1
            after[2:4, 2:4, 2:4] = 1001 + i * 2.0 ** -14
            self.write_image(row[1], before)
            self.write_image(row[2], after)
        done = self.run_paired("--out", "huge")
        self.assert_done(done)
        rise = 1000 + numpy.arange(5) * 2.0 ** -14
        t = rise.mean() / (rise.std(ddof=1) / numpy.sqrt(5))
        record = json.loads((self.folder / "huge/run.json").read_text())
        self.assertAlmostEqual(record["modalities"][0]["effects"][0]["peak"]["t"] / t, 1, places=4)
        said = [remark for remark in record["remarks"] if "nearly perfect" in remark]
        self.assertEqual(len(said), 1)
        self.assertIn("pet change", said[0])
        self.assertIn("up to 65,536", said[0])
        self.assertIn(said[0], done.stderr)
        self.assertIn(said[0], report_cli.Page(self.folder / "huge/report.html").text["question"])


if __name__ == "__main__":
    unittest.main()

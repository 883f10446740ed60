"""A study whose images have a background, for tests of images as they come."""
import json

import nibabel
import numpy

from voxstat_cli import SHAPE, Study

INSIDE = (slice(1, 7), slice(1, 8), slice(1, 6)) # of a background of zeros
VOXELS = 6 * 7 * 5
QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none"]


class Images(Study):
    """The images have a background, so that nothing is remarked on without a reason."""

    report = False

    def setUp(self):
        super().setUp()
        for row in self.rows:
            for name in row[1:3]:
                self.change(name, lambda data: self.framed(data))

    @staticmethod
    def framed(data):
        framed = numpy.zeros(SHAPE)
        framed[INSIDE] = data[INSIDE]
        return framed

    def change(self, name, function, **how):
        self.write_image(name, function(self.read_image(name)), **how)

    def run_quick(self, *arguments):
        return self.run_paired(*QUICK, "--force", *arguments)

    def record(self):
        return json.loads((self.folder / "voxstat-results/run.json").read_text())

    def mask_of(self, *arguments):
        """The record's mask and remarks of a run."""
        done = self.run_quick(*arguments)
        self.assert_done(done)
        record = self.record()
        for remark in record["remarks"]:
            self.assertIn(f"remark: {remark}\n", done.stderr)
        return record["modalities"][0]["mask"], self.about_images(record)

    @staticmethod
    def about_images(record):
        """The remarks except those on the smallest p that so few participants allow, and on images of white noise."""
        return [remark for remark in record["remarks"]
                if "can be significant" not in remark and "white noise" not in remark]

    def t_map(self):
        return nibabel.load(self.folder / "voxstat-results/pet/change/t.nii.gz").get_fdata()

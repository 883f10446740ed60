"""A reference region: every image divided by its mean over it. Truth is what NumPy makes of the same files."""
import json
import unittest

import h5py
import numpy

from voxstat_cli import INPUT, Study

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]


class Reference(Study):
    report = False

    def setUp(self):
        super().setUp()
        self.region = numpy.zeros((8, 9, 7), bool)
        self.region[1:4, 2:6, 3:5] = True
        self.write_image("pons.nii.gz", self.region)

    def ratio(self, name):
        data = self.read_image(name).astype(float)
        values = data[self.region]
        values = values[numpy.isfinite(values) & (values != 0)]
        return data / values.mean(), values.mean(), len(values)

    def change(self, name, function):
        data = self.read_image(name)
        function(data)
        self.write_image(name, data)

    def test_suvr(self):
        self.report = True
        def lose(data):
            data[1, 2, 3], data[2, 2, 3] = 0, numpy.nan # not values of the region
        self.change("sub-02_followup.nii.gz", lose)
        done = self.run_paired(*QUICK, "--reference", "pons.nii.gz")
        self.assert_done(done)
        self.assertIn("pet: every image is divided by the mean over the reference region pons.nii.gz", done.stderr)
        changes = [self.ratio(f)[0] - self.ratio(b)[0] for _, b, f, *_ in self.rows]
        expected = numpy.mean(changes, axis=0)
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            mean = results["maps/pet/change/mean"][()]
            mask = results["mask"][()].astype(bool)
        mean, mask = (a.T if a.shape != expected.shape else a for a in (mean, mask))
        self.assertEqual(mask.sum(), mask.size - 2)
        # The matrix holds floats near 0.1, whose rounding is 4e-9; their mean adds a few.
        numpy.testing.assert_allclose(mean[mask], expected[mask], atol=5e-8, rtol=0)

        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        steps = {entry["path"].rsplit("/", 1)[-1]: entry.get("steps") for entry in record["inputs"]}
        for _, *names, _, _ in self.rows:
            for name in names:
                _, mean, voxels = self.ratio(name)
                self.assertEqual(steps[name][0]["name"], "reference")
                self.assertAlmostEqual(steps[name][0]["figures"]["mean"], mean, places=9)
                self.assertEqual(steps[name][0]["figures"]["voxels"], voxels)
        self.assertEqual([step["name"] for step in record["modalities"][0]["preparation"]], ["reference"])
        self.assertIn("Every image of pet was divided by the mean over the reference region pons.nii.gz. voxstat did "
                      "not register the images.", (self.folder / "voxstat-results/report.html").read_text())

    def test_no_reference(self):
        far = numpy.diag([4.0, 4, 4, 1])
        far[:3, 3] = 500
        self.write_image("far.nii.gz", self.region, far)
        self.assert_refused(INPUT, ["reference region", "far.nii.gz", "100 %", "another space"], *QUICK,
                            "--reference", "far.nii.gz")
        self.write_image("empty.nii.gz", 0 * self.region)
        self.assert_refused(INPUT, ["reference region", "empty.nii.gz", "empty mask"], *QUICK,
                            "--reference", "empty.nii.gz")
        whose = ["participant sub-03", "column pet_followup", "reference region pons.nii.gz"]
        original = self.read_image("sub-03_followup.nii.gz")
        for region, words in ((numpy.nan, "no value"), (1e-9, "mean over")):
            data = original.copy()
            data[self.region] = region
            self.write_image("sub-03_followup.nii.gz", data)
            self.assert_refused(INPUT, whose + [words], *QUICK, "--reference", "pons.nii.gz")


if __name__ == "__main__":
    unittest.main()

"""What a mask keeps, what each participant costs, and who is excluded by name. Truth is NumPy's, from the same files."""
import json
import unittest

import h5py
import nibabel
import numpy

from voxstat_cli import INPUT, SHAPE, USAGE, Study

INSIDE = (slice(1, 7), slice(1, 8), slice(1, 6)) # of a background of zeros
QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]


class Masks(Study):
    """Six participants with a background of zeros; the edge of the object fades, by another law in every image."""
    report = False
    participants = 6

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(5)
        for row in self.rows:
            for name in row[1:3]:
                data = numpy.zeros(SHAPE)
                data[INSIDE] = self.read_image(name)[INSIDE] * random.uniform(0.5, 1, (6, 7, 5))
                data[1, 1:8, 1:6] *= random.uniform(0, 0.6, (7, 5))
                self.write_image(name, data)

    def run_quick(self, *arguments):
        done = self.run_paired(*QUICK, *arguments)
        self.assert_done(done)
        self.record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        return done

    def volume(self, name):
        return numpy.asarray(nibabel.load(self.folder / f"voxstat-results/{name}").dataobj)

    def expect(self, passes):
        """Compares the mask, the n map and the losses with `passes`: per participant and session, the voxels that the
        image does not exclude."""
        self.assertTrue(numpy.array_equal(self.volume("mask.nii.gz"), passes.all((0, 1))))
        n = passes.all(1).sum(0)
        self.assertGreater(len(numpy.unique(n)), 4)
        self.assertTrue(numpy.array_equal(self.volume("n.nii.gz"), n))
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            self.assertTrue(numpy.array_equal(results["/n/pet"][...], n))

    def images(self):
        return numpy.array([[self.read_image(name) for name in row[1:3]] for row in self.rows], float)

    def test_a_share_of_the_global_mean(self):
        """SPM's rule, written out: the mean of the voxels above an eighth of the mean."""
        self.report = True
        images = self.images()
        for share in (0.3, 0.8):
            level = [[share * image[image > image.mean() / 8].mean() for image in row] for row in images]
            self.run_quick("--mask-relative", str(share))
            passes = images > numpy.array(level)[:, :, None, None, None]
            self.expect(passes)
        self.assertIn("above 0.8 times the image's global mean",
                      (self.folder / "voxstat-results/report.html").read_text())

    def test_both_thresholds(self):
        images = self.images()
        level = numpy.array([[0.2 * image[image > image.mean() / 8].mean() for image in row] for row in images])
        higher = numpy.median(level) # half of the images have the other threshold as the higher one
        self.run_quick("--mask-relative", "0.2", "--mask-threshold", repr(float(higher)))
        self.expect(images > numpy.maximum(level, higher)[:, :, None, None, None])

    def test_an_image_without_a_global_mean(self):
        self.write_image(self.rows[2][1], -self.read_image(self.rows[2][1]) - 1)
        self.assert_refused(INPUT, ["sub-03", "pet_baseline", self.rows[2][1], "--mask-relative", "global mean"],
                            *QUICK, "--mask-relative", "0.8")

    def test_what_each_costs_whoever_comes_first(self):
        images = self.images()
        images[3, 1, 3:5, 3:5, 2:5] *= 0.25 # here this image alone is low
        self.write_image(self.rows[3][2], images[3, 1])
        images = self.images()
        passes = images > 3
        excluded = (images != 0) & ~passes
        anywhere = (images != 0).any((0, 1))
        by_row = ~passes.all(1)
        alone = by_row & (by_row.sum(0) == 1) & anywhere
        cost = [(int((excluded[i, s] & alone[i]).sum()), int((excluded[i, s] & anywhere).sum()), i, s)
                for i in range(6) for s in range(2)]
        most = max(cost, key=lambda one: one[:2])
        self.assertEqual(sum(one[:2] == most[:2] for one in cost), 1) # no tie
        for name in (self.rows[most[2]][0], "sub-00", "sub-99"): # in the middle, first, last
            self.rows[most[2]][0] = name
            self.write_table()
            done = self.run_quick("--mask-threshold", "3")
            mask = self.record["modalities"][0]["mask"]
            self.assertEqual(mask["most_threshold"],
                             {"participant": name, "column": ("pet_baseline", "pet_followup")[most[3]],
                              "voxels": most[1], "in_no_other": most[0],
                              "images": sum(one[1] > 0 for one in cost)})
            in_some = (excluded.any((0, 1)) & ~((images == 0).any((0, 1))))
            self.assertEqual(mask["left_out_threshold"], int(in_some.sum()))
            self.assertIn(f"most voxels that are not above the threshold: {name}", done.stderr)
        self.expect(passes)

    def test_zeros_that_are_kept_count_as_data(self):
        self.write_image("all.nii.gz", numpy.ones(SHAPE))
        images = self.images()
        images[1, 1, 2:5, 2, 2] = numpy.nan
        self.write_image(self.rows[1][2], images[1, 1])
        images[4, 0, 3:6, 4, 3] = 0
        self.write_image(self.rows[4][1], images[4, 0])
        self.run_quick("--mask", "all.nii.gz", "--keep-zeros")
        self.assertTrue(numpy.array_equal(self.volume("n.nii.gz"), numpy.isfinite(images).all(1).sum(0)))
        self.run_quick("--mask", "all.nii.gz")
        self.assertTrue(numpy.array_equal(self.volume("n.nii.gz"),
                                          (numpy.isfinite(images) & (images != 0)).all(1).sum(0)))


class Excluded(Study):
    report = False
    participants = 6

    def test_who_is_excluded_is_said_everywhere(self):
        """The figures are those of a table without them."""
        self.report = True
        (self.folder / self.rows[2][1]).write_bytes(b"no image") # excluded images are not read
        done = self.run_paired(*QUICK, "--exclude", "sub-03,sub-05")
        self.assert_done(done)
        self.assertIn("left out: sub-03, sub-05 (excluded by --exclude)", done.stderr)
        self.assertIn("remark: excluded from everything by --exclude: sub-03,sub-05", done.stderr)
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        self.assertEqual(record["study"]["excluded"], ["sub-03", "sub-05"])
        self.assertEqual(record["modalities"][0]["left_out"],
                         [{"participant": name, "reason": "excluded by --exclude"} for name in ("sub-03", "sub-05")])
        self.assertEqual(record["modalities"][0]["n"], 4)
        page = (self.folder / "voxstat-results/report.html").read_text()
        self.assertIn("sub-03 (excluded by --exclude); sub-05 (excluded by --exclude)", page)
        self.assertIn("excluded from everything by --exclude: sub-03,sub-05", page)
        t = self.t_map("voxstat-results")
        del self.rows[4], self.rows[2]
        self.write_table()
        self.assert_done(self.run_paired(*QUICK, "--out", "without"))
        self.assertTrue(numpy.array_equal(t, self.t_map("without")))

    def t_map(self, out):
        return nibabel.load(self.folder / out / "pet/change/t.nii.gz").get_fdata()

    def test_nobody_of_that_name(self):
        self.assert_refused(INPUT, ["participants.tsv", "--exclude sub-08", "did you mean sub-0"], *QUICK, "--exclude",
                            "sub-03,sub-08")
        self.assert_refused(USAGE, ["--exclude"], *QUICK, "--exclude", "")
        self.assert_refused(INPUT, ["pet", "1 complete participant", "sub-02 (excluded by --exclude)"], *QUICK,
                            "--exclude", "sub-01,sub-02,sub-03,sub-04,sub-05")


if __name__ == "__main__":
    unittest.main()

"""Values as they come: in other units, not finite, with coverage that is missing, in masks that are not binary. Truth is
what nibabel and NumPy make of the same files."""
import unittest

import nibabel
import numpy

from images_cli import INSIDE, VOXELS, Images
from voxstat_cli import AFFINE, SHAPE, USAGE


class Coverage(Images):
    report = False
    LOST = (slice(1, 7), slice(1, 3), slice(1, 6)) # 60 voxels at the edge of the mask

    def lose(self, name, value=0):
        def cut(data):
            data[self.LOST] = value
            return data
        self.change(name, cut)

    def test_nothing_to_remark_on(self):
        mask, remarks = self.mask_of()
        self.assertEqual((mask["voxels"], mask["candidate"], remarks), (VOXELS, VOXELS, []))

    def test_zeros_in_a_mask(self):
        self.write_image("brain.nii.gz", self.framed(numpy.ones(SHAPE)))
        for name in ("sub-02_followup.nii.gz", "sub-04_followup.nii.gz"):
            self.lose(name)
        mask, remarks = self.mask_of("--mask", "brain.nii.gz")
        self.assertEqual((mask["candidate"], mask["left_out_zero"], mask["voxels"]), (VOXELS, 60, VOXELS - 60))
        self.assertEqual(mask["most_zero"], {"participant": "sub-02", "column": "pet_followup", "voxels": 60,
                                             "in_no_other": 0, "images": 2})
        self.assertEqual(len(remarks), 2)
        self.assertIn("60 of the 210 voxels", remarks[0])
        for word in ("sub-02", "pet_followup", "60 voxels", "--keep-zeros"):
            self.assertIn(word, remarks[1])
        self.assertTrue(numpy.all(self.t_map()[self.LOST] == 0))
        mask, remarks = self.mask_of("--mask", "brain.nii.gz", "--keep-zeros")
        self.assertEqual((mask["left_out_zero"], mask["kept_zero"], mask["voxels"], remarks), (0, 60, VOXELS, []))
        self.assertTrue(numpy.all(self.t_map()[self.LOST] != 0))

    def test_who_sorts_first_costs_as_much(self):
        for lost in (0, numpy.nan):
            self.setUp()
            self.lose("sub-01_followup.nii.gz", lost)
            found = []
            for name in ("sub-01", "sub-99"):
                self.rows[0][0] = name
                self.write_table()
                mask, remarks = self.mask_of()
                kind = "most_zero" if lost == 0 else "most_not_finite"
                self.assertEqual(mask[kind], {"participant": name, "column": "pet_followup", "voxels": 60,
                                              "in_no_other": 60, "images": 1})
                self.assertEqual(len(remarks), 1)
                self.assertIn(f"participant {name}, column pet_followup", remarks[0])
                found.append([mask[key] for key in sorted(mask) if not key.startswith("most")])
            self.assertEqual(found[0], found[1])

    def test_two_who_lose_the_same(self):
        for name in ("sub-02_followup.nii.gz", "sub-04_followup.nii.gz"):
            self.lose(name)
        mask, remarks = self.mask_of()
        self.assertEqual((mask["voxels"], mask["left_out_zero"]), (VOXELS - 60, 60))
        self.assertEqual(len(remarks), 1)
        for word in ("60 of the 210 voxels", "exactly 0", "sub-02", "pet_followup", "one of 2", "lacks 60"):
            self.assertIn(word, remarks[0])

    def test_keep_zeros_and_level_are_about_a_mask(self):
        for words in (["--keep-zeros"], ["--mask-level", "0.5"]):
            self.assert_refused(USAGE, [words[0], "--mask"], *words)


class Values(Images):
    report = False

    def test_doubles_are_subtracted_before_they_are_rounded(self):
        offset = 1e6 # a float holds such values to 0.06, the spread of the change is 1
        random = numpy.random.default_rng(5)
        changes = []
        for row in self.rows:
            images = [self.framed(offset + random.standard_normal(SHAPE)) for _ in range(2)]
            for name, data in zip(row[1:3], images):
                nibabel.Nifti1Image(data, AFFINE).to_filename(self.folder / name)
            changes.append(images[1] - images[0])
        self.assert_done(self.run_quick())
        changes = numpy.array(changes)[(slice(None), *INSIDE)]
        expected = changes.mean(0) / (changes.std(0, ddof=1) / numpy.sqrt(len(changes)))
        numpy.testing.assert_allclose(self.t_map()[INSIDE], expected, rtol=1e-5, atol=1e-6)
        self.assertEqual(self.about_images(self.record()), [])

    def test_other_units(self):
        self.report = True
        self.change("sub-03_followup.nii.gz", lambda data: 1e4 * data)
        _, remarks = self.mask_of()
        self.assertEqual(len(remarks), 1)
        for word in ("sub-03", "pet_followup", "other units"):
            self.assertIn(word, remarks[0])
        self.assertRegex(remarks[0], r"about (9\d\d\d|1\d\d\d\d) times")
        page = (self.folder / "voxstat-results/report.html").read_text()
        self.assertIn("in other units?</li>", page)

    def test_sessions_in_other_units(self):
        for row in self.rows:
            self.change(row[1], lambda data: data / 1000)
        _, remarks = self.mask_of()
        self.assertEqual(len(remarks), 1)
        self.assertIn("column pet_followup are about", remarks[0])

    def test_the_whole_box(self):
        random = numpy.random.default_rng(6)
        for row in self.rows:
            for name in row[1:3]:
                self.change(name, lambda data: data + random.uniform(1, 2, SHAPE))
        mask, remarks = self.mask_of()
        self.assertEqual(mask["voxels"], mask["grid_voxels"])
        self.assertIn("100.0 % of the grid", remarks[0])
        self.write_image("brain.nii.gz", self.framed(numpy.ones(SHAPE)))
        self.assertEqual(self.mask_of("--mask", "brain.nii.gz")[1], [])


class MaskFile(Images):
    report = False

    def setUp(self):
        super().setUp()
        mask = numpy.full(SHAPE, 1e-7)
        mask[INSIDE] = 0.9
        mask[1, 1, 1] = 0.3
        self.write_image("mask.nii.gz", mask)

    def test_not_binary(self):
        mask, remarks = self.mask_of("--mask", "mask.nii.gz", "--keep-zeros")
        between = numpy.prod(SHAPE) - VOXELS + 1
        self.assertEqual(mask["file_values"]["between"], between)
        self.assertAlmostEqual(mask["file_values"]["lowest"], 1e-7)
        self.assertIn("not binary", remarks[0])
        self.assertIn("--mask-level", remarks[0])
        mask, remarks = self.mask_of("--mask", "mask.nii.gz", "--mask-level", "0.5")
        self.assertEqual((mask["candidate"], remarks), (VOXELS - 1, []))

    def test_labels_of_255_are_binary(self):
        self.write_image("mask.nii.gz", self.framed(numpy.full(SHAPE, 255)))
        self.assertEqual(self.mask_of("--mask", "mask.nii.gz")[1], [])


if __name__ == "__main__":
    unittest.main()

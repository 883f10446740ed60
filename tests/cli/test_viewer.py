#!/usr/bin/python3
"""The volumes in report.html for its viewer, unpacked as volume.h says and read with nibabel: their values and places
against the maps of the run, the images and the atlas, within half a step of their integers."""
import base64
import gzip
import html.parser
import json
import os
import subprocess
import sys
import unittest

try:
    import h5py
    import nibabel
    import numpy
    from scipy import ndimage

    from voxstat_cli import AFFINE, SHAPE, Study, place_of
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)


if not os.environ["VOXSTAT_NIIVUE"]:
    print("SKIP: built without NiiVue")
    sys.exit(77)


HEADER = 352 # bytes of a NIfTI-1 file before its data


def unpacked(packed):
    """The NIfTI-1 file of a volume: sums, along z, y and x, of the folded differences."""
    raw = gzip.decompress(packed)
    shape = numpy.frombuffer(raw, "<i2", 3, 42)
    low, high = numpy.frombuffer(raw, "u1", offset=HEADER).astype(int).reshape(2, -1)
    folded = low + 256 * high
    value = numpy.where(folded % 2, -(folded + 1) // 2, folded // 2).reshape(shape, order="F")
    for axis in (2, 1, 0):
        value = value.cumsum(axis)
    return raw[:HEADER] + value.astype("u2").astype("<u2").tobytes(order="F")


class Volumes(html.parser.HTMLParser):
    """Every <script class="volume">: its attributes and its image."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.inside = tag == "script" and ("class", "volume") in attrs
        if self.inside:
            self.found.append((dict(attrs), None))

    def handle_data(self, data):
        if self.inside:
            raw = unpacked(base64.b64decode(data, validate=True))
            self.found[-1] = (self.found[-1][0], nibabel.Nifti1Image.from_bytes(raw))
            self.inside = False


class Viewer(Study):
    def make_report(self, *options):
        # Voxels of which one image has nothing are outside the mask: the page's volumes are a part of the grid.
        for name in ("sub-01_baseline.nii.gz", "sub-03_followup.nii.gz"):
            image = self.read_image(name)
            image[:, :4] = 0
            image[6:] = 0
            self.write_image(name, image)
        self.assert_done(self.run_paired("--covariate", "level", "--cluster-p", "0.05", "--out", "out", *options))
        self.page = (self.folder / "out" / "report.html").read_text()
        return Volumes(self.page).found

    def part(self, image):
        """The part of the grid that a volume covers, as slices."""
        shift = numpy.linalg.inv(AFFINE) @ image.affine
        start = numpy.round(shift[:3, 3]).astype(int)
        numpy.testing.assert_allclose(shift[:3, :3], numpy.eye(3), atol=1e-6)
        numpy.testing.assert_allclose(shift[:3, 3], start, atol=1e-6)
        return tuple(slice(first, first + length) for first, length in zip(start, image.shape))

    def assert_near(self, image, truth, least, most):
        step = image.dataobj.slope
        wanted = numpy.clip(numpy.nan_to_num(truth[self.part(image)]), least * step, most * step)
        self.assertLessEqual(numpy.abs(image.get_fdata() - wanted).max(), step / 2 * (1 + 1e-5))

    def test_every_map_is_the_runs(self):
        volumes = self.make_report("--p-format", "p")
        seen = set()
        mask = self.read_image("out/mask.nii.gz") > 0
        for about, image in volumes:
            if "data-effect" not in about:
                continue
            stem, name = about["data-effect"], about["data-map"]
            seen.add((stem, name))
            truth = self.read_image(f"out/{place_of(stem)}/{name}.nii.gz").astype(float)
            if name.startswith("p-"):
                truth = numpy.where(mask, -numpy.log10(numpy.where(mask, truth, 1)), 0)
            most = 32767 if name.startswith("p-") else 2047
            self.assert_near(image, truth, -most, most)
            self.assertLess(image.dataobj.slope, 1.01 * float(about["data-limit"]) / most)
            limit = max(numpy.abs(truth).max(), 1.1 * float(about["data-threshold"]))
            self.assertAlmostEqual(float(about["data-limit"]) / limit, 1, places=5)
            threshold = float(about["data-threshold"]) # where the colours of a tail begin; they end at the largest value
            stops = [float(stop) for stop in about["data-stops"].split()]
            numpy.testing.assert_allclose(stops, numpy.linspace(threshold, max(threshold, numpy.abs(truth).max()), 17),
                                          rtol=5e-5)
            self.assertEqual(about["data-tails"], "" if name.startswith("p-") else "two")
            self.assertEqual(about.get("data-p"), None if not name.startswith("p-") else
                             "primary" if name == "p-fwe-voxel" else "further")
            outside = mask.copy()
            outside[self.part(image)] = False
            self.assertFalse(outside.any())
            self.assertLess(image.shape[1], SHAPE[1])
        p = {"p-fwe-voxel", "p-fwe-extent", "p-fwe-mass", "p-fwe-tfce", "p-fdr"}
        self.assertEqual(seen, {("pet_change", name) for name in p | {"t", "mean", "dz", "tfce"}} |
                         {("pet_level", name) for name in p | {"t", "slope", "r", "tfce"}})

    def units(self, *options):
        return {(about["data-effect"], about["data-map"]): about.get("data-units")
                for about, _ in self.make_report("--force", *options) if "data-effect" in about}

    def test_maps_in_the_units_of_the_data_say_so(self):
        self.assertEqual(set(self.units().values()), {None})
        found = self.units("--units", "pet=mL/100 g/min")
        self.assertEqual(found.pop(("pet_change", "mean")), "mL/100 g/min")
        self.assertEqual(found.pop(("pet_level", "slope")), "mL/100 g/min per unit")
        self.assertEqual(set(found.values()), {None}) # t, r, p and so on have no units
        (self.folder / "participants.json").write_text('{"level": {"Units": "ng/mL"}}')
        self.assertEqual(self.units("--change", "percent")["pet_level", "slope"], "% / ng/mL")

    def test_a_signed_map_names_the_tail_tested(self):
        for tail in ("pos", "neg"):
            self.assertEqual({about["data-tails"] for about, _ in self.make_report("--tails", tail, "--force")
                              if about.get("data-map") == "t"}, {tail})

    def test_the_mean_image_is_that_of_all_images(self):
        about, image = next(found for found in self.make_report() if "data-effect" not in found[0])
        mean = numpy.mean([self.read_image(path) for row in self.rows for path in row[1:3]], axis=0, dtype=float)
        self.assertAlmostEqual(float(about["data-white"]) / 255 / image.dataobj.slope, 1, places=5)
        self.assert_near(image, mean, 0, 255)
        self.assertGreater(image.get_fdata().max(), 0.5 * float(about["data-white"]))

    def test_regions_are_those_of_the_atlas(self):
        """They are in the results: a later report does not need the atlas. A name is text, whatever it holds."""
        labels = numpy.zeros(SHAPE, "i2")
        labels[:4], labels[4:6, 5:] = 7, 300
        self.write_image("atlas.nii.gz", labels)
        name = {7: '</script><b>"left" & co', 300: "ימין"}
        (self.folder / "atlas.tsv").write_text("index\tname\n" + "".join(f"{k}\t{v}\n" for k, v in name.items()))
        volumes = self.make_report("--atlas", "atlas.nii.gz")
        about, image = next(found for found in volumes if "data-regions" in found[0])
        names = json.loads(about["data-regions"])
        self.assertEqual(names, list(name.values()))
        mask = (self.read_image("out/mask.nii.gz") > 0)[self.part(image)]
        wanted = numpy.where(mask, labels[self.part(image)], 0)
        seen = image.get_fdata().astype(int)
        self.assertEqual(set(numpy.unique(wanted)), {0, 7, 300})
        numpy.testing.assert_array_equal(numpy.array([0, 7, 300])[seen], wanted)
        os.remove(self.folder / "atlas.nii.gz")
        self.assert_done(self.run_program("report", "out", "-q"))
        again = next(found for found in Volumes((self.folder / "out/report.html").read_text()).found
                     if "data-regions" in found[0])
        numpy.testing.assert_array_equal(again[1].get_fdata(), seen)

    def test_a_template_lies_where_it_lies(self):
        # Voxels of 3 mm, the other way round in x, over a little more space.
        affine = numpy.array([[3.0, 0, 0, -22], [0, 3, 0, -20], [0, 0, 3, -11], [0, 0, 0, 1]])
        place = numpy.indices((16, 17, 14))
        template = 50 + 3 * place[0] - 2 * place[1] + numpy.sin(place[2])
        self.write_image("template.nii.gz", template, affine)
        _, image = self.make_report("--template", "template.nii.gz")[0]
        voxels = numpy.indices(SHAPE).reshape(3, -1)
        at = numpy.linalg.inv(affine) @ AFFINE @ numpy.vstack([voxels, numpy.ones(voxels.shape[1])])
        truth = ndimage.map_coordinates(template.astype(numpy.float32).astype(float), at[:3], order=1)
        self.assert_near(image, truth.reshape(SHAPE), 0, 255)

    def test_p_at_the_level_lies_below_the_threshold(self):
        """Rounding to integers: 1/20 is rounded to below the threshold, and smaller p to above it."""
        self.make_report("-q")
        for largest in (20, 16384, 100000):
            fractions = [5000 / 100000, 4999 / 100000, 5001 / 100000, 1 / largest, 819 / 16384, 820 / 16384]
            with h5py.File(self.folder / "out/results.h5", "a") as h5:
                p = h5["maps/pet/change/p-fwe-voxel"]
                truth = numpy.zeros(SHAPE, "f4")
                truth[:6, 5, 3] = -numpy.log10(numpy.array(fractions, "f4").astype(float))
                p[...] = truth
            self.assert_done(self.run_program("report", "out", "-q"))
            about, image = next(found for found in Volumes((self.folder / "out/report.html").read_text()).found
                                if found[0].get("data-map") == "p-fwe-voxel")
            seen = image.get_fdata()[:6, 5 - self.part(image)[1].start, 3 - self.part(image)[2].start]
            self.assertEqual((seen >= float(about["data-threshold"])).tolist(), [k < 1 / 20 for k in fractions])

    def test_the_licence_comes_along(self):
        self.make_report()
        self.assertIn("Copyright (c) 2021, Niivue", self.page)
        self.assertIn("Redistributions in binary form must reproduce the above copyright notice", self.page)

    def test_without_niivue_one_line_stands_instead(self):
        self.make_report()
        subprocess.run([os.environ["VOXSTAT_BARE"], "report", "out"], cwd=self.folder, check=True, capture_output=True)
        bare = (self.folder / "out" / "report.html").read_text()
        self.assertIn("built without NiiVue", bare)
        self.assertEqual(Volumes(bare).found, [])
        self.assertLess(len(bare), len(self.page) - 400000)


if __name__ == "__main__":
    unittest.main()

"""Images on several grids, and their smoothness: --regrid, --smooth, --smooth-to. Truth is what SciPy makes of the same
files."""
import hashlib
import json
import unittest

import h5py
import nibabel
import numpy
from scipy import ndimage, optimize, special

from voxstat_cli import AFFINE, INPUT, SHAPE, USAGE, Study, page_of

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]
FWHM = numpy.sqrt(8 * numpy.log(2))


class Grid(Study):
    report = False

    def results(self):
        """The mean change over the grid, and the mask."""
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            return results["maps/pet/change/mean"][()].astype(float), results["mask"][()].astype(bool)

    def record(self):
        return json.loads((self.folder / "voxstat-results/run.json").read_text())

    def mean_change(self, prepare):
        return numpy.mean([prepare(f) - prepare(b) for _, b, f, *_ in self.rows], axis=0)

    def pairs(self):
        return [(name, column) for _, *names, _, _ in self.rows for name, column in zip(names, self.header[1:3])]

    def assert_mean(self, expected, least):
        """Floats near 10 are rounded by 5e-7, their change again; the mean of five is no worse."""
        mean, mask = self.results()
        self.assertEqual(mean.shape, expected.shape)
        numpy.testing.assert_array_equal(mask, numpy.isfinite(expected) & (expected != 0))
        self.assertGreater(mask.sum(), least)
        numpy.testing.assert_allclose(mean[mask], expected[mask], atol=1.5e-6, rtol=0)


class Devices(Grid):
    """Smoothing and regridding give the same bits by C, and on OpenCL devices in the forms of processors and GPUs."""

    report = False

    def maps(self, *arguments, **environment):
        done = self.run_paired(*QUICK, *arguments, **environment)
        self.assert_done(done)
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            found = {}
            results["maps"].visititems(lambda name, item: found.update({name: item[()].tobytes()})
                                       if isinstance(item, h5py.Dataset) else None)
            return found

    def test_devices(self):
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        data = self.read_image("sub-02_followup.nii.gz")
        data[:2], data[4, 3, 2] = 0, numpy.nan
        self.write_image("sub-02_followup.nii.gz", data)
        for steps in (["--smooth", "9"], ["--regrid", "3", "--smooth-to", "20"],
                      ["--regrid", "5.5", "--regrid-method", "cubic", "--smooth", "7"]):
            wanted = self.maps(*steps, "--device", "cpu")
            self.assertGreater(len(wanted), 3)
            for form in ("cpu", "gpu"):
                with self.subTest(steps=steps, form=form):
                    self.assertEqual(self.maps(*steps, "--device", "opencl", VOXSTAT_KERNEL_FORM=form), wanted)


class Smooth(Grid):
    report = False

    def test_smooth(self):
        """The kernels of SciPy end at the same voxel: 5 sigma are 3.6 voxels, which is 4 for both. So do zeros and NaN."""
        self.report = True
        sigma = 2.88 / 4

        def smooth(name):
            x = self.read_image(name).astype(float)
            has = numpy.isfinite(x) & (x != 0)
            filtered = [ndimage.gaussian_filter(a, sigma, mode="constant", truncate=5)
                        for a in (numpy.where(has, x, 0), has.astype(float))]
            with numpy.errstate(invalid="ignore", divide="ignore"):
                return numpy.where(has, filtered[0] / filtered[1], numpy.nan)

        data = self.read_image("sub-02_followup.nii.gz")
        data[:2], data[4, 3, 2] = 0, numpy.nan
        self.write_image("sub-02_followup.nii.gz", data)
        done = self.run_paired(*QUICK, "--smooth", f"{2.88 * FWHM:.12f}")
        self.assert_done(done)
        self.assertIn("pet: every image is smoothed by a Gaussian of 6.78188 mm FWHM", done.stderr)
        self.assert_mean(self.mean_change(smooth), 300)
        record = self.record()
        self.assertEqual([step["name"] for step in record["modalities"][0]["preparation"]], ["smooth"])
        report = page_of(self.folder / "voxstat-results/report.html")
        self.assertIn("Every image of pet was smoothed by a Gaussian of 6.78188 mm FWHM. ", report)
        smoothness = " \xd7 ".join(f"{mm:.1f}" for mm in record["modalities"][0]["smoothness_mm"])
        self.assertIn(f"The residuals had a smoothness (FWHM) of {smoothness} mm", report)

    def test_smooth_to(self):
        """Noise of 8 mm over anatomy that all share. One image has 16 mm: it is left as it is, and named."""
        random = numpy.random.default_rng(5)
        shape = (30, 28, 26)
        anatomy = 100 + 20 * ndimage.gaussian_filter(random.standard_normal(shape), 6 / FWHM * 2, mode="wrap")
        for name, _ in self.pairs():
            fwhm = 16 if name == "sub-04_baseline.nii.gz" else 8
            noise = ndimage.gaussian_filter(random.standard_normal(shape), fwhm / FWHM / 4, mode="wrap")
            self.write_image(name, anatomy + noise / noise.std())
        done = self.run_paired(*QUICK, "--smooth-to", "10", "--threads", "2")
        self.assert_done(done)
        self.assertIn("remark: 1 image is smoother than --smooth-to 10 mm along some axis", done.stderr)
        self.assertIn("of participant sub-04, column pet_baseline, has ", done.stderr)
        images = {entry["path"].rsplit("/", 1)[-1]: entry["steps"][0] for entry in self.record()["inputs"]
                  if entry.get("steps")}
        for name, _ in self.pairs():
            found = numpy.array([images[name]["figures"][f"fwhm_{axis}"] for axis in "xyz"])
            if name == "sub-04_baseline.nii.gz":  # 4 voxels: fewer independent elements
                numpy.testing.assert_allclose(found, 16, rtol=0.2)
            else:  # the SD of an estimate from 33,000 voxels of 3 voxels FWHM is 2 %; these are 22,000 of 2 voxels
                numpy.testing.assert_allclose(found, 8, rtol=0.08)
            added = " x ".join(f"{mm:.4g}" for mm in numpy.sqrt(numpy.maximum(100 - found ** 2, 0)))
            self.assertIn(f"FWHM {added} mm", images[name]["parameters"])
        mean = self.results()[0]
        self.assert_done(self.run_paired(*QUICK, "--smooth-to", "10", "--threads", "1"))
        numpy.testing.assert_array_equal(self.results()[0], mean)

    def test_smoothness(self):
        """The FWHM of the residuals of noise of 12, 10 and 14 mm, by the equations of docs/statistics.md."""
        random = numpy.random.default_rng(7)
        images = {}
        for name, _ in self.pairs():
            noise = random.standard_normal((24, 22, 20))
            images[name] = ndimage.gaussian_filter(noise, numpy.divide([12, 10, 14], 4 * FWHM), mode="wrap") + 10
            self.write_image(name, images[name])
        self.assert_done(self.run_paired(*QUICK))
        self.assertFalse(any("white noise" in remark for remark in self.record()["remarks"]))
        found = self.record()["modalities"][0]["smoothness_mm"]
        change = numpy.array([images[f].astype(numpy.float32) - images[b].astype(numpy.float32)
                              for _, b, f, *_ in self.rows], float)
        residual = change - change.mean(axis=0)
        unit = residual / numpy.sqrt((residual ** 2).sum(axis=0))
        nu = self.participants - 1

        def expected(rho):
            gammas = numpy.exp(2 * (special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2)))
            return rho * 2 / nu * gammas * special.hyp2f1(0.5, 0.5, (nu + 2) / 2, rho ** 2)

        for axis in range(3):
            n = unit.shape[axis + 1]
            c = (unit.take(range(n - 1), axis + 1) * unit.take(range(1, n), axis + 1)).sum(axis=0).mean()
            rho = optimize.brentq(lambda x, c=c: expected(x) - c, 0, 1)
            fwhm = 4 * numpy.sqrt(-2 * numpy.log(2) / numpy.log(rho))
            self.assertAlmostEqual(found[axis] / fwhm, 1, places=5)  # changes are rounded to float once
            self.assertAlmostEqual(found[axis] / (12, 10, 14)[axis], 1, delta=0.2)

    def test_white_noise(self):
        done = self.run_paired(*QUICK)
        self.assert_done(done)
        self.assertIn("remark: pet: the residuals are white noise from voxel to voxel (FWHM ", done.stderr)

    def test_few_images(self):
        (self.folder / "one.tsv").write_text("participant_id\tpet\n" + "".join(
            f"{row[0]}\t{row[1]}\n" for row in self.rows[:3]))
        self.assert_refused(INPUT, ["--smooth-to", "3 images are too few", "4 are needed", "--smooth needs none"],
                            *QUICK, "--smooth-to", "8", "--table", "one.tsv", "--design", "onesample",
                            run=self.run_program)

    def test_refused(self):
        self.assert_refused(USAGE, ["--smooth", "--smooth-to", "exclude each other"], *QUICK, "--smooth", "8",
                            "--smooth-to", "8")
        self.assert_refused(USAGE, ["--smooth"], *QUICK, "--smooth", "-1")
        sheared = AFFINE.copy()
        sheared[0, 1] = 0.5
        for name, _ in self.pairs():
            self.write_image(name, self.read_image(name), sheared)
        self.assert_refused(INPUT, ["participant sub-01", "column pet_baseline", "sub-01_baseline.nii.gz", "x and y",
                                    "97.13 degrees", "--regrid"], *QUICK, "--smooth", "8")


class Regrid(Grid):
    report = False

    def interpolate(self, name, affine, shape, order):
        image = nibabel.load(self.folder / name)
        voxels = numpy.indices(shape).reshape(3, -1)
        to = numpy.linalg.inv(image.affine) @ affine
        at = to[:3, :3] @ voxels + to[:3, 3:]
        data = ndimage.map_coordinates(image.get_fdata(), at, order=order, mode="nearest" if order == 1 else "mirror")
        inside = numpy.all((at >= -0.5) & (at < numpy.array(image.shape)[:, None] - 0.5), axis=0)
        return numpy.where(inside, data, numpy.nan).reshape(shape)

    def put_on_other_grids(self):
        """Every image has voxels of its own, in another order, some backwards; they agree about the brain."""
        random = numpy.random.default_rng(3)
        for i, (name, _) in enumerate(self.pairs()):
            order = random.permutation(3)
            signs = random.choice([-1, 1], 3)
            affine = numpy.eye(4)
            affine[:3, :3] = 0
            for axis in range(3):
                affine[order[axis], axis] = signs[axis] * random.uniform(3, 4.5)
            shape = random.integers(9, 13, 3)
            affine[:3, 3] = [0, 2, 4] - affine[:3, :3] @ (shape - 1) / 2
            self.write_image(name, 10 + random.standard_normal(shape) + 0.1 * i, affine)

    def test_file(self):
        self.put_on_other_grids()
        self.write_image("grid.nii.gz", numpy.ones(SHAPE))
        self.assert_refused(INPUT, ["another grid than that of", "--regrid brings images to one grid"], *QUICK)
        for method, order in (("linear", 1), ("cubic", 3)):
            done = self.run_paired(*QUICK, "--regrid", "grid.nii.gz", "--regrid-method", method)
            self.assert_done(done)
            words = {"linear": "trilinear interpolation", "cubic": "cubic B-splines"}[method]
            self.assertIn(f"every image is brought to the grid of grid.nii.gz by {words}", done.stderr)
            self.assert_mean(self.mean_change(lambda name, o=order: self.interpolate(name, AFFINE, SHAPE, o)), 200)
        record = self.record()
        inputs = {entry["path"].rsplit("/", 1)[-1]: entry for entry in record["inputs"]}
        self.assertEqual(inputs["grid.nii.gz"]["sha256"],
                         hashlib.sha256((self.folder / "grid.nii.gz").read_bytes()).hexdigest())
        for name, _ in self.pairs():
            self.assertEqual(inputs[name]["steps"][0]["figures"], {"points": 1})
        self.assertEqual(record["modalities"][0]["dim"], list(SHAPE))

    def test_millimetres(self):
        """Along the axes of the first image, whose x is backwards, with the origin of the space at a voxel's centre."""
        done = self.run_paired(*QUICK, "--regrid", "3")
        self.assert_done(done)
        affine = numpy.diag([-3.0, 3, 3, 1])
        affine[:3, 3] = [12, -15, -9]  # the box begins at 14, -18 and -10
        self.assertEqual(self.record()["modalities"][0]["affine"], affine.tolist())
        self.assert_mean(self.mean_change(lambda name: self.interpolate(name, affine, (10, 11, 9), 1)), 900)

    def test_average(self):
        """Voxels of 12 mm hold 3 x 3 x 3 of 4 mm: their centres are those of the middle ones."""
        random = numpy.random.default_rng(6)
        affine = numpy.diag([4.0, 4, 4, 1])
        affine[:3, 3] = -16
        for name, _ in self.pairs():
            self.write_image(name, 10 + random.standard_normal((12, 12, 12)), affine)
        self.assert_done(self.run_paired(*QUICK, "--regrid", "12"))

        def average(name):
            return self.read_image(name).astype(float).reshape(4, 3, 4, 3, 4, 3).mean(axis=(1, 3, 5))

        self.assertEqual(self.record()["modalities"][0]["affine"][0], [12, 0, 0, -12])
        self.assert_mean(self.mean_change(average), 63)
        images = [entry for entry in self.record()["inputs"] if "participant" in entry and entry.get("steps")]
        self.assertEqual([entry["steps"][0]["figures"]["points"] for entry in images], [27] * 10)

    def test_the_grid_that_is_there(self):
        """Images on the grid are not touched: the results are those without the option."""
        self.assert_done(self.run_paired(*QUICK))
        plain, _ = self.results()
        self.assert_done(self.run_paired(*QUICK, "--regrid", "sub-02_baseline.nii.gz", "--regrid-method", "cubic"))
        numpy.testing.assert_array_equal(self.results()[0], plain)

    def test_refused(self):
        self.assert_refused(USAGE, ["--regrid-method", "--regrid", "not given"], *QUICK, "--regrid-method", "cubic")
        self.assert_refused(USAGE, ["--regrid 0", "above 0 mm"], *QUICK, "--regrid", "0")
        self.assert_refused(INPUT, ["--regrid", "none.nii.gz"], *QUICK, "--regrid", "none.nii.gz")
        self.assert_refused(INPUT, ["voxels of 500 mm", "32 mm along their axis x"], *QUICK, "--regrid", "500")
        far = AFFINE.copy()
        far[:3, 3] += 500
        self.write_image("sub-03_followup.nii.gz", self.read_image("sub-03_followup.nii.gz"), far)
        self.assert_refused(INPUT, ["participant sub-03", "column pet_followup", "sub-03_followup.nii.gz",
                                    "3 mm voxels", "another space"], *QUICK, "--regrid", "3")


if __name__ == "__main__":
    unittest.main()

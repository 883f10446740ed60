"""Scaling: by the global mean, by eroded regions and regions of an atlas, by modality, and what the reference itself
did. Truth is what NumPy and SciPy make of the same files."""
import json
import unittest

import h5py
import nibabel
import numpy
import scipy.ndimage
import scipy.stats

from voxstat_cli import INPUT, SHAPE, USAGE, Study, page_of

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]


def spm_global(data):
    """spm_global: the mean of what is above an eighth of the mean of all finite values."""
    finite = data[numpy.isfinite(data)].astype(float)
    above = finite[finite > finite.mean() / 8]
    return above.mean(), len(above)


class Scale(Study):
    report = False

    def setUp(self):
        super().setUp()
        self.labels = numpy.zeros(SHAPE, numpy.int32)
        self.labels[0:5, 1:7, 1:6] = 3
        self.labels[5:7, 1:7, 1:6] = 8
        self.write_image("labels.nii.gz", self.labels)
        (self.folder / "labels.tsv").write_text("index\tname\n3\tbig pons\n8\tcortex\n")

    def each_image(self, function):
        for k, (_, *names, _, _) in enumerate(self.rows):
            for session, name in enumerate(names):
                self.write_image(name, function(self.read_image(name), k, session))

    def done(self, *arguments):
        done = self.run_paired(*QUICK, *arguments)
        self.assert_done(done)
        return done, json.loads((self.folder / "voxstat-results/run.json").read_text())

    def figures(self, record):
        """The figures of the first step of every image, as an array of people by sessions of {name: value}."""
        steps = {entry["path"].rsplit("/", 1)[-1]: entry.get("steps", [None])[0] for entry in record["inputs"]}
        return [[steps[name] and steps[name]["figures"] for name in names] for _, *names, _, _ in self.rows]

    def mean_change(self, modality="pet"):
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            mean = results[f"maps/{modality}/change/mean"][()]
        return mean.T if mean.shape != SHAPE else mean

    def test_global(self):
        self.report = True
        def with_air(data, k, session):
            data[:, :, :3] = 0.2 * data[:, :, :3] / 10 # air below an eighth of the mean, and values that are none
            data[0, 0, 6], data[1, 0, 6] = numpy.nan, 0
            return data * (1 + 0.1 * k + 0.05 * session)
        self.each_image(with_air)
        done, record = self.done("--scale", "global")
        changes = []
        for (_, *names, _, _), figures in zip(self.rows, self.figures(record)):
            scaled = []
            for name, found in zip(names, figures):
                data = self.read_image(name).astype(float)
                mean, voxels = spm_global(data)
                self.assertLess(voxels, data.size / 1.5)
                self.assertAlmostEqual(found["mean"], mean, places=9)
                self.assertEqual(found["voxels"], voxels)
                scaled.append(data / mean)
            changes.append(scaled[1] - scaled[0])
        expected = numpy.mean(changes, axis=0)
        inside = numpy.isfinite(expected) & (self.read_image("sub-01_baseline.nii.gz") != 0)
        # Floats near 1 have a rounding of 6e-8; the mean of five adds as much again.
        numpy.testing.assert_allclose(self.mean_change()[inside], expected[inside], atol=2e-7, rtol=0)
        self.assertIn("Borghammer", done.stderr)
        self.assertIn("Every image of pet was divided by its global mean",
                      page_of(self.folder / "voxstat-results/report.html"))

    def test_what_the_reference_did(self):
        def rise(data, k, session):
            if session:
                data[self.labels == 3] *= 1.2 + 0.01 * k
            return data
        self.each_image(rise)
        done, record = self.done("--reference", "atlas:big pons", "--atlas", "labels.nii.gz")
        region, relative = numpy.zeros((5, 2)), numpy.zeros((5, 2))
        for k, (_, *names, _, _) in enumerate(self.rows):
            for session, name in enumerate(names):
                data = self.read_image(name).astype(float)
                region[k, session] = data[self.labels == 3].mean()
                relative[k, session] = region[k, session] / spm_global(data)[0]
        scaling = record["modalities"][0]["scaling"]
        for key, values in (("own", region), ("relative", relative)):
            t, p = scipy.stats.ttest_rel(values[:, 1], values[:, 0])
            found = scaling[key]
            numpy.testing.assert_allclose(found["mean"], values.mean(axis=0), rtol=1e-10)
            numpy.testing.assert_allclose(found["sd"], values.std(axis=0, ddof=1), rtol=1e-9)
            numpy.testing.assert_allclose([found["t"], found["p"], found["df"]], [t, p, 4], rtol=1e-7)
            self.assertAlmostEqual(found["percent"], 100 * (values[:, 1].mean() / values[:, 0].mean() - 1), places=8)
        remarks = " ".join(record["remarks"])
        self.assertIn("the reference region before scaling changed by +2", remarks)
        self.assertIn("the reference region over the global mean changed by +", remarks)
        self.assertIn("big pons is the reference region: its mean is 1 in every image, so that it is not tested", remarks)
        table = (self.folder / "voxstat-results/regions.tsv").read_text()
        self.assertIn("cortex", table)
        self.assertNotIn("big pons", table)
        self.assertIn("reference region big pons", done.stderr)

        self.each_image(lambda data, k, session: data / data[self.labels == 3].mean())
        _, record = self.done("--reference", "atlas:big pons", "--atlas", "labels.nii.gz")
        self.assertIn("the mean over the reference region is 1 in every image: they came divided by it",
                      " ".join(record["remarks"]))

    def test_erosion(self):
        # An oblique, anisotropic grid: voxels of 2, 3 and 4 mm.
        turn = numpy.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1]])
        affine = numpy.eye(4)
        affine[:3, :3] = turn @ numpy.diag([2.0, 3, 4])
        for _, *names, _, _ in self.rows:
            for name in names:
                self.write_image(name, self.read_image(name), affine)
        region = numpy.zeros(SHAPE, bool)
        region[1:8, 1:8, 0:6] = True # beside two edges of the grid
        region[4, 4, 3] = False
        self.write_image("region.nii.gz", region, affine)
        padded = numpy.pad(region, 1)
        distance = scipy.ndimage.distance_transform_edt(padded, sampling=(2, 3, 4))[1:-1, 1:-1, 1:-1]
        for radius in ("2", "3.7", "4"): # 2 and 4 mm are steps of the grid: the neighbour counts
            eroded = distance > float(radius) * (1 + 1e-6)
            self.assertTrue(0 < eroded.sum() < region.sum())
            _, record = self.done("--reference", "region.nii.gz", "--reference-erode", radius)
            for (_, *names, _, _), figures in zip(self.rows, self.figures(record)):
                for name, found in zip(names, figures):
                    self.assertEqual(found["voxels"], eroded.sum())
                    self.assertAlmostEqual(found["mean"], self.read_image(name)[eroded].astype(float).mean(), places=9)
        self.assert_refused(INPUT, ["region.nii.gz", "erosion by 40 mm leaves none"], *QUICK, "--reference",
                            "region.nii.gz", "--reference-erode", "40")

    def test_data(self):
        """The region comes from the baseline images alone: here a slab has little noise."""
        self.report = True
        random = numpy.random.default_rng(4)
        noise = numpy.full(SHAPE, 1.0)
        noise[2:4, 2:8] = 0.05
        for k, (_, *names, _, _) in enumerate(self.rows):
            for session, name in enumerate(names):
                image = 10 + noise * random.standard_normal(SHAPE)
                image[:, 0] = 0.1 # air
                self.write_image(name, image * (1 + 0.2 * k) * (1 + session))
        _, record = self.done("--reference", "data")
        z = []
        for _, baseline, *_ in self.rows:
            data = self.read_image(baseline).astype(float)
            z.append(numpy.where(data > data.mean() / 8, data / spm_global(data)[0], numpy.nan))
        variation = numpy.std(z, axis=0, ddof=1) / numpy.mean(z, axis=0)
        candidates = numpy.isfinite(variation)
        self.assertEqual(candidates.sum(), 8 * 8 * 7)
        limit = numpy.sort(variation[candidates])[int(numpy.ceil(0.1 * candidates.sum())) - 1]
        expected = candidates & (variation <= limit)
        region = self.read_image("voxstat-results/reference.nii.gz") == 1
        numpy.testing.assert_array_equal(region, expected)
        self.assertTrue(region[2:4, 2:8].sum() == region.sum())
        self.assert_picture(int(expected.sum()))
        for (_, *names, _, _), figures in zip(self.rows, self.figures(record)):
            for name, found in zip(names, figures):
                self.assertAlmostEqual(found["mean"], self.read_image(name)[expected].astype(float).mean(), places=9)
        for _, _, followup, *_ in self.rows: # other follow-up images leave the region as it is
            self.write_image(followup, 10 + random.standard_normal(SHAPE))
        self.done("--reference", "data")
        numpy.testing.assert_array_equal(self.read_image("voxstat-results/reference.nii.gz") == 1, expected)

    def assert_picture(self, voxels):
        """The report shows the region; it fails where the region's file is gone or has another grid."""
        out = self.folder / "voxstat-results"
        page = page_of(out / "report.html")
        self.assertIn(f"coloured are the {voxels} voxels ({voxels * 64e-3:.1f} cm³) whose baseline varies least", page)
        region, picture = (out / "reference.nii.gz").read_bytes(), (out / "figures/pet_reference.png").read_bytes()
        image = nibabel.load(out / "reference.nii.gz")
        other = numpy.roll(numpy.asarray(image.dataobj), 3, axis=0)
        nibabel.Nifti1Image(other, image.affine).to_filename(out / "reference.nii.gz")
        self.assert_done(self.run_program("report", "voxstat-results"))
        self.assertNotEqual((out / "figures/pet_reference.png").read_bytes(), picture)
        nibabel.Nifti1Image(numpy.ones((2, 2, 2), numpy.uint8), numpy.eye(4)).to_filename(out / "reference.nii.gz")
        done = self.run_program("report", "voxstat-results")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("reference.nii.gz: another grid than that of the results", done.stderr)
        (out / "reference.nii.gz").unlink()
        self.assertIn("reference.nii.gz", self.run_program("report", "voxstat-results").stderr)
        (out / "reference.nii.gz").write_bytes(region)
        self.assert_done(self.run_program("report", "voxstat-results"))
        self.assertEqual((out / "figures/pet_reference.png").read_bytes(), picture)

    def test_other_references_have_no_picture(self):
        self.report = True
        region = numpy.zeros(SHAPE)
        region[2:5, 2:5, 2:5] = 1
        self.write_image("region.nii.gz", region)
        self.done("--reference", "region.nii.gz")
        self.assertFalse((self.folder / "voxstat-results/figures/pet_reference.png").exists())
        self.assertNotIn('id="reference"', page_of(self.folder / "voxstat-results/report.html"))

    def test_by_modality(self):
        self.header[1:1] = ["cbf_baseline", "cbf_followup"]
        random = numpy.random.default_rng(2)
        for row in self.rows:
            names = [f"{row[0]}_cbf_{session}.nii.gz" for session in ("baseline", "followup")]
            for name in names:
                self.write_image(name, 50 + random.standard_normal(SHAPE))
            row[1:1] = names
        self.write_table()
        plain = self.run_paired(*QUICK)
        self.assert_done(plain)
        cbf = self.mean_change("cbf")
        done, record = self.done("--scale", "pet=global")
        self.assertIn("pet: every image is divided by its global mean", done.stderr)
        self.assertNotIn("cbf: every image", done.stderr)
        prepared = {one["name"]: [step["name"] for step in one["preparation"]] for one in record["modalities"]}
        self.assertEqual(prepared, {"cbf": [], "pet": ["global_mean"]})
        numpy.testing.assert_array_equal(self.mean_change("cbf"), cbf)
        _, record = self.done("--reference", "labels.nii.gz", "--scale", "cbf=none")
        prepared = {one["name"]: [step["name"] for step in one["preparation"]] for one in record["modalities"]}
        self.assertEqual(prepared, {"cbf": [], "pet": ["reference"]})
        self.assert_refused(USAGE, ["--scale", "'global' and 'none' for pet"], *QUICK, "--scale",
                            "pet=global,pet=none")

    def test_report(self):
        """The page tells what was done: "nothing was scaled" stood there once, whatever --scale said."""
        self.report = True
        said = {(): "<li>Not scaled to a reference region or to the global mean: images of pet. A change",
                ("--scale", "global"): "<li>Every image of pet was divided by its global mean",
                ("--scale", "ancova"): "Their global mean is a nuisance, mean-centred: a change",
                ("--reference", "labels.nii.gz"): "A change of that region itself shows as the opposite change"}
        for arguments in said:
            self.done(*arguments)
            page = page_of(self.folder / "voxstat-results/report.html")
            for other, sentence in said.items():
                self.assertEqual(sentence in page, other == arguments, (arguments, sentence))
            self.assertEqual("Nothing was adjusted for" in page, "ancova" not in arguments, arguments)
            self.assertEqual("none: images were used as they are" in page, not arguments, arguments)

    def test_refused(self):
        for words, *arguments in (
                (["--scale reference", "pet needs a reference region"], "--scale", "reference"),
                (["--reference is given, but"], "--scale", "global", "--reference", "labels.nii.gz"),
                (["--reference-erode is given, but"], "--reference-erode", "4"),
                (["--scale", "'grand'", "none, reference"], "--scale", "grand"),
                (["names regions of --atlas, which is not given"], "--reference", "atlas:big pons")):
            self.assert_refused(USAGE, words, *QUICK, *arguments)
        self.assert_refused(INPUT, ["reference region", "no region bigpons", "did you mean big pons"], *QUICK,
                            "--reference", "atlas:bigpons", "--atlas", "labels.nii.gz")
        self.write_image("sub-02_baseline.nii.gz", self.read_image("sub-02_baseline.nii.gz") - 20)
        self.assert_refused(INPUT, ["participant sub-02, column pet_baseline", "no global mean above 0", "voxels is -10"], *QUICK,
                            "--scale", "global")


if __name__ == "__main__":
    unittest.main()

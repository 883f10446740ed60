"""Quality control of images: every figure against NumPy's from the same files, planted faults, and no false alarm.

The reference is written from the formulas of docs/statistics.md. Simulated grey matter has images by which people can
be told apart, as real anatomy has; its cohort is edited with nibabel."""
import csv
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import h5py
import nibabel
import numpy

import report_cli
from voxstat_cli import INPUT, PROGRAM, SHAPE, Study

SAMPLE = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "sample_data"
QUICK = ["--correct", "voxel", "-n", "10", "--device", "cpu", "--progress", "none", "--force"]
FIGURES = ("global_mean", "spatial_sd", "smoothness", "coverage", "overlap", "correlation", "asymmetry", "self", "other",
           "self_asymmetry", "change")


def thumbnail(image, block):
    """Means of blocks of voxels; the last block of an axis has what is left."""
    cells = [range(0, size, step) for size, step in zip(image.shape, block)]
    finite = numpy.nan_to_num(image, posinf=0, neginf=0)
    return numpy.array([[[finite[x:x + block[0], y:y + block[1], z:z + block[2]].mean() for z in cells[2]]
                         for y in cells[1]] for x in cells[0]])


def smoothness(image, affine):
    """3 - rho - rho^2 - rho^3 is the ratio of the mean squares of second and first differences, over three voxels in a
    row that have data; FWHM = step sqrt(-2 ln 2 / ln rho)."""
    widths = []
    for axis in range(3):
        data = numpy.moveaxis(numpy.where(numpy.isfinite(image) & (image != 0), image, numpy.nan), axis, 0)
        low, middle, high = data[:-2], data[1:-1], data[2:]
        first = numpy.nansum(((middle - low) ** 2 + (high - middle) ** 2) / 2)
        ratio = numpy.nansum((low - 2 * middle + high) ** 2) / first
        rho = [root.real for root in numpy.roots([1, 1, 1, ratio - 3]) if abs(root.imag) < 1e-9][0]
        widths.append(numpy.linalg.norm(affine[:3, axis]) * math.sqrt(-2 * math.log(2) / math.log(rho)))
    return numpy.prod(widths) ** (1 / 3)


def unit(vector):
    return vector / numpy.linalg.norm(vector)


def reference(images, affine):
    """The figures of images[participant, session]: arrays of participants by sessions; and who is nearest."""
    n = len(images)
    figures = {name: numpy.full((n, 2), numpy.nan) for name in FIGURES}
    block = [max(1, round(8 / numpy.linalg.norm(affine[:3, k]))) for k in range(3)]
    data = numpy.isfinite(images) & (images != 0)
    expected = 2 * data.all(1).sum(0) > n
    small = numpy.array([[thumbnail(image, block) for image in row] for row in images])
    inside = numpy.array([[abs(image) > abs(image).mean() / 8 for image in row] for row in small])
    group = 2 * inside.sum((0, 1)) > 2 * n
    axis = int(numpy.argmax(abs(affine[0, :3])))
    twice = int(numpy.rint(2 * numpy.argwhere(group)[:, axis].mean()))
    places = numpy.argwhere(group)
    pairs = []
    for place in places:
        other = place.copy()
        other[axis] = twice - place[axis]
        if 0 <= other[axis] < group.shape[axis] and group[tuple(other)]:
            pairs.append((tuple(place), tuple(other)))
    z = numpy.empty((n, 2, len(places)))
    d = numpy.empty((n, 2, len(pairs)))
    change = numpy.empty((n, len(places)))
    for i in range(n):
        scaled = []
        for s in range(2):
            image = images[i, s][numpy.isfinite(images[i, s])]
            own = image[image > image.mean() / 8]
            figures["global_mean"][i, s], figures["spatial_sd"][i, s] = own.mean(), own.std(ddof=1)
            figures["smoothness"][i, s] = smoothness(images[i, s], affine)
            figures["coverage"][i, s] = data[i, s][expected].mean()
            figures["overlap"][i, s] = 2 * (inside[i, s] & group).sum() / (inside[i, s].sum() + group.sum())
            x = small[i, s][group]
            z[i, s] = unit(x - x.mean())
            d[i, s] = unit(numpy.array([small[i, s][one] - small[i, s][other] for one, other in pairs]))
            scaled.append(x / abs(x).mean())
        change[i] = unit(scaled[1] - scaled[0] - (scaled[1] - scaled[0]).mean())
    for i in range(n):
        rest = [j for j in range(n) if j != i]
        for s in range(2):
            figures["correlation"][i, s] = z[i, s] @ unit(z[rest].sum((0, 1)))
            figures["asymmetry"][i, s] = d[i, s] @ unit(d[rest].sum((0, 1)))
        figures["self_asymmetry"][i] = d[i, 0] @ d[i, 1]
        figures["change"][i] = change[i] @ unit(change[rest].sum(0))
    e = z - numpy.median(z, 0)
    e /= numpy.linalg.norm(e, axis=-1, keepdims=True)
    likeness = e[:, 0] @ e[:, 1].T
    figures["self"][:] = numpy.diag(likeness)[:, None]
    others = likeness - numpy.diag(numpy.full(n, numpy.inf))
    figures["other"][:, 0], figures["other"][:, 1] = others.max(1), others.max(0)
    return figures, numpy.stack([others.argmax(1), others.argmax(0)], 1)


class Cohort(unittest.TestCase):
    """A copy of simulated grey matter, to be edited."""
    seed = 201

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.original = pathlib.Path(cls.place.name) / "original"
        subprocess.run([PROGRAM, "simulate", "--seed", str(cls.seed), "--modality", "gm", "--out", cls.original],
                       check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.place.name)) / "cohort"
        shutil.copytree(self.original, self.folder)
        self.names = [f"sub-{i + 1:02}" for i in range(14)]

    def path(self, participant, session):
        return self.folder / f"{participant}_ses-{session}_gm.nii.gz"

    def edit(self, participant, session, function):
        path = self.path(participant, session)
        image = nibabel.load(path)
        data = function(image.get_fdata(dtype=numpy.float32).copy())
        nibabel.Nifti1Image(data.astype(numpy.float32), image.affine).to_filename(path)

    def exchange(self, first, second):
        spare = self.folder / "spare.nii.gz"
        self.path(*first).rename(spare)
        self.path(*second).rename(self.path(*first))
        spare.rename(self.path(*second))

    def images(self):
        loaded = [[nibabel.load(self.path(name, session)) for session in ("baseline", "followup")]
                  for name in self.names]
        return numpy.array([[image.get_fdata() for image in row] for row in loaded]), loaded[0][0].affine

    def run_it(self, *arguments):
        done = subprocess.run([PROGRAM, "--design", "paired", *QUICK, *arguments], cwd=self.folder, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.out = self.folder / "voxstat-results"
        self.record = json.loads((self.out / "run.json").read_text())
        with open(self.out / "quality.tsv", encoding="utf-8") as table:
            self.rows = list(csv.DictReader(table, delimiter="\t"))
        return done

    def flags(self):
        """{(participant, session): flags}, from the table; run.json says the same."""
        found = {(row["participant_id"], row["session_id"]): set(row["flags"].split(","))
                 for row in self.rows if row["flags"] != "n/a"}
        quality = self.record["modalities"][0]["quality"]
        self.assertEqual({(one["participant"], one["session"]): set(one["flags"]) for one in quality["flagged"]},
                         {image: flags for image, flags in found.items() if flags != {"excluded"}})
        return found

    def remarks(self, done):
        for remark in self.record["remarks"]:
            self.assertIn(f"remark: {remark}\n", done.stderr)
        return [remark for remark in self.record["remarks"] if "can be significant" not in remark]


class Figures(Cohort):
    report = False

    def test_every_figure_is_numpys(self):
        """With NaN, lost slabs and an axis that runs to the left, so that no figure is trivial."""
        random = numpy.random.default_rng(3)
        for i, name in enumerate(self.names):
            for session in ("baseline", "followup"):
                def spoil(data, i=i):
                    data[:, :, 38 - i % 4:] = 0
                    data[random.integers(10, 35), 10:40, 10:30] = numpy.nan
                    return data[::-1]
                self.edit(name, session, spoil)
        for path in self.folder.glob("*_gm.nii.gz"):
            image = nibabel.load(path)
            affine = image.affine.copy()
            affine[0] = [-4, 0, 0, image.affine[0, 3] + 4 * (image.shape[0] - 1)]
            nibabel.Nifti1Image(image.get_fdata(dtype=numpy.float32), affine).to_filename(path)
        self.run_it()
        figures, nearest = reference(*self.images())
        for name in FIGURES: # thumbnails and vectors are floats: 24 bits, of some thousand products of one size
            self.assertGreater(figures[name].std(), 1e-3, name)
            table = numpy.array([float(row[name]) for row in self.rows]).reshape(14, 2)
            numpy.testing.assert_allclose(table, figures[name], rtol=2e-5, atol=2e-6, err_msg=name)
        self.assertEqual([row["nearest"] for row in self.rows], [self.names[j] for j in nearest.ravel()])
        with h5py.File(self.out / "results.h5") as results:
            group = results["/quality/gm"]
            for name in FIGURES:
                numpy.testing.assert_allclose(group[name][...], figures[name], rtol=2e-5, atol=2e-6)
                self.assertTrue(group[name].attrs["description"])
            self.assertTrue(numpy.array_equal(group["nearest"][...], nearest))
        dictionary = json.loads((self.out / "quality.json").read_text())
        self.assertEqual(list(dictionary), list(self.rows[0]))

    def test_a_good_cohort_has_no_flag(self):
        done = self.run_it()
        self.assertEqual((self.flags(), self.remarks(done)), ({}, []))
        self.assertIn("none of 28 images flagged", done.stderr)


class Planted(Cohort):
    report = False

    def test_planted_faults_are_found(self):
        """Six faults in seven of fourteen people: the bounds are robust."""
        self.report = True
        self.edit("sub-01", "followup", lambda data: data * 10000)
        self.edit("sub-02", "baseline", lambda data: numpy.where(numpy.arange(46) >= 30, 0, data))
        self.edit("sub-03", "followup", lambda data: numpy.roll(data, 3, axis=1))
        self.edit("sub-04", "followup", lambda data: data[::-1])
        self.exchange(("sub-05", "followup"), ("sub-06", "followup"))
        done = self.run_it()
        flags = self.flags()
        self.assertEqual(flags.pop(("sub-01", "followup")), {"scale", "sd"})
        self.assertLessEqual({"coverage", "overlap", "correlation"}, flags.pop(("sub-02", "baseline")))
        self.assertLessEqual({"coverage", "overlap", "correlation"}, flags.pop(("sub-03", "followup")))
        for session in ("baseline", "followup"):
            self.assertEqual(flags.pop(("sub-04", session)), {"flip"})
            for name in ("sub-05", "sub-06"):
                self.assertEqual(flags.pop((name, session)), {"person"})
        self.assertEqual(flags, {})
        remarks = self.remarks(done)
        for words in (["participant sub-01, column gm_followup", "times those of the other participants; is it in other units?"],
                      ["participant sub-02, column gm_baseline", "looks unlike the other"],
                      ["participant sub-03, column gm_followup", "looks unlike the other"],
                      ["participant sub-04, column gm_followup", "mirror image", "left and right exchanged"],
                      ["participant sub-05, column gm_followup", "participant sub-06", "exchanged?"]):
            self.assertEqual(sum(all(word in remark for word in words) for remark in remarks), 1, (words, remarks))
        page = report_cli.Page(self.out / "report.html")
        self.assertIn("left and right exchanged", page.text["question"]) # the head of the report
        flagged = {(row["participant_id"], row["session_id"]): row["flags"] for row in self.rows if row["flags"] != "n/a"}
        said = " ".join(page.text["question"].split())
        self.assertIn(f"\u26a0 Quality control flags {len(flagged)} of 28 images. Look at them before the results.", said)
        said = " ".join(page.text["quality"].split())
        self.assertIn(f"{len(flagged)} of 28 images are flagged. Look at them; --exclude leaves a participant out.", said)
        for (name, session), flags in flagged.items(): # and nothing but these stands after their names
            self.assertRegex(said, f"{name}, {session}: {flags.replace(',', ', ')} (sub-\\d|[A-Z])")
        self.assertEqual(len(re.findall(r"sub-\d\d, (?:baseline|followup): ", said)), len(flagged))

    def test_everybody_is_asymmetric_but_one_is_so_the_other_way_round(self):
        """Both sessions are flipped, so that only the others can tell. Brains differ between the sides; here 15 %."""
        for name in self.names:
            for session in ("baseline", "followup"):
                def lean(data, name=name):
                    data[:20] *= 1.15
                    return data[::-1] if name == "sub-09" else data
                self.edit(name, session, lean)
        done = self.run_it()
        self.assertEqual(self.flags(), {("sub-09", session): {"flip"} for session in ("baseline", "followup")})
        for session in ("baseline", "followup"):
            self.assertTrue(any(f"sub-09, column gm_{session}" in remark and "the other participants better" in remark
                                for remark in self.remarks(done)))

    def test_sessions_of_one_person_exchanged(self):
        """Where everybody changes alike, the one who changes the other way shows; where nobody does, nobody can tell."""
        for name in self.names:
            def rise(data):
                data[10:36, 30:50, 20:40] *= 1.2
                return data
            self.edit(name, "followup", rise)
        self.exchange(("sub-07", "baseline"), ("sub-07", "followup"))
        done = self.run_it()
        self.assertEqual(self.flags(), {("sub-07", session): {"sessions"} for session in ("baseline", "followup")})
        self.assertTrue(any("sub-07" in remark and "are the sessions exchanged?" in remark
                            for remark in self.remarks(done)))

    def test_another_persons_scan(self):
        """Not an exchange: the follow-up of sub-08 is a second scan of nobody in the study."""
        stranger = pathlib.Path(self.place.name) / "stranger"
        if not stranger.exists():
            subprocess.run([PROGRAM, "simulate", "--seed", "7", "--modality", "gm", "--out", stranger], check=True,
                           capture_output=True)
        shutil.copy(stranger / "sub-01_ses-followup_gm.nii.gz", self.path("sub-08", "followup"))
        done = self.run_it()
        self.assertEqual(set(self.flags()), {("sub-08", "baseline"), ("sub-08", "followup")})
        self.assertTrue(any("sub-08, column gm_followup" in remark and "another person's?" in remark
                            for remark in self.remarks(done)))

    def test_an_image_that_is_not_smoothed(self):
        random = numpy.random.default_rng(9)
        def roughen(data):
            return numpy.where(data != 0, data + 0.1 * random.standard_normal(data.shape), 0)
        self.edit("sub-11", "baseline", roughen)
        done = self.run_it()
        self.assertIn("smoothness", self.flags()[("sub-11", "baseline")])
        self.assertEqual(set(self.flags()), {("sub-11", "baseline")})
        self.assertTrue(any("sub-11, column gm_baseline: its smoothness" in remark for remark in self.remarks(done)))

    def test_the_excluded_are_listed(self):
        self.edit("sub-01", "followup", lambda data: data * 10000)
        self.run_it("--exclude", "sub-01")
        self.assertEqual(self.flags(), {("sub-01", session): {"excluded"} for session in ("baseline", "followup")})
        self.assertEqual({row["global_mean"] for row in self.rows if row["participant_id"] == "sub-01"}, {"n/a"})


class Sample(unittest.TestCase):
    def test_the_sample_trial_has_no_flag(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, "--design", "paired", "--table", SAMPLE / "participants.tsv", "--modality",
                                   "pet,cbf,gm", *QUICK], cwd=folder, text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr.count("none of"), 3)
            with open(f"{folder}/voxstat-results/quality.tsv", encoding="utf-8") as table:
                rows = list(csv.DictReader(table, delimiter="\t"))
            self.assertEqual(len(rows), 28 + 26 + 28)
            self.assertEqual({row["flags"] for row in rows}, {"n/a"})


class Damaged(Study):
    """Figures in results.h5 that no run wrote: the report names what is wrong, and does not read beyond them."""

    def setUp(self):
        super().setUp()
        self.assert_done(self.run_paired("-q", "-n", "10", "--correct", "voxel", "--out", "out"))
        self.intact = (self.folder / "out/results.h5").read_bytes()

    def refused(self, words, edit):
        (self.folder / "out/results.h5").write_bytes(self.intact)
        with h5py.File(self.folder / "out/results.h5", "r+") as store:
            edit(store["quality/pet"])
        done = self.run_program("report", "out")
        self.assertEqual(done.returncode, INPUT, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def replaced(self, words, name, **dataset):
        def edit(group):
            del group[name]
            if dataset:
                group.create_dataset(name, **dataset)
        self.refused(words, edit)

    def written(self, words, name, value):
        def edit(group):
            group[name][1, 0] = value
        self.refused(words, edit)

    def test_values(self):
        for name, values in (("flags", (-1, 1 << 9, 1 << 40)), ("nearest", (-2, 5, 1 << 40))):
            for value in values:
                with self.subTest(name, value=value):
                    self.written([f"/quality/pet/{name} holds {value:g}", "damaged"], name, value)

    def test_datasets(self):
        for name in ("flags", "nearest", "global_mean", "strips"):
            with self.subTest(name):
                self.replaced([f"/quality/pet/{name}"], name)
                self.replaced([f"/quality/pet/{name}"], name, shape=(3, 2), dtype="f8")
                self.replaced([f"/quality/pet/{name}"], name, shape=(), dtype="f8")

    def test_figures_that_do_not_exist(self):
        """NaN stands for them, and for nothing else."""
        self.written(["/quality/pet/global_mean holds a number that is not finite", "damaged"], "global_mean",
                     numpy.inf)
        (self.folder / "out/results.h5").write_bytes(self.intact)
        with h5py.File(self.folder / "out/results.h5", "r+") as store:
            store["quality/pet/global_mean"][...] = numpy.nan
        self.assert_done(self.run_program("report", "out"))


class OneSample(Study):
    report = False
    participants = 7

    def test_one_session(self):
        """Figures of pairs do not exist; a scale outlier does."""
        self.header = ["participant_id", "pet", "level", "age"]
        self.rows = [[row[0], *row[2:]] for row in self.rows]
        self.write_image(self.rows[4][1], 3 * self.read_image(self.rows[4][1]))
        self.write_table()
        done = self.run_program("--design", "onesample", "--modality", "pet", *QUICK)
        self.assert_done(done)
        with open(self.folder / "voxstat-results/quality.tsv", encoding="utf-8") as table:
            rows = list(csv.DictReader(table, delimiter="\t"))
        self.assertEqual([row["flags"] for row in rows], ["n/a"] * 4 + ["scale,sd"] + ["n/a"] * 2)
        for row in rows:
            self.assertEqual({row[name] for name in ("self", "other", "self_asymmetry", "change", "nearest")}, {"n/a"})
            self.assertTrue(math.isfinite(float(row["correlation"])))
        self.assertIn("sub-05", done.stderr)
        self.assertIn("times the median of the session", done.stderr)


if __name__ == "__main__":
    unittest.main()

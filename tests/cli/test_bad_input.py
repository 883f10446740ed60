"""Every line of bad input: the exit status, the words that a user needs, and nothing half-written left behind."""
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import unittest

import nibabel
import numpy

from voxstat_cli import AFFINE, DEVICE, INPUT, OUTPUT, PROGRAM, SHAPE, USAGE, Study, files_of


class Table(Study):
    report = False

    def test_missing(self):
        self.assert_refused(INPUT, ["nowhere.tsv", "No such file"], "--table", "nowhere.tsv")

    def test_empty(self):
        (self.folder / "participants.tsv").write_text("")
        self.assert_refused(INPUT, ["participants.tsv", "empty"])

    def test_header_alone(self):
        self.rows = []
        self.write_table()
        self.assert_refused(INPUT, ["participants.tsv", "empty", "no participants"])

    def test_unknown_column(self):
        self.assert_refused(INPUT, ["no column levle", "did you mean level?", "age"], "--covariate", "levle")

    def test_unknown_modality(self):
        self.assert_refused(INPUT, ["pte_baseline", "did you mean pet_baseline?"], "--modality", "pte")

    def test_participant_twice(self):
        self.rows[3][0] = "sub-02"
        self.write_table()
        self.assert_refused(INPUT, ["sub-02", "twice", "lines 3 and 5"])

    def test_fewer_than_two_pairs(self):
        for row in self.rows[1:]:
            row[2] = "n/a"
        self.write_table()
        self.assert_refused(INPUT, ["pet", "1 complete participant", "at least 2", "sub-03 (no image in pet_followup)"])

    def test_text_for_a_number(self):
        self.rows[2][3] = "high"
        self.write_table()
        self.assert_refused(INPUT, ["line 4", "sub-03", "level", "'high'", "expected a number"], "--covariate", "level")

    def test_constant_covariate(self):
        for row in self.rows:
            row[3] = "5.5"
        self.write_table()
        self.assert_refused(INPUT, ["level", "constant"], "--covariate", "level")

    def test_covariate_called_as_the_mean_is(self):
        self.header[3] = "change"
        self.write_table()
        self.assert_refused(INPUT, ["covariate change", "rename"], "--covariate", "change")

    def test_collinear_nuisance(self):
        for row in self.rows:
            row[4] = str(2 * float(row[3]) + 1)
        self.write_table()
        self.assert_refused(INPUT, ["level", "age"], "--covariate", "level", "--nuisance", "age")

    def test_more_parameters_than_participants(self):
        names = [f"x{i}" for i in range(4)]
        random = numpy.random.default_rng(2)
        self.header += names
        for row in self.rows:
            row += [f"{value:.3f}" for value in random.standard_normal(4)]
        self.write_table()
        self.assert_refused(INPUT, ["5"], "--covariate", "level", "--nuisance", ",".join(names))

    def test_three_sessions(self):
        self.header.append("pet_late")
        for row in self.rows:
            row.append(row[2])
        self.write_table()
        self.assert_refused(INPUT, ["baseline, followup, late", "--sessions"])


class Analyze(Study):
    """ANALYZE 7.5 pairs: a header of 348 bytes, here written by nibabel."""

    report = False

    def setUp(self):
        super().setUp()
        for row in self.rows:
            for column in (1, 2):
                data = self.read_image(row[column])
                row[column] = row[column].replace(".nii.gz", ".img")
                nibabel.AnalyzeImage(data, None).to_filename(self.folder / row[column])
        self.write_table()

    def test_refused_without_its_orientation(self):
        self.assert_refused(INPUT, [".hdr", "ANALYZE", "--orientation"])

    def test_read_with_its_orientation(self):
        self.assert_done(self.run_paired("--analyze-orientation", "neurological")) # its former name
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        self.assertEqual(len(record["inputs"]), 1 + 2 * 2 * self.participants) # both halves of every pair


class Image(Study):
    report = False
    NAME = "sub-03_followup.nii.gz"

    def assert_image_refused(self, words, *arguments):
        self.assert_refused(INPUT, [self.NAME, "sub-03", "pet_followup", *words], *arguments)

    def test_missing(self):
        (self.folder / self.NAME).unlink()
        self.assert_image_refused(["does not exist", "line 4"])

    def test_truncated(self):
        path = self.folder / self.NAME
        path.write_bytes(path.read_bytes()[:-400])
        self.assert_image_refused(["truncated"])

    def test_unreadable(self):
        path = self.folder / self.NAME
        if os.geteuid() == 0: # root reads everything: a folder is what even root cannot read
            path.unlink()
            path.mkdir()
            self.assert_image_refused(["folder"])
        else:
            path.chmod(0)
            self.assert_image_refused(["Permission denied"])

    def test_not_nifti(self):
        (self.folder / self.NAME).write_bytes(b"participant\tvalue\n" * 100)
        self.assert_image_refused([])

    def test_other_dimensions(self):
        self.write_image(self.NAME, numpy.ones((8, 9, 6)) + numpy.arange(6))
        self.assert_image_refused(["8 x 9 x 6", "8 x 9 x 7"])

    def assert_affine_refused(self, word, affine):
        self.write_image(self.NAME, self.read_image(self.NAME), affine)
        self.assert_image_refused([word])

    def test_shifted(self):
        affine = AFFINE.copy()
        affine[1, 3] += 2
        self.assert_affine_refused("shift", affine)

    def test_flipped(self):
        flip = numpy.diag([-1.0, 1, 1, 1])
        flip[0, 3] = SHAPE[0] - 1
        self.assert_affine_refused("flip", AFFINE @ flip)

    def test_rotated(self):
        angle = 0.1
        turn = numpy.eye(4)
        turn[:2, :2] = [[numpy.cos(angle), -numpy.sin(angle)], [numpy.sin(angle), numpy.cos(angle)]]
        self.assert_affine_refused("rotat", turn @ AFFINE)

    def test_shift_below_tolerance(self):
        affine = AFFINE.copy()
        affine[1, 3] += 0.0005 * 4 # half of the tolerance, for a voxel of 4 mm
        self.write_image(self.NAME, self.read_image(self.NAME), affine)
        self.assert_done(self.run_paired())

    def test_constant(self):
        self.write_image(self.NAME, numpy.full(SHAPE, 10.0))
        self.assert_image_refused(["constant"])

    def test_the_same_twice(self):
        (self.folder / self.NAME).write_bytes((self.folder / "sub-02_followup.nii.gz").read_bytes())
        self.assert_refused(INPUT, [self.NAME, "sub-02_followup.nii.gz"])

    def test_nan_and_infinity_leave_the_mask(self):
        data = self.read_image(self.NAME)
        data[2, 3, 4] = numpy.nan
        data[2, 3, 5] = numpy.inf
        data[2, 3, 6] = -numpy.inf
        self.write_image(self.NAME, data)
        for mask in ([], ["--mask", "mask.nii.gz"]):
            self.write_image("mask.nii.gz", numpy.ones(SHAPE))
            done = self.run_paired("--out", f"out{len(mask)}", *mask)
            self.assert_done(done)
            self.assertIn(f"mask of {8 * 9 * 7 - 3} voxels", done.stderr)
            self.assertIn("3 left out: not finite", done.stderr)
            self.assertIn("sub-03", done.stderr)


class Mask(Study):
    report = False

    def test_excludes_everything(self):
        self.write_image("mask.nii.gz", numpy.zeros(SHAPE))
        self.assert_refused(INPUT, ["mask"], "--mask", "mask.nii.gz")

    def test_threshold_excludes_everything(self):
        self.assert_refused(INPUT, ["mask", "threshold"], "--mask-threshold", "1e6")

    def test_another_space(self):
        away = AFFINE.copy()
        away[2, 3] += 20  # five of seven slices lie above the images
        self.write_image("mask.nii.gz", numpy.ones(SHAPE), away)
        self.assert_refused(INPUT, ["mask.nii.gz: 71 % of it lie outside the grid", "in another space"],
                            "--mask", "mask.nii.gz")

    def test_missing(self):
        self.assert_refused(INPUT, ["gone.nii"], "--mask", "gone.nii")


class Output(Study):
    report = False

    def test_exists(self):
        (self.folder / "there").mkdir()
        (self.folder / "there" / "thesis.txt").write_text("years of work")
        self.assert_refused(OUTPUT, ["there", "--force"], "--out", "there")

    def test_force_spares_what_is_not_ours(self):
        (self.folder / "there").mkdir()
        (self.folder / "there" / "thesis.txt").write_text("years of work")
        self.assert_refused(OUTPUT, ["there"], "--out", "there", "--force")

    def test_cannot_be_written(self):
        self.assert_refused(OUTPUT, ["participants.tsv/results"], "--out", "participants.tsv/results")

    def test_no_folders_can_be_made_there(self):
        self.assert_refused(OUTPUT, ["/proc/results"], "--out", "/proc/results")

    def test_checked_before_the_images_are_read(self):
        (self.folder / "sub-03_followup.nii.gz").write_bytes(b"no image")
        self.assert_refused(OUTPUT, ["/proc/results"], "--out", "/proc/results")

    def assert_disk_too_small(self, size, words):
        with tempfile.TemporaryDirectory() as place:
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False,
                              capture_output=True).returncode:
                self.skipTest("no small file system can be mounted here")
            try:
                self.assert_refused(OUTPUT, words, "--out", f"{place}/results")
                self.assertEqual(list(pathlib.Path(place).iterdir()), [])
            finally:
                subprocess.run(["umount", place], check=True)

    def test_disk_too_small(self):
        self.assert_disk_too_small("16k", ["not enough space"])

    def test_no_room_for_pictures(self):
        self.assert_disk_too_small("1m", ["not enough space"]) # the maps would fit

    def test_what_can_be_written_is_kept(self):
        # No file may have more than 30 kB, as under a quota or on a disk that is nearly full: results.h5 is larger.
        def little():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
        done = subprocess.run([PROGRAM, "--design", "paired", "--device", "cpu", "--out", "out"], cwd=self.folder,
                              preexec_fn=little, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        self.assertRegex(done.stderr, r"error: the results are in place in out.*results\.h5.*File too large")
        run = json.loads((self.folder / "out/run.json").read_text())
        self.assertEqual(run["not_written"], "results.h5")
        self.assertEqual(set(run["files"]), set(files_of(self.folder / "out")))
        self.assertIn("pet/change/t.nii.gz", run["files"])
        self.assertIn("pet/change/clusters.tsv", run["files"])
        self.assertNotIn("results.h5", run["files"])
        self.assertEqual(list(self.folder.glob("*.partial*")), [])
        self.assert_done(self.run_paired("--out", "out", "--force")) # and it is known for ours


class Device(Study):
    report = False

    def assert_device_refused(self, status, words, device, **environment):
        run = lambda *arguments, **rest: self.run_program("--design", "paired", *arguments, **rest)
        self.assert_refused(status, words, "--device", device, run=run, **environment)

    def test_unknown_name(self):
        self.assert_device_refused(USAGE, ["abacus"], "abacus")

    def test_not_there(self):
        self.assert_device_refused(DEVICE, ["opencl:99.0"], "opencl:99.0")

    def test_kernel_that_does_not_build(self):
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        kernels = self.folder / "kernels"
        kernels.mkdir()
        source = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "kernels"
        for path in source.iterdir():
            (kernels / path.name).write_bytes(path.read_bytes())
        for path in kernels.glob("*.cl"):
            path.write_text("this is no kernel;\n")
        self.assert_device_refused(DEVICE, ["build"], "opencl", VOXSTAT_KERNEL_DIR=str(kernels))


class Usage(Study):
    report = False

    def test_no_design(self):
        self.assert_refused(USAGE, ["--design", "paired"], run=self.run_program)

    def test_unknown_option(self):
        self.assert_refused(USAGE, ["--covaraite", "did you mean --covariate?"], "--covaraite", "level")

    def test_later(self):
        for design in ("twosample", "glm"):
            self.assert_refused(USAGE, [design, "not yet"], "--design", design)
        self.assert_refused(USAGE, ["merge", "not yet"], "merge", run=self.run_program)

    def test_two_thresholds(self):
        self.assert_refused(USAGE, ["--cluster-p", "--cluster-t"], "--cluster-p", "0.01", "--cluster-t", "3")

    def test_a_threshold_of_no_finite_t(self):
        """A t is below 65536; scipy.stats.t.sf(65536, 4) is 1.626e-19 and of 3 degrees of freedom 3.917e-15."""
        self.report = True
        self.assert_refused(USAGE, ["p = 1e-300", "4 degrees of freedom", "between 1.626e-19"], "--cluster-p", "1e-300")
        self.assert_refused(USAGE, ["p = 1e-18", "3 degrees of freedom", "between 3.917e-15"], "--cluster-p", "1e-18",
                            "--covariate", "level")
        self.assert_done(self.run_paired("--cluster-p", "4e-15", "--covariate", "level", "--out", "out"))
        run = json.loads((self.folder / "out/run.json").read_text())
        found = run["modalities"][0]["effects"][1]["clusters"]["threshold_t"]
        self.assertAlmostEqual(found / 65081.9043549, 1, places=6)  # scipy.stats.t.isf(4e-15, 3)
        self.assert_done(self.run_program("report", "out"))

    def test_one_session_of_a_paired_design(self):
        self.assert_refused(USAGE, ["--sessions", "BASELINE,FOLLOWUP"], "--sessions", "baseline")


if __name__ == "__main__":
    unittest.main()

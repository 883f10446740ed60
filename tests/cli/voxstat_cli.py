"""Shared by the tests of the program: tiny studies on disk, and a way to run the program on them.

The images are 8 x 9 x 7 voxels of 4 mm with Gaussian noise about 10 and an affine with an offset. Every test gets a
separate folder, which is removed afterwards."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import nibabel
import numpy

sys.path.append(str(pathlib.Path(__file__).parents[1]))
import watch  # pylint: disable=wrong-import-position

PROGRAM = os.environ["VOXSTAT"]
SHAPE = (8, 9, 7)
AFFINE = numpy.array([[-4.0, 0, 0, 12], [0, 4, 0, -16], [0, 0, 4, -8], [0, 0, 0, 1]])
TIMEOUT = 240 # seconds, for a run of about one, on a machine that is busy
OK, INTERNAL, USAGE, INPUT, DEVICE, OUTPUT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def files_of(folder):
    """The files of a folder and of the folders in it: {path in the folder: bytes}."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*"))
            if path.is_file()}


# For tests that compile many kernels: optimising would take PoCL most of the time. It leaks memory where it gets flags.
QUICK_KERNELS = {} if "ASAN_OPTIONS" in os.environ else {"POCL_EXTRA_BUILD_FLAGS": "-cl-opt-disable"}


def page_of(path):
    """The text of report.html, which is in ASCII, with the characters that it has as numbered references."""
    return re.sub("&#([0-9]{3,});", lambda found: chr(int(found[1])), path.read_bytes().decode("ascii"))


def p_text(p):
    """p as the program prints it: three significant digits, also where the last ones are 0."""
    exponent = int(f"{p:.2e}".split("e")[1])
    return f"{p:.{2 - exponent}f}" if exponent >= -5 else f"{p:.2e}"


def number_text(value, digits=4, sign="-"):
    """A number as the page writes it: so many significant digits, and all of those before the point; thousands apart,
    and a true minus. sign "+": a sign always."""
    form = ",.0f" if abs(value) >= 10 ** digits - 0.5 else f",.{digits}g"
    return f"{value:{sign}{form}}".replace("-", "\N{MINUS SIGN}")


def place_of(stem):
    """The folder <modality>/<effect> of an effect whose pictures are <modality>_<effect>_..., of a modality without _."""
    return stem.replace("_", "/", 1)


class Study(unittest.TestCase):
    """A paired study of five participants in self.folder, who carry a covariate `level` and a nuisance `age`."""

    participants = 5
    report = True # whether runs write a report, which takes nine tenths of their time: False where no test looks at it

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="voxstat-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)
        random = numpy.random.default_rng(1)
        self.header = ["participant_id", "pet_baseline", "pet_followup", "level", "age"]
        self.rows = []
        for i in range(self.participants):
            name = f"sub-{i + 1:02}"
            for session in ("baseline", "followup"):
                self.write_image(f"{name}_{session}.nii.gz", 10 + random.standard_normal(SHAPE))
            self.rows.append([name, f"{name}_baseline.nii.gz", f"{name}_followup.nii.gz",
                              f"{random.uniform(2, 9):.3f}", str(60 + int(random.integers(20)))])
        self.write_table()

    def write_image(self, name, data, affine=AFFINE):
        nibabel.Nifti1Image(numpy.asarray(data, dtype=numpy.float32), affine).to_filename(self.folder / name)

    def read_image(self, name):
        return nibabel.load(self.folder / name).get_fdata(dtype=numpy.float32)

    def write_table(self):
        lines = ["\t".join(row) + "\n" for row in [self.header] + self.rows]
        (self.folder / "participants.tsv").write_text("".join(lines))

    def run_program(self, *arguments, **environment):
        quick = ["--no-report"] if "--design" in arguments and not self.report else []
        command = [PROGRAM, *arguments, *quick]
        with subprocess.Popen(command, cwd=self.folder, env={**os.environ, **environment}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
            try:
                printed, said = program.communicate(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                stuck = watch.describe(program.pid)
                watch.end(program.pid)
                self.fail(f"not ended after {TIMEOUT} s: {command}\n{stuck}\n{program.communicate()}")
        return subprocess.CompletedProcess(command, program.returncode, printed, said)

    def run_paired(self, *arguments, **environment):
        return self.run_program("--design", "paired", "--device", "cpu", *arguments, **environment)

    def listing(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def assert_done(self, done):
        self.assertEqual(done.returncode, OK, done.stderr)

    def assert_refused(self, status, words, *arguments, run=None, **environment):
        """The program ends with `status`, one line of error that holds all of `words`, and leaves nothing behind."""
        before = self.listing()
        done = (run or self.run_paired)(*arguments, **environment)
        self.assertEqual(done.returncode, status, done.stderr)
        errors = [line for line in done.stderr.splitlines() if line.startswith("voxstat: error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr[done.stderr.index("voxstat: error: "):])
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.listing(), before)

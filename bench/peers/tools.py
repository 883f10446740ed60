"""How each tool is asked for an effect, a correction and a number of permutations.

A tool gives the seconds of one run; loading and starting cancel in the difference of two runs. All are asked for 26
neighbours where they have them, E = 0.5 and H = 2, and a forming threshold of p < 0.001."""
import json
import os
import shutil
import subprocess
import sys
import time

from scipy import stats

FORMING_P = 0.001
FORMING_Z = stats.norm.isf(FORMING_P)


def forming_t(cohort, effect):
    return stats.t.isf(FORMING_P, cohort.n - cohort.model[effect][0].shape[1])


def seconds(command, cohort):
    limits = dict(os.environ, OMP_NUM_THREADS=str(cohort.threads), OPENBLAS_NUM_THREADS=str(cohort.threads))
    start = time.perf_counter()
    done = subprocess.run([str(word) for word in command], cwd=cohort.folder, env=limits, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ValueError((done.stderr.strip() or f"status {done.returncode}").splitlines()[-1])
    return time.perf_counter() - start


class Voxstat:
    name = "voxstat"
    counts = {"voxel": (1000, 16000), "clusters": (1000, 16000), "tfce": (100, 600)}
    tails = {"voxel": 2, "clusters": 2, "tfce": 1}
    options = {"voxel": ["voxel"], "clusters": ["extent,mass"], "tfce": ["tfce", "--tails", "pos"]}
    note = "cpu; uncorrected p too"

    def found(self):
        return True

    def run(self, cohort, effect, correction, permutations):
        """Every run has both effects; the clock of the one asked for is in its record."""
        out = cohort.analyse("timed", "-n", str(permutations), "--correct", *self.options[correction])
        record = json.loads((out / "run.json").read_text())["modalities"][0]["effects"]
        return next(e["permutations"]["seconds"] for e in record if e["name"] == effect)


class Mrclusterstats:
    name = "mrclusterstats"
    counts = {"clusters": (10, 60), "tfce": (2, 14)}
    tails = {"clusters": 1, "tfce": 1}
    note = "extent; on z, dh = 0.1"

    def found(self):
        return shutil.which("mrclusterstats")

    def command(self, cohort, effect, *more):
        return ["mrclusterstats", "images.txt", f"{effect}.design", f"{effect}.contrast", cohort.mask, "mrtrix_",
                "-errors", "ise" if effect == "change" else "ee", "-connectivity", "-nthreads", cohort.threads,
                "-quiet", "-force", *more]

    def run(self, cohort, effect, correction, permutations):
        forming = ["-threshold", FORMING_Z] if correction == "clusters" else []
        return seconds(self.command(cohort, effect, "-nshuffles", permutations, *forming), cohort)


class Randomise:
    name = "randomise"
    counts = {"voxel": (20, 220), "clusters": (20, 220), "tfce": (4, 24)}
    tails = {"voxel": 1, "clusters": 1, "tfce": 1}
    note = "extent; on t, dh = max/100; one thread; TFCE of 6 neighbours"

    def found(self):
        return shutil.which("randomise")

    def run(self, cohort, effect, correction, permutations):
        model = ["-1"] if effect == "change" else ["-d", f"{effect}.mat", "-t", f"{effect}.con"]
        what = {"voxel": ["-x"], "clusters": ["-c", forming_t(cohort, effect)], "tfce": ["-T"]}[correction]
        return seconds(["randomise", "-i", "changes.nii", "-m", cohort.mask, "-o", "randomise", "-n", permutations,
                        *model, *what], cohort)


class Palm:
    name = "palm"
    counts = {"voxel": (5, 25), "clusters": (5, 25), "tfce": (2, 8)}
    tails = {"voxel": 1, "clusters": 1, "tfce": 1}
    note = "extent; on t, dh = max/100"

    def found(self):
        return shutil.which("palm")

    def run(self, cohort, effect, correction, permutations):
        what = {"voxel": [], "clusters": ["-C", FORMING_Z], "tfce": ["-T"]}[correction]
        return seconds(["palm", "-i", "changes.nii", "-m", cohort.mask, "-o", "palm", "-n", permutations,
                        "-ise" if effect == "change" else "-ee", "-d", f"{effect}.csv", "-t", f"{effect}_contrast.csv",
                        *what], cohort)


class Nilearn:
    name = "nilearn"
    counts = {"voxel": (50, 550), "clusters": (5, 25), "tfce": (2, 6)}
    tails = {"voxel": 1, "clusters": 1, "tfce": 1}
    note = "extent and mass; on t; 6 neighbours"
    program = """
import sys
import numpy
from nilearn.maskers import NiftiMasker
from nilearn.mass_univariate import permuted_ols
mask, design, correction, permutations, threads = sys.argv[1:]
masker = NiftiMasker(mask).fit()
design = numpy.loadtxt(design, ndmin=2)
what = {"voxel": {}, "clusters": {"threshold": 0.001}, "tfce": {"tfce": True}}[correction]
permuted_ols(design[:, -1:], masker.transform("changes.nii"), model_intercept=design.shape[1] > 1, masker=masker,
             n_perm=int(permutations), two_sided_test=False, n_jobs=int(threads), output_type="dict", **what)
"""

    def found(self):
        return not subprocess.run([sys.executable, "-c", "import nilearn"], stderr=subprocess.DEVNULL).returncode

    def run(self, cohort, effect, correction, permutations):
        return seconds([sys.executable, "-c", self.program, cohort.mask, f"{effect}.design", correction, permutations,
                        cohort.threads], cohort)


TOOLS = (Voxstat(), Mrclusterstats(), Randomise(), Palm(), Nilearn())

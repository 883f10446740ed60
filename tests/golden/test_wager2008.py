"""The published regression of Wager et al. 2008 through the program: a table of 30 ANALYZE pairs in, maps out. Its t,
slope and mean maps are those of another package (the CANlab RobustToolbox) to 1e-5 in all 31,079 complete voxels, and
the order of the table's rows changes nothing."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import nibabel
import numpy

data = pathlib.Path(os.environ.get("VOXSTAT_REAL_DATA", "")) / "wager2008_emoreg"
if not (data / "con").is_dir():
    print("SKIP: no wager2008_emoreg in $VOXSTAT_REAL_DATA")
    sys.exit(77)


def published(name):
    return nibabel.load(data / "reference_robusttoolbox" / f"{name}.hdr").get_fdata().squeeze()


def run(folder, rows, out, *options):
    (folder / "table.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    command = [os.environ["VOXSTAT"], "run", "--design", "onesample", "--table", "table.tsv", "--out", out, "--device",
               "cpu", "--analyze-orientation", "radiological", "-n", "20", "--p-format", "p", *options]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(folder / out))[:-7]: nibabel.load(path).get_fdata()
            for path in (folder / out).rglob("*.nii.gz")}


score = numpy.loadtxt(data / "X_Y_data.txt", skiprows=1)[:, 1]
score = (score - score.mean()) / score.std(ddof=1)
header = ["participant_id", "fmri", "success"]
rows = [[f"sub-{i + 1:02}", str(data / "con" / f"con_{810001 + i:08}.hdr"), repr(float(score[i]))] for i in range(30)]
shuffled = rows[:]
random.Random(5).shuffle(shuffled)

complete = published("nsubjects") == 30
assert complete.sum() == 31079
with tempfile.TemporaryDirectory(prefix="voxstat-wager-") as name:
    folder = pathlib.Path(name)
    slope = run(folder, [header] + rows, "slope", "--covariate", "success")
    again = run(folder, [header] + shuffled, "again", "--covariate", "success")
    mean = run(folder, [header] + rows, "mean", "--nuisance", "success")

    for maps, ours, theirs in ((slope, "fmri/success/t", "ols_tmap_0002"),
                               (slope, "fmri/success/slope", "ols_beta_0002"),
                               (mean, "fmri/mean/t", "ols_tmap_0001"),
                               (mean, "fmri/mean/mean", "ols_beta_0001")):
        expected = published(theirs)[complete]
        error = numpy.abs(maps[ours][complete] - expected) / numpy.maximum(1, numpy.abs(expected))
        print(f"{ours}: at most {error.max():.2g} from {theirs}")
        assert error.max() < 1e-5, ours
    assert set(slope) == set(again) and len(slope) > 20
    for key, value in slope.items():
        assert numpy.array_equal(value, again[key], equal_nan=True), f"{key} depends on the order of the table"
    # p below 1/21 or above 1 is impossible.
    p = slope["fmri/success/p-fwe-voxel"][slope["mask"] > 0]
    assert p.min() >= 1 / 21 - 1e-7 and p.max() <= 1

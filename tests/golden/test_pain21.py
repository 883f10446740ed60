"""A run at full size: 21 maps of MNI 2 mm (pain21, CC0) and their sample sizes. t of the mean and of the slope against
NumPy in double; the null of 200 random permutations holds what its definition demands."""
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import nibabel
import numpy

data = pathlib.Path(os.environ.get("VOXSTAT_REAL_DATA", "")) / "pain21"
if not (data / "samplesize.csv").is_file():
    print("SKIP: no pain21 in $VOXSTAT_REAL_DATA")
    sys.exit(77)

images = [data / f"contrast_pain_{i + 1:02}.nii.gz" for i in range(21)]
size = numpy.loadtxt(data / "samplesize.csv", delimiter=",", usecols=1)
assert len(size) == 21
with tempfile.TemporaryDirectory(prefix="voxstat-pain-") as name:
    folder = pathlib.Path(name)
    rows = [["participant_id", "pain", "size"]]
    rows += [[f"sub-{i + 1:02}", str(images[i]), repr(float(size[i]))] for i in range(21)]
    (folder / "table.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    done = subprocess.run([os.environ["VOXSTAT"], "run", "--design", "onesample", "--table", "table.tsv", "--out",
                           "out", "--covariate", "size", "-n", "200", "--device", "cpu", "--p-format", "p"],
                          cwd=folder, text=True, capture_output=True, timeout=500)
    assert done.returncode == 0, done.stderr
    out = folder / "out"
    mask = nibabel.load(out / "mask.nii.gz").get_fdata() > 0
    assert mask.sum() >= 192885  # voxels that the README finds non-zero in all 21 within its own mask
    y = numpy.array([nibabel.load(path).get_fdata(dtype=numpy.float32)[mask] for path in images], dtype=float)

    n = len(y)
    mean = y.mean(0)
    expected = {"mean": mean / (y.std(0, ddof=1) / numpy.sqrt(n))}
    x = size - size.mean()
    slope = x @ y / (x @ x)
    residual = y - mean - numpy.outer(x, slope)
    expected["size"] = slope / numpy.sqrt((residual ** 2).sum(0) / (n - 2) / (x @ x))
    with h5py.File(out / "results.h5") as results:
        for effect, t in expected.items():
            ours = nibabel.load(out / f"pain/{effect}/t.nii.gz").get_fdata()[mask]
            error = numpy.abs(ours - t) / numpy.maximum(1, numpy.abs(t))
            print(f"{effect}: {mask.sum()} voxels, t in [{t.min():.3f}, {t.max():.3f}], at most {error.max():.2g} off")
            assert error.max() < 1e-6  # float32 maps of doubles on both sides
            null = results[f"null/pain/{effect}/voxel"][:]
            assert len(null) == 201
            assert abs(null[0] - numpy.abs(t).max()) < 1e-4 * null[0]
            # The p-map is the null's: the share of maxima that reach |t|; one within rounding of |t| may go either way.
            p = nibabel.load(out / f"pain/{effect}/p-fwe-voxel.nii.gz").get_fdata()[mask]
            ascending = numpy.sort(null)
            for slack in (1, -1):
                bound = 1 - numpy.searchsorted(ascending, numpy.abs(t) - slack * 1e-4) / 201
                assert (slack * (bound - p) > -1e-6).all()

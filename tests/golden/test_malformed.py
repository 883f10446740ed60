"""vx_image_read on $VOXSTAT_REAL_DATA/malformed and the ANALYZE images of wager2008_emoreg, against nibabel.

Each file that nibabel reads as a real 3-D image is read with the same values and the same affine; every other one is
refused with status 3. The 48 orientations of niivue/nifti_space48 are one image: they also agree with one another, value
by value at the same millimetres.
"""
import logging
import os
import pathlib
import subprocess
import sys

import nibabel
import numpy

data = pathlib.Path(os.environ.get("VOXSTAT_REAL_DATA") or "/nonexistent")
reader = pathlib.Path(os.environ["VOXSTAT"]).parent / "tests" / "test-golden-malformed"
if not (data / "malformed").is_dir():
    print(f"SKIP: no {data}/malformed")
    sys.exit(77)
logging.disable(logging.CRITICAL)

# nibabel reads these formats (FreeSurfer's, and a CIFTI matrix), voxstat does not.
OTHER_FORMATS = {"test.mgz", "row_major.dconn.nii"}
failures = []


def read(path, orientation=0):
    """(affine, values) as voxstat reads the image, or (None, its message)."""
    run = subprocess.run([reader, str(path), str(orientation)], capture_output=True)
    if run.returncode == 3 and path.name.split(".")[0].encode() in run.stderr:
        return None, run.stderr.decode()
    if run.returncode != 0:
        failures.append(f"{path}: exit status {run.returncode}: {run.stderr.decode()}")
        return None, ""
    head, values = run.stdout.split(b"\n", 1)
    head = head.split()
    affine = numpy.vstack([numpy.array(head[3:], float).reshape(3, 4), [0, 0, 0, 1]])
    return affine, numpy.frombuffer(values, "f4").reshape([int(n) for n in head[:3]], order="F")


def load(path):
    """nibabel's reading; a pair of which one file is compressed has to be put together for it."""
    if path.name.startswith("minimal2."):
        files = {"header": path.with_name("minimal2.hdr"), "image": path.with_name("minimal2.img.gz")}
        return nibabel.Nifti1Pair.from_file_map({key: nibabel.FileHolder(file) for key, file in files.items()})
    return nibabel.load(path)


def expected(path):
    """(affine, values) as nibabel reads a real 3-D image, else (None, why not)."""
    if path.name in OTHER_FORMATS:
        return None, "another format"
    try:
        image = load(path)
        values = numpy.asanyarray(image.dataobj)
    except Exception as error:
        return None, str(error)
    shape = list(image.shape) + [1] * (3 - len(image.shape))
    if values.dtype.kind not in "iuf" or values.size == 0 or numpy.prod(shape[3:]) > 1:
        return None, f"{values.dtype} {image.shape}"
    return image.affine, values.reshape(shape[:3])


def same_affine(ours, theirs):
    # Sforms are the same float32 numbers. The quaternion's a = sqrt(1 - b^2 - c^2 - d^2) loses up to half the digits of
    # its float32 fields near a half turn, so qforms agree to some 1e-4 of a voxel at worst.
    return numpy.allclose(ours, theirs, rtol=1e-5, atol=1e-4)


def same_values(ours, theirs):
    # Both scale in double; ours is then rounded to float32: half a unit in the last place, 2^-24 = 6e-8.
    return ours.shape == theirs.shape and numpy.allclose(ours, theirs, rtol=1.2e-7, atol=0, equal_nan=True)


def compare(path):
    affine, values = read(path)
    if affine is None and "without orientation" in values:
        affine, values = read(path, 2) # where nibabel puts the origin in the centre and lets x grow to the left
    right_affine, right = expected(path)
    if affine is None or right_affine is None:
        if (affine is None) != (right_affine is None):
            failures.append(f"{path}: voxstat: {'read' if affine is not None else values}; nibabel: "
                            f"{'read' if right_affine is not None else right}")
        return 0
    if not same_values(values, right):
        failures.append(f"{path}: values differ")
    if not same_affine(affine, right_affine):
        failures.append(f"{path}: affine\n{affine}\nnibabel\n{right_affine}")
    return 1


def at_millimetres(affine, values, points):
    index = numpy.rint(numpy.linalg.solve(affine, points)[:3]).astype(int)
    return values[tuple(index)]


def compare_orientations(folder):
    first = None
    for path in sorted(folder.iterdir()):
        affine, values = read(path)
        if first is None:
            first = (affine, values)
            index = numpy.indices(values.shape).reshape(3, -1)
            points = affine @ numpy.vstack([index, numpy.ones(index.shape[1])])
        elif not (at_millimetres(affine, values, points) == at_millimetres(*first, points)).all():
            failures.append(f"{path}: other values at the same place")


def compare_analyze(path):
    """nibabel's SPM reader takes x to grow to the left, as SPM does: our radiological."""
    image = nibabel.load(path)
    affine, values = read(path, 2)
    if affine is None:
        failures.append(f"{path}: {values}")
        return
    if not same_affine(affine, image.affine) or not same_values(values, numpy.asanyarray(image.dataobj).squeeze()):
        failures.append(f"{path}: differs from nibabel's reading")
    mirrored, other = read(path, 1)
    if not numpy.array_equal(mirrored, numpy.diag([-1, 1, 1, 1]) @ affine):
        failures.append(f"{path}: neurological is not the mirror image of radiological")
    if not numpy.array_equal(other, values, equal_nan=True):
        failures.append(f"{path}: the orientation changes the values")
    refused, message = read(path)
    if refused is not None or "--orientation" not in message:
        failures.append(f"{path}: read without an orientation")


files = [path for path in sorted((data / "malformed").rglob("*")) if path.is_file()]
agreed = sum(compare(path) for path in files)
compare_orientations(data / "malformed" / "niivue" / "nifti_space48")
analyze = sorted((data / "wager2008_emoreg" / "con").glob("*.hdr"))
for path in analyze[:2] + analyze[-1:]:
    compare_analyze(path)
print(f"{len(files)} files, {agreed} read alike by voxstat and nibabel, {len(failures)} failures")
print("\n".join(failures))
sys.exit(1 if failures or agreed < 70 else 0)

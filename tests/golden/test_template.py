"""Real maps (pain21) over a real template (mni152): what is drawn under the map is the template, at the places that its
header tells, cut to the brain. nibabel reads it and SciPy samples it."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import nibabel
import numpy
from scipy import ndimage

DATA = pathlib.Path(os.environ.get("VOXSTAT_REAL_DATA", ""))
template = DATA / "mni152" / "MNI152_T1_2mm_Brain.nii.gz"
if not (template.is_file() and (DATA / "pain21" / "contrast_pain_01.nii.gz").is_file()):
    print("SKIP: no mni152 and pain21 in $VOXSTAT_REAL_DATA")
    sys.exit(77)
sys.path.append(str(pathlib.Path(__file__).parents[1] / "cli"))
from test_report_figures import pixels  # pylint: disable=wrong-import-position

HEIGHTS = (-20, 4, 34)  # mm


def program(*arguments):
    done = subprocess.run([os.environ["VOXSTAT"], *arguments], cwd=folder, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done


def sample(image, mm):
    """The trilinear values of an image at places in mm (..., 3)."""
    inverse = numpy.linalg.inv(image.affine)
    at = numpy.moveaxis(mm @ inverse[:3, :3].T + inverse[:3, 3], -1, 0)
    return ndimage.map_coordinates(image.get_fdata(), at, order=1)


with tempfile.TemporaryDirectory(prefix="voxstat-template-") as name:
    folder = pathlib.Path(name)
    rows = [["participant_id", "pain"]]
    rows += [[f"sub-{i + 1:02}", str(DATA / "pain21" / f"contrast_pain_{i + 1:02}.nii.gz")] for i in range(21)]
    (folder / "participants.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    program("--design", "onesample", "--out", "out", "-n", "10", "--correct", "voxel", "--device", "cpu", "--no-report")
    brain, mask = nibabel.load(template), nibabel.load(folder / "out/mask.nii.gz")
    inside = numpy.argwhere(mask.get_fdata() > 0) @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    margin = max(mask.header.get_zooms())
    low, high = inside.min(0) - margin, inside.max(0) + margin  # what of space a slice shows
    zooms = mask.header.get_zooms()
    around = ndimage.distance_transform_cdt(mask.get_fdata() == 0, "chessboard")  # voxels, of 2 mm
    near = ndimage.binary_fill_holes(around <= 3)
    distance = nibabel.Nifti1Image(ndimage.distance_transform_edt(~near, zooms), mask.affine)
    for z in HEIGHTS:
        # Beyond no t of this study, so that no colour hides the template.
        arguments = ["figure", "out", "--slices", f"axial:{z}", "--threshold", "100000", "--template", str(template)]
        done = program(*arguments, "-o", f"{z}.png")
        assert "Drawn over the template" in done.stdout and "remark" not in done.stderr, done
        program(*arguments, "-o", f"{z}.svg")
        width, height, scale, x, y = map(float, re.search(
            r'width="(\d+)" height="(\d+)" xlink:href.*?<use [^>]*matrix\(([\d.]+),0,0,[\d.]+,([\d.]+),([\d.]+)\)',
            (folder / f"{z}.svg").read_text(), re.DOTALL).groups())
        shown, unit = pixels(folder / f"{z}.png"), 300 / 25.4  # pixels an mm of paper
        left, top, width, height = (int(round(one)) for one in (x * unit, y * unit, width * scale * unit,
                                                                height * scale * unit))
        shown = shown[top:top + height, left:left + width]
        rows, columns = numpy.indices(shown.shape[:2]) + 0.5
        # The participant's left is on the left.
        mm = numpy.stack([low[0] + columns / width * (high[0] - low[0]), high[1] - rows / height * (high[1] - low[1]),
                          numpy.full(rows.shape, float(z))], -1)
        deep = ndimage.binary_erosion(sample(mask, mm) > 0.99, iterations=int(6 * width / (high[0] - low[0])))
        assert deep.mean() > 0.2
        assert numpy.ptp(shown[deep], 1).max() <= 2  # it is grey
        grey = shown[..., 0]
        found = {}
        for shift in numpy.ndindex(3, 3):
            moved = sample(brain, mm + numpy.array([2.0 * (shift[0] - 1), 2.0 * (shift[1] - 1), 0]))
            found[shift] = numpy.corrcoef(moved[deep], grey[deep])[0, 1]
        print(f"z = {z}: correlation {found[1, 1]:.4f}, moved by 2 mm at most "
              f"{max(value for shift, value in found.items() if shift != (1, 1)):.4f}")
        # Not 1, as the darkest and the lightest fiftieth of greys are cut off and greys are whole numbers.
        assert found[1, 1] > 0.97 and max(found, key=found.get) == (1, 1), found
        far = sample(distance, mm) > margin
        assert far.any() and grey[far].min() > 250, "further from the mask than 5 mm, rounded to voxels, and one more nothing is drawn"

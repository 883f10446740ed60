"""Unpermuted maps: those of mrclusterstats against ours. Their conventions are shown by applying them to our maps."""
import subprocess

import nibabel
import numpy
from scipy import ndimage

import tools
from cohort import EFFECTS

CORNERS = numpy.ones((3, 3, 3))


def load(path):
    return nibabel.as_closest_canonical(nibabel.load(path)).get_fdata()


def load_mif(path):
    nifti = path.with_suffix(".nii")
    subprocess.run(["mrconvert", path, nifti, "-strides", "1,2,3", "-quiet", "-force"], check=True)
    return load(nifti)


def extent_map(score, above):
    """At every voxel above, the size of its cluster of 26 neighbours; else 0."""
    label, _ = ndimage.label(score > above, CORNERS)
    size = numpy.bincount(label.ravel())
    size[0] = 0
    return size[label]


def stepped_tfce(score, dh):
    """Sum of e^0.5 h^2 at h = dh, 2 dh, ...: as MRtrix3, which does not multiply by dh."""
    heights = dh * numpy.arange(1, int(score.max() / dh) + 2)
    return sum(extent_map(score, h)**0.5 * h**2 for h in heights)


def agreement(name, theirs, ours, mask):
    theirs, ours = theirs[mask], ours[mask]
    defined = theirs.std() and ours.std()
    return {"map": name, "max_abs_difference": float(abs(theirs - ours).max()), "largest": float(abs(theirs).max()),
            "correlation": float(numpy.corrcoef(theirs, ours)[0, 1]) if defined else None}


def compare(cohort):
    """A list of agreements, and of maps left out with the reason."""
    mrtrix, rows, left_out = tools.Mrclusterstats(), [], []
    if not mrtrix.found():
        return [], ["mrclusterstats: not found on this machine"]
    mask = load(cohort.mask) > 0
    ours = lambda folder, effect, name: numpy.where(mask, load(folder / f"pet/{effect}/{name}.nii.gz"), 0)
    theirs = lambda name: numpy.where(mask, load_mif(cohort.folder / f"mrtrix_{name}.mif"), 0)
    for effect in EFFECTS:
        tools.seconds(mrtrix.command(cohort, effect, "-notest", "-threshold", tools.FORMING_Z), cohort)
        t, z = ours(cohort.maps, effect, "t"), ours(cohort.maps, effect, "z")
        rows.append(agreement(f"{effect} t", theirs("tvalue"), t, mask))
        rows.append(agreement(f"{effect} z", theirs("Zstat"), z, mask))
        extent = extent_map(t, tools.forming_t(cohort, effect))
        rows.append(agreement(f"{effect} extent, z > {tools.FORMING_Z:.4f} against t of p < 0.001",
                              theirs("clustersize"), extent, mask))
        tools.seconds(mrtrix.command(cohort, effect, "-notest"), cohort)
        tfce = theirs("tfce")
        rows.append(agreement(f"{effect} tfce, 0.1 steps of our z (SciPy)", tfce, stepped_tfce(z, 0.1), mask))
        for name, preset, scale in (("preset mrtrix", ["--tfce-preset", "mrtrix"], 1), ("exact / 0.1", [], 10)):
            try:
                out = cohort.analyse("tfce", "-n", "10", "--correct", "tfce", "--tails", "pos", *preset)
            except ValueError as reason:
                left_out.append(f"{effect} tfce, {name}: {reason}")
                continue
            enhanced = scale * ours(out, effect, "tfce").clip(0)
            rows.append(agreement(f"{effect} tfce, {name}", tfce, enhanced, mask))
            rows.append(agreement(f"    0.1 steps of our t (SciPy) against {name}", stepped_tfce(t, 0.1), enhanced,
                                  mask))
    return rows, left_out

"""Draws demo.png from the folder that `sh bootstrap.sh demo` leaves: t of the change, and r with the blood level.

    python3 sample_data/demo.py build/demo sample_data/demo.png       (Debian: python3-matplotlib, python3-nibabel)
"""
import pathlib
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import nibabel
import numpy as np

results, picture = pathlib.Path(sys.argv[1]), sys.argv[2]
cohort = pathlib.Path(__file__).parent


def volume(path):
    return nibabel.load(path).get_fdata()


affine = nibabel.load(results / "mask.nii.gz").affine
mask = volume(results / "mask.nii.gz") > 0
mean_uptake = np.mean([volume(path) for path in sorted(cohort.glob("sub-*_ses-baseline_pet.nii.gz"))], axis=0)
box = tuple(slice(i.min() - 1, i.max() + 2) for i in np.nonzero(mask))
heights = [-24, -20, 0, 4, 8, 20, 32]  # mm
rows = [("change", "t", "change: t", 5), ("rapa_level", "r", "rapa_level: r", 0.9)]


def cut(image, z):
    return image[box[0], box[1], int(round((z - affine[2, 3]) / affine[2, 2]))].T


figure, axes = plt.subplots(len(rows), len(heights), figsize=(12, 4.3), dpi=120, layout="constrained")
for row, (effect, name, title, limit) in enumerate(rows):
    statistic = volume(results / f"pet_{effect}_{name}.nii.gz")
    clusters = volume(results / f"pet_{effect}_clusters.nii.gz") > 0
    for axis, z in zip(axes[row], heights):
        inside = cut(mask, z)
        axis.imshow(np.where(inside, cut(mean_uptake, z), np.nan), cmap="gray", origin="lower", vmin=0.2, vmax=2.2)
        # Opaque where the statistic is large, transparent where it is small: nothing is cut off.
        opacity = np.where(inside, np.clip(np.abs(cut(statistic, z)) / limit, 0, 1), 0)
        shown = axis.imshow(cut(statistic, z), cmap="RdBu_r", origin="lower", vmin=-limit, vmax=limit, alpha=opacity)
        if cut(clusters, z).any():
            axis.contour(cut(clusters, z), levels=[0.5], colors="black", linewidths=1.2)
        if row == 0:
            axis.set_title(f"z = {z} mm", fontsize=10)
        axis.axis("off")
    for axis, side, x in ((axes[row, 0], "L", -0.04), (axes[row, -1], "R", 1.04)):
        axis.text(x, 0.5, side, transform=axis.transAxes, ha="center", va="center", fontsize=10)
    bar = figure.colorbar(matplotlib.cm.ScalarMappable(shown.norm, shown.cmap), ax=axes[row].tolist(), fraction=0.02)
    bar.set_label(title, fontsize=10)
figure.savefig(picture, facecolor="white")

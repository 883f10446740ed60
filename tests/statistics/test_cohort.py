"""The truth is in the images of sample_data: nibabel reads them, NumPy and SciPy measure what docs/cohort.md states."""
import csv
import os
import sys

import nibabel
import numpy as np
from scipy import stats

folder = os.path.join(os.environ["VOXSTAT_SOURCE"], "sample_data")


def table(name):
    with open(os.path.join(folder, name)) as file:
        return list(csv.DictReader(file, delimiter="\t"))


people, labels = table("participants.tsv"), table("labels.tsv")
volume = nibabel.load(os.path.join(folder, "labels.nii.gz"))
label = np.asarray(volume.dataobj)
assert volume.shape == (46, 55, 46) and volume.header["sform_code"] == 4 and volume.header["qform_code"] == 4
assert np.array_equal(volume.affine, volume.header.get_qform())


def session(column):
    images = [nibabel.load(os.path.join(folder, person[column])) for person in people]
    for image in images:
        assert np.array_equal(image.affine, volume.affine) and image.header.get_data_dtype() == np.int16
    return np.stack([image.get_fdata() for image in images])


baseline, followup = session("pet_baseline"), session("pet_followup")
inside = label > 0
assert not baseline[:, ~inside].any() and not followup[:, ~inside].any()
assert (baseline[:, inside] > 0).all() and (followup[:, inside] > 0).all()

log_level = np.array([float(person["log_rapa_level"]) for person in people])
level = np.array([float(person["rapa_level"]) for person in people])
assert len(people) == 14 and np.allclose(np.exp(log_level), level, rtol=2e-5)  # both are printed to 1e-4 or better

# A lognormal variable of mean m and CV c: SD of the log sqrt(log(1 + c^2)), mean of the log log m minus half its square.
sigma = np.sqrt(np.log(1 + 0.30**2))
assert abs(log_level.std(ddof=1) - sigma) < 1e-5 and abs(log_level.mean() - (np.log(5.8) - sigma**2 / 2)) < 1e-5
late = np.log([float(person["rapa_3h"]) for person in people])
assert abs(np.corrcoef(late, log_level)[0, 1] - 0.6) < 1e-3  # rapa_3h is printed to 1e-3 of about 20
assert [person["rapa_predose"] for person in people].count("n/a") == 1

stated = {"posterior_cingulate": (1.5, 6), "precuneus": (1.5, 6), "temporo-parietal_cortex": (1.5, 6), "caudate": (5, 6),
          "putamen": (5, 6), "insula": (4.5, 6), "anterior_cingulate": (4.5, 6), "pons": (0, 0)}
follows_level = ("hippocampus", "amygdala", "parahippocampal_gyrus")
for row in labels:
    here = label == int(row["index"])
    name = row["name"].replace("_left", "").replace("_right", "")
    change = 100 * (followup[:, here].mean(1) / baseline[:, here].mean(1) - 1)
    mean, sd = stated.get(name, (0, 6))
    # A stored step is 1/4096 of about 1: 0.024 %, uniform in both sessions, so its SD is 0.01 % a voxel; the smallest
    # region averages 14 voxels: 0.0027 %. 5 of these for one participant, less for moments of 14.
    assert abs(change.mean() - mean) < 0.01, (row["name"], change.mean())
    assert abs(change.std(ddof=1) - sd) < 0.014, (row["name"], change.std(ddof=1))
    if sd:
        r = stats.pearsonr(change, log_level)[0]
        assert abs(r - (0.65 if name in follows_level else 0)) < 0.003, (row["name"], r)

# SD of a voxel's change 7 to 8 % on average: 6 % of the region, the rest within it.
voxel = 100 * (followup[:, inside] / baseline[:, inside] - 1)
assert 7 <= voxel.std(axis=0, ddof=1).mean() <= 8
print("the sample holds its truth")

"""The truth is in the images of sample_data: nibabel reads them, NumPy and SciPy measure what docs/cohort.md states."""
import csv
import hashlib
import itertools
import os

import nibabel
import numpy as np
from scipy import stats

folder = os.path.join(os.environ["VOXSTAT_SOURCE"], "sample_data")


def table(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


people, labels = table("participants.tsv"), table("labels.tsv")
volume = nibabel.load(os.path.join(folder, "labels.nii.gz"))
label = np.asarray(volume.dataobj)
inside = label > 0
assert volume.shape == (46, 55, 46) and volume.header["sform_code"] == 4 and volume.header["qform_code"] == 4
assert np.array_equal(volume.affine, volume.header.get_qform())

log_level = np.array([float(person["log_rapa_level"]) for person in people])
level = np.array([float(person["rapa_level"]) for person in people])
assert len(people) == 14 and np.allclose(np.exp(log_level), level, rtol=2e-5)  # both are printed to 1e-4 or better

# A lognormal variable of mean m and CV c: SD of the log sqrt(log(1 + c^2)), mean of the log log m minus half its square.
sigma = np.sqrt(np.log(1 + 0.30**2))
assert abs(log_level.std(ddof=1) - sigma) < 1e-5 and abs(log_level.mean() - (np.log(5.8) - sigma**2 / 2)) < 1e-5
late = np.log([float(person["rapa_3h"]) for person in people])
assert abs(np.corrcoef(late, log_level)[0, 1] - 0.6) < 1e-3  # rapa_3h is printed to 1e-3 of about 20

# One trough is below the limit of quantification, and all others are above it.
troughs = [person["rapa_predose"] for person in people]
limit = [float(trough[1:]) for trough in troughs if trough.startswith("<")]
assert len(limit) == 1 and all(float(trough) >= limit[0] for trough in troughs if not trough.startswith("<"))


class Modality:
    """The participants who have both sessions, their images, and the percentage change of any set of labels."""

    def __init__(self, name, step):
        self.step = step
        cells = [[person[f"{name}_{session}"] for session in ("baseline", "followup")] for person in people]
        self.who = np.array(["n/a" not in row for row in cells])
        images = [[nibabel.load(os.path.join(folder, cell)) for cell in row] for row in cells if "n/a" not in row]
        for image in itertools.chain(*images):
            assert np.array_equal(image.affine, volume.affine) and image.header.get_data_dtype() == np.int16
            assert image.dataobj.slope == step
        self.baseline, self.followup = (np.stack([row[k].get_fdata() for row in images]) for k in (0, 1))
        self.stored = [np.asarray(image.dataobj.get_unscaled()) for image in itertools.chain(*images)]
        for data in (self.baseline, self.followup):
            assert not data[:, ~inside].any() and (data[:, inside] > 0).all()

    def means(self, names):
        here = np.isin(label, [int(row["index"]) for row in labels if row["name"] in names])
        return self.baseline[:, here].mean(1), self.followup[:, here].mean(1)

    def check(self, name, mean, sd, r):
        """Rounding is uniform in both sessions: its SD is `step` / sqrt(12) a voxel and session. `error` is that of a
        participant's change in percent. 5 of these for the mean and the SD, less for moments of 14."""
        before, after = self.means([name])
        change = 100 * (after / before - 1)
        voxels = sum(label.ravel() == next(int(row["index"]) for row in labels if row["name"] == name))
        error = 100 * self.step * np.sqrt(2 / 12 / voxels) / before.min()
        assert abs(change.mean() - mean) < 5 * error, (name, change.mean(), error)
        assert abs(change.std(ddof=1) - sd) < 5 * error, (name, change.std(ddof=1), error)
        if sd:
            assert abs(stats.pearsonr(change, log_level[self.who])[0] - r) < 5 * error / sd, (name, error / sd)

    def voxel_sd(self):
        return (100 * (self.followup[:, inside] / self.baseline[:, inside] - 1)).std(axis=0, ddof=1).mean()


pet, cbf, gm = Modality("pet", 2.0**-12), Modality("cbf", 2.0**-6), Modality("gm", 2.0**-14)
assert pet.who.all() and gm.who.all() and cbf.who.sum() == 13

# Regenerated PET images keep the bits that results quoted in the documents were computed from. SHA-256 of the int16
# values in the order of the files, of the state before there were other modalities.
PET_SHA256 = "8ef34f7f7b274a255091257d44bc30420ca266bd997aef27c46f1dbc3529cca4"
stored = b"".join(data.astype("<i2").tobytes(order="F") for data in pet.stored)
assert hashlib.sha256(stored).hexdigest() == PET_SHA256

PET_CHANGE = {"posterior_cingulate": (1.5, 6), "precuneus": (1.5, 6), "temporo-parietal_cortex": (1.5, 6),
              "caudate": (5, 6), "putamen": (5, 6), "insula": (4.5, 6), "anterior_cingulate": (4.5, 6), "pons": (0, 0)}
FOLLOWS_LEVEL = ("hippocampus", "amygdala", "parahippocampal_gyrus")
for row in labels:
    name = row["name"].replace("_left", "").replace("_right", "")
    pet.check(row["name"], *PET_CHANGE.get(name, (0, 6)), 0.65 if name in FOLLOWS_LEVEL else 0)
    cbf.check(row["name"], *((10, 12) if name == "thalamus" else (2 if row["tissue"] == "grey" else 0, 10)), 0)
    gm.check(row["name"], *((-1.8, 1.5) if name == "hippocampus" else (-1.3, 1.2)), 0)

assert 7 <= pet.voxel_sd() <= 8 and 12 <= cbf.voxel_sd() <= 15 and gm.voxel_sd() <= 2

# Flow of grey matter 40.6 mL/100 g/min, and a participant's SD of 8.4: four standard errors of 13.
grey = [row["name"] for row in labels if row["tissue"] == "grey"]
assert abs(cbf.means(grey)[0].mean() - 40.6) < 4 * 8.4 / np.sqrt(13)

# Markers are printed to 1e-3 of 50 or more: 0.001 % of a change in percent, in both sessions.
MARKER_CHANGE = {"ttau": (10, 12), "ptau": (1, 8), "nfl": (15, 18), "abeta40": (8, 10), "abeta42": (4, 13)}
markers = {}
for name, (mean, sd) in MARKER_CHANGE.items():
    cells = [[person[f"{name}_{session}"] for session in ("baseline", "followup")] for person in people]
    drawn = np.array(["n/a" not in row for row in cells])
    before, after = markers[name] = np.array([row for row in cells if "n/a" not in row], float).T
    change = 100 * (after / before - 1)
    assert drawn.sum() == 12 and sum(row.count("n/a") for row in cells) == 2 and before.min() > 50
    assert abs(change.mean() - mean) < 0.002 and abs(change.std(ddof=1) - sd) < 0.002, name
    assert abs(stats.pearsonr(change, log_level[drawn])[0]) < 0.001, name
    assert drawn[~cbf.who].all(), "who lacks an image has the samples"
ratio = [ptau / ttau for ptau, ttau in zip(markers["ptau"], markers["ttau"])]
assert abs(100 * (stats.gmean(ratio[1] / ratio[0]) - 1) + 8) < 1.5

# The table of the truth has what the images have.
truth = {(row["modality"], row["name"]): row for row in table("truth.tsv")}
assert len(truth) == 3 * len(labels) + len(MARKER_CHANGE)
assert {row["n"] for key, row in truth.items() if key[0] == "cbf"} == {"13"}
for (modality, name), row in truth.items():
    before, after = markers[name] if modality == "csf" else {"pet": pet, "cbf": cbf, "gm": gm}[modality].means([name])
    change = 100 * (after / before - 1)
    assert abs(change.mean() - float(row["mean_drawn"])) < 0.05
    assert abs(change.std(ddof=1) - float(row["sd_drawn"])) < 0.05
drawn = table("truth_change.tsv")
assert len(drawn) == 14 * len(truth) and sum(row["change"] == "n/a" for row in drawn) == len(labels) + 2 * 5

# What the planned regions show: members and families as in planned.tsv.
planned = {row["region"]: (row["family"], row["members"].split(" + ")) for row in table("planned.tsv")}
known = {row["name"] for row in labels}
assert all(member in known for _, members in planned.values() for member in members)
assert [name for name, (family, _) in planned.items() if family == "primary"] == ["striatum", "insula",
                                                                                 "anterior_cingulate"]
flips = 1.0 - 2 * (np.arange(2**14)[:, None] >> np.arange(14) & 1)


def flip_p(change):
    """Two-sided, by all sign flips."""
    n = len(change)
    sums = np.abs(flips[:2**n, :n] @ change)
    return (sums >= abs(change.sum()) * (1 - 1e-12)).mean()


def change_of(modality, region):
    before, after = modality.means(planned[region][1])
    return after - before, 100 * (after / before - 1)


for region in ("striatum", "insula", "anterior_cingulate"):
    assert change_of(pet, region)[0].mean() > 0 and flip_p(change_of(pet, region)[0]) < 0.005, region
for region in ("posterior_cingulate", "precuneus", "temporo_parietal"):
    assert change_of(pet, region)[0].mean() > 0, region
for region in FOLLOWS_LEVEL:
    assert stats.pearsonr(change_of(pet, region)[0], level)[1] < 0.02, region
    assert stats.pearsonr(change_of(pet, region)[0], level)[0] > 0.6, region
flow = change_of(cbf, "thalamus")
assert abs(flow[1].mean() - 10) < 0.1 and abs(flow[1].std(ddof=1) - 12) < 0.1 and flip_p(flow[0]) < 0.05
loss = 100 * (gm.means(grey)[1] / gm.means(grey)[0] - 1)
assert abs(loss.mean() + 1.3) < 0.05 and abs(loss.std(ddof=1) - 1.2) < 0.15 and flip_p(loss) < 0.005

for name, found in (("ttau", True), ("nfl", True), ("ptau", False)):
    assert (flip_p(markers[name][1] - markers[name][0]) < 0.05) == found, name

# Every expected change is of a planned region of a modality, or of a marker, with the interval of its observation.
for row in table("expected.tsv"):
    if row["modality"] == "n/a":
        assert row["region"] in markers and row["unit"] == "absolute"
    else:
        assert row["region"] in planned and row["modality"] in ("pet", "gm") and row["unit"] == "%"
        assert float(row["change"]) < 0
    assert float(row["se"]) > 0 and float(row["interval_weeks"]) > 0 and row["source"]
print("the sample holds its truth")

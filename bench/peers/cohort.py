"""The cohort in the forms that the tools read: an image of the change for each participant, all of them in one 4-D
image, designs and contrasts as text."""
import csv
import subprocess

import nibabel
import numpy

COVARIATE = "rapa_level"
EFFECTS = ("change", COVARIATE)


class Cohort:
    """`folder` gets everything; `images` and `changes` are named in it, `mask` is that of voxstat."""

    def __init__(self, voxstat, folder, size, threads):
        self.voxstat, self.folder, self.threads = voxstat, folder, threads
        self.table = folder / "cohort" / "participants.tsv"
        if not self.table.exists():
            subprocess.run([voxstat, "simulate", "--size", str(size), "--modality", "pet", "--out",
                            folder / "cohort"], check=True)
        with open(self.table) as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        self.n = len(rows)
        level = numpy.array([float(row[COVARIATE]) for row in rows])
        ones = numpy.ones(self.n)
        self.model = {"change": (ones[:, None], "1"), COVARIATE: (numpy.c_[ones, level - level.mean()], "0 1")}
        self._write_changes(rows)
        for effect, (design, contrast) in self.model.items():
            numpy.savetxt(folder / f"{effect}.design", design)
            numpy.savetxt(folder / f"{effect}.csv", design, delimiter=",")
            (folder / f"{effect}.contrast").write_text(contrast + "\n")
            (folder / f"{effect}_contrast.csv").write_text(contrast.replace(" ", ",") + "\n")
            self._write_vest(effect, design, contrast)
        self.maps = self.analyse("maps", "--correct", "voxel", "-n", "10")
        self.mask = self.maps / "mask.nii.gz"

    def analyse(self, name, *arguments):
        """One run of voxstat, its refusals as ValueError. Returns the folder of its results."""
        out = self.folder / name
        done = subprocess.run([self.voxstat, "--design", "paired", "--covariate", COVARIATE, "--table", self.table,
                               "--out", out, "--force", "--quiet", "--device", "cpu", "--threads", str(self.threads),
                               *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise ValueError(done.stderr.strip().splitlines()[-1])
        return out

    def _write_changes(self, rows):
        changes = []
        for row in rows:
            before, after = (nibabel.load(self.table.parent / row["pet_" + s]) for s in ("baseline", "followup"))
            changes.append(after.get_fdata(dtype="f4") - before.get_fdata(dtype="f4"))
            nibabel.save(nibabel.Nifti1Image(changes[-1], after.affine), self.folder / f"{row['participant_id']}.nii")
        (self.folder / "images.txt").write_text("".join(f"{row['participant_id']}.nii\n" for row in rows))
        nibabel.save(nibabel.Nifti1Image(numpy.stack(changes, 3), after.affine), self.folder / "changes.nii")

    def _write_vest(self, effect, design, contrast):
        """FSL's text format."""
        numbers = "\n".join(" ".join(f"{x:.9g}" for x in row) for row in design)
        heading = f"/NumWaves {design.shape[1]}\n"
        (self.folder / f"{effect}.mat").write_text(f"{heading}/NumPoints {self.n}\n/Matrix\n{numbers}\n")
        (self.folder / f"{effect}.con").write_text(f"{heading}/NumContrasts 1\n/Matrix\n{contrast}\n")

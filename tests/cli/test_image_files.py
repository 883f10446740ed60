"""Files as they come: without orientation, on other grids, under other names, changed while they are analysed. Truth is
what nibabel and NumPy make of the same files."""
import gzip
import hashlib
import json
import os
import pathlib
import signal
import struct
import subprocess
import unittest

import h5py
import nibabel
import numpy

from images_cli import INSIDE, VOXELS, Images
from voxstat_cli import AFFINE, INPUT, PROGRAM, SHAPE


def nearest(data, affine, shape, target):
    """Nearest neighbour as docs/data.md says it; 0 outside."""
    index = numpy.indices(shape).reshape(3, -1)
    there = numpy.linalg.inv(affine) @ target @ numpy.vstack([index, numpy.ones(index.shape[1])])
    there = numpy.floor(there[:3] + 0.5).astype(int)
    inside = ((there >= 0) & (there < numpy.array(data.shape)[:, None])).all(axis=0)
    return numpy.where(inside, data[tuple(numpy.where(inside, there, 0))], 0).reshape(shape)


class MaskOnAnotherGrid(Images):
    """An oblique mask of 2.6 mm, and the same brought to the grid of the images by NumPy."""

    report = False

    def setUp(self):
        super().setUp()
        turn = numpy.array([[0.9, -0.3, 0.1, 0], [0.3, 0.9, 0, 0], [-0.1, 0.05, 1, 0], [0, 0, 0, 1]])
        self.affine = turn @ numpy.diag([-2.6, 2.6, 2.6, 1])
        self.affine[:3, 3] = (AFFINE @ [0, 0, 0, 1])[:3] + [4, -3, -2]
        self.mask = numpy.random.default_rng(4).random((12, 13, 10)) > 0.3
        self.write_image("oblique.nii.gz", self.mask, self.affine)
        self.write_image("same.nii.gz", nearest(self.mask, self.affine, SHAPE, AFFINE))

    def test_is_brought_to_the_images(self):
        self.report = True
        self.assert_done(self.run_quick("--mask", "same.nii.gz", "--out", "same"))
        done = self.run_quick("--mask", "oblique.nii.gz", "--out", "oblique")
        self.assert_done(done)
        for name in ("mask.nii.gz", "pet/change/t.nii.gz"):
            one, other = (nibabel.load(self.folder / out / name).get_fdata() for out in ("same", "oblique"))
            numpy.testing.assert_array_equal(one, other)
        index = numpy.argwhere(self.mask)
        voxels = numpy.linalg.inv(AFFINE) @ self.affine @ numpy.c_[index, numpy.ones(len(index))].T
        voxels = numpy.floor(voxels[:3] + 0.5)
        outside = 1 - ((voxels >= 0) & (voxels < numpy.array(SHAPE)[:, None])).all(axis=0).mean()
        self.assertIn(f"brought to theirs by nearest neighbour; {100 * outside:.1f} % of it lie outside", done.stderr)
        inputs = json.loads((self.folder / "oblique/run.json").read_text())["inputs"]
        steps = {pathlib.Path(one["path"]).name: one["steps"] for one in inputs if "steps" in one}
        self.assertEqual(list(steps), ["oblique.nii.gz"])
        self.assertEqual(len(steps["oblique.nii.gz"]), 1)
        self.assertEqual(steps["oblique.nii.gz"][0]["name"], "nearest")
        self.assertTrue(steps["oblique.nii.gz"][0]["parameters"].endswith("sub-01_baseline.nii.gz"))
        self.assertIn("oblique.nii.gz was brought to the grid of the images by nearest neighbour.",
                      (self.folder / "oblique/report.html").read_text())
        self.assertNotIn("nearest neighbour", (self.folder / "same/report.html").read_text())


class Grids(Images):
    """Two modalities on two grids: one command gives what each alone gives."""

    report = False

    def test_two_modalities(self):
        self.report = True
        coarse = numpy.diag([6.0, 6, 6, 1])
        coarse[:3, 3] = [-14, -16, -8]
        shape, random = (6, 7, 5), numpy.random.default_rng(3)
        self.header += ["gm_baseline", "gm_followup"]
        for row in self.rows:
            for session in ("baseline", "followup"):
                name = f"gm_{row[0]}_{session}.nii.gz"
                self.write_image(name, 1 + random.random(shape), coarse)
                row.append(name)
        self.write_table()
        self.write_image("mask.nii.gz", numpy.ones(SHAPE))
        for out in ("pet", "gm", "pet,gm"):
            self.assert_done(self.run_quick("--mask", "mask.nii.gz", "--modality", out, "--out", out))
        for name in ("pet", "gm"):
            for kind in ("t", "p-fwe-voxel", "clusters"):
                alone, together = (nibabel.load(self.folder / out / f"{name}/change/{kind}.nii.gz")
                                   for out in (name, "pet,gm"))
                numpy.testing.assert_array_equal(alone.get_fdata(), together.get_fdata())
                numpy.testing.assert_array_equal(alone.affine, together.affine)
            numpy.testing.assert_array_equal(nibabel.load(self.folder / name / "mask.nii.gz").get_fdata(),
                                             nibabel.load(self.folder / f"pet,gm/{name}/mask.nii.gz").get_fdata())
        both = self.folder / "pet,gm"
        self.assertFalse((both / "mask.nii.gz").exists())
        with h5py.File(both / "results.h5") as results:
            self.assertNotIn("mask", results)
            self.assertEqual({name: mask.shape for name, mask in results["masks"].items()},
                             {"pet": SHAPE, "gm": shape})
        inputs = json.loads((both / "run.json").read_text())["inputs"]
        masks = [one for one in inputs if one["path"].endswith("mask.nii.gz")]
        self.assertEqual([[step["name"] for step in one.get("steps", [])] for one in masks], [[], ["nearest"]])
        self.assertEqual(len({one["sha256"] for one in masks}), 1)
        self.assert_done(self.run_program("report", "pet,gm"))
        self.assert_done(self.run_program("show", "pet,gm"))
        self.assert_done(self.run_program("nidm", "pet,gm", "--instrument", "pet"))


class Space(Images):
    report = False

    def rewrite(self, change):
        """Every image with its header changed."""
        for row in self.rows:
            for name in row[1:3]:
                image = nibabel.load(self.folder / name)
                header = image.header.copy()
                data = image.get_fdata(dtype=numpy.float32)
                image = nibabel.Nifti1Image(data, None, header)
                change(image.header)
                image.to_filename(self.folder / name)

    def test_no_orientation(self):
        def drop(header):
            header["qform_code"] = header["sform_code"] = 0
        self.rewrite(drop)
        self.assert_refused(INPUT, ["sub-01", "pet_baseline", "without orientation", "--orientation"])
        peaks = []
        for side in ("neurological", "radiological"):
            done = self.run_quick("--orientation", side)
            self.assert_done(done)
            peak = self.record()["modalities"][0]["effects"][0]["peak"]
            header = nibabel.load(self.folder / "voxstat-results/pet/change/t.nii.gz").header
            self.assertEqual(int(header["sform_code"]), 2)
            self.assertIn(f"remark: the headers of 10 of 10 images do not tell left from right: --orientation {side}",
                          done.stderr)
            numpy.testing.assert_allclose(header.get_best_affine() @ [*peak["voxel"], 1], [*peak["mm"], 1], atol=1e-4)
            peaks.append(peak["mm"])
        self.assertEqual(peaks[0][0], -peaks[1][0]) # about the middle of the box
        self.assertEqual(peaks[0][1:], peaks[1][1:])

    def test_an_orientation_that_headers_tell(self):
        _, remarks = self.mask_of("--orientation", "neurological")
        self.assertEqual(len(remarks), 1)
        self.assertIn("--orientation neurological was not needed", remarks[0])
        numpy.testing.assert_array_equal(nibabel.load(self.folder / "voxstat-results/mask.nii.gz").affine, AFFINE)

    def test_a_template_and_a_mask_need_it_too(self):
        bare = nibabel.Nifti1Image(numpy.float32(self.framed(numpy.ones(SHAPE))), None)
        bare.to_filename(self.folder / "bare.nii")
        for option in ("--mask", "--template"):
            self.assert_refused(INPUT, [option[2:], "bare.nii", "without orientation"], option, "bare.nii")

    def test_micrometres(self):
        self.rewrite(lambda header: header.set_xyzt_units("micron", "sec"))
        mask, remarks = self.mask_of()
        self.assertEqual(mask["voxels"], VOXELS)
        self.assertEqual(len(remarks), 1)
        self.assertIn("10 images have their lengths in micrometres", remarks[0])
        header = nibabel.load(self.folder / "voxstat-results/pet/change/t.nii.gz").header
        self.assertEqual(header.get_xyzt_units()[0], "mm")
        numpy.testing.assert_allclose(header.get_best_affine()[:3], AFFINE[:3] / 1000, rtol=1e-6)
        numpy.testing.assert_allclose(header.get_zooms(), 0.004, rtol=1e-6)
        numpy.testing.assert_allclose(self.record()["modalities"][0]["voxel_mm"], 0.004)

    def shift(self, voxels):
        affine = AFFINE.copy()
        affine[1, 3] += 4 * voxels
        self.change("sub-03_followup.nii.gz", lambda data: data, affine=affine)

    def test_grids_that_are_nearly_one(self):
        self.shift(0.01)
        _, remarks = self.mask_of()
        self.assertEqual(len(remarks), 1)
        for word in ("sub-03_followup.nii.gz", "0.01 voxels", "--grid-tolerance 0.02"):
            self.assertIn(word, remarks[0])
        self.assert_refused(INPUT, ["sub-03", "another grid"], "--grid-tolerance", "0.005", "--out", "other")
        self.shift(0.1)
        self.assert_refused(INPUT, ["sub-03", "another grid"], "--out", "other")
        self.assert_done(self.run_quick("--grid-tolerance", "0.2"))

    def test_a_list_of_values(self):
        for row in self.rows:
            for name in row[1:3]:
                data = numpy.zeros((600, 1, 1), numpy.float32)
                data[:210, 0, 0] = self.read_image(name)[INSIDE].ravel()
                nibabel.Nifti1Image(data, AFFINE).to_filename(self.folder / name)
        _, remarks = self.mask_of()
        self.assertEqual(len(remarks), 1)
        self.assertIn("values on a surface", remarks[0])

    def test_a_bomb_is_not_inflated(self):
        """A header of 3 GB on another grid is refused for the grid, before the missing voxels are noticed."""
        header = bytearray((gzip.decompress((self.folder / "sub-03_followup.nii.gz").read_bytes()))[:352])
        struct.pack_into("<8h", header, 40, 3, 1000, 1000, 800, 1, 1, 1, 1)
        with gzip.open(self.folder / "sub-03_followup.nii.gz", "wb", compresslevel=1) as file:
            file.write(header + bytes(1 << 20))
        self.assert_refused(INPUT, ["sub-03", "another grid", "1000 x 1000 x 800"])


class Names(Images):
    report = False

    def rename(self, function):
        for row in self.rows:
            for column in (1, 2):
                row[column] = function(row[column])
        self.write_table()

    def test_without_an_ending(self):
        self.rename(lambda name: name.removesuffix(".nii.gz"))
        self.write_image("brain.nii.gz", self.framed(numpy.ones(SHAPE)))
        self.assert_done(self.run_quick("--mask", "brain"))
        self.assertEqual(self.record()["modalities"][0]["mask"]["voxels"], VOXELS)
        self.write_image("sub-01_baseline.nii", self.read_image("sub-01_baseline.nii.gz"))
        self.assert_refused(INPUT, ["sub-01", "sub-01_baseline.nii.gz and", "are both there"], "--out", "other")

    def test_pairs_in_capitals(self):
        """Both files of every pair are recorded, with the hashes of the files on disk."""
        cases = iter(10 * [str.upper, str.capitalize])

        def pair(name):
            case = next(cases)
            data = self.read_image(name)
            stem = name.removesuffix(".nii.gz")
            nibabel.Nifti1Pair(data, AFFINE).to_filename(self.folder / f"{stem}.img")
            for half in ("hdr", "img"):
                (self.folder / f"{stem}.{half}").rename(self.folder / f"{stem}.{case(half)}")
            return f"{stem}.{case('img')}"
        self.rename(pair)
        self.assert_done(self.run_quick())
        inputs = self.record()["inputs"]
        self.assertEqual(len(inputs), 1 + 2 * 2 * self.participants)
        for entry in inputs:
            path = self.folder / entry["path"]
            self.assertEqual(entry["sha256"], hashlib.sha256(path.read_bytes()).hexdigest(), path)
        self.assertEqual(len({pathlib.Path(entry["path"]).name for entry in inputs}), len(inputs))

    def test_content_that_was_not_fetched(self):
        path = self.folder / "sub-03_followup.nii.gz"
        path.unlink()
        for content, words in (("/annex/objects/MD5E-s26093786--c3fd01f0787b14610c066b6b7454ff54.nii.gz\n",
                                ["git-annex", "datalad get"]),
                               ("../.git/annex/objects/a/b/MD5E-s123.nii.gz/MD5E-s123.nii.gz", ["git-annex"]),
                               ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
                                ["Git LFS", "git lfs pull"])):
            path.write_text(content)
            self.assert_refused(INPUT, ["sub-03", "pet_followup", *words])
        path.unlink()
        path.symlink_to(".git/annex/objects/Xx/Yy/MD5E-s26093786--c3fd/MD5E-s26093786--c3fd.nii.gz")
        self.assert_refused(INPUT, ["sub-03", "pet_followup", "git-annex", "not fetched", "datalad get"])
        path.unlink()
        path.symlink_to("elsewhere.nii.gz")
        self.assert_refused(INPUT, ["sub-03", "a link to elsewhere.nii.gz"])

    def test_other_formats_by_name(self):
        mgh = nibabel.MGHImage(numpy.float32(numpy.ones(SHAPE)), AFFINE)
        mgh.to_filename(self.folder / "image.mgz")
        self.rows[2][2] = "image.mgz"
        self.write_table()
        self.assert_refused(INPUT, ["sub-03", "image.mgz", "FreeSurfer", "mri_convert"])
        (self.folder / "image.nii.bz2").write_bytes(b"BZh91AY&SY" + bytes(600))
        self.rows[2][2] = "image.nii.bz2"
        self.write_table()
        self.assert_refused(INPUT, ["sub-03", "image.nii.bz2", "bzip2"])


class Meanwhile(Images):
    """Changes of the files between reading and writing: the program is stopped once it has read them."""

    report = False
    participants = 8 # enough permutations, so that the run is stopped before it ends

    def run_and(self, meddle):
        arguments = ["--design", "paired", "--device", "cpu", "-n", "40000", "--progress", "plain",
                     "--covariate", "level"]
        with subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as program:
            before = ""
            for line in program.stderr: # the message after the images are read
                before += line
                if line.startswith("results: "):
                    break
            program.send_signal(signal.SIGSTOP)
            meddle()
            program.send_signal(signal.SIGCONT)
            _, after = program.communicate(timeout=300)
        self.assertEqual(program.returncode, 0, before + after)
        return self.record()

    def hash(self, name):
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def test_replaced_and_deleted(self):
        self.report = True
        replaced, deleted, touched = "sub-02_followup.nii.gz", "sub-04_baseline.nii.gz", "sub-05_baseline.nii.gz"
        analysed = {name: self.hash(name) for name in (replaced, deleted, touched)}

        def meddle():
            self.change(replaced, lambda data: data + 1)
            (self.folder / deleted).unlink()
            os.utime(self.folder / touched)
        record = self.run_and(meddle)
        hashes = {pathlib.Path(entry["path"]).name: entry["sha256"] for entry in record["inputs"]}
        for name, expected in analysed.items():
            self.assertEqual(hashes[name], expected)
        self.assertNotEqual(self.hash(replaced), analysed[replaced])
        remarks = "\n".join(record["remarks"])
        self.assertIn(f"{replaced} was changed while", remarks)
        self.assertIn(f"{deleted} was deleted while", remarks)
        self.assertIn("2 images could not be read again", remarks)
        page = (self.folder / "voxstat-results/report.html").read_text()
        for number in (">nan<", ">+nan<", "hange nan", " nan to nan"):
            self.assertFalse(number in page, number)
        self.assertNotIn(touched, remarks)
        self.assertTrue((self.folder / "voxstat-results/pet/change/t.nii.gz").exists())

    def test_the_table(self):
        analysed = self.hash("participants.tsv")

        def meddle():
            (self.folder / "participants.tsv").write_text("gone\n")
        record = self.run_and(meddle)
        self.assertEqual(record["inputs"][0]["sha256"], analysed)
        remarks = [remark for remark in record["remarks"] if "white noise" not in remark]
        self.assertEqual(len(remarks), 1)
        self.assertIn("participants.tsv was changed while", remarks[0])


if __name__ == "__main__":
    unittest.main()

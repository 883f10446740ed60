"""--force never deletes input, files of others or edited files; and the leftovers of killed runs."""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

import nibabel
import numpy

from voxstat_cli import INPUT, OUTPUT, PROGRAM, SHAPE, Study, files_of


class Results(Study):
    """Copies of one analysis, since a run spends most of its time on the report, which is the same for all."""

    made = None  # a folder

    def copy_results(self, to):
        if not Results.made:
            Results.made = tempfile.TemporaryDirectory(prefix="voxstat-force-")
            self.analyse("--out", Results.made.name + "/res")
        shutil.copytree(Results.made.name + "/res", self.folder / to)

    def analyse(self, *arguments):
        done = self.run_paired("-q", "--correct", "voxel", *arguments)
        self.assert_done(done)
        return done


class Replace(Results):
    """Every refusal leaves each file as it was, byte by byte."""

    def contents(self):
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def refused(self, words, *arguments, run=None, where="."):
        before = self.contents()
        done = (run or self.run_paired)(*arguments) if where == "." else subprocess.run(
            [PROGRAM, *arguments], cwd=self.folder / where, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(self.contents(), before)

    def test_a_cohort_in_the_current_folder(self):
        self.assert_done(self.run_program("simulate", "--participants", "6", "--modality", "pet", "--out", "cohort"))
        self.refused(["current folder"], "--design", "paired", "--covariate", "rapa_level", "--out", ".", "--force",
                     where="cohort")
        self.refused(["current folder"], "--design", "paired", "--out", "../cohort", "--force", where="cohort")
        self.refused(["current folder"], "simulate", "--out", ".", "--force", where="cohort")
        table = ("--table", "cohort/participants.tsv")
        self.refused(["cohort/participants.tsv", "read here"], *table, "--out", "cohort", "--force")
        self.refused(["a cohort"], "--out", "cohort", "--force")  # nothing in it is read, but it is no analysis
        self.copy_results("res")
        self.refused(["an analysis"], "simulate", "--participants", "6", "--out", "res", "--force",
                     run=self.run_program)
        self.assert_done(self.run_program("simulate", "--participants", "6", "--modality", "pet", "--out", "cohort",
                                          "--force"))

    def test_a_second_level(self):
        for i in range(5):
            self.write_image(f"other_{i}.nii.gz", numpy.full(SHAPE, i + 1.0))
        self.copy_results("res")
        rows = [f"sub-{i}\tother_{i}.nii.gz\n" for i in range(4)] + ["sub-4\tres/pet/change/t.nii.gz\n"]
        (self.folder / "second.tsv").write_text("participant_id\tmap\n" + "".join(rows))
        second = ("--design", "onesample", "--modality", "map", "--table", "second.tsv", "--device", "cpu", "--force")
        self.refused(["res/pet/change/t.nii.gz"], *second, "--out", "res", run=self.run_program)
        os.symlink("res", self.folder / "by-another-name")
        self.refused(["res/pet/change/t.nii.gz"], *second, "--out", "by-another-name", run=self.run_program)

    def test_inputs_in_the_folder(self):
        self.copy_results("res")
        self.refused(["res/mask.nii.gz"], "--mask", "res/mask.nii.gz", "--out", "res", "--force")
        self.refused(["res/pet/change/t.nii.gz"], "--template", "res/pet/change/t.nii.gz", "--out", "res", "--force")
        os.symlink("res/mask.nii.gz", self.folder / "mask.nii.gz")
        self.refused(["mask.nii.gz"], "--mask", "mask.nii.gz", "--out", "res", "--force")

    def test_the_other_half_of_a_pair(self):
        self.copy_results("res")
        image = nibabel.load(self.folder / "res/mask.nii.gz")
        nibabel.Nifti1Pair(image.get_fdata().astype("float32"), image.affine).to_filename(self.folder / "pair.hdr")
        target = self.folder / "res/pair.img"
        os.rename(self.folder / "pair.img", target)
        os.symlink("res/pair.img", self.folder / "pair.img")
        self.refused(["pair.img, which is read here"], "--mask", "pair.hdr", "--out", "res", "--force")

    def test_edited_files(self):
        self.copy_results("res")
        table = self.folder / "res/pet/change/clusters.tsv"
        before = table.read_text()
        table.write_text(before.replace("positive", "POSITIVE") + "# read by me\n")
        self.refused(["pet/change/clusters.tsv", "was changed"], "--out", "res", "--force")
        table.write_text(before)
        page = self.folder / "res/report.html"
        page.write_text(page.read_text() + "<!-- noted -->")
        self.refused(["report.html", "was changed"], "--out", "res", "--force")
        self.refused(["report.html", "was changed"], "report", "res", run=self.run_program)
        page.unlink()
        self.assert_done(self.run_program("report", "res"))
        self.analyse("--out", "res", "--force")

    def test_checksums_hold(self):
        self.copy_results("res")
        for _ in range(2):
            text = (self.folder / "res/run.json").read_bytes()
            run = json.loads(text)
            own = run["run_sha256"].encode()
            self.assertEqual(hashlib.sha256(text.replace(own, b"0" * 64)).hexdigest().encode(), own)
            self.assertEqual(sorted(run["files"]), sorted(files_of(self.folder / "res")))
            self.assertEqual(set(run["checksums"]), set(run["files"]) - {"run.json"})
            for name, checksum in run["checksums"].items():
                self.assertEqual(hashlib.sha256((self.folder / "res" / name).read_bytes()).hexdigest(), checksum)
            self.assert_done(self.run_program("report", "res"))
            self.assert_done(self.run_program("nidm", "res", "--force"))

    def test_a_closed_folder_stays_closed(self):
        self.copy_results("res")
        (self.folder / "res").chmod(0o700)
        self.analyse("--out", "res", "--force")
        self.assertEqual((self.folder / "res").stat().st_mode & 0o7777, 0o700)

    @unittest.skipUnless(os.geteuid() == 0, "gives a folder to another group, which takes root")
    def test_the_group_stays(self):
        self.copy_results("res")
        os.chown(self.folder / "res", -1, 4321)
        (self.folder / "res").chmod(0o2770)
        self.analyse("--out", "res", "--force")
        now = (self.folder / "res").stat()
        self.assertEqual((now.st_mode & 0o7777, now.st_gid), (0o2770, 4321))
        self.assertEqual((self.folder / "res/run.json").stat().st_gid, 4321)

    def test_a_name_that_voxstat_gives_to_no_file(self):
        """Anybody can write a run.json that lists it, with the right checksums."""
        self.copy_results("res")
        (self.folder / "res/thesis.docx").write_text("precious")
        run = json.loads((self.folder / "res/run.json").read_text())
        run["files"].insert(0, "thesis.docx")
        run["checksums"]["thesis.docx"] = hashlib.sha256(b"precious").hexdigest()
        run["run_sha256"] = "0" * 64
        text = json.dumps(run).encode()
        own = hashlib.sha256(text).hexdigest().encode()
        (self.folder / "res/run.json").write_bytes(text.replace(b"0" * 64, own))
        self.refused(["thesis.docx", "not written by voxstat"], "--out", "res", "--force")

    def test_figures_of_the_bench(self):
        bench = ("bench", "--device", "cpu", "--voxels", "100", "--repetitions", "1", "--json", "figures.json")
        (self.folder / "figures.json").write_text("precious")
        self.refused(["figures.json", "exists already"], *bench, run=self.run_program)
        self.refused(["figures.json", "no figures"], *bench, "--force", run=self.run_program)
        self.refused(["nowhere/figures.json"], *bench[:-1], "nowhere/figures.json", run=self.run_program)

    def test_packs(self):
        self.copy_results("res")
        (self.folder / "packs").mkdir()
        (self.folder / "packs/pet_change.nidm.zip").write_text("precious")
        self.refused(["exists already"], "nidm", "res", "--out", "packs", run=self.run_program)
        self.refused(["was not written by voxstat"], "nidm", "res", "--out", "packs", "--force", run=self.run_program)
        (self.folder / "packs/pet_change.nidm.zip").unlink()
        self.assert_done(self.run_program("nidm", "res", "--out", "packs"))
        self.assert_done(self.run_program("nidm", "res", "--out", "packs", "--force"))

    def test_names_too_long_for_files(self):
        self.header[3] = "l" * 230
        self.write_table()
        before = self.contents()
        done = self.run_paired("--covariate", self.header[3], "--out", "res")
        self.assertEqual(done.returncode, INPUT, done.stderr)
        self.assertIn("l" * 230, done.stderr)
        self.assertIn("255", done.stderr)
        self.assertEqual(self.contents(), before)


class Leftovers(Results):
    participants = 12 # 12! permutations

    def killed(self):
        """Starts a run and kills it while it computes; returns the name of its leftover."""
        with subprocess.Popen([PROGRAM, "--design", "paired", "--device", "cpu", "--covariate", "level", "-n",
                               "10000000", "--out", "res"], cwd=self.folder, stderr=subprocess.PIPE, text=True) as run:
            for line in run.stderr:
                if line.startswith("results: "):
                    break
            left = list(self.folder.glob("res.partial-*"))
            self.assertEqual(len(left), 1)
            told = self.run_paired("--out", "res", "--correct", "voxel", "--leftovers", "remove")
            self.assert_done(told)
            self.assertNotIn("partial", told.stderr)  # a live run's leftover is not reported,
            self.assertTrue(left[0].exists())         # and nothing removed
            run.send_signal(signal.SIGKILL)
            run.wait()
        return left[0].name

    def test_told_of_and_removed_on_request(self):
        name = self.killed()
        told = self.run_paired("--out", "res", "--correct", "voxel", "--force")
        self.assert_done(told)
        self.assertIn(f"note: {name} was left by a run that was killed: it holds nothing; --leftovers", told.stderr)
        self.assertTrue((self.folder / name).exists())
        told = self.run_paired("--out", "/proc/res", "--leftovers", "remove")
        self.assertTrue((self.folder / name).exists())  # of another --out
        told = self.run_paired("--out", "res", "--leftovers", "remove")  # refused for the results, not for the leftover
        self.assertEqual(told.returncode, OUTPUT)
        self.assertIn("removed", told.stderr)
        self.assertFalse((self.folder / name).exists())

    def test_recovered_on_request(self):
        self.copy_results("res")
        before = files_of(self.folder / "res")
        left = self.folder / "res.partial-aB3dE6"
        os.rename(self.folder / "res", left)
        broken = self.folder / "res.partial-zzzzzz"
        (broken / "pet/change").mkdir(parents=True)
        (broken / "pet/change/t.nii.gz").write_bytes(before["pet/change/t.nii.gz"][:-9])
        (broken / "pet/change/z.nii.gz").write_bytes(before["pet/change/z.nii.gz"])
        for how in ("remove", "recover"):  # a leftover too is not deleted or moved while it is read
            told = self.run_paired("--out", "res", "--leftovers", how, "--mask", left.name + "/mask.nii.gz")
            self.assertEqual(told.returncode, OUTPUT)
            self.assertIn("mask.nii.gz, which is read here", told.stderr)
        self.assertEqual(files_of(left), before)
        told = self.run_paired("--out", "res", "--leftovers", "recover")
        self.assert_done(told)
        self.assertIn(f"{left.name} was left by a run that was killed: it holds complete results", told.stderr)
        self.assertIn("no complete results, but 2 files, 1 of them complete", told.stderr)
        self.assertIn("pet change", told.stdout)
        self.assertFalse(left.exists())
        for name, content in before.items():
            if name not in ("run.json", "report.html"): # the report was drawn again
                self.assertEqual((self.folder / "res" / name).read_bytes(), content, name)


if __name__ == "__main__":
    unittest.main()

"""A results folder from elsewhere is data: whatever its run.json names, voxstat deletes nothing outside the folder, and
inside only files that voxstat wrote."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from voxstat_cli import INPUT, OK, OUTPUT, PROGRAM, Study, files_of


class ForeignFolder(Study):
    made = None

    def setUp(self):
        super().setUp()
        self.res = self.folder / "box/res"
        if not ForeignFolder.made:  # once, since a run spends most of its time on the report
            ForeignFolder.made = tempfile.TemporaryDirectory(prefix="voxstat-foreign-")
            self.assert_done(self.run_paired("--out", ForeignFolder.made.name + "/res", "--correct", "voxel", "-q"))
        shutil.copytree(ForeignFolder.made.name + "/res", self.res)
        self.run = json.loads((self.res / "run.json").read_text())

    def craft(self):
        (self.res / "run.json").write_text(json.dumps(self.run, indent=2))

    def outside(self):
        return {str(path): path.read_bytes() for path in self.folder.rglob("*")
                if path.is_file() and self.res not in path.parents}

    def both(self, *statuses):
        """Draws the report and writes packs; neither touches anything outside."""
        before = self.outside()
        for command in (["report", "box/res"], ["nidm", "box/res", "--force"]):
            done = self.run_program(*command)
            self.assertIn(done.returncode, statuses, done.stderr)
            self.assertEqual(self.outside(), before)

    def test_stems_that_leave_the_folder(self):
        shutil.copytree(self.res / "pet/change", self.folder / "box/thesis") # as a report needs it
        for stem in ("../thesis", "/tmp/thesis", ".hidden", "a/b", "a\nb", "a\u009b2J"):
            with self.subTest(stem=stem):
                self.run["modalities"][0]["effects"][0]["files"] = stem
                self.craft()
                self.both(INPUT, OUTPUT)

    def test_files_of_the_user_that_a_report_claims(self):
        for name in ("precious.docx", "photo.png"):
            (self.res / name).write_text("precious")
        (self.folder / "box/thesis.png").write_text("precious")
        h5 = (self.res / "results.h5").read_bytes()
        original = json.dumps(self.run)
        for claimed, statuses in ((["results.h5", "photo.png"], (OK,)), (["precious.docx"], (OK, INPUT)),
                                  (["../thesis.png"], (INPUT,)), (["/etc/passwd"], (INPUT,)), ([7], (OK, INPUT))):
            with self.subTest(claimed=claimed):
                self.run = json.loads(original)
                self.run["report"] += claimed
                self.run["files"] += claimed
                self.run["checksums"]["photo.png"] = "0" * 64
                self.craft()
                self.both(*statuses)
                self.assertEqual((self.res / "results.h5").read_bytes(), h5)
                for name in ("precious.docx", "photo.png"):
                    self.assertEqual((self.res / name).read_text(), "precious")
                (self.res / "run.json").write_text(original)
                (self.res / "pet_change.nidm.zip").unlink(missing_ok=True)

    def test_content_that_was_not_fetched(self):
        """Datasets hold results as links or pointers to content that comes on request."""
        for name in ("run.json", "results.h5", "pet/change/clusters.tsv"):
            content = (self.res / name).read_bytes()
            for pointer in ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
                            "/annex/objects/MD5E-s12--4d7a.h5\n", None):
                with self.subTest(name=name, pointer=pointer):
                    (self.res / name).unlink()
                    if pointer:
                        (self.res / name).write_text(pointer)
                    else:
                        (self.res / name).symlink_to("../.git/annex/objects/Xx/Yy/MD5E-s12--4d7a.h5")
                    for command in (["show", "box/res"], ["report", "box/res"]):
                        done = self.run_program(*command)
                        self.assertEqual(done.returncode, INPUT, done.stderr)
                        for word in (name, "that is not here" if pointer else "whose content is not here", "fetch it"):
                            self.assertIn(word, done.stderr)
            (self.res / name).unlink()
            (self.res / name).write_bytes(content)
        self.assert_done(self.run_program("show", "box/res"))

    def test_links_in_the_way(self):
        target = self.folder / "bashrc"
        target.write_text("precious")
        page = self.res / "report.html"
        os.symlink(target, self.res / "report.html.partial")
        os.symlink(target, self.res / "run.json.partial")
        self.both(OK)
        page.unlink()
        os.symlink(target, page)
        done = self.run_program("report", "box/res")
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        self.assertIn("report.html", done.stderr)
        self.assertEqual(target.read_text(), "precious")

    def test_an_edit_of_run_json_is_not_taken_for_ours(self):
        self.run["modalities"][0]["effects"][0]["participants"][0] = "somebody"
        self.craft()
        self.both(OK)  # it is shown,
        done = self.run_paired("--out", "box/res", "--force")
        self.assertEqual(done.returncode, OUTPUT)  # and not deleted
        self.assertIn("run.json: was changed", done.stderr)

    def test_a_folder_without_checksums(self):
        del self.run["checksums"]
        self.craft()
        self.both(OUTPUT)

    def test_what_an_interruption_left(self):
        # A report that was killed while it wrote: one file under a temporary name, and both checksums of one picture.
        picture = "figures/pet_change_slices.png"
        (self.res / ".voxstat-0123456789abcdef.partial").write_text("half")
        run = (self.res / "run.json").read_text()
        self.assert_done(self.run_program("report", "box/res"))
        self.run = json.loads(run)
        self.run["checksums"][picture] = [self.run["checksums"][picture], "0" * 64]
        self.craft()
        self.both(OK)
        self.assertEqual(type(json.loads((self.res / "run.json").read_text())["checksums"][picture]), str)

    def test_report_and_packs_at_once(self):
        for path in self.res.glob("*.nidm.zip"):
            path.unlink()
        for _ in range(2):
            both = [subprocess.Popen([PROGRAM, *command], cwd=self.folder, stderr=subprocess.PIPE, text=True)
                    for command in (["report", "box/res"], ["nidm", "box/res", "--force"])]
            for one in both:
                said = one.communicate(timeout=60)[1]
                self.assertEqual(one.returncode, OK, said)
        run = json.loads((self.res / "run.json").read_text())
        self.assertEqual(set(run["files"]), set(files_of(self.res)))
        self.assertEqual(len(run["files"]), len(set(run["files"])))
        self.assertIn("pet_change.nidm.zip", run["files"])
        self.assertTrue(set(run["report"]) <= set(run["files"]))
        self.assert_done(self.run_paired("--out", "box/res", "--force", "-q", "--correct", "voxel"))


if __name__ == "__main__":
    unittest.main()

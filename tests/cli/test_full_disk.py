"""Output to a terminal or pipe arrives, or the exit status reports the failure: /dev/full accepts no byte."""
import os
import subprocess
import unittest

from voxstat_cli import OK, OUTPUT, PROGRAM, Study


class FullDisk(Study):
    def printed_to(self, path, *arguments):
        with open(path, "wb") as out:
            return subprocess.run([PROGRAM, *arguments], cwd=self.folder, stdout=out, stderr=subprocess.PIPE, text=True,
                                  timeout=60, check=False)

    def assert_told(self, *arguments):
        done = self.printed_to("/dev/full", *arguments)
        self.assertEqual(done.returncode, OUTPUT, (arguments, done.stderr))
        self.assertIn("cannot write to standard output: No space left on device", done.stderr)
        self.assertEqual(self.printed_to(os.devnull, *arguments).returncode, OK, arguments)

    def test_every_command_that_prints(self):
        self.assert_done(self.run_paired("--out", "results", "-q"))
        for arguments in (["--help"], ["run", "--help"], ["--version"], ["--help=man"], ["--help=bash"], ["--help=zsh"],
                          ["show", "results"], ["devices"],
                          ["translate", "randomise", "-i", "a.nii.gz", "-o", "out", "-1"]):
            with self.subTest(" ".join(arguments)):
                self.assert_told(*arguments)

    def test_a_run_keeps_its_results(self):
        done = self.printed_to("/dev/full", "--design", "paired", "--device", "cpu", "--out", "results", "-q")
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        self.assertTrue((self.folder / "results" / "run.json").exists())

    def test_closed(self):
        done = subprocess.run(["/bin/sh", "-c", 'exec "$0" --help >&-', PROGRAM], stderr=subprocess.PIPE, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, OUTPUT)
        self.assertIn("cannot write to standard output", done.stderr)


if __name__ == "__main__":
    unittest.main()

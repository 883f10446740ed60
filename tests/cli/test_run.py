"""A tiny paired study from end to end: the messages, the files, and that the order of the rows, threads and memory
change nothing."""
import csv
import errno
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

import numpy

from voxstat_cli import INTERRUPTED, PROGRAM, SHAPE, Study, files_of

MAPS = ["mean", "se", "ci-low", "ci-high", "t", "z", "dz", "g", "clusters", "p-uncorrected", "p-fdr", "p-fwe-voxel",
        "p-fwe-extent", "p-fwe-mass", "tfce", "p-fwe-tfce"]
COVARIATE_MAPS = ["slope" if name == "mean" else name for name in MAPS if name not in ("dz", "g")] + ["r"]


def written_to(terminal):
    """What a program writes to a terminal until it ends. A program waits once a terminal holds 13,951 characters that
    nobody has read, or 17,983: that depends on when Linux moves the first of them. --help writes about 16,000."""
    written = b""
    try:
        while part := os.read(terminal, 4096):
            written += part
    except OSError as error:
        if error.errno != errno.EIO: # Linux: nobody has the other end open
            raise
    os.close(terminal)
    return written.decode()


class Run(Study):
    def setUp(self):
        super().setUp()
        # A rise in one corner, so that there is a cluster to find.
        for row in self.rows:
            data = self.read_image(row[2])
            data[:4, :4, :4] += 6
            self.write_image(row[2], data)

    def files(self, out):
        """The bytes of a run's files, except run.json and results.h5, which hold times."""
        return {name: data for name, data in files_of(self.folder / out).items() if name.endswith((".gz", ".tsv"))}

    def test_end_to_end(self):
        before = self.listing()
        done = self.run_paired("--covariate", "level", "--nuisance", "age", "--p-format", "p", "--cluster-p", "0.01")
        self.assert_done(done)
        left = [name for name in self.listing() if name not in before and not name.endswith((".png", ".svg"))]
        expected = (["figures", "mask.nii.gz", "n.nii.gz", "pet", "pet/change", "pet/level", "quality.json", "quality.tsv",
                     "report.html", "results.h5", "run.json", "summary.json", "summary.tsv"] +
                    ["pet/change/clusters.tsv", "pet/level/clusters.tsv"] +
                    [f"pet/change/{name}.nii.gz" for name in MAPS] +
                    [f"pet/level/{name}.nii.gz" for name in COVARIATE_MAPS])
        self.assertEqual(left, sorted(["voxstat-results"] + [f"voxstat-results/{name}" for name in expected]))
        for words in ("change = followup minus baseline", "5 of 5 participants", "mask of 504 voxels",
                      "none of 10 images flagged", "all 32 sign flips", "all 120 permutations", "0.0625", "device cpu",
                      "results: voxstat-results"):
            self.assertIn(words, done.stderr)
        said = [line for line in done.stderr.splitlines() if not line.startswith("remark: ")]
        self.assertLessEqual(said.index("results: voxstat-results"), 8) # of ten, with the time that longer runs expect
        self.assertTrue(all(len(line) <= 80 for line in said + done.stdout.splitlines()), said)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[1].startswith("pet change") and lines[2].startswith("pet level"))
        # The table of results is that of the maps, at the voxel that the largest |t| is in.
        t = self.read_image("voxstat-results/pet/change/t.nii.gz")
        self.assertIn(f" {t.flat[numpy.abs(t).argmax()]:.2f} ", lines[1])

    def test_sentences_fit_the_terminal(self):
        """The remarks are folded on a terminal, and where COLUMNS is set; in a pipe a line is a sentence, to be searched.
        Either way the words are the same."""
        arguments = ["--device", "cpu", "--no-report", "--progress", "none", "--force", "--covariate", "level"]

        def words(text):
            return re.sub(r"\s+", " ", text[:text.index("time: ")])

        pipe = self.run_paired(*arguments)
        self.assert_done(pipe)
        remark = next(line for line in pipe.stderr.splitlines() if line.startswith("remark: "))
        self.assertGreater(len(remark), 100)
        named = self.run_paired(*arguments, COLUMNS="70")
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
        with subprocess.Popen([PROGRAM, "--design", "paired", *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=theirs, env={**os.environ, "NO_COLOR": "1"}) as run:
            os.close(theirs)
            terminal = written_to(ours).replace("\r\n", "\n")
        self.assertEqual(run.returncode, 0, terminal)
        for folded in (named.stderr, terminal):
            self.assertEqual(words(folded), words(pipe.stderr))
            lines = folded.splitlines()
            first = next(i for i, line in enumerate(lines) if line.startswith("remark: "))
            self.assertTrue(lines[first + 1].startswith("  "))
            self.assertEqual([line for line in lines if len(line) > 70], [])
        done = self.run_paired("--covariate", "level", "--sessions", "baseline,the_session_that_nobody_had",
                               COLUMNS="40")
        self.assertRegex(done.stderr, "^voxstat: error: ")
        self.assertGreater(done.stderr.count("\n  "), 1)

    def test_a_mean_of_images_is_no_change(self):
        """Images of 10 and noise lie above zero: the alarm speaks of no rise and of no scaling."""
        for i in range(5, 9):
            self.write_image(f"{i}.nii.gz", 10 + numpy.random.default_rng(i).standard_normal(SHAPE))
            self.rows.append([f"more-{i}", f"{i}.nii.gz", *self.rows[0][2:]])
        self.write_table()
        done = self.run_program("--design", "onesample", "--device", "cpu", "--modality", "pet_baseline", "--correct",
                                "voxel", "--no-report")
        self.assert_done(done)
        self.assertRegex(done.stderr, r"remark: pet_baseline mean: half of all voxels have a t beyond .*: most of the map "
                                      "is above zero, as images are that hold no differences\\.")

    def test_mean_change_is_followup_minus_baseline(self):
        self.assert_done(self.run_paired())
        change = numpy.mean([self.read_image(row[2]).astype(float) - self.read_image(row[1]) for row in self.rows], 0)
        mean = self.read_image("voxstat-results/pet/change/mean.nii.gz")
        # The change is rounded to float once, the mean once more: 2^-23 of values below 32 twice.
        numpy.testing.assert_allclose(mean, change, atol=8e-6)

    def test_record_tells_everything(self):
        self.assert_done(self.run_paired("--covariate", "level", "--seed", "7", "-n", "50"))
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        self.assertIn("--seed 7 -n 50", record["command_line"])
        options = record["options"]
        self.assertEqual((options["seed"], options["permutations"], options["connectivity"], options["joint"]),
                         ("7", "50", "26", "no"))
        self.assertIsNone(options["mask"])
        self.assertEqual(len(record["inputs"]), 1 + 2 * self.participants)
        for entry in record["inputs"]:
            digest = subprocess.run(["sha256sum", self.folder / entry["path"]], text=True, capture_output=True,
                                    check=True).stdout.split()[0]
            self.assertEqual(entry["sha256"], digest)

    def test_order_of_the_rows_changes_nothing(self):
        arguments = ["--covariate", "level", "-n", "60"]
        self.assert_done(self.run_paired(*arguments, "--out", "a"))
        self.rows = [self.rows[i] for i in (3, 0, 4, 2, 1)]
        self.write_table()
        self.assert_done(self.run_paired(*arguments, "--out", "b"))
        self.assertEqual(self.files("a"), self.files("b"))

    def test_threads_and_memory_change_nothing(self):
        arguments = ["--covariate", "level", "-n", "60"]
        self.assert_done(self.run_paired(*arguments, "--threads", "1", "--out", "a"))
        self.assert_done(self.run_paired(*arguments, "--threads", "2", "--memory-limit", "64M", "--out", "b"))
        self.assertEqual(self.files("a"), self.files("b"))

    def test_devices_give_the_same(self):
        """Sign flips are integers, correlations the same operations in the same order: every byte is the same where
        the device rounds division and square root correctly, as PoCL does."""
        devices = self.run_program("devices").stdout.split("\nopencl:")
        if len(devices) < 2 or "not correctly rounded" in devices[1]:
            self.skipTest("no OpenCL device that rounds correctly")
        arguments = ["--covariate", "level", "--nuisance", "age", "-n", "60"]
        self.assert_done(self.run_paired(*arguments, "--out", "a"))
        self.assert_done(self.run_program("--design", "paired", *arguments, "--out", "b", "--device",
                                          "opencl:" + devices[1].split()[0]))
        self.assertEqual(self.files("a"), self.files("b"))

    def test_swapped_sessions_change_the_sign(self):
        self.assert_done(self.run_paired("--out", "a"))
        done = self.run_paired("--out", "b", "--sessions", "followup,baseline")
        self.assert_done(done)
        self.assertIn("change = baseline minus followup", done.stderr)
        numpy.testing.assert_array_equal(self.read_image("a/pet/change/t.nii.gz"),
                                         -self.read_image("b/pet/change/t.nii.gz"))

    def test_who_is_left_out(self):
        self.rows[0][2] = "n/a"
        self.rows[1][3] = "n/a"
        self.write_table()
        done = self.run_paired("--covariate", "level")
        self.assert_done(done)
        self.assertIn("4 of 5 participants", done.stderr)
        self.assertIn("left out: sub-01 (no image in pet_followup)", done.stderr)
        self.assertIn("left out of level: sub-02 (no value in level)", done.stderr)

    def test_onesample(self):
        done = self.run_program("--design", "onesample", "--sessions", "followup", "--device", "cpu", "--tails", "pos")
        self.assert_done(done)
        t = self.read_image("voxstat-results/pet/mean/t.nii.gz")
        self.assertGreater(t.min(), 0) # noise of 1 about 10
        self.assertIn("pet mean", done.stdout)

    def test_clusters_of_the_corner(self):
        self.assert_done(self.run_paired("--cluster-t", "4", "--p-format", "p"))
        with open(self.folder / "voxstat-results/pet/change/clusters.tsv", encoding="utf-8") as table:
            first = next(csv.DictReader(table, delimiter="\t"))
        labels = self.read_image("voxstat-results/pet/change/clusters.nii.gz")
        self.assertEqual(int(first["voxels"]), numpy.count_nonzero(labels == 1))
        self.assertGreater(numpy.count_nonzero(labels[:4, :4, :4] == 1), 30)

    def test_report_is_left_out_on_request(self):
        done = self.run_paired("--correct", "voxel", "--no-report")
        self.assert_done(done)
        folder = self.folder / "voxstat-results"
        self.assertNotIn("report", "".join(done.stderr.splitlines(True)[:-1]))
        self.assertEqual([path for path in folder.rglob("*") if path.suffix in (".html", ".png", ".svg")], [])
        self.assert_done(self.run_program("report", "voxstat-results"))
        self.assertTrue((folder / "report.html").exists())

    def test_force_replaces_results(self):
        self.assert_done(self.run_paired())
        self.assert_done(self.run_paired("--force", "--correct", "voxel"))
        self.assertFalse((self.folder / "voxstat-results/pet/change/p-fdr.nii.gz").exists())

    def test_quiet_and_explicit_run(self):
        done = self.run_program("run", "--design", "paired", "--device", "cpu", "--quiet")
        self.assert_done(done)
        self.assertEqual(done.stderr, "")
        self.assertIn("pet change", done.stdout)

    def test_random_permutations_are_not_exhaustive(self):
        done = self.run_paired("-n", "20", "--covariate", "level")
        self.assert_done(done)
        self.assertRegex(done.stderr, "\npet change .* 20 sign flips +32 ")
        self.assertRegex(done.stderr, "\npet level .* 20 permutations +120 ")


class Interrupted(Study):
    def test_interrupt_leaves_nothing(self):
        self.rows += [[f"more-{i}", *row[1:]] for i, row in enumerate(self.rows)]
        random = numpy.random.default_rng(5)
        for row in self.rows[5:]:
            row[1:3] = [f"{row[0]}_b.nii", f"{row[0]}_f.nii"]
            row[3] = f"{random.uniform(2, 9):.3f}"
            for name in row[1:3]:
                self.write_image(name, 10 + random.standard_normal(SHAPE))
        self.write_table()
        before = self.listing()
        with subprocess.Popen([PROGRAM, "--design", "paired", "--device", "cpu", "--covariate", "level", "-n",
                               "1000000", "--out", "long"], cwd=self.folder, stderr=subprocess.PIPE, text=True) as long:
            for line in long.stderr:
                if line.startswith("results: "): # the plan ends, the permutations begin
                    break
            time.sleep(0.3)
            asked = time.monotonic()
            long.send_signal(signal.SIGINT)
            rest = long.stderr.read()
            long.wait()
        self.assertEqual(long.returncode, INTERRUPTED, rest)
        self.assertIn("stopped on request", rest)
        self.assertLess(time.monotonic() - asked, 10) # one batch, on a slow and busy machine
        self.assertEqual(self.listing(), before)


class Terminal(Study):
    participants = 6

    def on_a_terminal(self, stream, *arguments, **environment):
        """The program's output to a terminal, connected to its stdout or stderr."""
        ours, theirs = pty.openpty()
        wanted = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        with subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, **{stream: theirs},
                              env={**wanted, "TERM": "xterm", **environment}) as program:
            os.close(theirs)
            return written_to(ours)

    def test_colours_only_on_a_terminal_that_wants_them(self):
        wrong = ("--design", "nonsense")
        self.assertIn("\033[1;31merror:\033[0m", self.on_a_terminal("stderr", *wrong))
        self.assertIn("\033[", self.on_a_terminal("stderr", *wrong, NO_COLOR="")) # as no-color.org defines it
        self.assertNotIn("\033[", self.on_a_terminal("stderr", *wrong, NO_COLOR="1"))
        self.assertNotIn("\033[", self.on_a_terminal("stderr", *wrong, TERM="dumb"))
        self.assertNotIn("\033[", self.run_program(*wrong).stderr)
        self.assertNotIn("\033", self.on_a_terminal("stdout", "--help"))

    def test_what_is_significant_stands_out(self):
        for row in self.rows: # a rise everywhere: 2 of 64 flips are as large
            self.write_image(row[2], self.read_image(row[1]) + 5 + self.read_image(row[2]) / 10)
        arguments = ("--design", "paired", "--device", "cpu", "--quiet", "--force", "--correct", "voxel,extent")
        by_voxel = self.on_a_terminal("stdout", *arguments)
        self.assertRegex(by_voxel, "\033\\[1;32m +0\\.0312\033\\[0m")
        self.assertEqual(by_voxel.count("\033[1;32m"), 1) # not the p by extent, uncorrected ones and counts of clusters
        arguments += ("--primary", "extent")
        shown = self.on_a_terminal("stdout", *arguments)
        self.assertRegex(shown, "\033\\[1;32m +0\\.0312\033\\[0m")
        self.assertRegex(shown, "\033\\[1;32m +1 of 1\033\\[0m") # a cluster
        self.assertEqual(shown.count("\033[1;32m"), 2)
        plain = self.run_program(*arguments).stdout
        self.assertNotIn("\033", plain)
        for quiet in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertEqual(self.on_a_terminal("stdout", *arguments, **quiet).replace("\r\n", "\n"), plain)
        self.assertEqual(re.sub("\033\\[[0-9;]*m", "", shown).replace("\r\n", "\n"), plain)

    def test_bar(self):
        ours, theirs = pty.openpty()
        with subprocess.Popen([PROGRAM, "--design", "paired", "--device", "cpu", "--covariate", "level", "-n", "119",
                               "--progress", "bar"], cwd=self.folder, stderr=theirs, stdout=subprocess.PIPE) as program:
            os.close(theirs)
            self.assertIn("\r\033[K", written_to(ours))
            program.communicate()
        self.assertEqual(program.returncode, 0)

    def test_help(self):
        self.assertIn("--covariate", self.run_program("--help").stdout)
        self.assertIn("usage: voxstat devices", self.run_program("devices", "--help").stdout)


if __name__ == "__main__":
    unittest.main()

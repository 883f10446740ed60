"""Signals and streams: a signal ends a run cleanly, an ignored signal stays ignored, and results are kept when
the reader of standard output exits."""
import fcntl
import os
import resource
import signal
import subprocess
import time
import unittest

from voxstat_cli import INTERRUPTED, OK, OUTPUT, PROGRAM, Study

STOPPING = [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGUSR1, signal.SIGUSR2]
LONG = ["--design", "paired", "--device", "cpu", "--threads", "1", "-n", "16777216", "--correct", "voxel",
        "--progress", "plain"]
SHORT = ["--design", "paired", "--device", "cpu", "-n", "20"]


class Signals(Study):
    participants = 12 # with more permutations than -n takes, which are work for a minute or so

    def start(self, *arguments, **how):
        how.setdefault("stderr", subprocess.PIPE)
        run = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, text=True, stdout=subprocess.PIPE, **how)
        self.addCleanup(run.kill)
        return run

    def start_long(self, *arguments, **how):
        """A run for ever, once it is at work: it has said how long it will take."""
        run = self.start(*LONG, "--covariate", "level", *arguments, **how)
        said = ""
        for line in run.stderr:
            said += line
            if line.startswith("expected time"):
                return run
        self.fail(said)

    def ends(self, run, status):
        _, said = run.communicate(timeout=60)
        self.assertEqual(run.returncode, status, said)
        return said or ""

    def test_each_stops_and_is_named(self):
        before = self.listing()
        for number in STOPPING:
            run = self.start_long()
            run.send_signal(number)
            said = self.ends(run, INTERRUPTED)
            self.assertIn(f"stopped on request ({number.name}", said)
            self.assertIn("nothing was written", said)
            self.assertEqual(self.listing(), before, number)

    def test_drivers_swallow_none(self):
        """LLVM in OpenCL drivers replaces all of these handlers when devices are listed."""
        for number in STOPPING:
            run = self.start_long("--device", "auto")
            run.send_signal(number)
            self.assertIn(f"stopped on request ({number.name}", self.ends(run, INTERRUPTED))

    def test_what_was_ignored_stays_ignored(self):
        """nohup ignores SIGHUP; a shell's jobs in the background ignore SIGINT and SIGQUIT."""
        ignored = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]

        def ignore():
            for number in ignored:
                signal.signal(number, signal.SIG_IGN)
        run = self.start_long(preexec_fn=ignore)
        for number in ignored:
            run.send_signal(number)
        time.sleep(0.3)
        self.assertIsNone(run.poll())
        run.send_signal(signal.SIGTERM)
        self.assertIn("SIGTERM", self.ends(run, INTERRUPTED))

    def start_blocked(self):
        """A run that waits: the pipe it says its first lines to is full. Gives the end to read from too."""
        read, write = os.pipe()
        os.write(write, b"x" * fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096))
        run = self.start(*LONG, stderr=write)
        os.close(write)
        self.wait(lambda: self.caught(run, signal.SIGINT))
        return run, read

    def test_the_second_ends_it_at_once(self):
        run, read = self.start_blocked()
        run.send_signal(signal.SIGINT)
        self.wait(lambda: not self.caught(run, signal.SIGINT))
        self.assertIsNone(run.poll())
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
        self.assertEqual(run.returncode, -signal.SIGINT)
        os.close(read)

    def test_bursts_are_one(self):
        """A closed terminal sends SIGHUP twice, by way of the shell too; SIGXCPU comes every second."""
        run, read = self.start_blocked()
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGXCPU, signal.SIGXCPU):
            run.send_signal(number)
            self.wait(lambda: self.mask(run, "ShdPnd") == 0)
        with open(read, encoding="ascii") as pipe:
            said = pipe.read()
        run.communicate(timeout=60)
        self.assertEqual(run.returncode, INTERRUPTED)
        self.assertIn("stopped on request (SIGXCPU", said)

    @staticmethod
    def mask(run, name):
        with open(f"/proc/{run.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1], 16) for line in status if line.startswith(name))

    def caught(self, run, number):
        return bool(self.mask(run, "SigCgt") >> (number - 1) & 1)

    def wait(self, reached):
        for _ in range(3000):
            if reached():
                return
            time.sleep(0.01)
        self.fail("not reached")

    def test_other_commands_stop_too(self):
        before = self.listing()
        for command in (["simulate", "--size", "2", "--out", "cohort"],
                        ["bench", "--device", "cpu", "--repetitions", "1000", "--voxels", "5000"]):
            run = self.start(*command)
            self.wait(lambda run=run: self.caught(run, signal.SIGINT))
            if command[0] == "simulate":
                self.wait(lambda: self.listing() != before) # at its images
            run.send_signal(signal.SIGINT)
            self.assertIn("stopped on request (SIGINT)", self.ends(run, INTERRUPTED))
            self.assertEqual(self.listing(), before, command)


class Streams(Study):
    def test_nobody_reads_what_is_printed(self):
        """`voxstat ... | true`: the results are kept, and the exit status reports the lost output."""
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([PROGRAM, *SHORT, "--out", "one"], cwd=self.folder, stdout=write, stderr=subprocess.PIPE,
                              text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        self.assertIn("standard output", done.stderr)
        self.assertTrue((self.folder / "one/run.json").exists())
        done = subprocess.run([PROGRAM, *SHORT, "--out", "two"], cwd=self.folder, stdout=subprocess.PIPE, stderr=write,
                              check=False, timeout=60)
        os.close(write)
        self.assertEqual(done.returncode, OK)
        self.assertTrue((self.folder / "two/run.json").exists())

    def test_closed_streams_are_not_taken_by_files(self):
        """Closed from the start, 1 and 2 would be the first two files that the program opens."""
        self.assert_done(self.run_program(*SHORT, "--out", "expected", "--progress", "plain", "-v"))
        for closed, status in (("2>&-", OK), (">&-", OUTPUT), ("<&- >&- 2>&-", OUTPUT)):
            out = f"out-{status}-{len(closed)}"
            done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", PROGRAM, *SHORT, "--out", out,
                                   "--progress", "plain", "-v"], cwd=self.folder, check=False, timeout=60,
                                  capture_output=True)
            self.assertEqual(done.returncode, status, closed)
            for name in ("pet/change/t.nii.gz", "mask.nii.gz", "pet/change/clusters.tsv"):
                self.assertEqual((self.folder / out / name).read_bytes(),
                                 (self.folder / "expected" / name).read_bytes(), (closed, name))

    def test_a_limit_of_file_size(self):
        """ulimit -f: the failed write is reported, and no signal kills the run."""
        done = subprocess.run([PROGRAM, *SHORT, "--out", "big"], cwd=self.folder, capture_output=True, text=True,
                              check=False, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        self.assertIn("File too large", done.stderr)
        for left in self.folder.glob("big*"): # the written files are kept, and the message names them
            self.assertIn(left.name, done.stderr)


if __name__ == "__main__":
    unittest.main()

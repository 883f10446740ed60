"""tests/watch.py, under which every test runs: exit status, signals, and what it tells of a test that does not end."""
import os
import pathlib
import signal
import subprocess
import sys
import unittest

TESTS = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "tests"
sys.path.insert(0, str(TESTS))
import watch  # pylint: disable=wrong-import-position


def run(limit, *command, **how):
    return subprocess.run([sys.executable, TESTS / "watch.py", str(limit), *command], capture_output=True, text=True,
                          check=False, **how)


class Watch(unittest.TestCase):
    def test_the_status_is_that_of_the_test(self):
        for status in (0, 1, 77):
            self.assertEqual(run(60, "sh", "-c", f"exit {status}").returncode, status)
        killed = run(60, "sh", "-c", "kill -SEGV $$")
        self.assertEqual(killed.returncode, 1)
        self.assertIn("SIGSEGV", killed.stdout)

    def test_no_end_is_told_and_made(self):
        done = run(0, "sleep", "1000")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"not ended after 0 s: sleep 1000\nprocess (\d+): sleep 1000\n  thread \1 sleep: ")

    def test_the_end_is_made_where_nobody_reads(self):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, TESTS / "watch.py", "0", "sleep", "1000"]
        with os.fdopen(writing, "w") as pipe:
            done = subprocess.run(command, stdout=pipe, stderr=subprocess.DEVNULL, timeout=100, check=False)
        self.assertNotEqual(done.returncode, 0)

    def test_interrupts_reach_a_test(self):
        """A shell's jobs in the background ignore them."""
        def ignore():
            for number in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_IGN)
        done = run(60, "grep", "SigIgn", "/proc/self/status", preexec_fn=ignore)
        self.assertEqual(int(done.stdout.split()[1], 16) & (1 << signal.SIGINT - 1 | 1 << signal.SIGQUIT - 1), 0)

    def start(self, *command, **how):
        """A process that has said a line."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "here\n")
        return process

    def test_processes_below_are_told(self):
        shell = self.start("sh", "-c", "sleep 1000 & echo here; wait")
        told = watch.describe(shell.pid)
        self.assertRegex(told, r"process \d+: sh -c")
        self.assertIn(f"thread {shell.pid} sh: ", told)
        self.assertIn("sleep", told[told.index("process", 1):])
        watch.end(shell.pid)
        self.assertEqual(shell.wait(60), -signal.SIGKILL)
        self.assertEqual(shell.stdout.read(), "") # the sleep, which held the other end too, is gone

    def test_python_tells_its_stack(self):
        python = self.start(sys.executable, "-X", "faulthandler", "-c",
                            "def stuck():\n    print('here', flush=True)\n    input()\nstuck()", stdin=subprocess.PIPE)
        watch.end(python.pid)
        self.assertIn("in stuck", python.stderr.read())


if __name__ == "__main__":
    unittest.main()

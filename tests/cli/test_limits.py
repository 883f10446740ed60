"""Limits of the shell (ulimit) on address space and threads: every run ends, with results or a message, and
leaves no partial files."""
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import unittest

from voxstat_cli import DEVICE, INPUT, INTERNAL, OK, OUTPUT, PROGRAM, Study

CACHE = pathlib.Path(PROGRAM).parent / "CMakeCache.txt"
if re.search(r"^VOXSTAT_SANITIZE:\w+=.", CACHE.read_text(encoding="utf-8"), re.MULTILINE):
    print("SKIP: a sanitizer takes terabytes of address space")
    sys.exit(77)

# Starts no thread at all, as a limit on processes (ulimit -u) would, which root does not have.
NO_THREADS = """
#include <errno.h>
#include <pthread.h>
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *with)
{
    (void)thread, (void)how, (void)body, (void)with;
    return EAGAIN;
}
"""


class Limits(Study):
    def run_limited(self, kib, *arguments):
        limit = kib * 1024
        done = subprocess.run([PROGRAM, "--design", "paired", "-n", "20", "--out", "out", *arguments], cwd=self.folder,
                              capture_output=True, text=True, check=False, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        complete = (self.folder / "out/run.json").exists()
        said = f"{kib} KiB: status {done.returncode}\n{done.stderr}"
        # 127: the loader itself, before there is a program
        self.assertIn(done.returncode, (OK, INTERNAL, INPUT, DEVICE, OUTPUT, 127), said)
        if done.returncode == OK:
            self.assertTrue(complete and (self.folder / "out/report.html").exists(), said)
        else:
            self.assertIn("error", done.stderr, said)
            self.assertTrue(complete or not (self.folder / "out").exists(), said)
        self.assertEqual(list(self.folder.glob("out.*")), [], said)
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        return done

    def test_address_space(self):
        seen = {self.run_limited(kib, "--device", "cpu").returncode
                for kib in (20000, 42000, 60000, 100000, 1000000)}
        self.assertTrue({OK, INTERNAL} <= seen, seen) # below and above the needs of a run

    def test_address_space_and_drivers(self):
        """PoCL aborts the program where its threads cannot start."""
        for kib in (200000, 300000):
            self.assertIn("OpenCL is not tried", self.run_limited(kib, "--device", "auto").stderr)
        self.assertEqual(self.run_limited(300000, "--device", "opencl").returncode, DEVICE)

    @unittest.skipUnless(shutil.which("cc"), "no cc")
    def test_no_thread_can_be_started(self):
        source, library = self.folder / "threads.c", self.folder / "threads.so"
        source.write_text(NO_THREADS)
        subprocess.run(["cc", "-shared", "-fPIC", source, "-o", library], check=True)
        shim = {"LD_PRELOAD": str(library), "OMP_NUM_THREADS": "4"}
        run = ["--design", "paired", "--device", "cpu", "-n", "20"]
        self.assert_done(self.run_program(*run, "--out", "four", OMP_NUM_THREADS="4"))
        for out, options, told in (("env", [], True), ("option", ["--threads", "3"], True), ("quiet", ["-q"], False),
                                   ("one", ["--threads", "1"], False)):
            done = self.run_program(*run, *options, "--out", out, **shim)
            self.assert_done(done)
            self.assertEqual("threads can be started" in done.stderr, told, done.stderr)
            self.assertEqual((self.folder / out / "pet/change/t.nii.gz").read_bytes(),
                             (self.folder / "four/pet/change/t.nii.gz").read_bytes())
        for command in (["simulate", "--out", "cohort"], ["selftest", "--device", "cpu"], ["report", "four"]):
            self.assert_done(self.run_program(*command, **shim))


if __name__ == "__main__":
    unittest.main()

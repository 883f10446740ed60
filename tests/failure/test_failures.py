"""Every failed call is noticed: see sweep.py.

This is a sample, spread over the places where each command asks for memory or calls the system. All of them, in
about half an hour:  VOXSTAT_FAILURES_EACH=all ctest --preset release -R failure.test_failures -V"""
import os
import pathlib
import sys
import tempfile
import unittest

if not os.environ.get("VOXSTAT_FAILURES"):
    print("SKIP: no preload library here (x86-64 Linux only)")
    sys.exit(77)

import sweep  # pylint: disable=wrong-import-position

EACH = os.environ.get("VOXSTAT_FAILURES_EACH", "2" if "ASAN_OPTIONS" in os.environ else "3")


def sample(places):
    """Evenly spread over the run, from its first to its last."""
    if EACH == "all" or len(places) <= int(EACH):
        return places
    return [places[i * (len(places) - 1) // (int(EACH) - 1)] for i in range(int(EACH))]


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="voxstat-failures-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.commands = [command for command in sweep.commands(cls.folder)
                        if command.name in os.environ.get("VOXSTAT_FAILURES_OF", command.name).split(",")]

    def check(self, kind):
        for command in self.commands:
            with self.subTest(command.name):
                swept = sweep.Sweep(command, self.folder)
                places = swept.count(kind)
                if places is None:
                    self.skipTest("no seccomp filters here")
                self.assertTrue(places)
                chosen = sample(places)
                found = sweep.faults(swept, [sweep.Failure(kind, number) for number in chosen])
                print(f"{command.name}: {len(chosen)} of {len(places)} places, {len(found)} faults", flush=True)
                self.assertFalse(found, "\n" + "\n".join(found))

    def test_memory(self):
        self.check("memory")

    def test_system_calls(self):
        self.check("system")


if __name__ == "__main__":
    unittest.main(verbosity=2)

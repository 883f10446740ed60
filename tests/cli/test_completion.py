"""Completion in bash: what its function answers."""
import os
import subprocess
import unittest

PROGRAM = os.environ["VOXSTAT"]


def script(shell):
    """The completion that the program prints of itself."""
    return subprocess.run([PROGRAM, f"--help={shell}"], text=True, capture_output=True, check=True).stdout


class Bash(unittest.TestCase):
    def complete(self, *words):
        """The candidates for the last of `words`."""
        ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _voxstat; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", script("bash") + ask, "bash", *words], text=True, capture_output=True,
                              check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_commands_and_options(self):
        self.assertEqual(self.complete("voxstat", "tr"), ["translate"])
        self.assertEqual(self.complete("voxstat", "--cluster"), ["--cluster-p", "--cluster-t"])
        self.assertEqual(self.complete("voxstat", "bench", "--sc"), ["--scaling"])
        self.assertEqual(self.complete("voxstat", "devices", "--sc"), [])

    def test_values(self):
        self.assertEqual(self.complete("voxstat", "--tails", "p"), ["pos"])
        self.assertEqual(self.complete("voxstat", "run", "-n", ""), ["auto", "exact"])
        self.assertEqual(self.complete("voxstat", "--out", ""), []) # the shell's own: files


if __name__ == "__main__":
    unittest.main()

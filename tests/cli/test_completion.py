"""Completion in bash: the words that its function proposes."""
import os
import subprocess
import tempfile
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

    def test_columns(self):
        with tempfile.TemporaryDirectory() as folder:
            table = f"{folder}/other.tsv"
            with open(table, "w", encoding="utf-8") as file:
                file.write("participant_id\tpet_baseline\tage\tApoE, e4\t$(touch stolen)\t\"quoted\"\n"
                           "s1\ta.nii\t70\t1\t2\t3\n")
            ask = lambda *words: self.complete(PROGRAM, "--table", table, *words)
            self.assertEqual(ask("--covariate", "a"), ["age"])
            self.assertEqual(ask("--nuisance", "age,q"), ["age,quoted"])
            self.assertEqual(" ".join(ask("--covariate", "Apo")), r"ApoE\\\,\ e4") # as a shell takes 'ApoE\, e4'
            self.assertEqual(len(ask("--covariate", "")), 6) # 4 columns, two of which split() parts
            self.assertFalse(os.path.exists("stolen"))
            self.assertEqual(self.complete(PROGRAM, "--table", "=", table, "--covariate", "a"), ["age"])
            self.assertEqual(self.complete(PROGRAM, "--table", f"{folder}/none.tsv", "--covariate", ""), [])


if __name__ == "__main__":
    unittest.main()

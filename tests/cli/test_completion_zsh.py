"""Completion in zsh: what a terminal shows after the tab key."""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time
import unittest

from test_completion import script

if not shutil.which("zsh"):
    print("SKIP: no zsh")
    sys.exit(77)


class Zsh(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(f"{self.folder.name}/_voxstat", "w", encoding="utf-8") as file:
            file.write(script("zsh"))
        open(f"{self.folder.name}/images.tsv", "w", encoding="utf-8").close()
        with open(f"{self.folder.name}/people.tsv", "w", encoding="utf-8") as file:
            file.write("participant_id\tpet_baseline\trapa_level\tage\ns1\ta.nii\t5\t70\n")
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder.name)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb", "PS1": "> ", "COLUMNS": "200"})
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.close, self.terminal)
        # A short terminal shows only the first lines of a list.
        self.type(f"fpath=({self.folder.name} $fpath); autoload -Uz compinit; compinit -u -D; "
                  "setopt auto_list no_list_beep; unsetopt list_ambiguous; LISTMAX=1000; print re''ady\n")
        self.read_until("ready")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern, seconds=30):
        """The terminal's output until `pattern` appears; fails when it does not appear."""
        seen, end = "", time.monotonic() + seconds
        while not re.search(pattern, seen):
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"{pattern!r} did not come; seen: {seen!r}")
            seen += os.read(self.terminal, 65536).decode(errors="replace").replace("\a", "")
        return seen

    def complete(self, line, pattern):
        self.type(line + "\t")
        seen = self.read_until(pattern)
        self.type("\x15") # the line is not run
        self.assertNotIn("_voxstat", seen) # as in an error of the function
        return seen

    def test_command(self):
        self.complete("voxstat tran", "translate ")

    def test_commands_are_told(self):
        self.complete("voxstat ", r"selftest +-- put devices through known answers")

    def test_option(self):
        self.complete("voxstat --connec", "--connectivity=")
        self.complete("voxstat bench --scal", "--scaling ")

    def test_options_are_told(self):
        self.complete("voxstat run --cluster-", r"--cluster-p +-- Cluster-forming threshold as a one-sided p")

    def test_values(self):
        self.complete("voxstat --design one", "onesample ")
        self.complete("voxstat --tails=n", "neg ")
        self.complete("voxstat --correct voxel,ex", "voxel,extent")

    def test_columns(self):
        program = os.environ["VOXSTAT"]
        self.complete(f"{program} --table people.tsv --covariate rap", "rapa_level")
        self.complete(f"{program} --table=people.tsv --nuisance rapa_level,a", "rapa_level,age")

    def test_files(self):
        self.complete("voxstat --table im", "images.tsv ")


if __name__ == "__main__":
    unittest.main()

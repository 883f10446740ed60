"""The lines of Python that the README shows, run as they stand on results: they tell what the run told."""
import os
import pathlib
import re
import subprocess
import unittest

from voxstat_cli import Study

README = (pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "README.md").read_text(encoding="utf-8")


def shown(language):
    """The one block of the README in that language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, blocks
    return blocks[0]


class Shown(Study):
    participants = 6

    def check(self, program, language):
        # Spacing and offset differ by axis, as does the size (8 x 9 x 7): no axis can stand for another.
        done = self.run_paired("-n", "40")
        self.assert_done(done)
        titles, change = done.stdout.splitlines()
        cells = dict(zip(re.split(r"  +", titles), re.split(r"  +", change)))
        (self.folder / "script").write_text(shown(language))
        said = subprocess.run([program, "script"], cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        found = re.fullmatch(r"t (\S+) at (\S+) (\S+) (\S+) mm, family-wise p (\S+)\n", said.stdout)
        self.assertEqual(list(found.groups()[:4]), [cells[key] for key in ("peak t", "x mm", "y mm", "z mm")])
        self.assertAlmostEqual(float(found[5]), float(cells["min p voxel"]), delta=6e-5) # four digits each

class Python(Shown):
    def test_python(self):
        self.check("/usr/bin/python3", "python")


if __name__ == "__main__":
    unittest.main()

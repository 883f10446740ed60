"""The commands and programs in README.md and docs/ run.

A fenced block of the language `sh` is run as it stands, each page's in order, in a folder with a study. The README's
commands run on the table that it shows. The lines of Python are run on results and tell what the run told. Options are
those of the program, and the maps in docs/results.md are those that runs write."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

try:
    import h5py
    import numpy
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

from voxstat_cli import PROGRAM, SHAPE, Study

SOURCE = pathlib.Path(os.environ["VOXSTAT_SOURCE"])
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in [SOURCE / "README.md", *SOURCE.glob("docs/*.md")]}
COMMANDS = ("run", "show", "report", "figure", "nidm", "translate", "simulate", "devices", "selftest", "bench")


def blocks(page, language):
    """The fenced blocks of a page in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)


def table_rows(text, title):
    """The cells of the first table in Markdown whose first column has that title."""
    lines = text[re.search(rf"^\| {title} ", text, re.MULTILINE).start():].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("| ---")]


class Documents(Study):
    """Eight participants with two modalities, a mask, an atlas and the covariates that the pages name."""

    participants = 8

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(2)
        self.header = ["participant_id", "pet_baseline", "pet_followup", "cbf_followup", "rapa_level", "age", "sex"]
        for i, row in enumerate(self.rows):
            cbf = f"{row[0]}_cbf.nii.gz"
            self.write_image(cbf, 50 + random.standard_normal(SHAPE))
            self.rows[i] = [*row[:3], cbf, *row[3:], "FM"[i % 2]]
        self.write_image("brain.nii.gz", numpy.ones(SHAPE))
        self.write_atlas()
        self.write_table()

    def add_markers(self):
        random = numpy.random.default_rng(4)
        self.header += ["ttau_baseline", "ttau_followup", "ptau_baseline", "ptau_followup", "nfl_baseline",
                        "nfl_followup", "rapa_predose", "rapa_1h", "rapa_3h"]
        for row in self.rows:
            row += [f"{random.uniform(90, 110):.2f}" for _ in range(6)]
            row += [f"{random.uniform(1, 20):.2f}" for _ in range(3)]
        self.write_table()

    def write_atlas(self):
        """Blocks with the members of the planned regions that docs/regions.md shows, and its table of them."""
        header, *planned = table_rows(PAGES["regions"], "region")
        members = [name for row in planned for name in row[2].split(" + ")]
        x, y, z = numpy.indices(SHAPE)
        self.write_image("labels.nii.gz", 1 + (x // 4 + 2 * (y // 5) + 4 * (z // 4)) % len(members))
        (self.folder / "labels.tsv").write_text(
            "index\tname\n" + "".join(f"{i + 1}\t{name}\n" for i, name in enumerate(members)))
        (self.folder / "planned.tsv").write_text("".join("\t".join(row) + "\n" for row in [header, *planned]))
        (self.folder / "expected.tsv").write_text(
            "region\tmodality\tchange\tse\tunit\tinterval_weeks\tsource\n"
            "striatum\tpet\t-3\t1\tpercent\t52\tassumed\nttau\tn/a\t10\t4\tabsolute\t52\tassumed\n")

    def run_shown(self, page):
        shown = blocks(page, "sh")
        path = f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"
        for block in shown:
            done = subprocess.run(["bash", "-e"], input=block, cwd=self.folder, text=True, capture_output=True,
                                  env={**os.environ, "PATH": path}, check=False)
            self.assertEqual(done.returncode, 0, block + done.stderr)
        return len(shown)

    def test_commands_of_every_page(self):
        with_markers = ("data", "markers", "regions") # the other pages' runs would only take longer
        run = {page: self.run_shown(page) for page in sorted(PAGES) if page not in ("README", *with_markers)}
        self.add_markers()
        run |= {page: self.run_shown(page) for page in with_markers}
        for page in ("designs", "regions", "markers", "data", "results", "migration", "devices", "cohort"):
            self.assertGreater(run[page], 0, page)

    def test_the_table_of_the_readme(self):
        shown = table_rows(PAGES["README"], "participant_id")
        images = [i for i, name in enumerate(shown[0]) if name.startswith("pet_")]
        self.assertEqual(len(images), 2)
        random = numpy.random.default_rng(3)
        self.header, self.rows = shown[0], shown[1:]
        for row in self.rows:
            for i in images:
                self.write_image(row[i], 10 + random.standard_normal(SHAPE))
        self.write_table()
        self.assertGreater(self.run_shown("README"), 0)
        designs = (self.folder / "voxstat-results" / "run.json").read_text()
        for name in (row[0] for row in self.rows):
            self.assertIn(f'"{name}"', designs)

    def test_options(self):
        helps = "".join(self.run_program(command, "--help").stdout for command in COMMANDS)
        known = set(re.findall(r"--[a-z][a-z0-9-]*", helps))
        checked = 0
        for page, text in PAGES.items():
            fenced = "\n".join(re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
            plain = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
            ours = re.findall(r"^voxstat .*", fenced, re.MULTILINE) + re.findall(r"`((?:voxstat |--)[^`]*)`", plain)
            for command in ours:
                for option in re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", command):
                    self.assertIn(option, known, f"{page}: {command}")
                    checked += 1
        self.assertGreater(checked, 50)

    def test_maps(self):
        self.report = False
        shown = {name for row in table_rows(PAGES["results"], "map")[1:] for name in re.findall(r"`([a-z-]+)`", row[0])}
        self.assert_done(self.run_paired("--covariate", "rapa_level", "-n", "20", "--out", "r", "--correct",
                                         "voxel,extent,mass,tfce,fdr,bonferroni"))
        self.assert_done(self.run_paired("--covariate", "rapa_level", "-n", "20", "--out", "rho", "--correlation",
                                         "spearman"))
        written = {path.name.removesuffix(".nii.gz")
                   for out in ("r", "rho") for path in (self.folder / out / "pet").glob("*/*.nii.gz")}
        self.assertEqual(shown, written)

    def test_columns_and_datasets(self):
        self.report = False
        named = set(re.findall(r"`/?([a-z0-9_]+)`", PAGES["results"])) | {"mask", "pet", "rapa_level", "change"}
        self.rows[3][1] = "n/a" # a participant who lacks a session leaves a gap in the others' numbers
        self.write_table()
        self.assert_done(self.run_paired("--covariate", "rapa_level", "-n", "20", "--cluster-p", "0.05"))
        header = (self.folder / "voxstat-results/pet/change/clusters.tsv").read_text().splitlines()[0].split("\t")
        self.assertEqual(set(header) - named, set())
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            for group in ("permutations", "design", "participants", "clusters", "quality"):
                results[group].visit(lambda name: self.assertIn(name.split("/")[-1], named))
            self.assertIn("participant", results["permutations/pet/change"])
            self.assertEqual(set(results["null/pet/change"]), {"voxel", "extent", "mass", "tfce", "quantiles", "ranks", "medians"})
            self.assertLessEqual(set(results), {"maps", "null", "permutations", "design", "mean", "participants",
                                                "clusters", "mask", "masks", "n", "quality"})


class Shown(Study):
    participants = 6
    report = False

    def check(self, program, language):
        # Spacing, offset and size (8 x 9 x 7) differ by axis, so that an exchange of axes is noticed.
        done = self.run_paired("-n", "40")
        self.assert_done(done)
        titles, change = done.stdout.splitlines()
        cells = dict(zip(re.split(r"  +", titles), re.split(r"  +", change)))
        script, = blocks("results", language)
        (self.folder / "script").write_text(script)
        said = subprocess.run([program, "script"], cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        found = re.fullmatch(r"t (\S+) at (\S+) (\S+) (\S+) mm, family-wise p (\S+)\n", said.stdout)
        self.assertEqual([f"{float(found[1]):.2f}", *(float(found[k]) for k in (2, 3, 4))],
                         [cells["peak t"], *map(float, cells["x y z mm"].split())])
        self.assertAlmostEqual(float(found[5]), float(cells["p voxel"]), delta=6e-4) # three digits


class Python(Shown):
    def test_python(self):
        self.check("/usr/bin/python3", "python")


if __name__ == "__main__":
    unittest.main()

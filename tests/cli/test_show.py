"""`voxstat show DIR` prints the summary of the run and its tables."""
import csv
import subprocess
import unittest

from voxstat_cli import INPUT, PROGRAM, USAGE, Study


class Show(Study):
    def analyse(self, *more):
        done = self.run_program("--design", "paired", "--covariate", "level", "--cluster-t", "1", "-n", "50",
                                "--out", "out", *more)
        self.assert_done(done)
        return done

    def show(self, *words):
        return self.run_program("show", *words)

    def test_same_tables(self):
        run, shown = self.analyse(), self.show("out")
        self.assert_done(shown)
        self.assertTrue(shown.stdout.startswith(run.stdout))
        for line in run.stderr.splitlines():
            if "further looks: " in line:
                self.assertIn(line, shown.stdout)
        parts = shown.stdout.split("\n\n")
        self.assertEqual(len(parts), 4)
        for part, effect in zip(parts[1:3], ("change", "level")):
            with open(self.folder / f"out/pet/{effect}/clusters.tsv", encoding="utf-8") as table:
                clusters = list(csv.DictReader(table, delimiter="\t"))
            heading, _, *rows = part.splitlines()
            self.assertIn(f"pet {effect}: clusters of |t| > 1.000", heading)
            self.assertEqual(len(rows), len(clusters))
            self.assertGreater(len(rows), 0)
            for row, cluster in zip(rows, clusters):
                word = row.split()
                self.assertEqual(word[:2], [cluster["label"], "rise" if cluster["sign"] == "positive" else "fall"])
                self.assertEqual(word[2], cluster["voxels"])
                self.assertAlmostEqual(float(word[5]), float(cluster["peak_t"]), delta=0.001)
                self.assertAlmostEqual(float(word[12]), float(cluster["p_extent"]), delta=1e-4)

    def test_what_was_not_asked_for_is_left_out(self):
        self.analyse("--correct", "voxel", "--tails", "neg")
        shown = self.show("out")
        self.assert_done(shown)
        self.assertIn("p voxel", shown.stdout)
        self.assertIn("clusters of -t > 1.000", shown.stdout)
        for absent in ("p extent", "p mass", "p tfce", "p fdr", "mass<0.05"):
            self.assertNotIn(absent, shown.stdout)

    def test_refusals(self):
        show = lambda *words: self.run_program("show", *words)
        self.assert_refused(USAGE, ["two"], "one", "two", run=show)
        self.assert_refused(INPUT, ["nowhere"], "nowhere", run=show)
        self.analyse()
        (self.folder / "out/results.h5").write_bytes(b"not HDF5")
        self.assert_refused(INPUT, ["results.h5"], "out", run=show)


    def test_without_a_folder(self):
        """Without DIR: the folder of a run without --out, else the current folder if it holds results, else a usage error."""
        for command in ("show", "report", "nidm"):
            run = lambda *words, command=command: self.run_program(command, *words)
            self.assert_refused(INPUT, ["voxstat-results", "no results here", f"voxstat {command} DIR"], run=run)
            self.assert_refused(INPUT, [".", "no results folder", "run.json"], ".", run=run)
        self.assert_done(self.run_program("--design", "paired", "-n", "20"))
        expected = self.show("voxstat-results")
        self.assert_done(expected)
        self.assertEqual(self.show().stdout, expected.stdout)
        within = subprocess.run([PROGRAM, "show"], cwd=self.folder / "voxstat-results", capture_output=True, text=True,
                                check=False, timeout=60)
        self.assertEqual(within.stdout, expected.stdout)
        self.assert_refused(INPUT, ["voxstat show ./voxstat-results"], ".", run=self.show)
        self.assert_done(self.run_program("report"))
        self.assert_done(self.run_program("nidm"))
        self.assertTrue((self.folder / "voxstat-results/pet_change.nidm.zip").exists())


if __name__ == "__main__":
    unittest.main()

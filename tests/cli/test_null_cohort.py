"""Cohorts of `voxstat simulate --plant null`, in which nothing was planted: no family of planned regions or of markers
finds anything more often than its level says, and the same command finds the regions in which something was planted.

    scipy.stats.binom.ppf(.999, 4, .05) = 2: so many of 4 cohorts may have p_fwe < 0.05 in a family"""
import collections
import csv
import os
import pathlib
import unittest

from voxstat_cli import Study

PLANNED = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "sample_data" / "planned.tsv"
COHORTS, MOST = 4, 2


class NullCohort(Study):
    report = False
    participants = 0 # the cohorts bring their own

    def smallest(self, name, *simulated):
        """The smallest p_fwe of every family and effect of one cohort."""
        self.assert_done(self.run_program("simulate", "--modality", "pet,csf", "--out", name, *simulated))
        self.assert_done(self.run_program(
            "--design", "paired", "--covariate", "rapa_level", "--table", f"{name}/participants.tsv", "--atlas",
            f"{name}/labels.nii.gz", "--regions", PLANNED, "--correct", "voxel", "-n", "199", "--device", "cpu",
            "--progress", "none", "--out", f"{name}-results"))
        p = collections.defaultdict(lambda: 1.0)
        for table in ("regions.tsv", "markers.tsv"):
            with open(self.folder / f"{name}-results" / table, encoding="utf-8") as file:
                for row in csv.DictReader(file, delimiter="\t"):
                    key = (table, row["family"], row["effect"])
                    p[key] = min(p[key], float(row["p_fwe"]))
        return p

    def test_nothing_is_found_beyond_the_level(self):
        found = collections.Counter()
        for seed in range(COHORTS):
            p = self.smallest(f"null-{seed}", "--plant", "null", "--seed", str(seed))
            self.assertEqual({table for table, _, _ in p}, {"regions.tsv", "markers.tsv"})
            found.update(key for key in p if p[key] < 0.05)
        print(dict(found))
        for key, cohorts in found.items():
            self.assertLessEqual(cohorts, MOST, key)

    def test_what_is_planted_is_found(self):
        p = self.smallest("planted", "--exact-moments")
        self.assertLess(p["regions.tsv", "primary", "change"], 0.05)


if __name__ == "__main__":
    unittest.main()

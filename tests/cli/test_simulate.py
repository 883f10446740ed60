"""`voxstat simulate`, and the main command in the folder that it makes."""
import csv
import json
import unittest

from voxstat_cli import OUTPUT, USAGE, Study


class Simulate(Study):
    participants = 0 # the cohort brings its own

    def simulate(self, *arguments):
        return self.run_program("simulate", *arguments)

    def test_the_main_command_runs_on_the_cohort(self):
        self.assert_done(self.simulate("--participants", "6", "--seed", "3", "--modality", "pet,cbf"))
        done = self.run_program("--design", "paired", "--covariate", "rapa_level", "-n", "64", "--modality", "pet",
                                "--table", "voxstat-cohort/participants.tsv")
        self.assert_done(done)
        self.assertIn("6 of 6 participants", done.stderr)
        self.assertIn("all 64 sign flips", done.stderr) # 2^6 are not more than were asked for
        self.assertIn("64 permutations          720", done.stderr)
        self.assertIn("pet rapa_level", done.stdout)
        done = self.run_program("--design", "paired", "-n", "32", "--modality", "cbf", "--table",
                                "voxstat-cohort/participants.tsv", "--out", "flow")
        self.assert_done(done)
        self.assertIn("5 of 6 participants", done.stderr) # a session is missing
        self.assertIn("no image in cbf_followup", done.stderr)

    def test_the_same_seed_the_same_cohort(self):
        for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
            self.assert_done(self.simulate("--participants", "6", "--seed", seed, "--out", out))
        names = {path.name for path in (self.folder / "a").iterdir()}
        self.assertEqual(names, {path.name for path in (self.folder / "b").iterdir()})
        self.assertEqual(len([name for name in names if name.startswith("sub-")]), 2 * 3 * 6 - 1)
        for name in names - {"run.json"}: # its command says the folder
            self.assertEqual((self.folder / "a" / name).read_bytes(), (self.folder / "b" / name).read_bytes(), name)
        for modality in ("pet", "cbf", "gm"):
            name = f"sub-01_ses-baseline_{modality}.nii.gz"
            self.assertNotEqual((self.folder / "a" / name).read_bytes(), (self.folder / "c" / name).read_bytes())

    def test_every_column_is_in_the_dictionary(self):
        """BIDS: the keys of participants.json are columns of participants.tsv; participant_id needs none."""
        self.assert_done(self.simulate("--participants", "6", "--modality", "gm,csf", "--out", "a"))
        columns = (self.folder / "a/participants.tsv").read_text().splitlines()[0].split("\t")
        dictionary = json.loads((self.folder / "a/participants.json").read_text())
        self.assertEqual(list(dictionary), columns[1:])
        self.assertEqual(dictionary["rapa_3h"]["Units"], "ng/mL")
        self.assertEqual(set(dictionary["sex"]["Levels"]), {"0", "1"})
        self.assertEqual(dictionary["nfl_baseline"]["Units"], "pg/mL")
        self.assertNotIn("pet_baseline", columns)

    def test_a_planted_case_holds_for_markers(self):
        """Exact moments: the mean percentage change of those with both samples; cells are printed to 0.002 %."""
        for plant, mean in (("null", 0), ("atrophy", 0), ("leverage", 10), ("shift", 10)):
            self.assert_done(self.simulate("--participants", "9", "--modality", "csf", "--exact-moments", "--plant",
                                           plant, "--out", plant))
            with open(self.folder / plant / "participants.tsv", encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter="\t"))
            pairs = [(row["ttau_baseline"], row["ttau_followup"]) for row in rows]
            pairs = [(float(before), float(after)) for before, after in pairs if "n/a" not in (before, after)]
            self.assertEqual(len(pairs), 7, plant)
            if plant == "leverage": # the last participant, who has both, is beside the moments
                pairs = pairs[:-1]
            change = [100 * (after / before - 1) for before, after in pairs]
            self.assertAlmostEqual(sum(change) / len(change), mean, delta=0.005, msg=plant)

    def test_refusals(self):
        (self.folder / "there").mkdir()
        (self.folder / "there" / "thesis.txt").write_text("years of work")
        self.assert_refused(OUTPUT, ["there"], "--out", "there", run=self.simulate)
        self.assert_refused(USAGE, ["--plant", "'nul'", "null"], "--plant", "nul", run=self.simulate)
        self.assert_refused(USAGE, ["reference and atrophy exclude"], "--plant", "reference,atrophy", run=self.simulate)
        self.assert_refused(USAGE, ["--modality", "'mri'", "pet, cbf, gm or csf"], "--modality", "mri",
                            run=self.simulate)
        self.assert_refused(USAGE, ["--participants", "'5'", "from 6"], "--participants", "5", run=self.simulate)
        self.assert_refused(USAGE, ["--size", "'3'", "4, 2 or 1"], "--size", "3", run=self.simulate)


if __name__ == "__main__":
    unittest.main()

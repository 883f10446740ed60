"""`voxstat simulate`, and the main command in the folder that it makes."""
import unittest

from voxstat_cli import OUTPUT, USAGE, Study


class Simulate(Study):
    participants = 0 # the cohort brings its own

    def simulate(self, *arguments):
        return self.run_program("simulate", *arguments)

    def test_the_main_command_runs_on_the_cohort(self):
        self.assert_done(self.simulate("--participants", "6", "--seed", "3"))
        done = self.run_program("--design", "paired", "--covariate", "rapa_level", "-n", "64", "--table",
                                "voxstat-cohort/participants.tsv")
        self.assert_done(done)
        self.assertIn("6 of 6 participants", done.stderr)
        self.assertIn("all 64 sign flips", done.stderr) # 2^6 are not more than were asked for
        self.assertIn("64 random permutations of 720 possible", done.stderr)
        self.assertIn("pet rapa_level", done.stdout)

    def test_the_same_seed_the_same_cohort(self):
        for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
            self.assert_done(self.simulate("--participants", "6", "--seed", seed, "--out", out))
        name = "sub-01_ses-followup_pet.nii.gz"
        self.assertEqual((self.folder / "a" / name).read_bytes(), (self.folder / "b" / name).read_bytes())
        self.assertNotEqual((self.folder / "a" / name).read_bytes(), (self.folder / "c" / name).read_bytes())

    def test_refusals(self):
        (self.folder / "there").mkdir()
        (self.folder / "there" / "thesis.txt").write_text("years of work")
        self.assert_refused(OUTPUT, ["there"], "--out", "there", run=self.simulate)
        self.assert_refused(USAGE, ["--plant reference", "not yet"], "--plant", "reference", run=self.simulate)
        self.assert_refused(USAGE, ["--plant", "'nul'", "null"], "--plant", "nul", run=self.simulate)
        self.assert_refused(USAGE, ["--participants", "'5'", "from 6"], "--participants", "5", run=self.simulate)
        self.assert_refused(USAGE, ["--size", "'3'", "4, 2 or 1"], "--size", "3", run=self.simulate)


if __name__ == "__main__":
    unittest.main()

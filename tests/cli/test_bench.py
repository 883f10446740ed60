"""`voxstat bench` prints a row for every op on every device and writes the same as JSON. No figure is judged."""
import json
import unittest

from voxstat_cli import INPUT, USAGE, Study


class Bench(Study):
    participants = 0

    def test_rows(self):
        done = self.run_program("bench", "--device", "cpu", "--voxels", "2000", "--repetitions", "1", "--participants",
                                "8", "--json", "bench.json")
        self.assert_done(done)
        for row in ("signflip", "correlation", "clusters", "covariate, voxel"):
            self.assertIn(row, done.stdout)
        self.assertIn("bench --device cpu", json.dumps(json.loads((self.folder / "bench.json").read_text())))

    def test_scaling(self):
        done = self.run_program("bench", "--device", "cpu", "--voxels", "800", "--repetitions", "1", "--participants",
                                "6", "--scaling")
        self.assert_done(done)
        for point in ("V 100, n 6, P 1000", "V 800, n 24, P 1000", "V 800, n 6, P 16000"):
            self.assertIn(point, done.stdout)
        self.assertNotIn("pipeline", done.stdout)

    def test_model(self):
        known = self.run_program("bench", "--model", "list")
        self.assert_done(known)
        self.assertIn("RTX 3060 12GB", known.stdout)
        done = self.run_program("bench", "--model", "rtx3060")
        self.assert_done(done)
        for words in ("no GPU has run voxstat", "228010 voxels, 14 participants", "correlation, max", "sweep", "target"):
            self.assertIn(words, done.stdout)
        self.assertIn("36384 maxima of TFCE", done.stdout)
        smaller = self.run_program("bench", "--model", "rtx3060", "--voxels", "1000", "--participants", "20")
        self.assertIn("1000 voxels, 20 participants", smaller.stdout)

    def test_refusals(self):
        bench = lambda *arguments: self.run_program("bench", *arguments)
        self.assert_refused(USAGE, ["--repetitions", "'0'"], "--repetitions", "0", run=bench)
        self.assert_refused(USAGE, ["--model RTX", "--model list"], "--model", "RTX", run=bench)
        self.assert_refused(USAGE, ["--model", "--scaling"], "--model", "H100", "--scaling", run=bench)
        done = bench("--data", "/nowhere")
        self.assertEqual((done.returncode, done.stdout), (INPUT, ""))
        self.assertIn("/nowhere", done.stderr)
        done = bench("--device", "abacus", "--voxels", "2000") # its heading is out by then
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("abacus", done.stderr)


if __name__ == "__main__":
    unittest.main()

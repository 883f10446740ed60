"""`voxstat bench` prints a row for every op on every device and writes the same as JSON. No figure is judged."""
import json
import math
import unittest

from voxstat_cli import INPUT, OUTPUT, USAGE, Study


class Bench(Study):
    participants = 0

    def test_rows(self):
        done = self.run_program("bench", "--device", "cpu", "--voxels", "2000", "--repetitions", "1", "--participants",
                                "8", "--json", "bench.json")
        self.assert_done(done)
        for row in ("signflip", "correlation", "clusters", "covariate, voxel"):
            self.assertIn(row, done.stdout)
        record = json.loads((self.folder / "bench.json").read_text())
        self.assertIn("bench --device cpu", record["command"])
        self.assertEqual((record["participants"], record["repetitions"], record["stages"]), (8, 1, []))
        rows = {row["row"] for row in record["devices"][0]["rows"]}
        for row in ("signflip, max + counts + lists", "correlation, max", "correlation, max + counts + lists",
                    "clusters at p < 0.001", "tfce, one tail", "relabel, flips",
                    "relabel, permutations"): # so are they called in the model of a card
            self.assertIn(row, rows)

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
        for words in ("no GPU has run voxstat", "228010 voxels, 14 participants", "correlation, max", "merges", "target"):
            self.assertIn(words, done.stdout)
        self.assertIn("36384 maxima of TFCE", done.stdout)
        smaller = self.run_program("bench", "--model", "rtx3060", "--voxels", "1000", "--participants", "20")
        self.assertIn("1000 voxels, 20 participants", smaller.stdout)

    def expect(self, *options):
        """The record of what to expect of a card."""
        self.assert_done(self.run_program("bench", "--model", *options, "--json", "card.json", "--force"))
        return json.loads((self.folder / "card.json").read_text())

    def test_model_as_json(self):
        """Each time is the highest of the roofs, and a roof the sum of its stages. The job is the sum over its
        relabellings: 8,192 flips and 10,000 permutations, and TFCE of both tails of each."""
        record = self.expect("rtx3060")
        rows = {row["row"]: row for row in record["rows"]}
        for row in rows.values():
            roofs = row["seconds"]
            self.assertEqual(row["expected_s"], max(roofs.values()), row["row"])
            self.assertLessEqual(row["limit_s"], row["expected_s"] * 1.000001) # equal where an op is its limit
            for roof, seconds in roofs.items():
                stages = [stage["seconds"][roof] for stage in row["stages"]]
                self.assertAlmostEqual(math.fsum(stages), seconds, delta=1e-12 * seconds)
        time = lambda row: rows[row]["expected_s"]
        each = time("... with heights stored") + time("clusters at p < 0.001") + 2 * time("tfce, one tail")
        job = (8192 * (time("relabel, flips") + time("signflip, max + counts + lists") + each) +
               10000 * (time("relabel, permutations") + time("correlation, max + counts + lists") + each))
        self.assertAlmostEqual(record["job"]["expected_s"], job, delta=1e-12 * job) # 12 roundings of 1.1e-16
        self.assertEqual((record["job"]["flips"], record["job"]["target_s"]), (8192, 10))
        self.assertEqual((rows["tfce, one tail"]["target_s"], rows["correlation, max"]["target_s"]), (1e-4, None))
        self.assertEqual((record["card"]["name"], record["card"]["units"]), ("RTX 3060 12GB", 28)) # NVIDIA's data sheet
        self.assertEqual((record["voxels"], record["participants"], record["measured"]), (228010, 14, False))
        self.assertIn("bench --model rtx3060", record["command"])
        # 14 multiply-adds of 228,010 voxels on 132 units of 128 lanes at 1.98 GHz
        h100 = {row["row"]: row for row in self.expect("h100")["rows"]}
        self.assertAlmostEqual(h100["correlation, max"]["limit_s"], 14 * 228010 / (132 * 128 * 1.98e9), delta=1e-12)
        self.assertEqual(self.expect("h100", "--voxels", "1000", "--participants", "20")["voxels"], 1000)

    def test_records_are_replaced_by_records_alone(self):
        self.expect("h100")
        self.expect("a100") # --force replaces figures
        (self.folder / "card.json").write_text('{"card": {}}')
        refused = self.run_program("bench", "--model", "h100", "--json", "card.json", "--force")
        self.assertEqual((refused.returncode, refused.stdout), (OUTPUT, ""))
        self.assertIn("card.json: holds no figures", refused.stderr)
        self.assertEqual((self.folder / "card.json").read_text(), '{"card": {}}')

    def test_refusals(self):
        bench = lambda *arguments: self.run_program("bench", *arguments)
        self.assert_refused(USAGE, ["--repetitions", "'0'"], "--repetitions", "0", run=bench)
        self.assert_refused(USAGE, ["--model RTX", "--model list"], "--model", "RTX", run=bench)
        self.assert_refused(USAGE, ["--model", "--scaling"], "--model", "H100", "--scaling", run=bench)
        self.assert_refused(USAGE, ["--model list", "--json"], "--model", "list", "--json", "l.json", run=bench)
        done = bench("--data", "/nowhere")
        self.assertEqual((done.returncode, done.stdout), (INPUT, ""))
        self.assertIn("/nowhere", done.stderr)
        done = bench("--device", "abacus", "--voxels", "2000") # its heading is out by then
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("abacus", done.stderr)


if __name__ == "__main__":
    unittest.main()

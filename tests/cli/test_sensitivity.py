#!/usr/bin/python3
"""--sensitivity: the results under alternatives to the preparation. The truth of an alternative is a separate run with
that option: its maps and tables, from which NumPy finds the smallest p, its place and the conclusion, to the last bit.
"""
import csv
import json
import signal
import subprocess
import sys
import unittest

try:
    import h5py
    import nibabel
    import numpy
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import test_pvc
from voxstat_cli import AFFINE, INPUT, INTERRUPTED, PROGRAM, SHAPE, USAGE, Study

QUICK = ["-n", "60", "--cluster-p", "0.01", "--p-format", "p", "--progress", "none", "-q"]
FIGURES = ("n", "voxels", "estimate", "se", "ci_low", "ci_high", "t", "p", "x", "y", "z", "clusters",
           "clusters_significant", "largest_cluster")


class Sensitivity(Study):
    participants = 8

    def setUp(self):
        """Eight people: a rise in `left`, nothing in `right`, a fall in `low`; images near 10 with a global noise."""
        super().setUp()
        random = numpy.random.default_rng(7)
        self.labels = numpy.zeros(SHAPE, numpy.int32)
        self.labels[1:4, 1:5, 2:5], self.labels[5:8, 1:5, 2:5], self.labels[1:7, 6:8, 2:5] = 1, 2, 3
        self.write_image("labels.nii.gz", self.labels)
        (self.folder / "labels.tsv").write_text("index\tname\n1\tleft\n2\tright\n3\tlow\n")
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nleft\tfirst\tleft\nright\tfirst\tright\n"
                                                 "low\tsecond\tlow\n")
        for row in self.rows:
            uptake = 1 + 0.02 * random.standard_normal()
            data = self.read_image(row[2]) * uptake
            data[self.labels == 1] += 1.5
            data[self.labels == 3] -= 1.5
            self.write_image(row[2], data)
            for name in row[1:3]:
                data = self.read_image(name)
                data[0, 0, :] -= 8 # the threshold of a mask takes these out
                self.write_image(name, data)
        self.region = numpy.zeros(SHAPE, bool)
        self.region[5:8, 1:5, 2:5] = True
        self.write_image("right.nii.gz", self.region)

    def done(self, out, *arguments):
        done = self.run_paired(*QUICK, "--no-report", "--out", out, *arguments)
        self.assert_done(done)
        return done

    def rows_of(self, out):
        with h5py.File(self.folder / out / "results.h5") as file:
            group = file["sensitivity"]
            columns = {name: [value.decode() if isinstance(value, bytes) else value for value in group[name][()]]
                       for name in group}
        return [dict(zip(columns, values)) for values in zip(*columns.values())]

    def primary(self, out):
        return json.loads((self.folder / out / "run.json").read_text())["primary"].replace("_", "-")

    def map_row(self, out, modality, effect, volume):
        """What a run by itself has for a line of the mask or a search volume."""
        kind = self.primary(out)
        with h5py.File(self.folder / out / "results.h5") as file:
            maps = file[f"maps/{modality}/{effect}"]
            p = maps[f"{kind}_{volume}" if volume else kind][()]
            value = {name: maps[name][()] for name in maps}
            names = list(file["masks"]) if "masks" in file else []
            mask = (file[f"masks/{modality}"] if modality in names else file["mask"])[()] == 1
        if volume:
            mask &= numpy.isin(self.labels, (1, 2) if volume == "first" else (3,))
        t = numpy.abs(value["t"])
        at = max((tuple(v) for v in numpy.argwhere(mask)), key=lambda v: (-p[v], t[v]))
        significant = mask & (p < 0.05)
        signs = (bool((value["t"][significant] > 0).any()), bool((value["t"][significant] < 0).any()))
        estimate = "mean" if "mean" in value else "slope"
        name = f"{modality}/{effect}/clusters{'_' + volume if volume else ''}.tsv"
        with open(self.folder / out / name, encoding="utf-8") as lines:
            clusters = list(csv.DictReader(lines, delimiter="\t"))
        column = kind.replace("p-fwe-", "p_")
        row = {"n": None, "voxels": mask.sum(), "estimate": value[estimate][at], "se": value["se"][at],
               "ci_low": value["ci-low"][at], "ci_high": value["ci-high"][at], "t": value["t"][at], "p": p[at],
               "clusters": len(clusters), "clusters_significant": sum(float(c[column]) < 0.05 for c in clusters),
               "largest_cluster": int(clusters[0]["voxels"]) if clusters else 0}
        row.update(zip("xyz", (AFFINE @ [*at, 1])[:3]))
        return row, {(False, False): "none", (True, False): "rise", (False, True): "fall", (True, True): "both"}[signs]

    def region_row(self, out, effect, name):
        with h5py.File(self.folder / out / "results.h5") as file:
            group = file["regions"]
            texts = [(r.decode(), e.decode()) for r, e in zip(group["region"][()], group["effect"][()])]
            at = texts.index((name, effect))
            row = {to: group[of][at] for to, of in zip(FIGURES[:8], ("n", "voxels", "change", "se", "ci_low", "ci_high",
                                                                      "t", "p_fwe"))}
        return row, ("none" if row["p"] >= 0.05 else "rise" if row["t"] > 0 else "fall")

    def compare(self, row, out):
        if row["what"] == "region":
            expected, conclusion = self.region_row(out, row["effect"], row["name"])
        else:
            expected, conclusion = self.map_row(out, row["modality"], row["effect"], row["name"] or None)
            expected["n"] = self.participants
        for name, value in expected.items():
            self.assertEqual(row[name], value, (row["choice"], row["effect"], row["what"], row["name"], name))
        self.assertEqual(row["conclusion"], conclusion, row)
        return conclusion

    def test_every_line_is_that_of_a_separate_run(self):
        common = ["--atlas", "labels.nii.gz", "--regions", "planned.tsv", "--covariate", "level", "--correct",
                  "voxel,extent", "--reference", "right.nii.gz"]
        choices = {"scale=none": (common[:-2], []), "scale=ancova": (common[:-2], ["--scale", "ancova"]),
                   "smooth=9": (common, ["--smooth", "9"]), "change=percent": (common, ["--change", "percent"]),
                   "mask-threshold=0.5": (common, ["--mask-threshold", "0.5"]),
                   "reference=atlas:low": (common[:-2], ["--reference", "atlas:low"])}
        for primary in ("voxel", "extent"):
            own = ["--primary", primary]
            with_all = f"with_{primary}"
            self.done(with_all, *common, *own, "--sensitivity", "scale=none,ancova;smooth=9; change=percent",
                      "--sensitivity", "mask-threshold=0.5; reference=atlas:low")
            self.done(f"run_{primary}", *common, *own)
            runs = {"as run": f"run_{primary}"}
            for number, (choice, (base, arguments)) in enumerate(choices.items()):
                runs[choice] = f"{primary}_{number}"
                self.done(runs[choice], *base, *own, *arguments)
            rows = self.rows_of(with_all)
            seen, concluded = set(), {}
            for row in rows:
                key = (row["effect"], row["what"], row["name"])
                conclusion = self.compare(row, runs[row["choice"]])
                if row["choice"] == "as run":
                    concluded[key] = conclusion
                    self.assertEqual(row["changes"], "")
                elif key in concluded:
                    self.assertEqual(row["changes"], "no" if conclusion == concluded[key] else "yes", row)
                else: # the region of the run's reference, which is not tested in the run
                    self.assertEqual((row["what"], row["name"], row["changes"]), ("region", "right", ""))
                seen.add((row["choice"], *key))
            both = {key for choice, *key in map(lambda s: (s[0], s[1:]), seen) for key in key}
            self.assertEqual(len(both), 2 * (1 + 2 + 3))
            divides = {"scale=none": None, "scale=ancova": None, "smooth=9": None, "reference=atlas:low": "low"}
            for choice in runs: # no line is missing, but of the region that divides; smoothing changes its mean
                missing = {key for key in both if (choice, *key) not in seen}
                reference = divides.get(choice, "right")
                self.assertEqual({name for _, _, name in missing}, {reference} - {None}, choice)
            self.assertLess({row["voxels"] for row in rows if row["what"] == "mask" and
                             row["choice"] == "mask-threshold=0.5"}.pop(), numpy.prod(SHAPE))
            self.assertIn("yes", [row["changes"] for row in rows])
            # The run itself is what it is without the option.
            with h5py.File(self.folder / with_all / "results.h5") as a, \
                    h5py.File(self.folder / f"run_{primary}/results.h5") as b:
                for name in b["maps/pet/change"]:
                    numpy.testing.assert_array_equal(a[f"maps/pet/change/{name}"][()], b[f"maps/pet/change/{name}"][()])

    def test_the_same_choice_in_other_words_changes_nothing(self):
        nibabel.load(self.folder / "right.nii.gz").to_filename(self.folder / "copy.nii.gz")
        done = self.run_paired(*QUICK[:-1], "--reference", "right.nii.gz", "--atlas", "labels.nii.gz", "--sensitivity",
                               "reference=copy.nii.gz")
        self.assert_done(done)
        self.assertIn("sensitivity: no conclusion changes under 1 choice\n", done.stderr)
        self.assertIn("sensitivity: 1 alternative to the preparation, each with the model and the relabellings of the "
                      "run and one change: reference=copy.nii.gz; 1 more analysis of a modality beside the run's 1",
                      done.stderr)
        rows = self.rows_of("voxstat-results")
        self.assertEqual([row["choice"] for row in rows], ["as run", "reference=copy.nii.gz"] * (len(rows) // 2))
        self.assertEqual({row["name"] for row in rows}, {"", "left", "low"}) # right divides
        for run, alternative in zip(rows[::2], rows[1::2]):
            for name in FIGURES:
                numpy.testing.assert_array_equal(run[name], alternative[name], name)
            self.assertEqual((run["conclusion"], alternative["changes"]), (alternative["conclusion"], "no"))
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        paths = [entry["path"].rsplit("/", 1)[-1] for entry in record["inputs"]]
        self.assertEqual((paths.count("copy.nii.gz"), paths.count("sub-01_baseline.nii.gz")), (1, 1))
        made = {(one["choice"], one["modality"]): one for one in record["sensitivity"]["preparations"]}
        self.assertIn("copy.nii.gz", made["reference=copy.nii.gz", "pet"]["preparation"][0]["words"])
        self.assertEqual(made["as run", "pet"]["scaling"], made["reference=copy.nii.gz", "pet"]["scaling"])

    def test_everywhere(self):
        """The table, the page, the terminal and `show` tell what results.h5 has."""
        out = self.run_paired(*QUICK[:-1], "--atlas", "labels.nii.gz", "--regions", "planned.tsv",
                              "--sensitivity", "smooth=20,none; scale=none; change=logratio", "--smooth", "0")
        self.assert_done(out)
        for same in ("smooth=none", "scale=none"):
            self.assertIn(f"remark: --sensitivity {same}: the run prepares its images so already", out.stderr)
        rows = self.rows_of("voxstat-results")
        self.assertEqual({row["choice"] for row in rows}, {"as run", "smooth=20", "change=logratio"})
        folder = self.folder / "voxstat-results"
        with open(folder / "sensitivity.tsv", encoding="utf-8") as lines:
            table = list(csv.DictReader(lines, delimiter="\t"))
        dictionary = json.loads((folder / "sensitivity.json").read_text())
        self.assertEqual(list(table[0]), list(dictionary))
        self.assertEqual(len(table), len(rows))
        listed = json.loads((folder / "run.json").read_text())["sensitivity"]["rows"]
        for line, row, entry in zip(table, rows, listed):
            for name in ("choice", "what", "conclusion"):
                self.assertEqual((line[name], entry[name]), (row[name], row[name]))
            for name in FIGURES:
                if numpy.isnan(row[name]):
                    self.assertEqual((line[name], entry[name]), ("n/a", None))
                else: # seven digits in the table, twelve in run.json
                    numpy.testing.assert_allclose(float(line[name]), row[name], rtol=5e-7, err_msg=name)
                    numpy.testing.assert_allclose(entry[name], row[name], rtol=1e-11, err_msg=name)
        self.assertEqual({row["units"] for row in rows if row["choice"] == "change=logratio"}, {"log ratio"})
        page = (folder / "report.html").read_text()
        self.assertIn('<section id="sensitivity"', page)
        self.assertIn("In a sensitivity analysis the images were prepared in 2 other ways, each with one change "
                      "(smooth=20; change=logratio)", page)
        self.assertTrue((folder / "figures/sensitivity_1.png").exists())
        shown = self.run_program("show", "voxstat-results")
        self.assert_done(shown)
        changing = [row for row in rows if row["changes"] == "yes"]
        self.assertTrue(changing) # smoothing by 20 mm mixes what rose with what fell
        sentence = next(line for line in shown.stdout.splitlines() if line.startswith("sensitivity: "))
        self.assertIn(sentence, out.stderr)
        self.assertIn("the conclusion changes under smooth=20 (pet change: ", sentence)
        for row in rows:
            self.assertTrue([line for line in shown.stdout.splitlines() if row["choice"] in line and
                             f"{row['t']:.4g}" in line], row)

    def test_by_modality(self):
        for row in self.rows:
            row[3:3] = row[1:3]
        self.header[3:3] = ["gm_baseline", "gm_followup"]
        self.write_table()
        self.done("a", "--scale", "gm=global", "--sensitivity",
                  "scale=pet=global,gm=none; reference=pet=right.nii.gz; reference=atlas:low", "--atlas",
                  "labels.nii.gz")
        rows = self.rows_of("a")
        self.assertEqual({(row["choice"], row["modality"]) for row in rows if row["choice"] != "as run"},
                         {("scale=pet=global", "pet"), ("scale=gm=none", "gm"), ("reference=pet=right.nii.gz", "pet"),
                          ("reference=atlas:low", "pet"), ("reference=atlas:low", "gm")})
        t = {(row["choice"], row["modality"]): row["t"] for row in rows if row["what"] == "mask"}
        self.assertEqual(t["scale=pet=global", "pet"], t["as run", "gm"]) # the same images, prepared in the same way
        self.assertEqual(t["scale=gm=none", "gm"], t["as run", "pet"])
        self.assertEqual(t["reference=atlas:low", "gm"], t["reference=atlas:low", "pet"])

    def test_people_who_lack_an_image(self):
        """All modalities relabel the same list of people, those of an alternative too."""
        for row in self.rows:
            row[3:3] = row[1:3]
        self.rows[2][4] = "n/a"
        self.header[3:3] = ["gm_baseline", "gm_followup"]
        self.write_table()
        common = ["--atlas", "labels.nii.gz", "--regions", "planned.tsv", "--covariate", "level", "--smooth-to", "12"]
        self.done("a", *common, "--sensitivity", "smooth=9")
        self.done("b", *common[:-2], "--smooth", "9", "--sensitivity", "smooth-to=12")
        a, b = ({(row["choice"], *(row[name] for name in ("modality", "effect", "what", "name"))): row
                 for row in self.rows_of(out)} for out in "ab")
        self.assertEqual(len(a), 2 * 2 * 2 * (1 + 2 + 3))
        self.assertEqual({row["n"] for row in a.values()}, {7, 8})
        for (choice, *result), row in a.items():
            other = b[{"as run": "smooth-to=12", "smooth=9": "as run"}[choice], *result]
            for name in FIGURES:
                numpy.testing.assert_array_equal(row[name], other[name], f"{choice} {result} {name}")

    def test_refusals(self):
        for text, words in (("scal=none", ["no option --scal", "did you mean scale?"]),
                            ("seed=1", ["--seed does not prepare images"]),
                            ("scale=nothing", ["--sensitivity scale=nothing: --scale: found 'nothing'", "ancova"]),
                            ("smooth=wide", ["--sensitivity smooth=wide: --smooth: found 'wide'"]),
                            ("smooth=", ["a value is empty"]), ("scale", ["expected OPTION=VALUE[,VALUE...]"]),
                            ("scale=global; scale=global", ["scale=global is there twice"]),
                            ("reference=atlas:left", ["--sensitivity reference=atlas:left: ", "--atlas"]),
                            ("scale=reference", ["--sensitivity scale=reference: ", "needs a reference region"]),
                            ("mask-level=0.5", ["--sensitivity mask-level=0.5: ", "--mask"])):
            self.assert_refused(USAGE, words, *QUICK, "--sensitivity", text)
        self.write_image("empty.nii.gz", numpy.zeros(SHAPE))
        self.assert_refused(INPUT, ["--sensitivity reference=empty.nii.gz: pet: reference region", "empty mask"],
                            *QUICK, "--sensitivity", "smooth=9; reference=empty.nii.gz")
        self.assert_refused(INPUT, ["--sensitivity reference=none.nii.gz: ", "none.nii.gz"],
                            *QUICK, "--sensitivity", "reference=none.nii.gz")
        data = self.read_image("sub-03_baseline.nii.gz")
        self.write_image("sub-03_baseline.nii.gz", data - 20)
        self.assert_refused(INPUT, ["--sensitivity change=percent: "], *QUICK, "--sensitivity", "change=percent")

    def test_an_input_of_an_alternative_is_not_replaced(self):
        self.done("old")
        nibabel.load(self.folder / "right.nii.gz").to_filename(self.folder / "old/extra.nii.gz")
        done = self.run_paired(*QUICK, "--out", "old", "--force", "--sensitivity", "reference=old/extra.nii.gz")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue((self.folder / "old/extra.nii.gz").exists())


class Pvc(test_pvc.Corrected):
    """The phantom of the tests of partial-volume correction."""

    def test_with_and_without(self):
        common = [*QUICK, "--modality", "pet"]
        self.assert_done(self.run_paired(*common, *test_pvc.PSF, "--out", "a", "--sensitivity", "pvc=mg,pet=meltzer"))
        self.assert_done(self.run_paired(*common, *test_pvc.PSF, "--out", "b", "--pvc", "mg", "--sensitivity",
                                         "pvc=none"))
        t = {}
        for out in "ab":
            with h5py.File(self.folder / out / "results.h5") as file:
                group = file["sensitivity"]
                t[out] = {choice.decode(): t for choice, t in zip(group["choice"][()], group["t"][()])}
        self.assertEqual(set(t["a"]), {"as run", "pvc=mg", "pvc=pet=meltzer"})
        self.assertEqual((t["a"]["as run"], t["a"]["pvc=mg"]), (t["b"]["pvc=none"], t["b"]["as run"]))
        self.assertEqual(len(set(t["a"].values())), 3)
        paths = [entry["path"] for entry in json.loads((self.folder / "a/run.json").read_text())["inputs"]]
        self.assertEqual(sum("gm_sub-01_baseline" in path for path in paths), 1)


for inherited in [name for name in dir(test_pvc.Corrected) if name.startswith("test")]:
    setattr(Pvc, inherited, None) # they run where they are written


class Interrupted(Study):
    report = False
    participants = 12

    def test_an_alternative_stops(self):
        before = self.listing()
        run = subprocess.Popen([PROGRAM, "--design", "paired", "--device", "cpu", "--threads", "1", "-n", "100000",
                                "--covariate", "level", "--correct", "voxel", "--progress", "none", "-v",
                                "--sensitivity", "smooth=" + ",".join(str(k) for k in range(1, 99))], cwd=self.folder,
                               text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(run.kill)
        said = ""
        while not said.endswith("alternative smooth=2: pet\n"):
            line = run.stderr.readline()
            self.assertTrue(line, said)
            said += line
        run.send_signal(signal.SIGTERM)
        _, rest = run.communicate(timeout=60)
        self.assertEqual(run.returncode, INTERRUPTED, rest)
        self.assertIn("nothing was written", rest)
        self.assertEqual(self.listing(), before)


class Planted(Study):
    """The cohort of `voxstat simulate --plant reference`: the pons rises, and nothing else does."""
    report = False

    def cohort(self, case, seed):
        self.assert_done(self.run_program("simulate", "--raw", "--plant", case, "--modality", "pet", "--seed",
                                          str(seed), "--out", "cohort"))
        (self.folder / "plan.tsv").write_text("region\tfamily\tmembers\npons\tpons\tpons\n"
                                              "thalamus\tplanned\tthalamus_left + thalamus_right\n"
                                              "precuneus\tplanned\tprecuneus_left + precuneus_right\n")
        return ["--table", "cohort/participants.tsv", "--atlas", "cohort/labels.nii.gz", "--regions", "plan.tsv",
                "-n", "400", "--correct", "voxel", "--progress", "none"]

    def test_a_reference_that_changed(self):
        arguments = self.cohort("reference", 1)
        done = self.run_paired(*arguments, "--reference", "atlas:pons", "--sensitivity",
                               "reference=atlas:cerebellum_left + cerebellum_right; scale=global")
        self.assert_done(done)
        with h5py.File(self.folder / "voxstat-results/results.h5") as file:
            group = file["sensitivity"]
            rows = {tuple(group[name][i].decode() for name in ("choice", "what", "name")):
                    tuple(group[name][i].decode() for name in ("conclusion", "changes"))
                    for i in range(len(group["t"])) if group["effect"][i] == b"change"}
        # Divided by a pons that rose, everything falls; by another region, nothing does, and the pons itself rises.
        self.assertEqual(rows["as run", "region", "thalamus"], ("fall", ""))
        self.assertEqual(rows["as run", "mask", ""], ("fall", ""))
        for choice in ("reference=atlas:cerebellum_left + cerebellum_right", "scale=global"):
            self.assertEqual(rows[choice, "region", "thalamus"], ("none", "yes"))
            self.assertEqual(rows[choice, "region", "precuneus"], ("none", "yes"))
            self.assertEqual(rows[choice, "region", "pons"], ("rise", ""))
            self.assertEqual(rows[choice, "mask", ""][1], "yes")
        self.assertIn("sensitivity: the conclusion changes under reference=atlas:cerebellum_left + cerebellum_right "
                      "(pet change: mask, ", done.stderr)
        self.assertIn("; 2 of 2 choices\n", done.stderr)

    def test_nothing_changes(self):
        arguments = self.cohort("null", 3)
        done = self.run_paired(*arguments, "--reference", "atlas:pons", "--sensitivity",
                               "reference=atlas:cerebellum_left + cerebellum_right; change=percent,symmetric")
        self.assert_done(done)
        self.assertIn("sensitivity: no conclusion changes under 3 choices\n", done.stderr)


if __name__ == "__main__":
    unittest.main()

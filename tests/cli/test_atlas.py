"""--atlas and its options: where clusters lie, and the means of regions, against NumPy; and every bad input."""
import csv
import hashlib
import json
import pathlib
import re
import unittest

import nibabel
import numpy

from voxstat_cli import AFFINE, INPUT, SHAPE, USAGE, Study

NAMES = {7: "caudate", 300: "putamen", 70000: "insula"}
# Oblique voxels of 3.1 mm that reach beyond the images on one side.
TURN = numpy.array([[0.93, -0.35, 0.1, 0], [0.35, 0.93, 0, 0], [-0.1, 0.04, 1, 0], [0, 0, 0, 1]])
ATLAS = TURN @ numpy.diag([-3.1, 3.1, 3.1, 1])
ATLAS_SHAPE = (12, 12, 9)
ATLAS[:3, 3] = [2, -3, 6] - (ATLAS[:3, :3] @ [5.5, 5.5, 4]) # its centre; that of the images is -2, 0, 4


def nearest(data, affine, shape, target):
    """The value of `data` at every voxel of the target, and which voxels of the target lie outside `data`."""
    index = numpy.indices(shape).reshape(3, -1)
    there = numpy.linalg.inv(affine) @ target @ numpy.vstack([index, numpy.ones(index.shape[1])])
    there = numpy.floor(there[:3] + 0.5).astype(int)
    inside = ((there >= 0) & (there < numpy.array(data.shape)[:, None])).all(axis=0)
    values = numpy.where(inside, data[tuple(numpy.where(inside, there, 0))], 0)
    return values.reshape(shape), ~inside.reshape(shape)


class Atlas(Study):
    report = False

    def setUp(self):
        super().setUp()
        x, y, z = numpy.indices(ATLAS_SHAPE)
        self.labels = numpy.array([0, *NAMES])[(x // 3 + y // 4 + z // 5) % 4]
        self.write_atlas("atlas.nii.gz", self.labels)
        self.write_names("atlas.tsv", NAMES)
        for row in self.rows: # two blocks of change, the second of falls
            data = self.read_image(row[2])
            data[1:6, 1:7, 1:5] += 40
            data[3, 3, 3] += 400
            data[6:8, 7:9, 5:7] -= 40
            self.write_image(row[2], data)

    def write_atlas(self, name, data, affine=ATLAS, dtype=numpy.int32):
        nibabel.Nifti1Image(numpy.asarray(data, dtype), affine).to_filename(self.folder / name)

    def write_names(self, name, names):
        lines = ["index\tname"] + [f"{label}\t{text}" for label, text in names.items()]
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def table(self, name):
        with open(self.folder / "voxstat-results" / name, encoding="utf-8", newline="") as table:
            return list(csv.DictReader(table, delimiter="\t"))

    def run_atlas(self, *arguments):
        done = self.run_paired("--atlas", "atlas.nii.gz", "--force", "--progress", "none", *arguments)
        self.assert_done(done)
        return done

    def coverage(self, on, mask, label):
        beyond = nearest(numpy.zeros(SHAPE), AFFINE, ATLAS_SHAPE, ATLAS)[1]
        ratio = abs(numpy.linalg.det(ATLAS[:3, :3]) / numpy.linalg.det(AFFINE[:3, :3]))
        total = (on == label).sum() + ratio * (beyond & (self.labels == label)).sum()
        return ((on == label) & mask).sum() / total


class Clusters(Atlas):
    report = False

    def test_where_they_lie(self):
        self.report = True
        self.run_atlas()
        clusters, t = (self.read_image(f"voxstat-results/pet/change/{name}.nii.gz") for name in ("clusters", "t"))
        on = nearest(self.labels, ATLAS, SHAPE, AFFINE)[0]
        rows = self.table("pet/change/clusters.tsv")
        self.assertGreaterEqual(len(rows), 2)
        below = []
        for row in rows:
            inside = clusters == int(row["label"])
            weight = numpy.abs(t[inside]).astype(float)
            mm = (AFFINE @ numpy.vstack([numpy.argwhere(inside).T, numpy.ones(inside.sum())]))[:3]
            numpy.testing.assert_allclose([float(row[f"centre_{axis}"]) for axis in "xyz"],
                                          (mm * weight).sum(axis=1) / weight.sum(), rtol=1e-4, atol=1e-4)
            peak = tuple(int(row[f"peak_{axis}"]) for axis in "ijk")
            self.assertEqual(row["peak_region"], NAMES.get(on[peak], "no region"))
            share = {name: 100 * (on[inside] == label).mean() for label, name in {**NAMES, 0: "no region"}.items()}
            share = {name: f"{value:.1f}% {name}" for name, value in share.items() if value}
            self.assertEqual(sorted(row["regions"].split("; ")), sorted(share.values()))
            sizes = [float(entry.split("%")[0]) for entry in row["regions"].split("; ") if "no region" not in entry]
            self.assertEqual(sizes, sorted(sizes, reverse=True))
            below += self.sub_peaks(row, t, on)
        self.assertGreaterEqual(len(below), 2)
        self.assertGreater(len(set(below)), 1)
        page = (self.folder / "voxstat-results/report.html").read_text(encoding="utf-8")
        for row in rows:
            self.assertRegex(page, f'<th scope="row" class="n" data-value="{row["label"]}">{row["label"]}</th>'
                             f'<td class="where">{row["peak_region"]}</td>')
        self.assertIn("region of the peak</th>", page)
        shown = re.findall(r'<tr class="sub.*?</th><td class="where">(.*?)</td>', page)
        self.assertEqual(shown[:len(below)], below)
        titles = re.findall(r'data-title="(\d+[a-c]?): ([^"]*), t', page) # of the viewer's list
        self.assertEqual([name for label, name in titles if label[-1] in "abc"][:len(below)], below)
        self.assertEqual([name for label, name in titles if label == "1"][0],
                         f"{rows[0]['peak_region']}, {int(rows[0]['voxels']):,} voxels")

    def sub_peaks(self, row, t, on):
        """Each is as far as it should be from the others, and its t is that of the map. Returns their regions, which are
        those of the atlas at their voxels."""
        regions = []
        places = [[float(row[f"peak_{axis}"]) for axis in "xyz"]]
        heights = [abs(float(row["peak_t"]))]
        for entry in [] if row["sub_peaks"] == "n/a" else row["sub_peaks"].split("; "):
            height, place = entry.rstrip(")").split(" (")
            places.append([float(number) for number in place.split(", ")])
            voxel = tuple(numpy.rint((numpy.linalg.inv(AFFINE) @ [*places[-1], 1])[:3]).astype(int))
            self.assertAlmostEqual(float(height), t[voxel], delta=1e-4 * abs(t[voxel]))
            heights.append(abs(float(height)))
            regions.append(NAMES.get(on[voxel], "no region"))
        self.assertLessEqual(len(places), 4)
        self.assertEqual(heights, sorted(heights, reverse=True))
        for i, one in enumerate(places):
            for other in places[:i]:
                self.assertGreaterEqual(numpy.linalg.norm(numpy.subtract(one, other)), 8)
        self.assertEqual(row["sub_peak_regions"], "; ".join(regions) or "n/a")
        return regions

    def test_without_an_atlas(self):
        self.assert_done(self.run_paired("--peak-distance", "100"))
        rows = self.table("pet/change/clusters.tsv")
        self.assertIn("centre_x", rows[0])
        self.assertNotIn("peak_region", rows[0])
        self.assertNotIn("sub_peak_regions", rows[0])
        self.assertEqual({row["sub_peaks"] for row in rows}, {"n/a"})
        self.assertFalse((self.folder / "voxstat-results/regions_values.tsv").exists())


class Values(Atlas):
    report = False

    def expect_values(self, regions, modality="pet"):
        """`regions`: name -> labels."""
        mask = self.read_image("voxstat-results/mask.nii.gz") > 0
        on = nearest(self.labels, ATLAS, SHAPE, AFFINE)[0]
        rows = [row for row in self.table("regions_values.tsv") if row["modality"] == modality]
        self.assertEqual([(row["participant_id"], row["session_id"], row["region"]) for row in rows],
                         [(row[0], session, name) for name in regions for row in self.rows
                          for session in ("baseline", "followup")])
        images = {(row[0], session): self.read_image(row[1 + k])
                  for row in self.rows for k, session in enumerate(("baseline", "followup"))}
        for row in rows:
            voxels = numpy.isin(on, regions[row["region"]]) & mask
            image = images[row["participant_id"], row["session_id"]]
            self.assertAlmostEqual(float(row["value"]), image[voxels].astype(float).mean(), delta=1e-6)
        return rows, on, mask

    def test_every_region_of_the_atlas(self):
        done = self.run_atlas()
        rows, on, mask = self.expect_values({name: [label] for label, name in NAMES.items()})
        for row in rows:
            label = {name: label for label, name in NAMES.items()}[row["region"]]
            self.assertAlmostEqual(float(row["coverage"]), self.coverage(on, mask, label), delta=6e-5)
        self.assertIn("atlas atlas.nii.gz: 3 labels, names from atlas.tsv", done.stderr)

    def test_planned_regions(self):
        self.report = True
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nstriatum\tprimary\tputamen + caudate\n"
                                                 "insula\texploratory\tn/a\n")
        self.run_atlas("--regions", "planned.tsv")
        self.expect_values({"striatum": [7, 300], "insula": [70000]})
        inputs = {pathlib.Path(one["path"]).name: one for one in
                  json.loads((self.folder / "voxstat-results/run.json").read_text())["inputs"]}
        for name in ("planned.tsv", "atlas.tsv", "atlas.nii.gz"):
            self.assertEqual(inputs[name]["sha256"], hashlib.sha256((self.folder / name).read_bytes()).hexdigest())
        self.assertEqual([step["name"] for step in inputs["atlas.nii.gz"]["steps"]], ["nearest"])
        self.assertIn("atlas.nii.gz was brought to the grid of the images by nearest neighbour.",
                      (self.folder / "voxstat-results/report.html").read_text())

    def test_coverage(self):
        mask = numpy.ones(SHAPE)
        mask[:4] = 0
        self.write_image("half.nii.gz", mask)
        on = nearest(self.labels, ATLAS, SHAPE, AFFINE)[0]
        covered = {name: self.coverage(on, mask > 0, label) for label, name in NAMES.items()}
        limit = sorted(covered.values())[1] - 0.001 # one region is below
        done = self.run_atlas("--mask", "half.nii.gz", "--coverage", f"{limit:.6f}")
        worst = min(covered, key=covered.get)
        self.assertIn(f"remark: 1 of 3 regions are not tested, because the mask covers less than --coverage {limit:.6g} "
                      f"of each: {worst} ({covered[worst]:.2f})", done.stderr)
        self.assertEqual({row["region"] for row in self.table("regions_values.tsv")}, set(covered) - {worst})

    def test_probabilities(self):
        share = numpy.stack([(self.labels == label) * 0.25 * (1 + numpy.indices(ATLAS_SHAPE)[0] % 4)
                             for label in NAMES], axis=3)
        self.write_atlas("p.nii.gz", share, dtype=numpy.float32)
        self.write_names("p.tsv", dict(enumerate(NAMES.values())))
        self.assert_done(self.run_paired("--atlas", "p.nii.gz", "--coverage", "0.1"))
        image, mask = self.read_image(self.rows[2][1]), self.read_image("voxstat-results/mask.nii.gz") > 0
        values = {row["region"]: float(row["value"]) for row in self.table("regions_values.tsv")
                  if (row["participant_id"], row["session_id"]) == (self.rows[2][0], "baseline")}
        for k, name in enumerate(NAMES.values()):
            weight = nearest(share[..., k], ATLAS, SHAPE, AFFINE)[0] * mask
            self.assertAlmostEqual(values[name], (weight * image).sum() / weight.sum(), delta=1e-5)

    def test_modalities_on_two_grids(self):
        coarse = numpy.diag([6.0, 6, 6, 1])
        coarse[:3, 3] = [-14, -16, -8]
        random = numpy.random.default_rng(3)
        for row in self.rows:
            for session in ("baseline", "followup"):
                name = f"gm_{row[0]}_{session}.nii.gz"
                self.write_image(name, 1 + random.random((6, 7, 5)), coarse)
                row.append(name)
        self.header += ["gm_baseline", "gm_followup"]
        self.write_table()
        self.run_atlas("--coverage", "0.1")
        on = nearest(self.labels, ATLAS, (6, 7, 5), coarse)[0]
        rows = [row for row in self.table("regions_values.tsv") if row["modality"] == "gm"]
        self.assertEqual(len(rows), 5 * 2 * 3)
        image = self.read_image(f"gm_{self.rows[1][0]}_followup.nii.gz")
        for row in rows:
            if (row["participant_id"], row["session_id"]) == (self.rows[1][0], "followup"):
                label = {name: label for label, name in NAMES.items()}[row["region"]]
                self.assertAlmostEqual(float(row["value"]), image[on == label].astype(float).mean(), delta=1e-6)


class Bad(Atlas):
    report = False

    def refused(self, words, *arguments, status=INPUT):
        self.assert_refused(status, words, *arguments)

    def test_options_without_an_atlas(self):
        for option in (("--atlas-names", "x"), ("--regions", "x"), ("--coverage", "0.3")):
            self.refused([f"{option[0]} says how --atlas is meant"], *option, status=USAGE)

    def test_labels_without_names(self):
        self.write_names("atlas.tsv", {7: "caudate", 300: "putamen"})
        self.refused(["atlas: atlas.nii.gz: 1 of 3 labels have no name in atlas.tsv: 70000"], "--atlas", "atlas.nii.gz")
        (self.folder / "atlas.tsv").unlink()
        self.refused(["no names of its regions", "--atlas-names"], "--atlas", "atlas.nii.gz")

    def test_names_without_labels(self):
        self.write_names("atlas.tsv", {**NAMES, 8: "habenula"})
        done = self.run_atlas()
        self.assertIn("remark: 1 name of a label that has no voxel in atlas.nii.gz: habenula", done.stderr)

    def test_interpolated_labels(self):
        self.write_atlas("atlas.nii.gz", self.labels + 0.5, dtype=numpy.float32)
        self.refused(["atlas.nii.gz: the value 0.5 at voxel 0 0 0 is no label"], "--atlas", "atlas.nii.gz")

    def test_another_space(self):
        away = ATLAS.copy()
        away[1, 3] += 500
        self.write_atlas("atlas.nii.gz", self.labels, away)
        self.refused(["pet: atlas: atlas.nii.gz: 100 % of it lie outside", "another space"], "--atlas", "atlas.nii.gz")

    def test_plans(self):
        for text, words in (("A\tprimary\tcaudat", "has no region caudat; did you mean caudate?"),
                            ("A\tprimary\tcaudate\nA\tmine\tinsula", "in two families, primary and mine"),
                            ("A\tn/a\tcaudate", "a family is missing")):
            (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\n" + text + "\n")
            self.refused(["planned.tsv, line ", words], "--atlas", "atlas.nii.gz", "--regions", "planned.tsv")

    def test_region_outside_the_mask(self):
        mask = nearest(self.labels == 7, ATLAS, SHAPE, AFFINE)[0]
        self.write_image("mask.nii.gz", mask)
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nA\tprimary\tcaudate\nB\tmine\tinsula\n")
        self.refused(["pet: region B has no voxel in the mask"], "--atlas", "atlas.nii.gz", "--regions", "planned.tsv",
                     "--mask", "mask.nii.gz")

    def test_inputs_are_not_replaced(self):
        self.assert_done(self.run_paired("--out", "res"))
        (self.folder / "atlas.tsv").rename(self.folder / "res/atlas.tsv")
        self.refused(["atlas.tsv"], "--atlas", "atlas.nii.gz", "--atlas-names", "res/atlas.tsv", "--out", "res",
                     "--force", status=5)


if __name__ == "__main__":
    unittest.main()

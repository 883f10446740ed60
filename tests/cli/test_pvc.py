"""Partial-volume correction. Truth is what the phantoms were made of, and SciPy's Gaussian on the same files."""
import json
import unittest

import h5py
import numpy
from scipy.ndimage import gaussian_filter

from voxstat_cli import INPUT, USAGE, Study, page_of

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]
SHAPE = (18, 17, 16) # of 4 mm
SPREAD = (7.0, 6.0, 8.0)
PSF = ["--psf", "7,6,8"]


def see(data, spread=SPREAD):
    """What a scanner of this point spread sees: scipy's Gaussian, which is 0 outside the image."""
    sigma = [s / numpy.sqrt(8 * numpy.log(2)) / 4 for s in spread]
    return gaussian_filter(data, sigma, mode="constant", truncate=5)


class Corrected(Study):
    """Grey matter around white, a nucleus of grey matter in it, and nothing around. Every head has a shape of its own,
    and every image a value of grey and one of white matter."""

    report = False

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(2)
        self.header += ["gm_baseline", "gm_followup", "wm_baseline", "wm_followup"]
        self.grey, self.white, self.values = {}, {}, {}
        for row in self.rows:
            size = random.uniform(-0.5, 0.5)
            for session, name in zip(("baseline", "followup"), row[1:3]):
                self.grey[name], self.white[name] = self.head(size - 0.3 * (session == "followup"))
                self.values[name] = random.uniform(3, 4), random.uniform(0.8, 1.2)
                self.write_image(name, see(self.uptake(name)))
            for kind, maps in (("gm", self.grey), ("wm", self.white)):
                for name in row[1:3]:
                    self.write_image(f"{kind}_{name}", maps[name])
                    row.append(f"{kind}_{name}")
        self.write_table()

    @staticmethod
    def head(shrink, thin=0):
        at = numpy.stack(numpy.meshgrid(*(numpy.arange(n) - (n - 1) / 2 for n in SHAPE), indexing="ij"))
        ball = lambda centre, radius: numpy.clip(
            radius + 0.5 - numpy.sqrt(((at - numpy.reshape(centre, (3, 1, 1, 1))) ** 2).sum(0)), 0, 1)
        nucleus = ball((1, -1, 0), 1.6)
        white = numpy.clip(ball((0, 0, 0), 5.2 - shrink) - nucleus, 0, 1)
        grey = ball((0, 0, 0), 6.8 - shrink - thin) - white
        return grey.astype(numpy.float32).astype(float), white.astype(numpy.float32).astype(float)

    def uptake(self, name):
        grey, white = self.values[name]
        return grey * self.grey[name] + white * self.white[name]

    def maps(self, name="mean", effect="change"):
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            data = results[f"maps/pet/{effect}/{name}"][()]
            mask = results["mask"][()].astype(bool)
        return (a.T if a.shape != SHAPE else a for a in (data, mask))

    def record(self):
        return json.loads((self.folder / "voxstat-results/run.json").read_text())

    def steps(self):
        return {entry["path"].rsplit("/", 1)[-1]: entry.get("steps") for entry in self.record()["inputs"]}

    def test_muller_gartner(self):
        self.report = True
        done = self.run_paired(*QUICK, "--pvc", "mg", *PSF)
        self.assert_done(done)
        words = ("corrected for partial volume by the method of Müller-Gärtner, with maps of grey and white matter and "
                 "a point spread of 7 x 6 x 8 mm FWHM")
        self.assertIn("pet: every image is " + words, done.stderr)
        mean, mask = self.maps()
        expected = numpy.mean([self.values[f][0] - self.values[b][0] for _, b, f, *_ in self.rows])
        # Every voxel of grey matter has the change of the values that the images were made of. Files and the matrix
        # hold floats: 6e-8 of values up to 4, times 10 at most, in both images.
        numpy.testing.assert_allclose(mean[mask], expected, atol=5e-6, rtol=0)
        seen = {name: (see(self.grey[name]), see(self.white[name])) for name in self.grey}
        inside = [(self.grey[n] > 0.3) & (seen[n][0] > 0.1) for n in self.grey]
        self.assertEqual(mask.sum(), numpy.all(inside, axis=0).sum())
        self.assertGreater(mask.sum(), 300)
        for name, steps in self.steps().items():
            if name not in self.grey:
                continue
            self.assertEqual([step["name"] for step in steps], ["pvc"])
            figures = steps[0]["figures"]
            self.assertAlmostEqual(figures["white"], self.values[name][1], places=5)
            self.assertEqual(figures["white_voxels"], (seen[name][1] > 0.9).sum())
            self.assertEqual(figures["voxels"], ((self.grey[name] > 0.3) & (seen[name][0] > 0.1)).sum())
        self.assertIn(f"Every image of pet was {words}", page_of(self.folder / "voxstat-results/report.html"))
        self.assertIn("gm_sub-01_baseline.nii.gz", self.steps()) # the maps are inputs

    def test_meltzer(self):
        self.assert_done(self.run_paired(*QUICK, "--pvc", "pet=meltzer", *PSF, "--nuisance", "age"))
        mean, mask = self.maps()
        changes = []
        for _, *names, _, _ in (row[:5] for row in self.rows):
            image = [see(self.uptake(n)).astype(numpy.float32) / numpy.maximum(1e-9, see(self.grey[n] + self.white[n]))
                     for n in names]
            image = [numpy.where(see(self.grey[n] + self.white[n]) > 0.3, i, numpy.nan) for n, i in zip(names, image)]
            changes.append(image[1] - image[0])
        expected = numpy.mean(changes, axis=0)
        numpy.testing.assert_array_equal(mask, numpy.isfinite(expected))
        # Floats of values up to 4, divided by 0.3 at least.
        numpy.testing.assert_allclose(mean[mask], expected[mask], atol=4e-6, rtol=0)

    def regions(self, name):
        """The regions of the geometric transfer matrix: those of the atlas within the tissue that they have most of, and
        what is left of each tissue."""
        tissue = [self.grey[name], self.white[name], numpy.maximum(0, 1 - self.grey[name] - self.white[name])]
        made, left = [], [t.copy() for t in tissue]
        for label, kind in zip((1, 2, 3, 7), (0, 0, 0, 1)):
            made.append(tissue[kind] * (self.labels == label))
            left[kind] -= made[-1]
        return made + [rest for rest in left if rest.sum() >= 1]

    def write_atlas(self):
        """Both sides of the cortex, the nucleus, and a core of white matter; a belt of grey matter is of no region."""
        x, y, z = numpy.meshgrid(*(numpy.arange(n) for n in SHAPE), indexing="ij")
        cortex = numpy.mean(list(self.grey.values()), axis=0) > 0.4
        self.labels = numpy.where(x < 9, 1, 2) * cortex * (z > 4)
        self.labels[(x - 9.5) ** 2 + (y - 7) ** 2 + (z - 7.5) ** 2 < 1.6 ** 2] = 3
        self.labels[(x - 8.5) ** 2 + (y - 10.5) ** 2 + (z - 7.5) ** 2 < 1.5 ** 2] = 7
        self.write_image("atlas.nii.gz", self.labels)
        (self.folder / "atlas.tsv").write_text("index\tname\n1\tleft\n2\tright\n3\tnucleus\n7\tcore\n")

    def table(self, name):
        lines = [line.split("\t") for line in (self.folder / "voxstat-results" / name).read_text().splitlines()]
        return [dict(zip(lines[0], line)) for line in lines[1:]]

    def solve(self, name):
        """Rousset's equations by NumPy, on the image in the file."""
        regions, image = self.regions(name), self.read_image(name).astype(float)
        data = image != 0
        seen = [see(region) for region in regions]
        matrix = [[(r * s)[data].sum() / r[data].sum() for s in seen] for r in regions]
        return numpy.linalg.solve(matrix, [(r * image)[data].sum() / r[data].sum() for r in regions])

    def test_gtm(self):
        self.report = True
        self.write_atlas()
        random = numpy.random.default_rng(3)
        values = {}
        for name in self.grey: # what is neither grey nor white matter has a value, too
            regions = self.regions(name)
            values[name] = random.uniform(0.5, 4, len(regions))
            image = see(sum(c * r for c, r in zip(values[name], regions)))
            image[self.grey[name] + self.white[name] < 0.02] = 0 # cut off, as by a mask of the brain: no data
            self.write_image(name, image)
        atlas = ["--atlas", "atlas.nii.gz", "--atlas-names", "atlas.tsv", "--coverage", "0.01"]
        done = self.run_paired(*QUICK, "--pvc", "gtm", *PSF, *atlas)
        self.assert_done(done)
        self.assertIn("tissue of the regions: grey matter left, right, nucleus; white matter core", done.stderr)
        self.assertIn("beside the means of the regions stand those by the geometric transfer matrix", done.stderr)
        names = ["left", "right", "nucleus", "core"]
        found = {(row["participant_id"], row["session_id"], row["region"]): row
                 for row in self.table("regions_values.tsv")}
        for row in self.rows:
            for session, name in zip(("baseline", "followup"), row[1:3]):
                image = self.read_image(name)
                for k, region in enumerate(names):
                    value = found[row[0], session, region]
                    # The image holds floats, 6e-8 of values up to 4, and the matrix has a condition below 20.
                    self.assertAlmostEqual(float(value["value_gtm"]), values[name][k], delta=5e-6)
                    self.assertAlmostEqual(float(value["value"]), image[self.labels == k * 2 + 1 if k == 3 else
                                                                        self.labels == k + 1].mean(), delta=1e-5)
        for line in self.table("regions.tsv"):
            k = names.index(line["region"])
            change = [values[f][k] - values[b][k] for _, b, f, *_ in self.rows]
            self.assertAlmostEqual(float(line["gtm_change"]), numpy.mean(change), delta=1e-5)
            t = numpy.mean(change) / numpy.std(change, ddof=1) * numpy.sqrt(len(change))
            self.assertAlmostEqual(float(line["gtm_t"]), t, delta=1e-4)
            self.assertNotIn("nopvc_change", line)
        # Noise: the value is that of the equations.
        for name in self.grey:
            self.write_image(name, self.read_image(name) + 0.2 * random.standard_normal(SHAPE))
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg,gtm", *PSF, *atlas))
        solved = {name: self.solve(name) for name in self.grey}
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            tested = [name.decode() for name in results["regions/region"][()]]
            change, uncorrected = results["regions/gtm_change"][()], results["regions/nopvc_change"][()]
            corrected = results["regions/change"][()]
        for region, gtm, before, after in zip(tested, change, uncorrected, corrected):
            k = names.index(region)
            # The matrix holds floats (6e-8 of 4), as did the images.
            self.assertAlmostEqual(gtm, numpy.mean([solved[f][k] - solved[b][k] for _, b, f, *_ in self.rows]),
                                   delta=5e-6)
            self.assertNotAlmostEqual(before, after, places=3)
        page = page_of(self.folder / "voxstat-results/report.html")
        self.assertIn("<th scope=\"colgroup\" colspan=\"3\">geometric transfer matrix", page)
        self.assertIn("<th scope=\"colgroup\" colspan=\"3\">without partial-volume correction", page)

    def test_without(self):
        """The same analysis without the correction stands beside, in the mask, its search volumes and the regions."""
        self.write_atlas()
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nleft\tprimary\tleft\nboth\tprimary\t"
                                                 "left + right\n")
        atlas = ["--atlas", "atlas.nii.gz", "--atlas-names", "atlas.tsv", "--coverage", "0.01", "--regions", "planned.tsv"]
        done = self.run_paired(*QUICK, "--pvc", "mg,gtm", *PSF, *atlas)
        self.assert_done(done)
        rows = {(row["choice"], row["what"], row["name"]): row for row in self.table("sensitivity.tsv")}
        regions = {row["region"]: row for row in self.table("regions.tsv")}
        self.assertEqual({key[:2] for key in rows}, {(choice, what) for choice in ("as run", "pvc=none")
                                                     for what in ("mask", "volume", "region")})
        self.assert_done(self.run_paired(*QUICK, *atlas, "--modality", "pet"))
        plain = {row["region"]: row for row in self.table("regions.tsv")}
        for region in ("left", "both"):
            self.assertEqual(rows["as run", "region", region]["estimate"], regions[region]["change"])
            self.assertEqual(rows["pvc=none", "region", region]["estimate"], plain[region]["change"])
            # The voxels of the corrected analysis are fewer.
            self.assertLess(float(regions[region]["voxels"]), float(plain[region]["voxels"]))
            self.assertNotEqual(regions[region]["nopvc_change"], regions[region]["change"])

    def test_atrophy(self):
        """A cortex that thins while its uptake stays: the images lose, and what is corrected does not."""
        self.write_atlas()
        random = numpy.random.default_rng(4)
        for i, row in enumerate(self.rows):
            first, second = row[1:3]
            for name, thin in ((first, 0), (second, 0.3)):
                self.grey[name], self.white[name] = self.head(0.1 * i, thin)
                self.write_image(f"gm_{name}", self.grey[name])
                self.write_image(f"wm_{name}", self.white[name])
            self.values[first] = random.uniform(3, 4), 1
            self.values[second] = self.values[first][0] + random.uniform(-0.01, 0.01), 1
            for name in (first, second):
                self.write_image(name, see(self.uptake(name)))
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg,gtm", *PSF, "--atlas", "atlas.nii.gz", "--atlas-names",
                                         "atlas.tsv", "--coverage", "0.01"))
        change = numpy.mean([self.values[f][0] - self.values[b][0] for _, b, f, *_ in self.rows])
        for line in self.table("regions.tsv"):
            if line["region"] in ("left", "right"):
                self.assertLess(float(line["nopvc_ci_high"]), -0.02) # 0.5 % of the uptake and more
                self.assertAlmostEqual(float(line["change"]), change, delta=5e-6)
                self.assertAlmostEqual(float(line["gtm_change"]), change, delta=5e-6)

    def test_gtm_scaled(self):
        """After --reference of the atlas values are over that of the reference; after a mask over the image's mean."""
        self.write_atlas()
        self.write_image("core.nii.gz", self.labels == 7)
        atlas = ["--atlas", "atlas.nii.gz", "--atlas-names", "atlas.tsv", "--coverage", "0.01"]
        image = {name: self.read_image(name).astype(float) for name in self.grey}
        solved = {name: self.solve(name) for name in self.grey}
        for reference, by in (("atlas:core", {n: solved[n][3] for n in image}),
                              ("core.nii.gz", {n: image[n][self.labels == 7].mean() for n in image})):
            self.assert_done(self.run_paired(*QUICK, "--pvc", "gtm", *PSF, *atlas, "--reference", reference))
            line = next(line for line in self.table("regions.tsv") if line["region"] == "left")
            expected = numpy.mean([solved[f][0] / by[f] - solved[b][0] / by[b] for _, b, f, *_ in self.rows])
            self.assertAlmostEqual(float(line["gtm_change"]), expected, delta=1e-5)

    def test_many_small_regions(self):
        """An atlas of 60 cubes of cortex is solved. Errors of the means grow by the norm of row sums, 130 times at most;
        by column sums, which grow with the sizes of regions, the matrix would pass for singular."""
        at, spread = numpy.indices(SHAPE), (10.0, 10.0, 10.0)
        least = numpy.min(list(self.grey.values()), axis=0)
        cube = (1 + at[0] // 3 + 10 * (at[1] // 3) + 100 * (at[2] // 3)) * (least > 0.4)
        kept = [label for label in numpy.unique(cube)[1:] if (least * (cube == label)).sum() >= 1.2]
        self.write_image("atlas.nii.gz", cube * numpy.isin(cube, kept))
        (self.folder / "atlas.tsv").write_text(
            "index\tname\n" + "".join(f"{label}\tcube {label}\n" for label in kept))
        self.assert_done(self.run_paired(*QUICK, "--pvc", "gtm", "--psf", "10", "--atlas", "atlas.nii.gz",
                                         "--atlas-names", "atlas.tsv", "--coverage", "0.01"))
        name = self.rows[0][1]
        grey, white, image = self.grey[name], self.white[name], self.read_image(name).astype(float)
        regions = [grey * (cube == label) for label in kept]
        regions += [grey - sum(regions), white, numpy.maximum(0, 1 - grey - white)]
        data, seen = image != 0, [see(region, spread) for region in regions]
        matrix = numpy.array([[(r * s)[data].sum() / r[data].sum() for s in seen] for r in regions])
        self.assertLess(1 / numpy.linalg.cond(matrix, 1), 1e-4)
        self.assertGreater(1 / numpy.linalg.cond(matrix, numpy.inf), 1e-3)
        solved = numpy.linalg.solve(matrix, [(r * image)[data].sum() / r[data].sum() for r in regions])
        found = {line["region"]: float(line["value_gtm"]) for line in self.table("regions_values.tsv")
                 if line["participant_id"] == self.rows[0][0] and line["session_id"] == "baseline"}
        self.assertGreater(len(found), 50)
        for label, expected in zip(kept, solved):
            if f"cube {label}" in found:
                self.assertAlmostEqual(found[f"cube {label}"], expected, delta=2e-3)

    def test_bad_regions(self):
        self.write_atlas()
        gtm = [*QUICK, "--pvc", "gtm", *PSF, "--atlas", "atlas.nii.gz", "--atlas-names", "atlas.tsv", "--coverage", "0.01"]
        name = self.rows[2][1]
        whose = ["participant sub-03, column pet_baseline"]
        self.write_image(f"gm_{name}", self.grey[name] * (self.labels != 3))
        self.assert_refused(INPUT, whose + ["a voxel's worth", "nucleus"], *gtm)
        self.write_image(f"gm_{name}", self.grey[name])
        halves = numpy.stack([0.5 * (self.labels == 1), 0.5 * (self.labels == 1), self.labels == 2], axis=-1)
        self.write_image("atlas.nii.gz", halves)
        (self.folder / "atlas.tsv").write_text("index\tname\n0\ta half\n1\tanother\n2\tright\n")
        self.assert_refused(INPUT, ["participant sub-01, column pet_baseline", "singular: regions cannot be told apart",
                                    "least of all 'a half'"], *gtm)

    def test_one_file(self):
        """Maps in PETPVC's form, and one map of both sessions, give the same as maps in files of their own."""
        for row in self.rows:
            first = row[1]
            for name in row[1:3]:
                self.grey[name], self.white[name] = self.grey[first], self.white[first]
                self.write_image(name, see(self.uptake(name)))
            both = numpy.stack([self.grey[first], self.white[first]], axis=-1)
            self.write_image(f"tissue_{first}", both)
            row[5:] = [f"gm_{first}"] * 2 + [f"wm_{first}"] * 2 + [f"tissue_{first}"]
        self.header.append("tissue")
        self.write_table()
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg", *PSF, "--modality", "pet"))
        apart, _ = self.maps("t")
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg", *PSF, "--modality", "pet", "--pvc-grey", "tissue",
                                         "--pvc-white", "tissue"))
        numpy.testing.assert_array_equal(apart, list(self.maps("t"))[0])

    def test_table_of_spreads(self):
        spread = {}
        lines = ["participant_id\tsession_id\tacq_label\tpsf_x\tpsf_y\tpsf_z"]
        for i, row in enumerate(self.rows):
            for session, name in zip(("baseline", "followup"), row[1:3]):
                spread[name] = 6 + 0.5 * i, 6.5, 7.0 + (session == "followup")
                self.write_image(name, see(self.uptake(name), spread[name]))
                lines.append("\t".join([row[0], "ses-" + session, "PET", *map(str, spread[name])]))
                lines.append("\t".join([row[0], "ses-" + session, "AMYLOID", "5", "5", "5"]))
        (self.folder / "psf.tsv").write_text("\n".join(lines) + "\n")
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg", "--psf", "psf.tsv"))
        mean, mask = self.maps()
        expected = numpy.mean([self.values[f][0] - self.values[b][0] for _, b, f, *_ in self.rows])
        numpy.testing.assert_allclose(mean[mask], expected, atol=5e-6, rtol=0)
        self.assertIn("psf.tsv", self.steps())
        (self.folder / "psf.tsv").write_text("\n".join(line for line in lines
                                                       if "sub-03\tses-followup\tPET" not in line) + "\n")
        done = self.run_paired(*QUICK, "--pvc", "mg", "--psf", "psf.tsv", "--out", "other")
        self.assert_done(done) # the one row that is left is the image's
        (self.folder / "psf.tsv").write_text("\n".join(line for line in lines
                                                       if "sub-03\tses-followup" not in line) + "\n")
        self.assert_refused(INPUT, ["participant sub-03, column pet_followup", "no point spread in psf.tsv"], *QUICK,
                            "--pvc", "mg", "--psf", "psf.tsv")
        (self.folder / "psf.tsv").write_text("\n".join(lines).replace("AMYLOID", "TAU").replace("PET", "FDG") + "\n")
        self.assert_refused(INPUT, ["psf.tsv has 2 rows of participant sub-01, session baseline", "acq_label"], *QUICK,
                            "--pvc", "mg", "--psf", "psf.tsv")
        (self.folder / "psf.tsv").write_text("\n".join(lines).replace("6.5", "wide") + "\n")
        self.assert_refused(INPUT, ["psf.tsv, line 2: psf_y: found 'wide'"], *QUICK, "--pvc", "mg", "--psf", "psf.tsv")

    def test_reference(self):
        """Grey matter alone is left by mg: its mean is over the corrected values. A region of white matter is refused."""
        region = numpy.min(list(self.grey.values()), axis=0) > 0.5
        self.write_image("grey.nii.gz", region)
        texture = 1 + 0.3 * numpy.sin(numpy.arange(SHAPE[0]))[:, None, None]
        for name in self.grey:
            self.write_image(name, see(texture * self.uptake(name)))
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg", *PSF, "--reference", "grey.nii.gz"))
        for name in self.grey:
            image, grey, white = self.read_image(name).astype(float), see(self.grey[name]), see(self.white[name])
            core = white > 0.9
            value = numpy.linalg.lstsq(numpy.stack([white[core], grey[core]], axis=1), image[core], rcond=None)[0][0]
            expected = ((image - value * white)[region] / grey[region])[grey[region] > 0.1].mean()
            steps = self.steps()[name]
            self.assertEqual([step["name"] for step in steps], ["pvc", "reference"])
            self.assertAlmostEqual(steps[1]["figures"]["mean"], expected, delta=5e-6) # floats of values up to 5, times 10
        white = numpy.min(list(self.white.values()), axis=0) > 0.8
        shell = (numpy.mean(list(self.grey.values()), axis=0) > 0.6) & (numpy.arange(SHAPE[2]) == 7)
        self.write_image("white.nii.gz", white | shell)
        self.assert_refused(INPUT, ["participant sub-01, column pet_baseline", "of the reference region white.nii.gz have",
                                    "--pvc mg leaves grey matter alone"], *QUICK, "--pvc", "mg", *PSF, "--reference",
                            "white.nii.gz")
        self.assert_done(self.run_paired(*QUICK, "--pvc", "meltzer", *PSF, "--reference", "white.nii.gz"))

    def test_bids(self):
        """PETPrep's images with fMRIPrep's maps: the same as by a table. A map without a session is of both; modulated
        and smoothed maps are none."""
        space = "space-MNI152NLin2009cAsym"
        def move(name, producer, kind, person, session, ending):
            of = f"{person}_ses-{session}" if session else person
            path = self.folder / "data/derivatives" / producer / person
            path = (path / f"ses-{session}" if session else path) / kind / f"{of}_{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).copy(path) if hasattr(path, "copy") else path.write_bytes(
                (self.folder / name).read_bytes())
        for row in self.rows[:2]: # one head in both sessions
            first, second = row[1:3]
            for maps, kind in ((self.grey, "gm"), (self.white, "wm")):
                maps[second] = maps[first]
                self.write_image(f"{kind}_{second}", maps[first])
            self.write_image(second, see(self.uptake(second)))
        self.assert_done(self.run_paired(*QUICK, "--pvc", "mg", *PSF))
        by_table = list(self.maps("t"))[0]
        for folder in ("data", "data/derivatives/petprep", "data/derivatives/fmriprep", "data/derivatives/cat12"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
            about = {"Name": "x", "BIDSVersion": "1.9.0", "DatasetType": "raw" if folder == "data" else "derivative",
                     "GeneratedBy": [{"Name": folder.rsplit("/", maxsplit=1)[-1]}]}
            (self.folder / folder / "dataset_description.json").write_text(json.dumps(about))
        for row in self.rows:
            for session, name in zip(("baseline", "followup"), row[1:3]):
                move(name, "petprep", "pet", row[0], session, f"{space}_desc-preproc_pet.nii.gz")
                (self.folder / "data/derivatives/cat12/mri").mkdir(exist_ok=True)
                (self.folder / "data/derivatives/cat12/mri" / f"mwp1{row[0]}_ses-{session}_T1w.nii.gz").write_bytes(
                    (self.folder / name).read_bytes())
                for kind, label in (("gm", "GM"), ("wm", "WM")):
                    if row not in self.rows[:2]:
                        move(f"{kind}_{name}", "fmriprep", "anat", row[0], session, f"{space}_label-{label}_probseg.nii.gz")
                    elif session == "baseline":
                        move(f"{kind}_{name}", "fmriprep", "anat", row[0], None, f"{space}_label-{label}_probseg.nii.gz")
        done = self.run_paired(*QUICK, "--bids", "data", "--pvc", "mg", *PSF)
        self.assert_done(done)
        self.assertIn("  gm: 10 images of 5 participants, such as derivatives/fmriprep/sub-01/anat/sub-01_space", done.stderr)
        numpy.testing.assert_array_equal(by_table, list(self.maps("t"))[0])
        pairing = (self.folder / "voxstat-results/pairing.tsv").read_bytes()
        (self.folder / "again.tsv").write_bytes(pairing)
        self.assert_done(self.run_paired(*QUICK, "--table", "again.tsv", "--pvc", "mg", *PSF))
        numpy.testing.assert_array_equal(by_table, list(self.maps("t"))[0])
        self.assert_refused(INPUT, ["gm is analysed, and also names maps of tissue", "--pvc-grey"], *QUICK, "--bids",
                            "data", "--pvc", "pet=mg", *PSF, "--modality", "pet,gm")
        for label in ("GM", "WM"):
            for path in (self.folder / "data/derivatives/fmriprep").rglob(f"*label-{label}*"):
                if "sub-04_ses-followup" in path.name:
                    path.unlink()
        self.assert_refused(INPUT, ["participant sub-04, column pet_followup", "no map of grey matter in column "
                                    "gm_followup"], *QUICK, "--bids", "data", "--pvc", "mg", *PSF)

    def test_bad_maps(self):
        whose = ["participant sub-02, column pet_followup", "partial-volume correction"]
        mg = [*QUICK, "--pvc", "mg", *PSF]
        name = self.rows[1][2]
        original = {kind: self.read_image(f"{kind}_{name}") for kind in ("gm", "wm")}
        self.write_image(f"gm_{name}", 2 * original["gm"])
        self.assert_refused(INPUT, whose + [f"gm_{name}", "the map of grey matter has the value"], *mg)
        self.write_image(f"gm_{name}", numpy.minimum(1, original["gm"] + 0.02 * (original["wm"] > 0.9)))
        self.assert_refused(INPUT, whose + [f"wm_{name}", "grey and white matter are more than all", "1.02"], *mg)
        self.write_image(f"gm_{name}", original["gm"] + 0.009 * (original["wm"] > 0.9)) # as rounding may do
        self.assert_done(self.run_paired(*mg))
        self.write_image(f"gm_{name}", original["gm"][:-1])
        self.assert_refused(INPUT, whose + [f"gm_{name}", "another grid", "17 x 17 x 16"], *mg)
        self.write_image(f"gm_{name}", 0 * original["gm"])
        self.assert_refused(INPUT, whose + [f"gm_{name}", "the map of grey matter is empty"], *mg)
        self.write_image(f"gm_{name}", original["gm"])
        self.write_image(f"wm_{name}", numpy.minimum(original["wm"], 0.8))
        self.assert_refused(INPUT, whose + [name, "so deep in white matter"], *mg)
        (self.folder / f"wm_{name}").unlink()
        self.assert_refused(INPUT, ["participant sub-02, column wm_followup", "does not exist"], *mg)
        self.rows[1][8] = "n/a"
        self.write_table()
        self.assert_refused(INPUT, ["participant sub-02, column pet_followup", "no map of white matter in column "
                                    "wm_followup"], *mg)

    def test_bad_options(self):
        self.assert_refused(INPUT, ["participant sub-01, column pet_baseline", "3.9 mm along axis y", "4 mm"], *QUICK,
                            "--pvc", "mg", "--psf", "7,3.9,8")
        self.assert_refused(INPUT, ["--psf", "above 0 mm"], *QUICK, "--pvc", "mg", "--psf", "7,0,8")
        self.assert_refused(USAGE, ["--pvc", "pet needs the point spread"], *QUICK, "--pvc", "mg")
        self.assert_refused(USAGE, ["--psf", "--pvc, which is not given"], *QUICK, *PSF)
        self.assert_refused(USAGE, ["--pvc-white", "--psf"], *QUICK, "--pvc-white", "wm")
        self.assert_refused(USAGE, ["two methods"], *QUICK, "--pvc", "mg,meltzer", *PSF)
        self.assert_refused(USAGE, ["--pvc", "mgg"], *QUICK, "--pvc", "mgg", *PSF)
        self.assert_refused(USAGE, ["--pvc: gm is a map of tissue"], *QUICK, "--pvc", "gm=mg", *PSF, "--modality", "pet,gm")
        self.assert_refused(USAGE, ["--pvc gtm", "--atlas"], *QUICK, "--pvc", "gtm", *PSF)
        self.assert_refused(INPUT, ["no column grey_baseline"], *QUICK, "--pvc", "mg", *PSF, "--pvc-grey", "grey")


if __name__ == "__main__":
    unittest.main()

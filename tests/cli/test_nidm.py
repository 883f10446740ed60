"""`voxstat nidm DIR`, case by case: every figure of a pack is that of the results, of the images, or of SciPy."""
import csv
import io
import json
import unittest

import nibabel
import numpy
import scipy.stats
from nidm_pack import Nidm, Pack
from nidm_terms import TERMS
from voxstat_cli import AFFINE, INPUT, OUTPUT, SHAPE, USAGE


class NidmCases(Nidm):
    def test_mean_change(self):
        self.analyse("--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        effect = self.effect()
        table = self.check_inference(pack, found, "pet_change", effect, tails=2)
        self.assertEqual({row["sign"] for row in table}, {"positive", "negative"})
        self.check_critical(pack, "pet/change")
        self.check_coordinate_space(pack)
        y = self.changes()
        residual = y.var(axis=0, ddof=1)
        self.check_estimates(pack, y.mean(axis=0), numpy.sqrt(residual / len(y)), residual)
        images = numpy.array([self.read_image(name).astype(float) for row in self.rows for name in row[1:3]])
        numpy.testing.assert_allclose(pack.data("GrandMean.nii.gz"), images.mean(axis=0), rtol=1e-6)
        self.assertAlmostEqual(pack.one("?map nidm_maskedMedian: ?median")["median"], numpy.median(images.mean(axis=0)),
                               delta=1e-5)
        model = found["model"]
        self.assertEqual(model["n"], 8)
        self.assertEqual(json.loads(model["columns"]), effect["columns"])
        self.assertEqual(model["distribution"], TERMS["nidm_NonParametricSymmetricDistribution"])
        self.assertEqual(model["dependence"], TERMS["nidm_IndependentError"])
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_TwoTailedTest"])
        self.assertEqual(found["inference"]["relabellings"], 2 ** 8)
        self.assertIn("Sign flips; every one", found["inference"]["scheme"])
        self.assertEqual((found["contrast"]["value"], found["contrast"]["name"]), ("[1]", "pet: change"))
        numpy.testing.assert_array_equal(numpy.loadtxt(io.BytesIO(pack.files["DesignMatrix.csv"])), numpy.ones(8))
        self.assertEqual(pack.one("?inference nonparametric:isParametricTest ?parametric")["parametric"], False)

    def test_covariate_and_nuisance(self):
        self.analyse("--covariate", "level", "--nuisance", "age", "-n", "200", "--seed", "11", "--cluster-t", "2",
                     "--connectivity", "6")
        pack = self.pack("pet_level")
        found = self.check_pack(pack)
        effect = self.effect(1)
        self.check_inference(pack, found, "pet_level", effect, tails=2)
        self.check_critical(pack, "pet/level")
        columns = numpy.array([[1, float(row[3]), float(row[4])] for row in self.rows])
        columns[:, 1:] -= columns[:, 1:].mean(axis=0)
        y = self.changes()
        beta = numpy.linalg.lstsq(columns, y, rcond=None)[0]
        residual = ((y - columns @ beta) ** 2).sum(axis=0) / (8 - 3)
        se = numpy.sqrt(residual * numpy.linalg.inv(columns.T @ columns)[1, 1])
        self.check_estimates(pack, beta[1], se, residual)
        design = numpy.loadtxt(io.BytesIO(pack.files["DesignMatrix.csv"]), delimiter=",")
        names = json.loads(found["model"]["columns"])
        numpy.testing.assert_allclose(design, columns[:, [["intercept", "level", "age"].index(one) for one in names]])
        self.assertEqual(json.loads(found["contrast"]["value"]), [float(one == "level") for one in names])
        self.assertEqual(found["model"]["distribution"], TERMS["obo_probabilitydistribution"])
        self.assertEqual(found["model"]["dependence"], TERMS["nidm_ExchangeableError"])
        for words in ("Permutation", "Freedman and Lane", "seed 11"):
            self.assertIn(words, found["inference"]["scheme"])

    def test_spearman(self):
        self.analyse("--covariate", "level", "--correlation", "spearman", "-n", "100", "--cluster-t", "2")
        pack = self.pack("pet_level")
        self.check_inference(pack, self.check_pack(pack), "pet_level", self.effect(1), tails=2)
        level = [float(row[3]) for row in self.rows]
        rho = numpy.array([scipy.stats.spearmanr(level, one)[0] for one in self.changes().T])
        residual = (1 - rho ** 2) / (8 - 2)
        self.check_estimates(pack, rho, numpy.sqrt(residual), residual)

    def test_a_fall_is_a_contrast_negated(self):
        self.analyse("--tails", "neg", "--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_change", self.effect(), tails=1, sign=-1)
        self.check_critical(pack, "pet/change")
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_OneTailedTest"])
        self.assertEqual((found["contrast"]["value"], found["contrast"]["name"]), ("[-1]", "pet: change (negative)"))
        y = self.changes()
        residual = y.var(axis=0, ddof=1)
        self.check_estimates(pack, y.mean(axis=0), numpy.sqrt(residual / len(y)), residual, sign=-1)
        self.assertGreater(pack.data("ExcursionSet.nii.gz").max(), 0)
        self.assertEqual(pack.data("ExcursionSet.nii.gz").min(), 0)

    def test_a_rise(self):
        self.analyse("--tails", "pos", "--cluster-p", "0.01")
        pack = self.pack()
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_change", self.effect(), tails=1)
        self.assertEqual(found["inference"]["tail"], TERMS["nidm_OneTailedTest"])

    def test_only_what_was_asked_for(self):
        self.analyse("--correct", "voxel", "--cluster-p", "0.01")
        pack = self.pack()
        self.check_inference(pack, self.check_pack(pack), "pet_change", self.effect(), tails=2)
        self.assertEqual(pack.ask("?map spm_smallestSignificantClusterSizeInVoxelsFWE05: ?k"), [])
        self.assertEqual(pack.ask("?cluster a nidm_SupraThresholdCluster: ; nidm_pValueFWER: ?p"), [])
        self.assertEqual(pack.ask("?peak nidm_qValueFDR: ?q"), [])

    def test_no_cluster(self):
        self.analyse("--cluster-t", "1000")
        pack = self.pack()
        found = self.check_pack(pack)
        self.assertEqual(self.check_inference(pack, found, "pet_change", self.effect(), tails=2), [])
        self.assertEqual(numpy.count_nonzero(pack.data("ExcursionSet.nii.gz")), 0)

    def test_too_few_relabellings(self):
        self.rows = self.rows[:4]  # 16 flips, and two of them are each other's mirror: no p below 2 / 16
        self.write_table()
        self.analyse("--cluster-t", "3")
        pack = self.pack()
        self.check_pack(pack)
        self.assertEqual(pack.ask("?map nidm_heightCriticalThresholdFWE05: ?t"), [])
        self.assertIn("too few", pack.one("?map a nidm_SearchSpaceMaskMap: ; rdfs:comment ?words")["words"])

    def test_one_sample_with_mask_in_mni(self):
        for name, *_ in self.rows:
            image = nibabel.Nifti1Image(self.read_image(f"{name}_followup.nii.gz"), AFFINE)
            image.set_sform(AFFINE, code=4)
            image.to_filename(self.folder / f"{name}_followup.nii.gz")
        self.write_image("region.nii.gz", numpy.arange(numpy.prod(SHAPE)).reshape(SHAPE) % 3 > 0)
        self.analyse("--sessions", "followup", "--mask", "region.nii.gz", design="onesample")
        pack = self.pack("pet_mean")
        found = self.check_pack(pack)
        self.check_inference(pack, found, "pet_mean", self.effect(), tails=2)
        self.assertEqual(self.check_coordinate_space(pack), TERMS["nidm_MNICoordinateSystem"])
        self.assertEqual(pack.one("?map nidm_isUserDefined: ?user")["user"], True)
        mask = pack.data("Mask.nii.gz") > 0
        y = numpy.array([self.read_image(row[2]).astype(float) for row in self.rows])
        numpy.testing.assert_allclose(pack.data("ResidualMeanSquares.nii.gz"),
                                      numpy.where(mask, y.var(axis=0, ddof=1), 0), rtol=2e-5)
        self.assertAlmostEqual(pack.one("?map nidm_maskedMedian: ?median")["median"],
                               numpy.median(y.mean(axis=0)[mask]), delta=1e-5)

    def test_mask_by_itself_is_the_programs(self):
        self.analyse()
        pack = self.pack()
        self.assertEqual(pack.one("?map nidm_isUserDefined: ?user")["user"], False)
        self.assertEqual(self.check_coordinate_space(pack), TERMS["nidm_CustomCoordinateSystem"])

    def test_names_that_hold_anything(self):
        modality, covariate = 'p"e\\t<x>&', "le'v\\\"el<&>\u00b5"
        self.header = ["participant_id", f"{modality}_baseline", f"{modality}_followup", covariate, "age"]
        self.write_table()
        self.analyse("--covariate", covariate.replace(",", ""), "-n", "50", "--cluster-t", "2")
        stem = self.effect(1)["figures"]
        pack = self.pack(stem)
        found = self.check_pack(pack)
        self.assertEqual(found["contrast"]["name"], f"{modality}: {covariate}")
        self.assertIn(covariate, json.loads(found["model"]["columns"]))
        path = self.folder / "out/run.json"  # a name in a table has no newline, but a reader of run.json must not rely on that
        run = json.loads(path.read_text())
        effect = run["modalities"][0]["effects"][1]
        effect["name"] = name = 'a\nb\r\t"""\u0001\\u0041 \U0001f9e0 .\n<x> a <y> .'
        effect["columns"] = [name if one == covariate else one for one in effect["columns"]]
        path.write_text(json.dumps(run))
        found = self.check_pack(self.pack(stem, "--force"))
        self.assertEqual(found["contrast"]["name"], f"{modality}: {name}")
        self.assertIn(name, json.loads(found["model"]["columns"]))

    def test_several_modalities(self):
        self.header = [*self.header[:3], "gm_baseline", "gm_followup", *self.header[3:]]
        for row in self.rows:
            for session in ("baseline", "followup"):
                data = self.read_image(f"{row[0]}_{session}.nii.gz") ** 2
                data[0] = 0  # a different mask
                self.write_image(f"{row[0]}_gm_{session}.nii.gz", data)
            row[3:3] = [f"{row[0]}_gm_baseline.nii.gz", f"{row[0]}_gm_followup.nii.gz"]
        self.write_table()
        self.analyse()
        self.assert_done(self.nidm("out", "--modality", "gm", "--out", "packs", "--instrument", "mri"))
        self.assertEqual([path.name for path in (self.folder / "packs").iterdir()], ["gm_change.nidm.zip"])
        gm = Pack(self.folder / "packs/gm_change.nidm.zip")
        self.check_pack(gm)
        mask = gm.data("Mask.nii.gz")
        self.assertEqual((mask[0].max(), mask[1:].min()), (0, 1))
        self.assert_refused(USAGE, ["--modality", '"csf"'], "out", "--modality", "csf", run=self.nidm)
        self.assert_done(self.nidm("out", "--out", "both"))
        self.assertEqual(len(list((self.folder / "both").iterdir())), 2)
        self.assertEqual(Pack(self.folder / "both/pet_change.nidm.zip").data("Mask.nii.gz").min(), 1)

    def test_instrument(self):
        self.analyse()
        unknown = self.nidm("out")
        self.assertIn("--instrument", unknown.stderr)
        kinds = "?machine a nlx_Imaginginstrument: , ?kind FILTER (?kind NOT IN (nlx_Imaginginstrument:, prov:Agent))"
        self.assertEqual(Pack(self.folder / "out/pet_change.nidm.zip").ask(kinds), [])
        for word, kind in (("pet", "Positronemissiontomographyscanner"), ("mri", "Magneticresonanceimagingscanner"),
                           ("spect", "Singlephotonemissioncomputedtomographyscanner"),
                           ("eeg", "Electroencephalographymachine"), ("meg", "Magnetoencephalographymachine")):
            done = self.nidm("out", "--instrument", word, "--force")
            self.assertNotIn("note", done.stderr)
            pack = Pack(self.folder / "out/pet_change.nidm.zip")
            self.check_pack(pack)
            self.assertEqual(pack.one(kinds)["kind"], TERMS[f"nlx_{kind}"])

    def test_same_bytes_every_time(self):
        self.analyse("--covariate", "level", "-n", "50")
        self.assert_done(self.nidm("out", "--out", "one"))
        self.assert_done(self.run_program("report", "out"))  # writes run.json again
        self.assert_done(self.run_program("nidm", "out", "--out", "two", TZ="Asia/Tokyo"))
        names = sorted(path.name for path in (self.folder / "one").iterdir())
        self.assertEqual(names, ["pet_change.nidm.zip", "pet_level.nidm.zip"])
        for name in names:
            self.assertEqual((self.folder / "one" / name).read_bytes(), (self.folder / "two" / name).read_bytes())
        nodes = [set(Pack(self.folder / "one" / name).graph.subjects()) for name in names]
        self.assertFalse(nodes[0] & nodes[1])

    def test_beside_the_results(self):
        self.analyse()
        first = self.pack()
        self.assert_refused(OUTPUT, ["out/pet_change.nidm.zip", "exists already", "--force"], "out", run=self.nidm)
        quiet = self.nidm("out", "--force", "--quiet")
        self.assert_done(quiet)
        self.assertEqual(quiet.stdout + quiet.stderr, "")
        self.assertEqual(Pack(self.folder / "out/pet_change.nidm.zip").files, first.files)
        files = json.loads((self.folder / "out/run.json").read_text())["files"]
        self.assertEqual(files.count("pet_change.nidm.zip"), 1)
        self.assert_done(self.run_program("report", "out"))
        self.analyse("--force")  # recognises the pack as voxstat's
        self.assertFalse((self.folder / "out/pet_change.nidm.zip").exists())
        self.assert_done(self.nidm("out", "--out", "./out/"))  # the same folder by another name
        self.assertIn("pet_change.nidm.zip", json.loads((self.folder / "out/run.json").read_text())["files"])

    def test_refusals(self):
        self.assert_refused(INPUT, ["no results here"], run=self.nidm)
        self.assert_refused(INPUT, ["nowhere: there is no such folder"], "nowhere", run=self.nidm)
        self.analyse("--covariate", "level", "-n", "20")
        self.assert_refused(OUTPUT, ["missing/packs"], "out", "--out", "missing/packs", run=self.nidm)
        (self.folder / "file").write_text("")
        self.assert_refused(OUTPUT, ["file"], "out", "--out", "file", run=self.nidm)
        for name in ("pet/level/se.nii.gz", "pet/level/clusters.nii.gz", "pet/change/t.nii.gz", "mask.nii.gz"):
            kept = (self.folder / "out" / name).read_bytes()
            (self.folder / "out" / name).unlink()
            self.assert_refused(INPUT, [name], "out", run=self.nidm)
            (self.folder / "out" / name).write_bytes(kept)
        nibabel.Nifti1Image(numpy.ones((3, 3, 3), "f4"), AFFINE).to_filename(self.folder / "out/pet/level/se.nii.gz")
        self.assert_refused(INPUT, ["pet/level/se.nii.gz", "another grid"], "out", run=self.nidm)


if __name__ == "__main__":
    unittest.main()

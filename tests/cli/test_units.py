"""Units from sidecars, the data dictionary and --units, in every file; and SUV by dose and weight, against NumPy."""
import csv
import json
import unittest
from xml.etree import ElementTree

import h5py
import nibabel
import numpy

from voxstat_cli import INPUT, SHAPE, USAGE, Study, page_of

QUICK = ["-n", "10", "--correct", "voxel", "--progress", "none", "--force"]


class Units(Study):
    report = False

    def setUp(self):
        super().setUp()
        labels = numpy.zeros(SHAPE, numpy.int32)
        labels[0:4, 1:7, 1:6] = 3
        labels[4:7, 1:7, 1:6] = 8
        self.write_image("labels.nii.gz", labels)
        (self.folder / "labels.tsv").write_text("index\tname\n3\tpons\n8\tcortex\n")

    def sidecars(self, **fields):
        """Writes the same sidecar, which lacks the fields that are None, beside every image."""
        for _, *names, _, _ in self.rows:
            for name in names:
                self.sidecar(name, **fields)

    def sidecar(self, image, **fields):
        path = self.folder / image.replace(".nii.gz", ".json")
        old = json.loads(path.read_text()) if path.exists() else {}
        new = {key: value for key, value in {**old, **fields}.items() if value is not None}
        path.write_text(json.dumps(new))

    def done(self, *arguments):
        done = self.run_paired(*QUICK, *arguments)
        self.assert_done(done)
        return done, json.loads((self.folder / "voxstat-results/run.json").read_text())

    def map_units(self, effect="change", name="mean"):
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            units = results[f"maps/pet/{effect}/{name}"].attrs["units"]
        return units.decode() if isinstance(units, bytes) else units

    def regions(self):
        with open(self.folder / "voxstat-results/regions.tsv", encoding="utf-8") as table:
            return list(csv.DictReader(table, delimiter="\t"))

    def test_everywhere(self):
        self.report = True
        self.sidecars(Units="SUV")
        done, record = self.done("--atlas", "labels.nii.gz", "--covariate", "level")
        self.assertEqual([record["modalities"][0][key] for key in ("units", "change_units")], ["SUV", "SUV"])
        self.assertEqual(self.map_units(), "SUV")
        self.assertEqual(self.map_units("level", "slope"), "SUV per unit of the covariate")
        self.assertEqual(self.map_units("change", "t"), "t")
        header = nibabel.load(self.folder / "voxstat-results/pet/change/mean.nii.gz").header
        self.assertIn("mean in SUV, pet_change", header["descrip"].item().decode())
        self.assertEqual({row["units"] for row in self.regions()}, {"SUV"})
        for ending in ("md", "tex"):
            self.assertIn("pet (SUV), exploratory: change",
                          (self.folder / f"voxstat-results/regions.{ending}").read_text())
        page = page_of(self.folder / "voxstat-results/report.html")
        self.assertIn("pet (SUV): 5 participants", page)
        self.assertIn("Means over the mask, in SUV.", page)
        self.assertIn("units", done.stdout)

        self.done("--change", "percent", "--atlas", "labels.nii.gz")
        self.assertEqual(self.map_units(), "%")
        self.assertEqual({row["units"] for row in self.regions()}, {"SUV"})

        for arguments, units in ((["--reference", "atlas:pons", "--atlas", "labels.nii.gz"], "SUVR"),
                                 (["--scale", "global"], "ratio to the global mean"),
                                 (["--units", "pet=mg/100 g/min"], "mg/100 g/min"),
                                 (["--units", "K_i", "--scale", "global"], "K_i")):
            _, record = self.done(*arguments)
            self.assertEqual(record["modalities"][0]["units"], units)
        self.assertIsNone(self.done("--design", "paired")[1]["options"].get("units"))

        self.sidecar("sub-03_followup.nii.gz", Units="Bq/mL")
        _, record = self.done()
        self.assertIsNone(record["modalities"][0]["units"])
        self.assertEqual(self.map_units(), "data")
        remark, = [text for text in record["remarks"] if "different units" in text]
        for word in ("SUV of sub-01 (pet_baseline)", "Bq/mL of sub-03 (pet_followup)", "--units"):
            self.assertIn(word, remark)

    def texts(self, *arguments):
        """The texts of the pictures of values against the covariate: in the largest clusters, and of regions."""
        done, record = self.done("--covariate", "level", "--cluster-t", "1", "--atlas", "labels.nii.gz", *arguments)
        self.assertTrue(any(effect["clusters"]["number"] for effect in record["modalities"][0]["effects"]), done.stderr)
        pictures = [*(self.folder / "voxstat-results").glob("figures/pet_level_cluster-*-values.svg"),
                    *(self.folder / "voxstat-results").glob("figures/regions*_scatter.svg")]
        self.assertGreaterEqual(len(pictures), 2)
        svg_text = "{http://www.w3.org/2000/svg}text"
        texts = [{"".join(text.itertext()) for text in ElementTree.parse(picture).iter(svg_text)}
                 for picture in pictures]
        return set.union(*texts), set.intersection(*texts)

    def test_axes(self):
        self.report = True
        self.sidecars(Units="SUV")
        texts, common = self.texts()
        self.assertIn("level", common)
        self.assertFalse(any("ng/mL" in text for text in texts))
        (self.folder / "participants.json").write_text(json.dumps({"level": {"Units": "ng/mL"}}))
        texts, common = self.texts()
        self.assertIn("level, ng/mL", common)
        self.assertNotIn("level", texts)
        self.assertIn("change of pet, SUV", texts)
        self.assertIn("level, ng/mL, adjusted", self.texts("--nuisance", "age")[1])
        page = page_of(self.folder / "voxstat-results/report.html")
        self.assertRegex(page, "Slope [-−.0-9e]+ SUV a unit of level \\(ng/mL\\) \\(95 %")
        record = json.loads((self.folder / "voxstat-results/run.json").read_text())
        self.assertEqual(record["study"]["covariate_units"], {"level": "ng/mL"})

    def test_units_of_a_change_as_a_covariate(self):
        """Those of its two columns, where they agree."""
        self.header += ["moca_baseline", "moca_followup"]
        for k, row in enumerate(self.rows):
            row += [str(20 + k), str(24 - k * k % 5)]
        self.write_table()
        for followup, units in (("points", {"moca": "points"}), ("percent", {})):
            (self.folder / "participants.json").write_text(json.dumps({
                "moca_baseline": {"Units": "points"}, "moca_followup": {"Units": followup}}))
            _, record = self.done("--covariate", "moca", "--modality", "pet")
            self.assertEqual(record["study"]["covariate_units"], units)

    def test_dictionary_and_markers(self):
        random = numpy.random.default_rng(5)
        self.header += ["ttau_baseline", "ttau_followup"]
        for row in self.rows:
            row += [f"{value:.1f}" for value in random.uniform(200, 500, 2)]
        self.write_table()
        (self.folder / "participants.json").write_text(json.dumps({
            "pet_baseline": {"Units": "SUVR"}, "pet_followup": {"Units": "SUVR"},
            "ttau_baseline": {"Units": "pg/mL"}, "ttau_followup": {"Units": "pg/mL"}}))
        done, record = self.done()
        self.assertEqual(record["modalities"][0]["units"], "SUVR")
        self.assertEqual(record["outcomes"]["markers"][0]["units"], "pg/mL")
        self.assertIn("ttau (pg/mL)", (self.folder / "voxstat-results" / ("markers" + ".md")).read_text())
        self.assertIn("pg/mL", done.stdout)
        _, record = self.done("--units", "ttau=ng/L")
        self.assertEqual([record["modalities"][0]["units"], record["outcomes"]["markers"][0]["units"]], ["SUVR", "ng/L"])
        (self.folder / "participants.json").write_text("{")
        _, record = self.done()
        self.assertIn("participants.json is not JSON", " ".join(record["remarks"]))

    def test_suv(self):
        """SUV in g/mL: activity over dose over weight, with the decay from the injection to the time of correction."""
        dose = {}
        for k, (_, *names, _, _) in enumerate(self.rows):
            for session, name in enumerate(names):
                self.write_image(name, 1000 * self.read_image(name))
                dose[name] = 180 + 10 * k + session
                self.sidecar(name, Units="Bq/mL", InjectedRadioactivity=dose[name], InjectedRadioactivityUnits="MBq",
                             TracerRadionuclide="F18", InjectionStart=-600, ImageDecayCorrectionTime=0,
                             ImageDecayCorrected=True, PatientWeight=500)
        self.header += ["weight_kg"]
        for k, row in enumerate(self.rows):
            row.append(str(60 + 5 * k)) # goes before the sidecar's
        self.write_table()
        done, record = self.done("--suv", "pet")
        suv = [[self.read_image(name).astype(float) * (60 + 5 * k) * 1e3 / (dose[name] * 1e6) * 2 ** (600 / 6586.2)
                for name in row[1:3]] for k, row in enumerate(self.rows)]
        expected = numpy.mean([f - b for b, f in suv], axis=0)
        with h5py.File(self.folder / "voxstat-results/results.h5") as results:
            mean = results["maps/pet/change/mean"][()]
        mean = mean.T if mean.shape != SHAPE else mean
        numpy.testing.assert_allclose(mean, expected, atol=1e-6, rtol=0) # floats near 4 have a rounding of 2e-7
        self.assertEqual(record["modalities"][0]["units"], "SUV")
        self.assertIn("converted to SUV by injected dose and body weight, with decay to the injection", done.stderr)
        _, record = self.done("--suv", "pet", "--reference", "atlas:pons", "--atlas", "labels.nii.gz")
        self.assertEqual([step["name"] for step in record["modalities"][0]["preparation"]], ["suv", "reference"])
        self.assertEqual(record["modalities"][0]["units"], "SUVR")
        own = record["modalities"][0]["scaling"]["own"]["mean"][0] # of the pons, in SUV
        pons = nibabel.load(self.folder / "labels.nii.gz").get_fdata() == 3
        self.assertAlmostEqual(own, numpy.mean([b[pons].mean() for b, _ in suv]), places=6)

        whose, name = ["participant sub-02, column pet_followup"], "sub-02_followup.nii.gz"
        for fields, words in (({"InjectedRadioactivity": None}, ["no dose", "InjectedRadioactivity"]),
                              ({"InjectedRadioactivity": 0}, ["no dose"]),
                              ({"Units": "SUVR"}, ["Units is SUVR", "Bq/mL"]),
                              ({"ImageDecayCorrected": False}, ["ImageDecayCorrected is false"]),
                              ({"TracerRadionuclide": "Xx1"}, ["half-life", "Xx1"])):
            old = (self.folder / name.replace(".nii.gz", ".json")).read_text()
            self.sidecar(name, **fields)
            self.assert_refused(INPUT, whose + words + ["sub-02_followup.json"], *QUICK, "--suv", "pet")
            (self.folder / name.replace(".nii.gz", ".json")).write_text(old)
        self.rows[1][-1] = "n/a"
        self.write_table()
        self.done("--suv", "pet") # by the sidecar's 500 kg
        self.sidecar(name, PatientWeight=None)
        self.assert_refused(INPUT, whose + ["no body weight", "body_weight", "PatientWeight"], *QUICK, "--suv", "pet")
        (self.folder / name.replace(".nii.gz", ".json")).unlink()
        self.assert_refused(INPUT, whose + ["no sidecar"], *QUICK, "--suv", "pet")
        self.assert_refused(USAGE, ["--suv", "cbf"], *QUICK, "--suv", "cbf")


if __name__ == "__main__":
    unittest.main()

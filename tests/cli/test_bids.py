"""BIDS folders: every producer's files pair as they should, and what does not pair is named."""
import csv
import json
import os
import pathlib
import shutil
import unittest

import bids_producers as producers
from voxstat_cli import INPUT, USAGE, Study, files_of

PEOPLE, SESSIONS = producers.PEOPLE, producers.SESSIONS
QUICK = ("--correct", "voxel") # what is paired does not depend on it


class Bids(Study):
    """A dataset in self.folder / "data"."""

    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.data.mkdir()

    def run_bids(self, *arguments):
        return self.run_paired("--bids", "data", *QUICK, *arguments)

    def refused(self, words, *arguments, status=INPUT):
        self.assert_refused(status, words, *arguments, run=self.run_bids)

    def pairing(self, out="voxstat-results"):
        with open(self.folder / out / "pairing.tsv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def remarks(self, out="voxstat-results"):
        return json.loads((self.folder / out / "run.json").read_text(encoding="utf-8"))["remarks"]

    def assert_pairs(self, modality, made, *arguments, out="voxstat-results"):
        """The run pairs exactly the images of `made`."""
        done = self.run_bids("-q", "--out", out, *arguments)
        self.assert_done(done)
        expected = {(person, session): str(path) for (person, session), path in made.items()}
        found = {(row["participant_id"].removeprefix("sub-"), session): row[f"{modality}_{session}"]
                 for row in self.pairing(out) for session in SESSIONS}
        self.assertEqual(found, expected)

    def results(self, out):
        """The bytes of every map and the text of every table."""
        return {name: data for name, data in files_of(self.folder / out).items()
                if name.endswith((".nii.gz", ".tsv")) and name != "pairing.tsv"}


class Producers(Bids):
    def test_raw_pet_is_in_native_space(self):
        producers.raw_pet(self.data)
        self.refused(["participant sub-01, session baseline, modality pet", "native space", "space-", "--derivatives"])

    def test_petprep(self):
        producers.raw_pet(self.data)
        made = producers.petprep(self.data / "derivatives/petprep")
        self.assert_pairs("pet", made)
        self.assert_pairs("pet", made, "--derivatives", "petprep", "--force")
        self.assert_pairs("pet", made, "--derivatives", str(self.data / "derivatives/petprep"), "--modality", "pet",
                          "--sessions", "ses-baseline,followup", "--force")

    def test_petprep_with_corrections(self):
        producers.raw_pet(self.data)
        made = producers.petprep(self.data / "derivatives/petprep", ("GTM", None))
        self.refused(["participant sub-01, session baseline, modality pet", "2 images differ in pvc (none, GTM)",
                      "--bids-filter 'pet:pvc=none'", "space-MNI152NLin2009cAsym_pvc-GTM_desc-preproc_pet.nii.gz"])
        self.assert_pairs("pet", made, "--bids-filter", "pet:pvc=GTM")
        (self.folder / "filter.json").write_text('{"pet": {"pvc": ["GTM"], "description": "preproc"}, "bold": {}}')
        self.assert_pairs("pet", made, "--bids-filter", "filter.json", "--force")
        uncorrected = {slot: pathlib.Path(str(path).replace("_pvc-GTM", "")) for slot, path in made.items()}
        (self.folder / "filter.json").write_text('{"pet": {"pvc": null}}')
        self.assert_pairs("pet", uncorrected, "--bids-filter", "filter.json", "--force")

    def test_older_petprep(self):
        made = producers.older_petprep(self.data)
        self.assert_pairs("pet", made)
        self.assert_pairs("pet", made, "--bids-filter", "pet:space=MNI305", "--force")

    def test_clinica_pet(self):
        made = producers.clinica_pet(self.data)
        self.refused(["differ in fwhm (8mm, none)", "--bids-filter 'pet:fwhm=8mm'"])
        self.assert_pairs("pet", made, "--bids-filter", "pet:fwhm=none")

    def test_clinica_tissue(self):
        self.assert_pairs("gm", producers.clinica_tissue(self.data))
        self.assertFalse([remark for remark in self.remarks() if "modulated" in remark])
        self.assert_done(self.run_bids("-q", "--bids-filter", "gm:modulated=off", "--out", "off"))
        self.assertTrue([remark for remark in self.remarks("off") if "not modulated" in remark])

    def test_fmriprep(self):
        made = producers.fmriprep(self.data)
        self.assert_pairs("gm", made)
        self.assertTrue(any("gm: the maps are not modulated" in remark for remark in self.remarks()))
        self.assertIn("label-WM", self.pairing_of("wm"))

    def pairing_of(self, modality):
        self.assert_done(self.run_bids("-q", "--modality", modality, "--out", modality))
        return self.pairing(modality)[0][f"{modality}_baseline"]

    def test_aslprep(self):
        self.assert_pairs("cbf", producers.aslprep(self.data))
        self.assertIn("desc-basilGM", self.pairing_of_filter("cbf:desc=basilGM"))
        self.refused(["participant sub-01, column cbf_baseline", "4-D image with 4 volumes"], "--bids-filter",
                     "cbf:desc=timeseries", "--out", "series")

    def pairing_of_filter(self, text):
        self.assert_done(self.run_bids("-q", "--bids-filter", text, "--out", "filtered"))
        return self.pairing("filtered")[0]["cbf_baseline"]

    def test_cat12(self):
        made = producers.cat12(self.data, "mwp1")
        self.assert_pairs("gm", made)
        self.assertFalse([remark for remark in self.remarks() if "modulated" in remark])

    def test_cat12_smoothed_beside(self):
        made = producers.cat12(self.data, "s8mwp1", "mwp1")
        self.refused(["differ in prefix (mwp1, s8mwp1)", "--bids-filter 'gm:prefix=mwp1'"])
        self.assert_pairs("gm", made, "--bids-filter", "gm:prefix=s8mwp1")

    def test_cat12_longitudinal(self):
        self.assert_pairs("gm", producers.cat12(self.data, "mwp1r"))
        shutil.rmtree(self.data)
        self.assert_pairs("gm", producers.cat12(self.data, "s6mwmwp1r"), "--force")

    def test_several_modalities_and_pipelines(self):
        producers.raw_pet(self.data)
        producers.petprep(self.data / "derivatives/petprep")
        producers.aslprep(self.data / "derivatives/aslprep")
        producers.cat12(self.data / "derivatives/CAT12.9")
        done = self.run_bids()
        self.assert_done(done)
        self.assertEqual([key for key in self.pairing()[0] if key.endswith("baseline")],
                         [f"{modality}_baseline" for modality in ("pet", "cbf", "gm")])
        self.assertIn("cbf: 10 images of 5 participants, such as derivatives/aslprep/sub-01", done.stderr)
        producers.petprep(self.data / "derivatives/petprep2")
        self.refused(["2 images differ in the dataset (derivatives/petprep, derivatives/petprep2)",
                      "--derivatives petprep"])
        self.refused(["--derivatives petprep3", "CAT12.9, aslprep, petprep, petprep2"], "--derivatives", "petprep3")
        self.assert_done(self.run_bids("-q", "--derivatives", "petprep2,aslprep", "--force"))


class Repeats(Bids):
    def test_pairing_gives_equal_bits(self):
        producers.raw_pet(self.data)
        producers.petprep(self.data / "derivatives/petprep")
        producers.cat12(self.data / "derivatives/CAT12.9")
        arguments = ("--covariate", "rapa_level", "--nuisance", "age", "--modality", "gm,pet", "-n", "50")
        self.assert_done(self.run_paired("-q", "--bids", "data", *arguments, "--out", "first"))
        self.assert_done(self.run_paired("-q", *arguments, "--table", "first/pairing.tsv", "--out", "again"))
        first, again = self.results("first"), self.results("again")
        self.assertGreater(len(first), 40)
        self.assertEqual(first, again)
        dictionary = json.loads((self.folder / "first/pairing.json").read_text())
        self.assertEqual(dictionary, {"rapa_level": {"Description": "rapamycin, trough", "Units": "ng/mL"}})
        record = json.loads((self.folder / "first/run.json").read_text())
        self.assertIn("pairing.tsv", record["files"])
        self.assertIn(str(self.data / "participants.tsv"), [one["path"] for one in record["inputs"]])

    def test_long_table_gives_equal_bits(self):
        """The study of the fixture, a row a session: `level` stays one column, the images become two."""
        self.assert_done(self.run_paired("-q", "--covariate", "level", "--out", "wide"))
        rows = [["session_id", "participant_id", "pet", "level", "other"]]
        for i, row in enumerate(self.rows):
            rows += [["followup", row[0], row[2], row[3] if i else "NA", f"{i + 1}"],
                     ["baseline", row[0], row[1], row[3], f"{2 * i}"]]
        (self.folder / "long.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
        arguments = ("-q", "--covariate", "level", "--table", "long.tsv")
        self.assert_done(self.run_paired(*arguments, "--modality", "pet", "--out", "long"))
        self.assertEqual(self.results("long"), self.results("wide"))
        self.assertIn("1 cell of level taken as missing (--missing NA,NaN)", self.remarks("long"))
        self.assert_done(self.run_paired(*arguments, "--modality", "other", "--out", "marker")) # numbers are a marker
        self.assertIn("other", (self.folder / "marker/markers.tsv").read_text())
        rows.append(rows[3])
        (self.folder / "long.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
        self.assert_refused(INPUT, ["sub-02, session followup is there twice, in lines 4 and 12"], *arguments)


class Tables(Bids):
    def setUp(self):
        super().setUp()
        producers.petprep(self.data)

    def write(self, name, *rows):
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join("\t".join(row) + "\n" for row in rows))

    def test_without_participants_tsv(self):
        self.assert_done(self.run_bids("-q"))
        self.assertEqual([row["participant_id"] for row in self.pairing()], [f"sub-{person}" for person in PEOPLE])
        self.refused(["data: no column rapa_level", "pet_baseline"], "--covariate", "rapa_level")

    def test_participant_id_without_sub(self):
        self.write("participants.tsv", ["participant_id", "level"], *[[p, str(i * i)] for i, p in enumerate(PEOPLE)],
                   ["sub-06", "7"])
        done = self.run_bids("--covariate", "level")
        self.assert_done(done)
        self.assertIn("left out: sub-06 (no image in pet_baseline)", done.stderr)
        self.assertIn("missing: sub-06 baseline, sub-06 followup", done.stderr)
        self.assertEqual(self.pairing()[1]["level"], "1")

    def test_tables_of_sessions(self):
        for i, person in enumerate(PEOPLE):
            self.write(f"sub-{person}/sub-{person}_sessions.tsv", ["session_id", "weight", "site"],
                       ["ses-baseline", str(70 + i), "A"], ["ses-followup", str(71 + 2 * i), "A"])
        self.write("phenotype/moca.tsv", ["participant_id", "session_id", "total"],
                   *[[f"sub-{p}", f"ses-{s}", str(20 + i * k + k)] for i, p in enumerate(PEOPLE)
                     for k, s in enumerate(SESSIONS)])
        self.write("phenotype/updrs.tsv", ["participant_id", "session_id", "total"],
                   *[[f"sub-{p}", f"ses-{s}", str(9 - i * i * k)] for i, p in enumerate(PEOPLE)
                     for k, s in enumerate(SESSIONS)])
        (self.data / "phenotype/moca.json").write_text('{"total": {"Units": "points"}}')
        self.assert_done(self.run_bids("-q", "--modality", "pet,total,updrs_total,weight"))
        row = self.pairing()[2]
        self.assertEqual([row[key] for key in ("weight_baseline", "weight_followup", "site", "total_followup",
                                               "updrs_total_followup")], ["72", "75", "A", "23", "5"])
        dictionary = json.loads((self.folder / "voxstat-results/pairing.json").read_text())
        self.assertEqual(dictionary["total_followup"], {"Units": "points"})
        self.assertIn("updrs_total", (self.folder / "voxstat-results/markers.tsv").read_text())

    def test_contradiction_in_a_table(self):
        self.write("phenotype/moca.tsv", ["participant_id", "session_id", "total"], ["sub-01", "ses-baseline", "20"],
                   ["01", "baseline", "21"])
        self.refused(["moca.tsv, line 3", "sub-01", "column total", "found '21'", "says '20'"])

    def test_damaged_dictionary(self):
        self.write("participants.tsv", ["participant_id", "level"], ["sub-01", "1"])
        (self.data / "participants.json").write_text("{")
        self.refused(["participants.json, line 1: not JSON"])


class Refusals(Bids):
    def test_folder(self):
        self.refused(["data: no image (.nii, .nii.gz, .hdr) whose name has the entity sub-"])
        self.assert_refused(INPUT, ["nowhere", "the folder of a BIDS dataset is expected"], "--bids", "nowhere")
        self.assert_refused(INPUT, ["participants.tsv: not a folder"], "--bids", "participants.tsv")

    def test_usage(self):
        self.refused(["--bids and --table exclude each other"], "--table", "participants.tsv", status=USAGE)
        self.assert_refused(USAGE, ["--bids-filter is about the folder of --bids"], "--bids-filter", "pet:a=b")
        self.assert_refused(USAGE, ["--derivatives is about the folder of --bids"], "--derivatives", "petprep")
        for text in ("pet", "pet:pvc", "pet:pvc=", "pet:=x", "pet:a=b; ", "pet:a=b,"):
            self.refused(["--bids-filter", text.strip("; ")], "--bids-filter", text, status=USAGE)
        (self.folder / "filter.json").write_text('{"pet": {"pvc": {}}}')
        self.refused(["filter.json: pet, pvc: expected a text"], "--bids-filter", "filter.json")

    def test_sessions_that_are_not_there(self):
        producers.petprep(self.data)
        self.refused(["no image of session m12 (--sessions)", "the sessions there are: baseline, followup"],
                     "--sessions", "baseline,m12")
        self.refused(["no image of session folowup", "did you mean followup?"], "--sessions", "baseline,folowup")

    def test_a_modality_without_the_session(self):
        producers.petprep(self.data)
        for path in producers.fmriprep(self.data).values():
            if "ses-followup" in path.name:
                path.unlink()
        self.refused(["the sessions found are: baseline"], "--modality", "gm")
        done = self.run_bids()
        self.assert_done(done)
        self.assertIn("missing: sub-01 followup, sub-02 followup", done.stderr)

    def test_an_unknown_modality(self):
        producers.petprep(self.data)
        self.refused(["data: no column tau_baseline"], "--modality", "tau", "--sessions", "baseline,followup")
        self.refused(["no image of modality cbf", "--bids-filter 'cbf:KEY=VALUE,...'"], "--modality", "cbf")
        self.assert_done(self.run_bids("-q", "--modality", "ref", "--bids-filter", "ref:suffix=petref"))
        self.assertIn("petref", self.pairing()[0]["ref_baseline"])

    def test_two_spaces(self):
        made = producers.petprep(self.data)
        for session in SESSIONS:
            path = made["05", session]
            path.rename(str(path).replace(producers.MNI, "MNI152NLin6Asym"))
        self.refused(["participant sub-05, session baseline, modality pet", "space MNI152NLin6Asym",
                      f"others are in {producers.MNI}", f"--bids-filter 'pet:space={producers.MNI}'"])

    def test_without_sessions_in_the_names(self):
        for (person, session), path in producers.petprep(self.data).items():
            if session == "baseline":
                path.rename(self.data / path.name.replace("_ses-baseline", ""))
        shutil.rmtree(self.data / "sub-01")
        for person in PEOPLE[1:]:
            shutil.rmtree(self.data / f"sub-{person}")
        self.refused(["paired design needs", "sessions"])
        self.refused(["no image of session a", "none (no file name has the entity ses-)"], "--sessions", "a,b")
        self.assert_done(self.run_program("--design", "onesample", "--device", "cpu", "--bids", "data", "-q"))
        self.assertIn("pet", self.pairing()[0])

    def test_one_session_of_two(self):
        producers.petprep(self.data)
        self.assert_done(self.run_program("--design", "onesample", "--device", "cpu", "--bids", "data", "-q",
                                          "--sessions", "followup"))
        self.assertEqual(list(self.pairing()[0]), ["participant_id", "pet_followup"])

    def test_bidsignore(self):
        made = producers.petprep(self.data)
        producers.describe(self.data, "raw")
        (self.data / ".bidsignore").write_text("# comment\n*_pet.nii.gz\n!sub-0[1-4]*_pet.nii.gz\nsub-04/\n")
        self.assert_done(self.run_bids("-q"))
        self.assertEqual([row["participant_id"] for row in self.pairing() if row["pet_baseline"] != "n/a"],
                         ["sub-01", "sub-02", "sub-03"])
        self.assertEqual(len(made), 10)

    def test_content_that_was_not_fetched(self):
        path = producers.petprep(self.data)["03", "followup"]
        path.unlink()
        os.symlink("../../../.git/annex/objects/Xx/MD5E-s1--ab.nii.gz", path)
        self.refused(["participant sub-03, column pet_followup", path.name, "git-annex", "datalad get"])

    def test_links_of_folders(self):
        """The derivative is elsewhere, as in a datalad superdataset; a loop of links ends."""
        producers.raw_pet(self.data)
        made = producers.petprep(self.folder / "elsewhere")
        (self.data / "derivatives").mkdir()
        os.symlink("../../elsewhere", self.data / "derivatives/petprep")
        os.symlink("..", self.folder / "elsewhere/loop")
        self.assert_pairs("pet", {slot: self.data / "derivatives/petprep" / path.relative_to(self.folder / "elsewhere")
                                  for slot, path in made.items()})


class Differences(Bids):
    """Sessions of a person that a change may come from."""

    def remark(self, words, *arguments):
        self.assert_done(self.run_bids("-q", *arguments, "--force"))
        found = [remark for remark in self.remarks() if words[0] in remark]
        self.assertEqual(len(found), 1, self.remarks())
        for word in words:
            self.assertIn(word, found[0])

    def test_none(self):
        producers.raw_pet(self.data)
        producers.petprep(self.data / "derivatives/petprep")
        self.assert_done(self.run_bids("-q"))
        self.assertFalse([remark for remark in self.remarks() if "differ" in remark])

    def test_scanner_of_the_raw_image(self):
        raw = producers.raw_pet(self.data)
        producers.petprep(self.data / "derivatives/petprep", Units="SUV")
        for person in ("02", "05"):
            path = raw[person, "followup"]
            producers.write_json(path.with_name(path.name.replace(".nii.gz", ".json")), {"Manufacturer": "GE"})
        self.remark(["differ in scanner", "pet: the sessions of 2 participants", "sub-02: Siemens, Biograph mMR in "
                     "baseline, GE, Biograph mMR in followup; also sub-05"])

    def test_sidecars_and_names(self):
        made = producers.petprep(self.data)
        path = made["03", "followup"]
        sidecar = path.with_name(path.name.replace(".nii.gz", ".json"))
        base = {"Units": "SUV", "ReconMethodName": "OSEM", "SkullStripped": True}
        for one in made.values():
            producers.write_json(one.with_name(one.name.replace(".nii.gz", ".json")), base)
        for field, value, words in (("Units", "Bq/mL", ["differ in units", "sub-03: SUV in baseline, Bq/mL"]),
                                    ("ReconMethodName", "FBP", ["differ in reconstruction", "OSEM in baseline, FBP"]),
                                    ("SkullStripped", False, ["differ in skull-stripping", "yes in baseline, no in"])):
            producers.write_json(sidecar, {**base, field: value})
            self.remark(words)
        sidecar.write_text("{")
        self.refused(["participant sub-03, column pet_followup", sidecar.name, "line 1: not JSON"], "--force")
        sidecar.unlink()
        path.rename(path.with_name(path.name.replace("_space", "_rec-acstat_space")))
        self.remark(["differ in reconstruction (rec-)", "none in baseline, acstat in followup"])

    def test_units_between_people(self):
        made = producers.petprep(self.data, Units="SUV")
        for session in SESSIONS:
            path = made["04", session]
            producers.write_json(path.with_name(path.name.replace(".nii.gz", ".json")), {"Units": "Bq/mL"})
        self.remark(["images have different units", "SUV (sub-01), Bq/mL (sub-04)"])


if __name__ == "__main__":
    unittest.main()

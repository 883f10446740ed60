"""--keep-prepared: the maps that were tested, as a BIDS derivative. Their values are those that NumPy computes from the
images; an analysis of them gives the same statistics; and the dataset follows the rules of BIDS 1.11.1, which are
written here from the specification."""
import hashlib
import json
import os
import pathlib
import re
import unittest

import nibabel
import numpy

import bids_producers as producers
from voxstat_cli import OUTPUT, SHAPE, Study

try:
    import bids_validator # Debian: python3-bids-validator
except ImportError:
    bids_validator = None

QUICK = ("--correct", "voxel", "-q")
# The entities of a raw name by datatype, and those that a derivative adds, each in the order of BIDS (appendices
# "Entity table" and "Entities").
RAW = {"pet": ("sub", "ses", "task", "trc", "rec", "run"), "perf": ("sub", "ses", "acq", "rec", "dir", "run"),
       "anat": ("sub", "ses", "acq", "ce", "rec", "run")}
DERIVED = ("space", "res", "desc")
SUFFIXES = {"pet": ("pet",), "perf": ("asl",), "anat": ("T1w",)}


class Prepared(Study):
    def prepared(self, out="voxstat-results"):
        return self.folder / out / "prepared"

    def maps(self, out="voxstat-results"):
        return sorted(self.prepared(out).rglob("*.nii.gz"))

    def values(self, path):
        return numpy.asarray(nibabel.load(path).dataobj)

    def sidecar(self, path):
        return json.loads(pathlib.Path(str(path).removesuffix(".nii.gz") + ".json").read_text(encoding="utf-8"))

    def ignored(self, top, path):
        """By .bidsignore, of which only names with "*" in front occur here."""
        listed = top / ".bidsignore"
        rules = listed.read_text(encoding="utf-8").split() if listed.exists() else []
        self.assertTrue(all(rule.startswith("*_") for rule in rules), rules)
        return any(path.name.endswith(rule[1:]) for rule in rules)

    def assert_name(self, top, path):
        """The path of a file follows the rules of names."""
        folders = path.relative_to(top).parts[:-1]
        stem, suffix = path.name.split(".")[0].rsplit("_", 1)
        entities = [token.split("-", 1) for token in stem.split("_")]
        keys = [key for key, _ in entities]
        labels = dict(entities)
        for label in labels.values():
            self.assertRegex(label, "^[A-Za-z0-9]+$", path)
        expected = [f"{key}-{labels[key]}" for key in ("sub", "ses") if key in labels]
        self.assertEqual(list(folders[:-1]), expected)
        if self.ignored(top, path):
            return
        allowed = (*RAW[folders[-1]], *DERIVED)
        self.assertEqual(keys, [key for key in allowed if key in keys], path)
        self.assertIn(suffix, SUFFIXES[folders[-1]])
        if bids_validator: # which knows no derivatives: without their entities the name is one of raw data
            raw = "_".join(f"{key}-{label}" for key, label in entities if key not in DERIVED)
            ending = path.name[path.name.index("."):]
            plain = "/" + "/".join(folders) + f"/{raw}_{suffix}{ending}"
            self.assertTrue(bids_validator.BIDSValidator().is_bids(plain), plain)

    def assert_uri(self, uri, top, description):
        """A source: a file that exists, by its URI or relative to the derivative."""
        found = re.fullmatch("bids:([A-Za-z0-9]+):(.+)", uri)
        if found:
            url = description["DatasetLinks"][found[1]]
            self.assertTrue(url.startswith("file:///"))
            path = pathlib.Path(url.removeprefix("file://"), found[2])
        else:
            path = top / uri
        self.assertTrue(path.is_file(), uri)
        return path

    def assert_valid(self, top):
        """A BIDS derivative: rules/dataset_metadata, rules/files and rules/sidecars/derivatives of the schema."""
        description = json.loads((top / "dataset_description.json").read_text(encoding="utf-8"))
        for field in ("Name", "BIDSVersion"):
            self.assertIsInstance(description[field], str)
        self.assertEqual(description["DatasetType"], "derivative")
        self.assertTrue(all(one["Name"] for one in description["GeneratedBy"]))
        self.assertTrue(all(set(one) <= {"URL", "DOI", "Version"} for one in description.get("SourceDatasets", [])))
        self.assertTrue((top / "README").read_text(encoding="utf-8").strip())
        for path in top.iterdir():
            if path.is_file() and path.name != ".bidsignore" and bids_validator:
                self.assertTrue(bids_validator.BIDSValidator().is_top_level("/" + path.name), path)
        images = sorted(top.rglob("sub-*.nii.gz"))
        self.assertTrue(images)
        self.assertEqual({path.name for path in top.rglob("sub-*.*")},
                         {path.name.removesuffix(".nii.gz") + end for path in images for end in (".nii.gz", ".json")})
        for path in images:
            self.assert_name(top, path)
            sidecar = self.sidecar(path)
            for field, kind in (("Description", str), ("Units", str), ("SkullStripped", bool), ("Sources", list)):
                self.assertIsInstance(sidecar[field], kind, path)
            for entity, field in (("_space-", "SpatialReference"), ("_res-", "Resolution")):
                self.assertEqual(entity in path.name, field in sidecar)
                self.assertIsInstance(sidecar.get(field, ""), str)
            for field in ("RawSources", "FrameTimesStart", "FrameDuration"): # deprecated; against dim[4] of the header
                self.assertNotIn(field, sidecar)
            for uri in sidecar["Sources"]:
                self.assert_uri(uri, top, description)
            header = nibabel.load(path).header
            self.assertEqual(header.get_xyzt_units()[0], "mm")
            self.assertEqual(header["dim"][0], 3)
        return description


class Values(Prepared):
    def test_the_difference_as_numpy_computes_it(self):
        self.assert_done(self.run_paired(*QUICK, "--keep-prepared"))
        mask = self.read_image("voxstat-results/mask.nii.gz") > 0
        self.assertEqual([path.name for path in self.maps()],
                         [f"sub-{i:02}_desc-change_pet.nii.gz" for i in range(1, 6)])
        for i, path in enumerate(self.maps(), 1):
            image = nibabel.load(path)
            baseline, followup = (nibabel.load(self.folder / f"sub-{i:02}_{session}.nii.gz")
                                  for session in ("baseline", "followup"))
            change = followup.get_fdata(dtype=numpy.float64) - baseline.get_fdata(dtype=numpy.float64)
            self.assertEqual(image.get_data_dtype(), numpy.float32)
            numpy.testing.assert_array_equal(self.values(path), numpy.where(mask, change, 0).astype(numpy.float32))
            numpy.testing.assert_array_equal(image.affine, baseline.affine)
        self.assert_valid(self.prepared())

    def same_statistics(self, effect, *options):
        """An analysis of the kept maps, given as a table, has the maps of the first bit for bit."""
        self.assert_done(self.run_paired(*QUICK, "--keep-prepared", *options, "--out", "first"))
        table = ["participant_id\tchange\tlevel\tage"] + [
            f"{row[0]}\t{path}\t{row[3]}\t{row[4]}" for row, path in zip(self.rows, self.maps("first"))]
        (self.folder / "kept.tsv").write_text("\n".join(table) + "\n")
        covariates = options[options.index("--covariate"):][:2] if "--covariate" in options else ()
        self.assert_done(self.run_program("--design", "onesample", "--device", "cpu", *QUICK, "--table", "kept.tsv",
                                          "--modality", "change", "--mask", "first/mask.nii.gz", *covariates, "--out",
                                          "second"))
        other = "mean" if effect == "change" else effect
        for name in ("t", "p-uncorrected", "p-fwe-voxel"):
            one, two = (self.read_image(f"{out}/{name}.nii.gz")
                        for out in (f"first/pet/{effect}", f"second/change/{other}"))
            self.assertEqual(one.tobytes(), two.tobytes(), name)
            self.assertTrue(numpy.any(one != one.flat[0]), name)

    def test_an_analysis_of_them_has_the_same_statistics(self):
        self.same_statistics("change")

    def test_also_after_steps(self):
        self.same_statistics("change", "--smooth", "9", "--scale", "global", "--change", "percent", "--regrid", "5",
                             "--force")

    def test_also_of_a_covariate(self):
        self.same_statistics("level", "--change", "logratio", "--covariate", "level")


class Records(Prepared):
    def test_what_was_done_is_in_the_sidecars_as_in_the_record(self):
        self.assert_done(self.run_paired(*QUICK, "--keep-prepared", "--smooth", "9", "--scale", "global", "--units",
                                         "Bq/mL", "--change", "percent"))
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        steps = {pathlib.Path(one["path"]).name: (one["sha256"], one["steps"])
                 for one in record["inputs"] if "steps" in one}
        self.assertEqual(len(steps), 10)
        seen = set()
        for path in self.maps():
            sidecar = self.sidecar(path)
            self.assertEqual((sidecar["Units"], sidecar["Change"]), ("%", "percent"))
            self.assertIn("followup minus baseline, in percent of the baseline", sidecar["Description"])
            self.assertEqual([one["Source"] for one in sidecar["Preparation"]], sidecar["Sources"])
            for one in sidecar["Preparation"]:
                name = pathlib.Path(one["Source"]).name
                seen.add(name)
                self.assertEqual((one["SHA256"], one["Steps"]), steps[name])
                self.assertEqual([step["name"] for step in one["Steps"]], ["global_mean", "smooth"])
                image = nibabel.load(self.folder / name).get_fdata()
                self.assertAlmostEqual(one["Steps"][0]["figures"]["mean"], image.mean(), places=5) # all above an eighth
        self.assertEqual(seen, set(steps))

    def test_the_record_lists_them_with_checksums(self):
        self.assert_done(self.run_paired(*QUICK, "--keep-prepared"))
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        there = {str(path.relative_to(self.folder / "voxstat-results"))
                 for path in self.prepared().rglob("*") if path.is_file()}
        self.assertEqual({name for name in record["files"] if name.startswith("prepared/")}, there)
        self.assertEqual(len(there), 2 + 2 * 5)
        for name in there:
            content = (self.folder / "voxstat-results" / name).read_bytes()
            self.assertEqual(record["checksums"][name], hashlib.sha256(content).hexdigest())

    def test_nothing_is_kept_without_the_option(self):
        self.assert_done(self.run_paired(*QUICK))
        self.assertFalse(self.prepared().exists())

    def test_labels_are_letters_and_digits_and_differ(self):
        for row, name in zip(self.rows, ("sub-a_b", "sub-ab", "a.b", "sub-\u00e9", "sub-05")):
            row[0] = name
        self.write_table()
        self.assert_done(self.run_paired(*QUICK, "--keep-prepared"))
        self.assert_valid(self.prepared())
        self.assertEqual({path.name for path in self.prepared().iterdir() if path.is_dir()},
                         {"sub-ab", "sub-ab2", "sub-ab3", "sub-x", "sub-05"})
        for path in self.maps():
            images = {pathlib.Path(uri).name for uri in self.sidecar(path)["Sources"]}
            row = next(row for row in self.rows if row[1] in images)
            self.assertIn(f"pet of {row[0]},", self.sidecar(path)["Description"])

    def test_one_session(self):
        self.assert_done(self.run_program("--design", "onesample", "--device", "cpu", *QUICK, "--sessions", "baseline",
                                          "--keep-prepared"))
        self.assert_valid(self.prepared())
        path = self.prepared() / "sub-01/ses-baseline/pet/sub-01_ses-baseline_desc-prepared_pet.nii.gz"
        numpy.testing.assert_array_equal(self.values(path), self.read_image("sub-01_baseline.nii.gz"))
        self.assertNotIn("Change", self.sidecar(path))
        self.assertEqual(self.sidecar(path)["Units"], "arbitrary")


class OfBids(Prepared):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.data.mkdir()

    def keep(self, *options):
        self.assert_done(self.run_paired(*QUICK, "--bids", "data", "--keep-prepared", *options))
        return self.assert_valid(self.prepared())

    def test_petprep(self):
        producers.raw_pet(self.data, SkullStripped=True, TracerRadionuclide="F18")
        made = producers.petprep(self.data / "derivatives/petprep", Units="SUVR")
        description = self.keep("--scale", "none")
        self.assertEqual(list(description["DatasetLinks"]), ["petprep"])
        self.assertEqual(description["SourceDatasets"], [{"URL": f"file://{self.data.resolve()}/derivatives/petprep"}])
        for person in producers.PEOPLE:
            path = self.prepared() / f"sub-{person}/pet/sub-{person}_space-{producers.MNI}_desc-change_pet.nii.gz"
            sidecar = self.sidecar(path)
            self.assertEqual([self.assert_uri(uri, self.prepared(), description) for uri in sidecar["Sources"]],
                             [made[person, session].resolve() for session in producers.SESSIONS])
            self.assertEqual(sidecar["SpatialReference"], sidecar["Sources"][0])
            self.assertEqual((sidecar["Units"], sidecar["SkullStripped"], sidecar["TracerRadionuclide"]),
                             ("SUVR", True, "F18"))

    def test_the_derivative_is_read_as_bids(self):
        producers.raw_pet(self.data)
        producers.petprep(self.data / "derivatives/petprep")
        self.keep()
        self.assert_done(self.run_program("--design", "onesample", "--device", "cpu", *QUICK, "--bids",
                                          str(self.prepared()), "--bids-filter", "pet:desc=change", "--modality", "pet",
                                          "--mask", "voxstat-results/mask.nii.gz", "--out", "again"))
        self.assertEqual(self.read_image("again/pet/mean/t.nii.gz").tobytes(),
                         self.read_image("voxstat-results/pet/change/t.nii.gz").tobytes())

    def test_suffixes_that_bids_lacks_are_ignored(self):
        producers.aslprep(self.data / "aslprep")
        producers.fmriprep(self.data / "fmriprep")
        self.keep("--modality", "cbf,gm", "--derivatives", "data/aslprep,data/fmriprep")
        self.assertEqual(set((self.prepared() / ".bidsignore").read_text().split()),
                         {"*_cbf.nii.gz", "*_cbf.json", "*_gm.nii.gz", "*_gm.json"})
        flow = self.prepared() / f"sub-01/perf/sub-01_space-{producers.MNI}_desc-change_cbf.nii.gz"
        grey = self.prepared() / f"sub-01/anat/sub-01_space-{producers.MNI}_res-2_desc-change_gm.nii.gz"
        self.assertEqual(self.sidecar(flow)["Units"], "mL/100 g/min")
        self.assertEqual(self.sidecar(grey)["Resolution"], "4 x 4 x 4 mm voxels")

    def test_a_new_grid_has_another_resolution(self):
        producers.fmriprep(self.data)
        self.keep("--modality", "gm", "--regrid", "5")
        self.assertTrue((self.prepared() / f"sub-01/anat/sub-01_space-{producers.MNI}_desc-change_gm.nii.gz").exists())

    def test_sessions_that_differ_agree_on_nothing(self):
        """An entity that differs is no part of the name; the tracer of both is."""
        producers.describe(self.data, "derivative")
        for person in producers.PEOPLE:
            for session, reconstruction in zip(producers.SESSIONS, ("acdyn", "acstat")):
                stem = f"sub-{person}/ses-{session}/pet/sub-{person}_ses-{session}_trc-18FFDG_rec-{reconstruction}"
                producers.image(self.data / f"{stem}_space-custom_desc-preproc_pet.nii.gz",
                                SpatialReference="bids::template.nii.gz", ReconMethodName=reconstruction,
                                Manufacturer="Siemens")
        self.keep()
        path = self.prepared() / "sub-01/pet/sub-01_trc-18FFDG_space-custom_desc-change_pet.nii.gz"
        sidecar = self.sidecar(path)
        self.assertEqual(sidecar["SpatialReference"], "bids::template.nii.gz")
        self.assertEqual(sidecar["Manufacturer"], "Siemens")
        self.assertNotIn("ReconMethodName", sidecar)


class Replacing(Prepared):
    def keep(self, *options):
        return self.run_paired(*QUICK, "--keep-prepared", *options)

    def test_force_replaces_them(self):
        self.assert_done(self.keep())
        self.assert_done(self.run_paired(*QUICK, "--force"))
        self.assertFalse(self.prepared().exists())
        self.assert_done(self.keep("--force"))
        self.assertTrue(self.maps())

    def test_files_of_the_user_among_them_are_not_deleted(self):
        self.assert_done(self.keep())
        for name in ("prepared/sub-01/notes.txt", "prepared/sub-01/pet/own_pet.nii.gz", "prepared/thesis/a.json",
                     "own/a.nii.gz"):
            with self.subTest(name):
                path = self.folder / "voxstat-results" / name
                path.parent.mkdir(exist_ok=True)
                path.write_text("mine")
                self.assert_refused(OUTPUT, ["was not written by voxstat", "--force does not delete it"], *QUICK,
                                    "--force")
                path.unlink()
                if not list(path.parent.iterdir()):
                    path.parent.rmdir()

    def test_a_changed_map_is_not_deleted(self):
        self.assert_done(self.keep())
        self.maps()[0].write_bytes(b"mine")
        self.assert_refused(OUTPUT, ["desc-change_pet.nii.gz", "was changed since voxstat wrote it"], *QUICK, "--force")

    def test_a_link_out_of_them_is_not_followed(self):
        self.assert_done(self.keep())
        elsewhere = self.folder / "elsewhere"
        os.rename(self.prepared() / "sub-01", elsewhere)
        (self.prepared() / "sub-01").symlink_to(elsewhere)
        self.assert_refused(OUTPUT, ["prepared/sub-01: was not written by voxstat"], *QUICK, "--force")
        self.assertTrue(list(elsewhere.rglob("*.nii.gz")))

    def test_leftovers_of_a_killed_run(self):
        self.assert_done(self.keep())
        os.rename(self.folder / "voxstat-results", self.folder / "voxstat-results.partial-abcdef")
        self.assert_done(self.run_paired(*QUICK, "--leftovers", "recover"))
        self.assertTrue(self.maps())
        os.rename(self.folder / "voxstat-results", self.folder / "voxstat-results.partial-abcdef")
        os.remove(self.folder / "voxstat-results.partial-abcdef/run.json")
        (self.folder / "voxstat-results.partial-abcdef/prepared/sub-01/pet/.voxstat-0123456789abcdef.partial").touch()
        self.assert_done(self.run_paired(*QUICK, "--leftovers", "remove"))
        self.assertFalse((self.folder / "voxstat-results.partial-abcdef").exists())

    def test_a_study_of_markers_has_none(self):
        self.header.extend(["nfl_baseline", "nfl_followup"])
        for i, row in enumerate(self.rows):
            row.extend([str(10 + i), str(12 + 2 * i)])
        self.write_table()
        self.assert_done(self.run_paired("-q", "--modality", "nfl", "--keep-prepared"))
        self.assertFalse(self.prepared().exists())


assert SHAPE == producers.SHAPE

if __name__ == "__main__":
    unittest.main()

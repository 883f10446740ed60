"""Images that are made of volumes of a file, and SUV, in BIDS folders: --frames, [N], --suv. Truth is what NumPy makes of
the same volumes."""
import json
import os
import shutil
import unittest

import nibabel
import numpy

import bids_producers as producers
from test_bids import PEOPLE, SESSIONS, Bids
from voxstat_cli import INPUT, USAGE

QUICK = ("--correct", "voxel") # with the report, whose methods say what was done


class Uptake(Bids):
    """--suv with --bids: the dose of the raw image's sidecar, the weight of the dataset's tables."""

    def make(self):
        made = producers.petprep(self.data / "derivatives/petprep")
        producers.raw_pet(self.data)
        return {slot: self.read_image(path).astype(float) for slot, path in made.items()}

    def assert_uptake(self, image, weight):
        """Bq/mL over 185 MBq over kg, in g/mL."""
        self.assert_done(self.run_bids("-q", "--suv", "pet", "--force"))
        suv = lambda p, s: image[p, s] * weight(p, s) * 1e3 / 185e6
        expected = numpy.mean([suv(p, "followup") - suv(p, "baseline") for p in PEOPLE], 0)
        found = self.read_image("voxstat-results/pet/change/mean.nii.gz")
        numpy.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-9) # a float has 6e-8 of about 4e-3
        record = json.loads((self.folder / "voxstat-results/run.json").read_text(encoding="utf-8"))
        self.assertEqual(record["modalities"][0]["units"], "SUV")
        for one in record["inputs"]:
            if one["column"]:
                figures = one["steps"][0]["figures"]
                session = one["column"].removeprefix("pet_")
                self.assertEqual((figures["dose_mbq"], figures["weight_kg"]),
                                 (185, weight(one["participant"].removeprefix("sub-"), session)))

    def test_weights_of_participants(self):
        image = self.make()
        self.refused(["participant sub-01, column pet_baseline", "no body weight", "body_weight"], "--suv", "pet")
        (self.data / "participants.tsv").write_text(
            "participant_id\tweight\n" + "".join(f"sub-{p}\t{60 + int(p)}\n" for p in PEOPLE))
        self.assert_uptake(image, lambda p, s: 60 + int(p))

    def test_weights_of_sessions(self):
        image = self.make()
        for p in PEOPLE:
            (self.data / f"sub-{p}/sub-{p}_sessions.tsv").write_text(
                f"session_id\tbody_weight\nses-baseline\t{70 + int(p)}\nses-followup\t{66 + 2 * int(p)}\n")
        self.assert_uptake(image, lambda p, s: 70 + int(p) if s == "baseline" else 66 + 2 * int(p))


class Frames(Bids):
    """Four frames of 5, 10, 15 and 30 minutes."""

    starts, durations = [0, 300, 900, 1800], [300, 600, 900, 1800]

    def run_bids(self, *arguments):
        return self.run_paired("--bids", "data", *QUICK, *arguments)

    def setUp(self):
        super().setUp()
        self.made = producers.petprep(self.data, shape=(*producers.SHAPE, 4), FrameTimesStart=self.starts,
                                      FrameDuration=self.durations)

    def change(self, volume):
        """The mean change of what `volume` makes of the 4-D data, in double."""
        read = lambda slot: volume(self.read_image(self.made[slot]).astype(float))
        return numpy.mean([read((p, "followup")) - read((p, "baseline")) for p in PEOPLE], 0)

    def assert_change(self, volume, out="voxstat-results"):
        """Values are about 10, so that the changes were rounded to float below 1; the mean is rounded again."""
        numpy.testing.assert_allclose(self.read_image(f"{out}/pet/change/mean.nii.gz"), self.change(volume), atol=3e-6)

    def test_without_frames(self):
        self.refused(["participant sub-01, column pet_baseline", "4-D image with 4 volumes", "--frames", "[N]"])

    def test_weighted_mean(self):
        done = self.run_bids("--frames", "5-30min")
        self.assert_done(done)
        self.assert_change(lambda data: (600 * data[..., 1] + 900 * data[..., 2]) / 1500)
        self.assertIn("pet: 10 images are the mean of frames 1 to 2 (from 0; 300 to 1800 s), weighted by their "
                      "duration: 0.4, 0.6", self.remarks())
        self.assert_done(self.run_bids("-q", "--frames", "1800-3600s", "--force"))
        self.assert_change(lambda data: data[..., 3])
        self.assert_done(self.run_paired("-q", "--table", "voxstat-results/pairing.tsv", "--frames", "1800-3600s",
                                         *QUICK, "--out", "again"))
        self.assertEqual(self.results("again"), self.results("voxstat-results"))

    def record(self, out="voxstat-results"):
        return json.loads((self.folder / out / "run.json").read_text(encoding="utf-8"))

    def methods(self, out="voxstat-results"):
        return (self.folder / out / "report.html").read_text(encoding="utf-8")

    def test_frames_are_a_step_of_the_preparation(self):
        done = self.run_bids("--frames", "5-30min", "--smooth", "8", "--keep-prepared")
        self.assert_done(done)
        words = "averaged over its frames from 300 to 1800 s, weighted by their duration"
        self.assertIn(f"pet: every image is {words}\n", done.stderr)
        self.assertIn(f"Every image of pet was {words}, then smoothed by a Gaussian of 8 mm FWHM", self.methods())
        record = self.record()
        self.assertEqual([step["name"] for step in record["modalities"][0]["preparation"]], ["frames", "smooth"])
        images = [one for one in record["inputs"] if "steps" in one]
        self.assertEqual(len(images), 10)
        for one in images:
            self.assertEqual(one["steps"][0], {"name": "frames", "words": words,
                                               "parameters": "frames 1 to 2 of 4, from 0; weights 0.4, 0.6",
                                               "figures": {"first": 1, "count": 2, "start": 300, "end": 1800}})
        kept = next((self.folder / "voxstat-results/prepared").rglob("*_pet.json"))
        sidecar = json.loads(kept.read_text(encoding="utf-8"))
        self.assertEqual([step["name"] for step in sidecar["Preparation"][1]["Steps"]], ["frames", "smooth"])
        self.assertNotIn("FrameDuration", sidecar)

    def test_images_made_of_their_files_in_several_ways(self):
        """What is not true of every image is not said of every image; each has its own step."""
        self.header = ["participant_id", "pet_baseline", "pet_followup"]
        self.rows = [[f"sub-{p}", *[f"{self.made[p, s]}[{k}]" for k, s in enumerate(SESSIONS, 2)]] for p in PEOPLE]
        self.write_table()
        done = self.run_paired("--smooth", "8", *QUICK)
        self.assert_done(done)
        self.assertNotIn("every image is taken", done.stderr)
        self.assertIn("Every image of pet was smoothed by a Gaussian of 8 mm FWHM", self.methods())
        record = self.record()
        self.assertEqual([step["name"] for step in record["modalities"][0]["preparation"]], ["smooth"])
        for one in record["inputs"]:
            if one["column"]:
                volume = 2 + SESSIONS.index(one["column"].removeprefix("pet_"))
                self.assertEqual(one["steps"][0]["words"], f"taken from volume {volume} of its file, from 0")
                self.assertEqual(one["steps"][0]["figures"], {"first": volume, "count": 1})

    def write_probabilities(self, name):
        """Three volumes: zeros, random numbers, zeros. Returns the middle one."""
        middle = numpy.random.default_rng(8).uniform(0, 1, producers.SHAPE)
        self.write_image(name, numpy.stack([0 * middle, middle, 0 * middle], -1), producers.AFFINE)
        return self.read_image(name)[..., 1]

    def test_a_volume_as_the_mask(self):
        middle = self.write_probabilities("probseg.nii.gz")
        frames = ("--frames", "0-60min")
        self.assert_done(self.run_bids(*frames, "--mask", "probseg.nii.gz[1]", "--mask-level", "0.5"))
        numpy.testing.assert_array_equal(self.read_image("voxstat-results/mask.nii.gz") > 0, middle > 0.5)
        steps = [one["steps"] for one in self.record()["inputs"] if one["path"].endswith("/probseg.nii.gz") or
                 one["path"] == "probseg.nii.gz"]
        self.assertEqual([step["words"] for step in steps[0]], ["taken from volume 1 of its file, from 0"])
        self.assertIn("probseg.nii.gz was taken from volume 1 of its file, from 0", self.methods())
        self.write_image("middle.nii.gz", middle, producers.AFFINE)
        self.assert_done(self.run_bids(*frames, "--mask", "middle.nii.gz", "--mask-level", "0.5", "--out", "plain"))
        self.assertEqual(self.results("plain"), self.results("voxstat-results"))
        self.refused(["probseg.nii.gz[3]", "volume 3 is asked for; the file has 3, from 0 to 2"], *frames, "--mask",
                     "probseg.nii.gz[3]", "--out", "none")
        self.refused(["probseg.nii.gz", "3 volumes", "[N] behind the name"], *frames, "--mask", "probseg.nii.gz",
                     "--out", "none")
        os.rename(self.folder / "middle.nii.gz", self.folder / "own[1].nii.gz") # a name of a file
        self.assert_done(self.run_bids(*frames, "--mask", "own[1].nii.gz", "--mask-level", "0.5", "--out", "own"))

    def test_a_volume_as_the_reference_and_the_atlas(self):
        middle = self.write_probabilities("probseg.nii.gz")
        labels = (middle > 0.5).astype(numpy.float32) + (middle > 0.75)
        self.write_image("atlas.nii.gz", numpy.stack([0 * labels, labels], -1), producers.AFFINE)
        self.write_image("labels.nii.gz", labels, producers.AFFINE)
        (self.folder / "atlas.tsv").write_text("index\tname\n1\tlow\n2\thigh\n")
        os.symlink("atlas.tsv", self.folder / "labels.tsv")
        self.write_image("middle.nii.gz", middle, producers.AFFINE)
        for out, reference, atlas in (("volumes", "probseg.nii.gz[1]", "atlas.nii.gz[1]"),
                                      ("files", "middle.nii.gz", "labels.nii.gz")):
            self.assert_done(self.run_bids("-q", "--frames", "0-60min", "--reference", reference, "--atlas", atlas,
                                           "--out", out))
        self.assertEqual(self.results("volumes"), self.results("files"))
        self.assertIn("high", (self.folder / "volumes/regions.tsv").read_text())

    def contradictions(self, *arguments):
        done = self.run_bids("-q", *arguments)
        self.assert_done(done)
        found = [remark for remark in self.remarks() if "contradict" in remark]
        shutil.rmtree(self.folder / "voxstat-results")
        return found

    def test_sidecars_against_headers(self):
        path = self.made["02", "followup"]
        sidecar = path.with_name(path.name.replace(".nii.gz", ".json"))
        volume = ("--bids-filter", "pet:desc=still")
        for slot, dynamic in self.made.items():
            still = dynamic.with_name(dynamic.name.replace("preproc", "still"))
            producers.image(still)
        # One volume: the frames of what it was made of hold for it only where its own file lists them.
        producers.write_json(self.data / "pet.json", {"FrameTimesStart": self.starts, "FrameDuration": self.durations})
        self.assertEqual(self.contradictions(*volume), [])
        own = sidecar.with_name(sidecar.name.replace("preproc", "still"))
        producers.write_json(own, {"FrameTimesStart": [0, 300], "FrameDuration": [300, 600]})
        found = self.contradictions(*volume)
        self.assertEqual(len(found), 1)
        for words in ("the sidecar of 1 image contradicts the header", "participant sub-02, column pet_followup",
                      "FrameTimesStart has 2 entries", own.name.replace(".json", ".nii.gz"), "has 1 volume"):
            self.assertIn(words, found[0])
        own.write_text("not JSON") # which whoever needs it says
        self.assertEqual(self.contradictions(*volume, "--units", "SUV"), [])

    def test_sidecars_against_headers_of_series(self):
        def write(slot, units, interval, **fields):
            path = self.made[slot]
            image = nibabel.load(path)
            image = nibabel.Nifti1Image(numpy.asarray(image.dataobj), image.affine)
            image.header.set_xyzt_units("mm", units)
            image.header["pixdim"][4] = interval
            image.to_filename(path)
            producers.write_json(path.with_name(path.name.replace(".nii.gz", ".json")), fields)
        for slot in self.made:
            write(slot, "msec", 2500, RepetitionTime=2.5)
        self.header = ["participant_id", "pet_baseline", "pet_followup"]
        self.rows = [[f"sub-{p}", *[f"{self.made[p, s]}[3]" for s in SESSIONS]] for p in PEOPLE]
        self.write_table()
        remarks = lambda: (self.assert_done(self.run_paired("-q", "--force", *QUICK)),
                           [remark for remark in self.remarks() if "contradict" in remark])[1]
        self.assertEqual(remarks(), [])
        write(("03", "baseline"), "sec", 2500, RepetitionTime=2.5) # a wrong unit
        write(("04", "baseline"), "unknown", 7, RepetitionTime=2.5) # which says nothing
        write(("05", "followup"), "sec", 2.5, VolumeTiming=[0, 2.5, 5])
        found = remarks()
        self.assertEqual(len(found), 1)
        for words in ("the sidecars of 2 images contradict the header", "participant sub-03, column pet_baseline: "
                      "RepetitionTime is 2.5 s", "has 2500 s between volumes", "; also sub-05 pet_followup"):
            self.assertIn(words, found[0])

    def test_windows(self):
        self.assert_done(self.run_bids("-q", "--frames", "895-3601.5s")) # within 5 % of a frame
        self.assert_change(lambda data: (900 * data[..., 2] + 1800 * data[..., 3]) / 2700)
        self.refused(["participant sub-01, column pet_baseline", "the window of 1800 to 5400 s (--frames) reaches "
                      "outside the file, whose frames last from 0 to 3600 s"], "--frames", "30-90min")
        self.refused(["lies within frame 3 (from 0), which lasts from 1800 to 3600 s"], "--frames", "15-45min")
        for text in ("30-60", "60-30min", "30min", "-5-30min", "30-60h", "30-60minx", "0-infs"):
            self.refused(["--frames", text, "such as 30-60min"], "--frames", text, status=USAGE)

    def test_sidecars(self):
        path = self.made["02", "followup"]
        sidecar = path.with_name(path.name.replace(".nii.gz", ".json"))
        where = "participant sub-02, column pet_followup"
        producers.write_json(sidecar, {"FrameTimesStart": [0, 300, 900], "FrameDuration": [300, 600, 900]})
        self.refused([where, sidecar.name, "3 frames", "4 volumes"], "--frames", "5-30min")
        producers.write_json(sidecar, {"FrameTimesStart": [0, 300, 900], "FrameDuration": [300, 600]})
        self.refused([where, "FrameTimesStart has 3 frames and FrameDuration 2"], "--frames", "5-30min")
        sidecar.unlink()
        self.refused([where, path.name, "needs FrameTimesStart and FrameDuration"], "--frames", "5-30min")

    def test_volumes_in_a_table(self):
        header = ["participant_id", "pet_baseline", "pet_followup"]
        rows = [[f"sub-{p}", *[f"{self.made[p, s]}[{k}]" for k, s in enumerate(SESSIONS, 2)]] for p in PEOPLE]
        self.header, self.rows = header, rows
        self.write_table()
        self.assert_done(self.run_paired("-q"))
        expected = numpy.mean([self.read_image(self.made[p, "followup"])[..., 3].astype(float) -
                               self.read_image(self.made[p, "baseline"])[..., 2] for p in PEOPLE], 0)
        numpy.testing.assert_allclose(self.read_image("voxstat-results/pet/change/mean.nii.gz"), expected, atol=3e-6)
        self.assertIn("pet: volume 2 (from 0) of the file is taken in 5 images", self.remarks())
        self.rows[1][2] = self.rows[1][2].replace("[3]", "[4]")
        self.write_table()
        self.assert_refused(INPUT, ["participant sub-02, column pet_followup", "volume 4 is asked for; the file has 4, "
                                    "from 0 to 3"], "--out", "beyond")
        shutil.copyfile(self.folder / "sub-02_followup.nii.gz", str(self.made["02", "followup"]) + "[4]")
        self.assert_done(self.run_paired("-q", "--force")) # the name of a file that is there wins


if __name__ == "__main__":
    unittest.main()

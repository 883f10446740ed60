#!/usr/bin/python3
"""The files of a run, read as users do: nibabel, h5py, json, csv. The expected t and r are SciPy's."""
import csv
import errno
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import nibabel
    import numpy as np
    from scipy import stats

    from voxstat_cli import files_of
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

SHAPE, N = (7, 6, 5), 7
COMMON = {"se", "ci-low", "ci-high", "t", "z", "clusters", "p-uncorrected", "p-fdr", "p-fwe-voxel", "p-fwe-extent",
          "p-fwe-mass", "tfce", "p-fwe-tfce"}
MAPS = {"change": COMMON | {"mean", "dz", "g"}, "rapa_level": COMMON | {"slope", "r"}}
# Voxels of 2 x 3 x 4 mm, x to the left and the axes a little turned, as scanners give them.
SFORM = np.array([[-2, 0.1, 0, 31.5], [0.1, 3, -0.2, -20], [0, 0.2, 4, -8], [0, 0, 0, 1]])
QFORM = np.diag([-2, 3, 4, 1.0])


def make_study(folder):
    """Noise with a change planted in one corner; voxel (0, 0, 0) is zero in one image and so outside the mask."""
    random = np.random.default_rng(7)
    level = random.lognormal(1.7, 0.3, N)
    change = np.empty((N,) + SHAPE)
    rows = ["participant_id\tpet_bl\tpet_fu\trapa_level"]
    for i in range(N):
        images = random.normal(100, 5, (2,) + SHAPE).astype(np.float32)
        images[1, 1:4, 1:4, 1:4] += 30
        images[1, 5:, 4:, 3:] -= 30
        if i == 3:
            images[0, 0, 0, 0] = 0
        for session, data in zip(("bl", "fu"), images):
            image = nibabel.Nifti1Image(data, None)
            image.set_sform(SFORM, 4)
            image.set_qform(QFORM, 1)
            nibabel.save(image, f"{folder}/sub-{i}_{session}.nii.gz")
        change[i] = images[1].astype(np.float64) - images[0]
        rows.append(f"sub-{i}\tsub-{i}_bl.nii.gz\tsub-{i}_fu.nii.gz\t{level[i]:.6f}")
    with open(f"{folder}/participants.tsv", "w", encoding="ascii") as table:
        table.write("\n".join(rows) + "\n")
    return change, np.round(level, 6)


def run(folder, *options, **how):
    return subprocess.run([os.environ["VOXSTAT"], "run", "--design", "paired", "--covariate", "rapa_level", "--device",
                           "cpu", "--cluster-p", "0.01", *options], cwd=folder, capture_output=True, text=True,
                          check=False, **how)


class Outputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.folder = cls.place.name
        cls.change, cls.level = make_study(cls.folder)
        cls.mask = np.ones(SHAPE, bool)
        cls.mask[0, 0, 0] = False
        done = run(cls.folder, "--out", "results")
        assert done.returncode == 0, done.stderr
        cls.out = cls.folder + "/results"
        with open(cls.out + "/run.json", encoding="utf-8") as text:
            cls.record = json.load(text)
        cls.effects = {effect["name"]: effect for effect in cls.record["modalities"][0]["effects"]}

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def image(self, effect, name, out=None):
        return nibabel.load(f"{out or self.out}/pet/{effect}/{name}.nii.gz")

    def data(self, effect, name, out=None):
        return np.asanyarray(self.image(effect, name, out).dataobj)

    def test_files_are_those_promised(self):
        names = {"mask.nii.gz", "n.nii.gz", "quality.tsv", "quality.json", "summary.tsv", "summary.json", "results.h5",
                 "run.json"}
        for effect, maps in MAPS.items():
            names |= {f"pet/{effect}/{name}.nii.gz" for name in maps} | {f"pet/{effect}/clusters.tsv"}
        found = set(files_of(self.out))
        pictures = {name for name in found if name.startswith("figures/") and name.endswith((".png", ".svg"))}
        self.assertEqual(found - pictures, names | {"report.html"})
        self.assertEqual(set(self.record["files"]), found)
        self.assertEqual([name for name in os.listdir(self.folder) if "partial" in name], [])

    def test_headers_are_those_of_the_inputs(self):
        intents = {"t": "t test", "z": "z score", "r": "correlation", "p-fdr": "log10 p value",
                   "p-fwe-extent": "log10 p value", "clusters": "label"}
        for effect, maps in MAPS.items():
            for name in maps:
                image = self.image(effect, name)
                self.assertEqual(image.shape, SHAPE)
                sform, code = image.get_sform(coded=True)
                self.assertEqual(code, 4)
                np.testing.assert_array_equal(sform, SFORM.astype(np.float32))
                qform, code = image.get_qform(coded=True)
                self.assertEqual(code, 1)
                np.testing.assert_allclose(qform, QFORM, atol=1e-6)  # through a float32 quaternion
                self.assertEqual(image.get_data_dtype(), np.int32 if name == "clusters" else np.float32)
                if name in intents:
                    self.assertEqual(image.header.get_intent()[0], intents[name], name)
                self.assertIn(self.record["voxstat_version"], str(image.header["descrip"]))
                self.assertEqual("-log10 p" in str(image.header["descrip"]), name.startswith("p-"))
        self.assertEqual(self.image("change", "t").header.get_intent()[1], (N - 1,))
        self.assertEqual(self.image("rapa_level", "t").header.get_intent()[1], (N - 2,))
        self.assertEqual(self.image("rapa_level", "r").header.get_intent()[1], (N - 2,))

    def test_viewers_open_maps_at_their_thresholds(self):
        """cal_min and cal_max: t from the forming threshold on, p from 0.05 on; nothing is said of other maps."""
        shown = lambda image: (float(image.header["cal_min"]), float(image.header["cal_max"]))
        for effect, maps in MAPS.items():
            for name in maps:
                expected = (0, 0)
                if name == "t":
                    threshold = self.effects[effect]["clusters"]["threshold_t"]
                    expected = (threshold, max(abs(self.data(effect, name)).max(), 1.25 * threshold))
                elif name.startswith("p-"):
                    expected = (-np.log10(0.05), max(self.data(effect, name).max(), 2))
                np.testing.assert_allclose(shown(self.image(effect, name)), expected, rtol=1e-6, err_msg=name)

    def test_mask_is_the_voxels_analysed(self):
        mask = nibabel.load(self.out + "/mask.nii.gz")
        self.assertEqual(mask.get_data_dtype(), np.uint8)
        np.testing.assert_array_equal(np.asanyarray(mask.dataobj), self.mask)
        self.assertEqual(self.record["modalities"][0]["mask"]["voxels"], self.mask.sum())

    def test_statistics_are_scipys(self):
        # Float32 maps, and for t data that the engine holds in float32: 1e-5 of the largest value.
        y = self.change[:, self.mask]
        t = stats.ttest_1samp(y, 0).statistic
        np.testing.assert_allclose(self.data("change", "t")[self.mask], t, rtol=1e-5, atol=1e-5 * abs(t).max())
        r = np.array([stats.pearsonr(self.level, column)[0] for column in y.T])
        np.testing.assert_allclose(self.data("rapa_level", "r")[self.mask], r, atol=1e-5)
        self.assertEqual(self.data("change", "t")[0, 0, 0], 0)

    def test_hdf5_holds_the_maps(self):
        with h5py.File(self.out + "/results.h5") as h5:
            for effect, maps in MAPS.items():
                group = h5[f"maps/pet/{effect}"]
                self.assertEqual(set(group), maps)
                for name in maps:
                    np.testing.assert_array_equal(group[name][...], self.data(effect, name))
                    self.assertEqual(group[name].dtype, np.float32)
                    self.assertEqual(group[name].compression, "gzip")
                    np.testing.assert_allclose(group[name].attrs["affine"], self.image(effect, name).affine)
                    self.assertIsInstance(group[name].attrs["units"], str)
                    self.assertEqual(group[name].attrs["p_format"], "log10" if name.startswith("p-") else "n/a")
            np.testing.assert_array_equal(h5["mask"][...], self.mask)

    def test_null_begins_with_the_observed(self):
        with h5py.File(self.out + "/results.h5") as h5:
            for effect, figures in self.effects.items():
                null = h5[f"null/pet/{effect}"]
                self.assertEqual(set(null), {"voxel", "extent", "mass", "tfce", "quantiles", "ranks", "medians"})
                t, label = self.data(effect, "t"), self.data(effect, "clusters")
                np.testing.assert_allclose(null["voxel"][0], abs(t).max(), rtol=1e-5)  # t is float32 in the map
                self.assertEqual(null["extent"][0], np.bincount(label[label > 0], minlength=2).max())
                self.assertEqual(len(null["voxel"]), figures["permutations"]["relabellings"])
                # Phipson & Smyth: p of the maximum is its rank, and no p is smaller.
                p = np.mean(null["voxel"][...] >= null["voxel"][0])
                np.testing.assert_allclose(self.data(effect, "p-fwe-voxel").max(), -np.log10(p), rtol=1e-6)
                self.assertAlmostEqual(figures["p"]["p_fwe_voxel"]["smallest"], p, places=6)
            self.assertEqual(len(h5["null/pet/change/voxel"]), 2**N)

    def test_hdf5_tells_the_run(self):
        with h5py.File(self.out + "/results.h5") as h5:
            self.assertEqual(h5.attrs["voxstat_version"], self.record["voxstat_version"])
            self.assertIn("--covariate rapa_level", h5.attrs["command_line"])
            self.assertEqual(json.loads(h5.attrs["options"]), self.record["options"])
            self.assertEqual(json.loads(h5.attrs["inputs"]), self.record["inputs"])
            for name in ("device", "driver", "started"):
                self.assertTrue(h5.attrs[name])
            self.assertGreater(h5.attrs["seconds_total"], 0)
            self.assertEqual(h5["permutations/kind"].asstr()[()], "sign-flip")
            self.assertEqual(h5["permutations/pet/rapa_level/kind"].asstr()[()], "permutation")
            self.assertEqual(h5["permutations/total"][()], h5["permutations/done"][()])
            self.assertEqual(h5["permutations/total"][()], 2**N)
            design = h5["design/pet/rapa_level"]
            column = list(design["columns"].asstr()[...]).index("rapa_level")
            np.testing.assert_allclose(design["matrix"][:, column], self.level - self.level.mean())
            self.assertEqual(design["contrasts"].shape, (1, 2))
            self.assertEqual(design["contrasts"][0, column], 1)
            self.assertEqual(list(h5["design/participants"].asstr()[...]), [f"sub-{i}" for i in range(N)])

    def test_inputs_are_told_by_their_checksums(self):
        images = [entry for entry in self.record["inputs"] if entry["path"].endswith(".nii.gz")]
        self.assertEqual(len(images), 2 * N)
        for entry in self.record["inputs"]:
            with open(os.path.join(self.folder, entry["path"]), "rb") as file:
                self.assertEqual(entry["sha256"], hashlib.sha256(file.read()).hexdigest())

    def test_cluster_tables_fit_the_maps(self):
        for effect in MAPS:
            t, label, image = self.data(effect, "t"), self.data(effect, "clusters"), self.image(effect, "t")
            p = 10 ** -self.data(effect, "p-fwe-extent").astype(float)
            with open(f"{self.out}/pet/{effect}/clusters.tsv", encoding="ascii", newline="") as table:
                rows = list(csv.DictReader(table, delimiter="\t"))
            self.assertEqual(len(rows), label.max())
            self.assertEqual(len(rows), self.effects[effect]["clusters"]["number"])
            threshold = self.effects[effect]["clusters"]["threshold_t"]
            for row in rows:
                inside = label == int(row["label"])
                peak = tuple(int(row["peak_" + axis]) for axis in "ijk")
                self.assertEqual(inside.sum(), int(row["voxels"]))
                self.assertAlmostEqual(float(row["mm3"]), inside.sum() * abs(np.linalg.det(SFORM[:3, :3])), places=2)
                self.assertEqual(abs(t[peak]), abs(t[inside]).max())
                np.testing.assert_allclose(float(row["peak_t"]), t[peak], rtol=1e-5)
                self.assertEqual(row["sign"], "positive" if t[peak] > 0 else "negative")
                np.testing.assert_allclose([float(row["peak_" + axis]) for axis in "xyz"],
                                           (image.affine @ [*peak, 1])[:3], atol=1e-3)
                # Sums of float32 t against the engine's own fixed point.
                np.testing.assert_allclose(float(row["mass"]), (abs(t[inside]) - threshold).sum(), rtol=1e-3)
                np.testing.assert_allclose(p[inside], float(row["p_extent"]), rtol=1e-5)
        change = self.effects["change"]["clusters"]
        self.assertGreaterEqual(change["number"], 2)  # those planted, one a tail

    def test_p_formats(self):
        plain, minus = self.folder + "/plain", self.folder + "/minus"
        self.assertEqual(run(self.folder, "--p-format", "p", "--out", plain).returncode, 0)
        self.assertEqual(run(self.folder, "--p-format", "1-p", "--out", minus).returncode, 0)
        for effect, maps in MAPS.items():
            for name in (name for name in maps if name.startswith("p-")):
                p = self.data(effect, name, plain)
                self.assertEqual(p[0, 0, 0], 1)  # outside the mask
                self.assertEqual(self.data(effect, name)[0, 0, 0], 0)
                np.testing.assert_allclose(self.data(effect, name), -np.log10(p), rtol=1e-6, atol=1e-7)
                np.testing.assert_allclose(self.data(effect, name, minus), 1 - p, atol=1e-7)
                self.assertEqual(self.image(effect, name, plain).header.get_intent()[0], "p value")
                for out, expected in ((plain, (0, 0.05)), (minus, (0.95, 1))):
                    header = self.image(effect, name, out).header
                    np.testing.assert_allclose((header["cal_min"], header["cal_max"]), expected, rtol=1e-6)

    def test_a_full_disk_keeps_what_fits(self):
        # A limit on file size simulates a full disk: maps fit (under 2 kB), results.h5 and run.json do not. The program
        # inherits that Python ignores SIGXFSZ, so it sees an error and not a signal.
        limit = (3000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        failed = run(self.folder, "--out", "full/results", restore_signals=False,
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertEqual(failed.returncode, 5, failed.stderr)
        self.assertIn("results.h5", failed.stderr)
        self.assertIn(os.strerror(errno.EFBIG), failed.stderr)
        left, = os.listdir(self.folder + "/full")
        self.assertRegex(left, r"^results[.]partial-\w{6}$")
        self.assertIn("what could be written is in full/" + left, failed.stderr)
        found = files_of(f"{self.folder}/full/{left}")
        self.assertIn("pet/change/t.nii.gz", found)
        for name in found:
            self.assertRegex(name, r"^[^.].*[.](nii[.]gz|tsv|json)$")  # nothing half-written
        shutil.rmtree(self.folder + "/full")

    def test_results_are_replaced_only_by_force(self):
        out = self.folder + "/again"
        os.mkdir(out)
        with open(out + "/notes.txt", "w", encoding="ascii") as file:
            file.write("mine")
        refused = run(self.folder, "--out", out)
        self.assertEqual(refused.returncode, 5)
        self.assertIn("--force", refused.stderr)
        refused = run(self.folder, "--out", out, "--force")
        self.assertEqual(refused.returncode, 5)
        self.assertIn("again", refused.stderr)
        self.assertEqual(os.listdir(out), ["notes.txt"])
        os.remove(out + "/notes.txt")
        self.assertEqual(run(self.folder, "--out", out, "--force").returncode, 0)
        self.assertEqual(run(self.folder, "--out", out, "--force", "--p-format", "p").returncode, 0)
        self.assertEqual(self.image("change", "p-fdr", out).header.get_intent()[0], "p value")
        self.assertEqual([name for name in os.listdir(self.folder) if "partial" in name], [])


if __name__ == "__main__":
    unittest.main()

"""The results folder: names that would meet, the summary, a page that is sent alone, folders of the former layout."""
import csv
import hashlib
import html.parser
import json
import re
import shutil
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy

    from voxstat_cli import AFFINE, INPUT, SHAPE, Study, files_of
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

# The second modality has the name of a folder of voxstat's, and the covariate all but that of an effect.
PET, FIGURES = "PET", "figures"
PLACES = [(PET, "change", "PET/change"), (PET, "Change", "PET/Change-2"),
          (FIGURES, "change", "figures-2/change"), (FIGURES, "Change", "figures-2/Change-2")]


class Page(html.parser.HTMLParser):
    """The links and sources of a page, and its text."""

    def __init__(self, path):
        super().__init__()
        self.links, self.sources, self.ids, self.words = [], [], set(), []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            elif name in ("src", "srcset", "poster", "data", "action"):
                self.sources.append(value)
            elif name == "id":
                self.ids.add(value)
            elif not name.startswith("data-") and value:
                self.words.append(value)

    def handle_data(self, data):
        if self.cdata_elem is None:  # programs and styles are not words
            self.words.append(data)


class Folder(Study):
    participants = 7
    made = None

    def setUp(self):
        super().setUp()
        self.out = self.folder / "results"
        if Folder.made:
            shutil.copytree(Folder.made.name + "/results", self.out)
            return
        self.header = ["participant_id", "PET_baseline", "PET_followup", "figures_baseline", "figures_followup",
                       "Change"]
        for i, row in enumerate(self.rows):
            data = self.read_image(row[2])
            data[1:4, 1:4, 1:4] += 5 + i
            self.write_image(row[2], data)
            row[3:] = [row[2], row[1], row[3]]
        self.write_table()
        atlas = numpy.ones(SHAPE)
        atlas[4:] = 2
        self.write_image("atlas.nii.gz", atlas)
        (self.folder / "atlas.tsv").write_text("index\tname\n1\tleft side\n2\tright side\n")
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nA\tone\tleft side\nB\tOne\tright side\n")
        self.assert_done(self.run_program(
            "--design", "paired", "--device", "cpu", "--covariate", "Change", "--table",
            str(self.folder / "participants.tsv"), "--atlas", str(self.folder / "atlas.nii.gz"), "--regions",
            str(self.folder / "planned.tsv"), "--coverage", "0.1", "--cluster-p", "0.005", "--primary", "extent",
            "--correct", "voxel,extent", "--out", "results", "-q"))
        Folder.made = tempfile.TemporaryDirectory(prefix="voxstat-folder-")
        shutil.copytree(self.out, Folder.made.name + "/results")

    def run_json(self):
        return json.loads((self.out / "run.json").read_text())

    def test_every_name_is_its_own(self):
        files = set(files_of(self.out))
        self.assertEqual(len({name.lower() for name in files}), len(files))
        tops = {name.lower(): name for name in files if "/" not in name}
        for name in files:
            if "/" in name:
                self.assertNotIn(name.split("/")[0].lower(), tops)
        run = self.run_json()
        self.assertEqual(run["layout"], 2)
        self.assertEqual(set(run["files"]), files)
        effects = [(modality["name"], effect["name"], effect["files"]) for modality in run["modalities"]
                   for effect in modality["effects"]]
        self.assertEqual(effects, PLACES)
        with h5py.File(self.out / "results.h5") as h5:
            for _, _, place in PLACES:
                self.assertIn(place + "/t.nii.gz", files)
                self.assertIn(place + "/clusters_One-2.tsv", files)
                numpy.testing.assert_array_equal(self.read_image(f"results/{place}/t.nii.gz"), h5[f"maps/{place}/t"])
        for name in ("mask.nii.gz", "PET/mask.nii.gz", "PET/n.nii.gz", "figures-2/mask.nii.gz", "summary.tsv",
                     "figures/PET_change_slices.png", "figures/figures-2_Change-2_slices.svg"):
            self.assertIn(name, files)
        self.assertFalse([name for name in files if name.startswith("figures/") and name[-4:] not in (".png", ".svg")])

    def test_summary_is_the_results(self):
        with open(self.out / "summary.tsv", encoding="utf-8", newline="") as table:
            lines = list(csv.DictReader(table, delimiter="\t"))
        self.assertEqual(set(json.loads((self.out / "summary.json").read_text())), set(lines[0]))
        self.assertEqual([(line["modality"], line["effect"], line["volume"]) for line in lines],
                         [(modality, effect, volume) for modality, effect, _ in PLACES
                          for volume in ("n/a", "one", "One")])
        significant = 0
        effects = {effect["files"]: effect for modality in self.run_json()["modalities"]
                   for effect in modality["effects"]}
        with h5py.File(self.out / "results.h5") as h5:
            for number, line in enumerate(lines):
                place = PLACES[number // 3][2]
                end, part = ("", "_one", "_One-2")[number % 3], ("all", 1, 2)[number % 3]
                maps, effect = h5[f"maps/{place}"], effects[place]
                inside = h5["masks/" + place.split("/")[0]][()] > 0
                if end:
                    inside &= numpy.indices(SHAPE)[0] < 4 if part == 1 else numpy.indices(SHAPE)[0] >= 4
                p, t = numpy.where(inside, 10.0 ** -maps["p-fwe-extent" + end][()].astype(float), 2), maps["t"][()]
                with open(self.out / place / f"clusters{end}.tsv", encoding="utf-8", newline="") as table:
                    clusters = list(csv.DictReader(table, delimiter="\t"))
                told = effect if not end else effect["volumes"][part - 1]
                self.assertEqual((line["n"], line["df"], line["correction"]),
                                 (str(effect["n"]), f"{effect['df']:g}", "extent"))
                self.assertEqual((int(line["voxels"]), int(line["clusters"])), (inside.sum(), len(clusters)))
                self.assertEqual(int(line["voxels_significant"]), told["p"]["p_fwe_extent"]["voxels_below_0_05"])
                self.assertEqual(int(line["voxels_significant"]), (p < 0.05).sum())
                found = [one for one in clusters if float(one["p_extent"]) < 0.05]
                self.assertEqual(int(line["clusters_significant"]), len(found))
                significant += len(found)
                at = min((tuple(voxel) for voxel in numpy.argwhere(inside)),
                         key=lambda voxel, p=p, t=t: (round(p[voxel], 6), -abs(t[voxel])))
                self.assertAlmostEqual(float(line["p"]), p[at], delta=1e-6)
                self.assertAlmostEqual(float(line["peak_t"]), t[at], delta=1e-5)
                numpy.testing.assert_allclose([float(line["peak_" + axis]) for axis in "xyz"], (AFFINE @ [*at, 1])[:3])
                self.assertEqual(line["peak_region"], "left side" if at[0] < 4 else "right side")
        self.assertGreater(significant, 0)  # or the counts show nothing

    def test_the_page_sent_alone(self):
        (self.folder / "elsewhere").mkdir()
        sent = shutil.move(self.out / "report.html", self.folder / "elsewhere/report.html")
        shutil.rmtree(self.out)
        page = Page(sent)
        self.assertTrue(page.links)
        for link in page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], page.ids)
            else:
                self.assertRegex(link, "^(https?:|data:)")
        for source in page.sources:
            self.assertTrue(source.startswith("data:"), source[:50])
        words = "\n".join(page.words)
        self.assertIn("figures/PET_change_slices.png", words)
        self.assertIn("--atlas atlas.nii.gz", words)  # the last part of an absolute path
        self.assertNotIn(str(self.folder.parent), page.source.replace("\\/", "/"))
        self.assertEqual(re.findall(r"(?:^|[\s\"'=(,])(/[\w.-]+/[\w./-]+)", words), [])

    def make_former(self, **changed):
        """Turns the folder into one of layout 1, as voxstat 0.1.0 wrote it."""
        run = self.run_json()
        moved = {name: name.replace("figures/", "").replace("/", "_") for name in run["files"]}
        for name, to in moved.items():
            shutil.move(self.out / name, self.out / to)
        for path in [path for path in self.out.iterdir() if path.is_dir()]:
            shutil.rmtree(path)
        del run["layout"]
        run.update(changed, files=[moved[name] for name in run["files"]],
                   checksums={moved[name]: sha256 for name, sha256 in run["checksums"].items()}, run_sha256="0" * 64)
        text = json.dumps(run).encode()
        (self.out / "run.json").write_bytes(text.replace(b"0" * 64, hashlib.sha256(text).hexdigest().encode()))

    def test_a_former_layout_is_refused_with_what_to_do(self):
        self.make_former(voxstat_version="0.1.0", command_line="voxstat --design paired --out results")
        for command in ("show", "report", "nidm", "figure"):
            self.assert_refused(INPUT, ["results: ", "voxstat 0.1.0", "layout 1", "layout 2",
                                        "voxstat --design paired --out results"], command, "results",
                                run=self.run_program)

    def test_a_later_layout_is_refused_with_what_to_do(self):
        run = json.loads((self.out / "run.json").read_text())
        run.update(layout=3, voxstat_version="9.1.0")
        (self.out / "run.json").write_text(json.dumps(run))
        for command in ("show", "report", "nidm", "figure"):
            self.assert_refused(INPUT, ["voxstat 9.1.0", "layout 3", "layout 2", "Use that version, or a later one\n"],
                                command, "results", run=self.run_program)

    def test_a_former_layout_is_replaced_by_force(self):
        self.make_former(voxstat_version="0.1.0")
        self.assertTrue((self.out / "PET_change_t.nii.gz").exists())
        done = self.run_program("--design", "paired", "--device", "cpu", "--modality", "pet", "--out", "results",
                                "--force", "-q")
        self.assert_done(done)
        files = set(files_of(self.out))
        self.assertFalse([name for name in files if name.startswith("PET")])
        self.assertIn("pet/change/t.nii.gz", files)

    def test_a_former_layout_with_a_file_of_the_user_is_kept(self):
        self.make_former()
        (self.out / "notes.tsv").write_text("mine")
        before = files_of(self.out)
        done = self.run_program("--design", "paired", "--device", "cpu", "--out", "results", "--force", "-q")
        self.assertIn("notes.tsv: was not written by voxstat", done.stderr)
        self.assertEqual(files_of(self.out), before)

    def test_folders_of_the_user_are_kept(self):
        for name in ("thesis", "PET/thesis", "figures/thesis"):
            (self.out / name).mkdir()
            done = self.run_program("--design", "paired", "--device", "cpu", "--out", "results", "--force", "-q")
            self.assertIn(f"{name}: was not written by voxstat", done.stderr)
            (self.out / name).rmdir()

    def test_a_link_in_the_place_of_the_pictures(self):
        elsewhere = self.folder / "elsewhere"
        shutil.move(self.out / "figures", elsewhere)
        before = files_of(elsewhere)
        (self.out / "figures").symlink_to(elsewhere)
        done = self.run_program("report", "results")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("figures", done.stderr)
        self.assertEqual(files_of(elsewhere), before)


if __name__ == "__main__":
    unittest.main()

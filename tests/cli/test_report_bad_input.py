#!/usr/bin/python3
"""A folder that cannot be reported on, and a template that does not fit, are refused by name, and nothing is lost."""
import json
import resource
import shutil
import subprocess
import sys
import unittest

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

import report_cli
import voxstat_cli
from voxstat_cli import INPUT, OK, OUTPUT, files_of


class ReportBadInput(report_cli.Report):
    def test_a_template_elsewhere(self):
        self.run_report()
        before = files_of(self.folder / "results")
        affine = voxstat_cli.AFFINE.copy()
        affine[0, 3] += 500
        self.write_image("template.nii", np.ones(voxstat_cli.SHAPE) + np.indices(voxstat_cli.SHAPE)[0], affine)
        self.assert_refused(INPUT, ["template.nii", "not in the space"], "--template", "template.nii", run=self.report)
        self.assert_refused(INPUT, ["template", "nowhere.nii"], "--template", "nowhere.nii", run=self.report)
        self.assertEqual(files_of(self.folder / "results"), before)
        self.assert_refused(INPUT, ["nowhere.nii"], "--out", "other", "--template", "nowhere.nii")  # before computing
        done = self.run_paired("--out", "other", "--template", "template.nii", "-q")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("the results are complete in other, but there is no report", done.stderr)
        self.assertTrue((self.folder / "other/results.h5").exists())

    def broken(self, words, change, status=INPUT):
        shutil.rmtree(self.folder / "broken", ignore_errors=True)
        shutil.copytree(self.folder / "results", self.folder / "broken")
        change(self.folder / "broken")
        before = files_of(self.folder / "broken")
        done = self.report(out="broken")
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(files_of(self.folder / "broken"), before)

    def test_broken_folders(self):
        self.run_report()

        def edit(change):
            def act(folder):
                record = json.loads((folder / "run.json").read_text())
                change(record)
                (folder / "run.json").write_text(json.dumps(record))
            return act

        def cut(name, size):
            def act(folder):
                data = (folder / name).read_bytes()
                (folder / name).write_bytes(data[:size])
            return act

        def delete(path):
            def act(folder):
                with h5py.File(folder / "results.h5", "a") as h5:
                    del h5[path]
            return act

        def shorten(folder):
            with h5py.File(folder / "results.h5", "a") as h5:
                values = h5["null/pet/change/voxel"][:-1]
                del h5["null/pet/change/voxel"]
                h5["null/pet/change/voxel"] = values

        self.broken(["no run.json"], lambda folder: (folder / "run.json").unlink())
        self.broken(["run.json", "damaged"], cut("run.json", 300))
        self.broken(["not voxstat's"], lambda folder: (folder / "run.json").write_text("{}"))
        self.broken(["voxstat 9.1.0"], edit(lambda record: record.update(voxstat_version="9.1.0")))
        self.broken(["number", "-3"],
                    edit(lambda record: record["modalities"][0]["effects"][1]["clusters"].update(number=-3)))
        self.broken(["modalities"], edit(lambda record: record.pop("modalities")))
        self.broken(["modalities"], edit(lambda record: record.update(modalities=[])))
        self.broken(["pet", "effects"], edit(lambda record: record["modalities"][0].update(effects=[])))
        self.broken(["hdf5", "older"], edit(lambda record: record["modalities"][0]["effects"][1].pop("hdf5")))
        self.broken(["tails", "sideways"],
                    edit(lambda record: record["modalities"][0]["effects"][0].update(tails="sideways")))
        self.broken(["results.h5", "missing"], lambda folder: (folder / "results.h5").unlink())
        self.broken(["results.h5", "damaged"], cut("results.h5", 5000))
        for path in ("mean/pet", "null/pet/level/voxel", "maps/pet/change/t", "clusters/pet/change", "mask",
                     "design/pet/level/raw", "participants/pet"):
            self.broken(["results.h5", path.split("/")[0], "older"], delete(path))
        self.broken(["null/pet/change/voxel", "not of one run"], shorten)
        self.broken(["pet/level/clusters.tsv"], lambda folder: (folder / "pet/level/clusters.tsv").unlink())
        self.broken(["pet/level/clusters.tsv"], cut("pet/level/clusters.tsv", 150))
        done = self.report(out="nowhere")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("nowhere: there is no such folder", done.stderr)
        done = self.run_program("report")
        self.assertEqual(done.returncode, INPUT)
        self.assertIn("no results here", done.stderr)

    def test_a_full_disk_leaves_the_old_report(self):
        self.run_report()
        out = self.folder / "results"
        before = {name: data for name, data in files_of(out).items() if name != "run.json"}
        limit = (100000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        done = subprocess.run([voxstat_cli.PROGRAM, "report", str(out)], capture_output=True, text=True, check=False,
                              restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertEqual(done.returncode, OUTPUT, done.stderr)
        after = {name: data for name, data in files_of(out).items() if name != "run.json"}
        self.assertEqual(after, before)
        self.assertEqual(self.report().returncode, OK)


if __name__ == "__main__":
    unittest.main()

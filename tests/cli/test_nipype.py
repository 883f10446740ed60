"""contrib/nipype: its inputs are the options of `voxstat run`, its outputs the files of a run."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import nipype.interfaces.base as nipype
except ImportError as missing:
    print("SKIP:", missing)
    sys.exit(77)

PROGRAM = pathlib.Path(os.environ["VOXSTAT"])
SOURCE = pathlib.Path(os.environ["VOXSTAT_SOURCE"])
sys.path.insert(0, str(SOURCE / "contrib/nipype"))
os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"

import voxstat # pylint: disable=wrong-import-position

TABLE = str(SOURCE / "sample_data/participants.tsv")


def manual():
    """{option: its text in the manual page of `voxstat run`}"""
    page = subprocess.run([PROGRAM, "run", "--help=man"], text=True, capture_output=True, check=True).stdout
    options = page[page.index(".SH OPTIONS\n"):page.index('.SH "ENVIRONMENT"')].replace("\\-", "-").split(".TP\n")[1:]
    return {re.search(r"\\fB--([a-z0-9-]+)\\fR", text)[1]: text for text in options}


class Interface(unittest.TestCase):
    def test_inputs_are_the_options(self):
        inputs = set(voxstat.VoxstatInputSpec().copyable_trait_names()) - {"args", "environ"}
        options = set(manual()) - {"help", "version"}
        self.assertEqual({name.replace("_", "-") for name in inputs}, options)
        for name in inputs:
            argstr = voxstat.VoxstatInputSpec().trait(name).argstr
            self.assertEqual(argstr.split()[0], "--" + name.replace("_", "-"))

    def test_choices_are_those_of_the_options(self):
        seen = 0
        for option, text in manual().items():
            trait = voxstat.VoxstatInputSpec().trait(option.replace("-", "_"))
            choices = re.search(r" (One|Some) of: \\fB(.*?)\\fR\.", text)
            if not choices:
                continue
            expected = choices[2].split("\\fR, \\fB")
            enum = trait if choices[1] == "One" else trait.inner_traits[0]
            self.assertEqual(sorted(str(value) for value in enum.handler.values), sorted(expected), option)
            seen += 1
        self.assertGreater(seen, 8)

    def test_the_program_takes_what_the_inputs_write(self):
        """Every input once; --help at the end keeps the run from starting, and comes after every value is checked."""
        values = {
            "missing": ["NA", "-9"], "derive": ["a = b / c", "d = log(a)"], "log": ["a"], "auc": ["e = f@0 g@1.5"],
            "below_quantification": "sqrt2", "wilcoxon_zeros": "pratt", "expected": TABLE, "interval_weeks": 26.0,
            "covariate": ["a", "b"], "nuisance": ["c"], "joint": True, "correlation": "spearman", "modality": ["pet"],
            "sessions": ["x", "y"], "mask": TABLE, "mask_threshold": -1.5, "orientation": "radiological",
            "atlas": TABLE, "atlas_names": TABLE, "regions": TABLE, "coverage": 0.25, "peak_distance": 12.0,
            "regrid": 2.5, "regrid_method": "cubic", "smooth": 8.0, "smooth_to": 10.0,
            "mask_level": 0.5, "mask_relative": 0.8, "exclude": ["a", "b"],
            "keep_prepared": True, "keep_zeros": True, "grid_tolerance": 0.1, "reference": ["pet=atlas:pons", "b.nii"],
            "reference_erode": 2.5, "scale": ["none", "pet=reference"],
            "pvc": ["mg", "cbf=none"], "psf": "6,6.5,7", "pvc_grey": "p1", "pvc_white": "p2",
            "suv": ["pet"], "change": ["percent", "gm=difference"], "units": ["pet=mg/100 g/min"],
            "permutations": 100, "seed": 2**63,
            "sensitivity": ["scale=none,global", "smooth=0,6"], "tails": "neg", "correct": ["voxel", "fdr"], "primary": "mass", "cluster_p": 1e-5,
            "cluster_t": 3.25, "connectivity": 6, "tfce_e": 0.5, "tfce_h": 2.0, "tfce_preset": "palm",
            "p_format": "1-p", "template": TABLE, "device": "cpu", "threads": 2, "memory_limit": "2G", "out": "o",
            "bids": str(SOURCE), "derivatives": ["a", "b"], "bids_filter": ["pet:pvc=none,desc=preproc", "cbf:desc=x"],
            "frames": "30-60min", "force": True, "leftovers": "remove", "progress": "none", "quiet": True, "verbose": True,
        }
        inputs = set(voxstat.VoxstatInputSpec().copyable_trait_names()) - {"args", "environ", "design", "table"}
        self.assertEqual(set(values), inputs)
        for name, value in values.items():
            with_it = ({"atlas": TABLE} if name in ("atlas_names", "regions", "coverage") else
                       {"interval_weeks": 1.0} if name == "expected" else
                       {"bids": str(SOURCE)} if name in ("bids", "derivatives", "bids_filter") else
                       {"pvc": ["mg"], "psf": 6.0} if name in ("psf", "pvc_grey", "pvc_white") else
                       {"regrid": TABLE} if name == "regrid_method" else {})
            study = {} if "bids" in with_it else {"table": TABLE}
            line = voxstat.Voxstat(design="paired", **study, **{**with_it, name: value}).cmdline
            done = subprocess.run(line + " --help", shell=True, text=True, capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        for value in ("auto", "exact", 0):
            self.assertIn(f"--permutations {value}",
                          voxstat.Voxstat(design="paired", table=TABLE, permutations=value).cmdline)
        self.assertIn("--covariate a,b --design", voxstat.Voxstat(design="paired", table=TABLE,
                                                                  covariate=["a", "b"]).cmdline)

    def test_what_voxstat_would_refuse_is_no_value(self):
        for wrong in ({"cluster_p": 0.5}, {"connectivity": 27}, {"permutations": -1}, {"correct": ["sidak"]},
                      {"table": "/not/here.tsv"}, {"covariate": []}, {"tfce_e": 0.0}):
            with self.assertRaises(nipype.traits.TraitError, msg=wrong):
                voxstat.Voxstat(**wrong)

    def test_outputs_are_what_is_on_the_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            out, table = pathlib.Path(folder) / "results", pathlib.Path(folder) / "two.tsv"
            lines = [line.split("\t") for line in pathlib.Path(TABLE).read_text(encoding="utf-8").splitlines()]
            level = lines[0].index("rapa_level")
            rows = ["participant_id\tpet_baseline\tpet_followup\tback_baseline\tback_followup\trapa_level"]
            for line in lines[1:]: # a second modality: the same images, the other way round
                images = [f"{SOURCE}/sample_data/{line[0]}_ses-{session}_pet.nii.gz" for session in
                          ("baseline", "followup", "followup", "baseline")]
                rows.append("\t".join([line[0], *images, line[level]]))
            table.write_text("\n".join(rows) + "\n", encoding="utf-8")
            run = voxstat.Voxstat(design="paired", table=str(table), covariate=["rapa_level"], permutations=20,
                                  device="cpu",
                                  correct=["voxel", "extent", "fdr"], out=str(out))
            outputs = run.run().outputs.get()
            on_disk = {str(path) for path in out.rglob("*") if path.is_file()}
            self.assertEqual(set(outputs["files"]), on_disk)
            self.assertEqual((outputs["mask"], outputs["results"], outputs["record"], outputs["report"],
                              outputs["out"]),
                             (f"{out}/mask.nii.gz", f"{out}/results.h5", f"{out}/run.json", f"{out}/report.html",
                              str(out)))
            listed = set()
            for name, value in outputs.items():
                if isinstance(value, list) and name not in ("files", "figures", "cluster_tables", "modality_masks",
                                                            "n_maps"):
                    pattern = f"*/*/{name.replace('_', '-')}.nii.gz"
                    self.assertEqual(set(value), {str(path) for path in out.glob(pattern)}, name)
                    listed |= set(value)
            self.assertEqual(outputs["report"], f"{out}/report.html")
            self.assertEqual(outputs["quality"], f"{out}/quality.tsv")
            self.assertEqual(outputs["summary"], f"{out}/summary.tsv")
            self.assertEqual(set(outputs["figures"]), {str(path) for path in (out / "figures").iterdir()})
            self.assertEqual(outputs["modality_masks"], [f"{out}/back/mask.nii.gz", f"{out}/pet/mask.nii.gz"])
            self.assertEqual(outputs["n_maps"], [f"{out}/back/n.nii.gz", f"{out}/pet/n.nii.gz"])
            self.assertEqual(listed, {name for name in on_disk if name.endswith(".nii.gz")} - {outputs["mask"]} -
                             set(outputs["modality_masks"]) - set(outputs["n_maps"]))
            effects = ["back/change", "back/rapa_level", "pet/change", "pet/rapa_level"]
            self.assertEqual(outputs["t"], [f"{out}/{effect}/t.nii.gz" for effect in effects])
            self.assertEqual(outputs["cluster_tables"], [f"{out}/{effect}/clusters.tsv" for effect in effects])
            for undefined in ("tfce", "p_fwe_tfce", "rho"):
                self.assertFalse(nipype.isdefined(outputs[undefined]), undefined)


if __name__ == "__main__":
    unittest.main()

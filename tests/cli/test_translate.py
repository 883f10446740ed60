"""`voxstat translate`: commands of randomise and PALM in ours. Truth: nipype's own interface to randomise (which
options there are), SciPy (thresholds), and NumPy's least squares (what a printed command tests, once it is run)."""
import itertools
import os
import pathlib
import shlex
import subprocess
import unittest

import nibabel
import numpy as np
from scipy import stats

from voxstat_cli import AFFINE, INPUT, OK, PROGRAM, SHAPE, USAGE, Study

os.environ.setdefault("FSLOUTPUTTYPE", "NIFTI_GZ") # nipype asks for it
try:
    from nipype.interfaces import fsl
except ImportError:
    fsl = None


def vest(matrix):
    """The text that FSL's own tools write."""
    rows = "\n".join("\t".join(f"{value:e}" for value in row) for row in matrix)
    return f"/NumWaves\t{len(matrix[0])}\n/NumPoints\t{len(matrix)}\n/PPheights\t1\n\n/Matrix\n{rows}\n"


class Translate(Study):
    participants = 0

    def setUp(self):
        super().setUp()
        (self.folder / "participants.tsv").unlink()

    def translate(self, *words):
        """The words of the command that is printed, and the notes."""
        done = self.run_program("translate", *words)
        self.assert_done(done)
        self.assertEqual(done.stdout.count("\n"), 1)
        ours = shlex.split(done.stdout)
        self.assertEqual(ours[0], "voxstat")
        for line in done.stderr.splitlines():
            self.assertTrue(line.startswith("note: "), line)
        return ours[1:], done.stderr

    def options(self, *words):
        ours, _ = self.translate(*words)
        options, i = {}, 0
        while i < len(ours):
            takes = i + 1 < len(ours) and not ours[i + 1].startswith("--")
            options[ours[i]] = ours[i + 1] if takes else None
            i += 1 + takes
        return options

    def refuse(self, status, words, *command):
        self.assert_refused(status, words, *command, run=lambda *a: self.run_program("translate", *a))

    def design(self, matrix, contrasts):
        (self.folder / "design.mat").write_text(vest(matrix))
        (self.folder / "design.con").write_text(vest(contrasts))

    # ---- randomise ----

    def test_one_sample(self):
        quoted = self.translate("randomise -i 4D.nii.gz -o out -1 -T -n 500")
        self.assertEqual(quoted, self.translate("randomise", "-i", "4D.nii.gz", "-o", "out", "-1", "-T", "-n", "500"))
        self.assertEqual(shlex.join(quoted[0]), "--design onesample --modality 4D --permutations 500 --tails pos "
                         "--correct tfce --connectivity 6 --tfce-preset fsl --p-format 1-p --out out")
        self.assertIn("participant_id 4D\n", quoted[1])

    def test_names_with_blanks_stay_whole(self):
        ours, notes = self.translate('/opt/fsl/bin/randomise -i "my data.nii.gz" -o "a b" -1 -x')
        self.assertEqual(ours[-1], "a b")
        self.assertIn("`fslsplit 'my data.nii.gz' my-data_ -t`", notes)

    def test_thresholds_and_mask(self):
        options = self.options("randomise -i a -o b -1 -c 3.1 -C 3.10 -x -m m.nii --seed=7")
        self.assertEqual([options[key] for key in ("--correct", "--cluster-t", "--connectivity", "--mask", "--seed")],
                         ["voxel,extent,mass", "3.1", "26", "m.nii", "7"])
        self.assertEqual(options["--permutations"], "5000") # randomise's own number
        self.refuse(USAGE, ["-c 3.1", "-C 2.3"], "randomise -i a -o b -1 -c 3.1 -C 2.3")

    def test_tfce(self):
        options = self.options("randomise -i a -o b -1 --T2")
        self.assertEqual([options[key] for key in ("--correct", "--tfce-e", "--connectivity", "--tfce-preset")],
                         ["tfce", "1", "26", "fsl"])
        options = self.options("randomise -i a -o b -1 -T --tfce_H=1.50 --tfce_E=0.60 --tfce_C=26.00")
        self.assertEqual([options[key] for key in ("--tfce-h", "--tfce-e", "--connectivity")], ["1.5", "0.6", "26"])
        self.assertNotIn("--tfce-preset", options) # other tools' steps know H = 2 only

    def test_what_has_no_counterpart_is_told(self):
        _, notes = self.translate("randomise -i a -o b -1 -x -R --uncorrp -P -N -v 5 --twopass")
        self.assertIn("note: -v 5: Variances are not smoothed", notes)
        self.assertIn("--twopass", notes)
        self.assertNotIn("-R", notes)

    def test_tests_that_are_not_there_are_refused(self):
        for option in ("-f d.fts", "-F 2", "-S 2", "--fonly", "--permuteBlocks", "--vxl=1", "--multi=2"):
            self.refuse(USAGE, [option.split("=")[0].split()[0], "not there"], f"randomise -i a -o b -1 {option}")
        self.refuse(USAGE, ["--frob"], "randomise -i a -o b -1 --frob")
        self.refuse(USAGE, ["-i"], "randomise -o b -1")
        self.refuse(USAGE, ["neither -1 nor"], "randomise -i a -o b -T")
        self.refuse(USAGE, ["-n", "missing"], "randomise -i a -o b -1 -n")
        self.refuse(USAGE, ["ls"], "ls -l")
        self.refuse(USAGE, ["plain command"], "randomise -i a | tee b")
        self.refuse(USAGE, ["--permutations", "many"], "randomise -i a -o b -1 -n many")
        self.refuse(USAGE, ["COMMAND"])

    @unittest.skipUnless(fsl, "no nipype")
    def test_every_option_that_nipype_gives_randomise(self):
        """None is unknown, in the spelling that nipype gives it."""
        seen = 0
        (self.folder / "x.grp").write_text(vest([[1]] * 4))
        for name, trait in fsl.Randomise.input_spec().traits(argstr=lambda text: text is not None).items():
            if name in ("args", "in_file", "base_name"):
                continue
            text = trait.argstr
            words = shlex.split(text % ("x.grp" if "%s" in text else 2) if "%" in text else text)
            done = self.run_program("translate", "randomise", "-i", "4D.nii", "-o", "out", "-1", *words)
            self.assertNotIn("knows no option", done.stderr, words)
            self.assertIn(done.returncode, (OK, USAGE), done.stderr)
            seen += 1
        self.assertGreater(seen, 20)

    # ---- designs ----

    def test_which_columns_are_tested(self):
        matrix = [[1, 30, 0.5], [1, 40, -0.5], [1, 55, 0.25], [1, 31, -0.25]]
        cases = [ # contrasts, covariate, joint, nuisance, tails
            ([[0, 1, 0]], "ev2", False, "ev3", "pos"), ([[0, -2, 0]], "ev2", False, "ev3", "neg"),
            ([[0, 0, 1], [0, 0, -1]], "ev3", False, "ev2", "two"),
            ([[0, 1, 0], [0, 0, 1]], "ev2,ev3", True, None, "pos"),
            ([[1, 0, 0]], None, False, "ev2,ev3", "pos"), ([[-1, 0, 0]], None, False, "ev2,ev3", "neg"),
        ]
        for contrasts, covariate, joint, nuisance, tails in cases:
            self.design(matrix, contrasts)
            options = self.options("randomise -i a.nii -o b -d design.mat -t design.con -x")
            self.assertEqual((options.get("--covariate"), "--joint" in options, options.get("--nuisance"),
                              options["--tails"]), (covariate, joint, nuisance, tails), contrasts)
        self.design(matrix, [[0, 1, 0], [0, 0, 1]])
        options = self.options("randomise -i a.nii -o b -d design.mat -t design.con -x --skipTo=2")
        self.assertEqual((options["--covariate"], options["--nuisance"]), ("ev3", "ev2"))
        self.design([row[1:] for row in matrix], [[1, 0]]) # the mean is out of the data
        self.assertEqual(self.options("randomise -i a -o b -D -x -d design.mat -t design.con")["--covariate"], "ev1")

    def test_a_mean_elsewhere_is_told(self):
        self.design([[1, 30], [1, 40], [1, 55]], [[1, 0]])
        self.assertIn("ev2 not of mean 0", self.translate("randomise -i a -o b -x -d design.mat -t design.con")[1])
        self.design([[1, -1], [1, 0.5], [1, 0.5]], [[1, 0]])
        self.assertNotIn("mean 0", self.translate("randomise -i a -o b -x -d design.mat -t design.con")[1])

    def test_designs_that_are_not_there_are_refused(self):
        command = "randomise -i a -o b -x -d design.mat -t design.con"
        groups = [[1, 0], [1, 0], [0, 1], [0, 1]]
        cases = [
            (groups, [[1, -1]], USAGE, ["contrast 1", "2 columns"]), (groups, [[1, 0]], USAGE, ["groups"]),
            ([[3], [5], [9]], [[1]], USAGE, ["no column of ones"]),
            ([[1, 3], [1, 5], [1, 9]], [[1, 0], [0, 1]], USAGE, ["mean and covariates"]),
            ([[1, 2], [1, 2], [1, 2]], [[1, 0]], USAGE, ["full rank"]),
            ([[1, 3], [1, 5], [1, 9]], [[0, 1, 0]], INPUT, ["3 columns", "2"]),
        ]
        for matrix, contrasts, status, words in cases:
            self.design(matrix, contrasts)
            self.refuse(status, words, command)
        self.design([[1, 3], [1, 5], [1, 9]], [[1, 0]])
        self.refuse(USAGE, ["-D takes"], command + " -D")
        self.refuse(INPUT, ["no contrast 2"], command + " --skipTo 2")

    def test_files_that_are_not_matrices(self):
        self.design([[1], [1]], [[1]])
        for text, words in (("/Matrix\n1 2\n1\n", ["line 3", "expected 2"]), ("/Matrix\n1 x\n", ["line 2", "'x'"]),
                            ("/NumWaves 3\n/Matrix\n1 2\n", ["/NumWaves"]), ("", ["no matrix"]),
                            ("/Matrix\nnan nan\n", ["'nan'"])):
            (self.folder / "design.mat").write_text(text)
            self.refuse(INPUT, ["design.mat", *words], "randomise -i a -o b -x -d design.mat -t design.con")

    def test_a_design_elsewhere(self):
        ours, notes = self.translate("randomise -i a -o b -x -d /not/here.mat -t design.con")
        self.assertEqual(ours[ours.index("--covariate") + 1], "COLUMN")
        self.assertIn("/not/here.mat: No such file", notes)

    def test_blocks(self):
        (self.folder / "one.grp").write_text(vest([[1]] * 4))
        (self.folder / "two.grp").write_text(vest([[1], [1], [2], [2]]))
        self.translate("randomise -i a -o b -1 -x -e one.grp")
        self.refuse(USAGE, ["two.grp", "exchangeability blocks"], "randomise -i a -o b -1 -x -e two.grp")

    # ---- PALM ----

    def test_palm(self):
        self.design([[1, 3], [1, 5], [1, 9]], [[0, 1]])
        options = self.options("palm -i x/a.nii.gz -i b.nii -d design.mat -t design.con -T -C 3.1 -Cstat mass -logp "
                               "-twotail -fdr -n 500 -seed 5 -o p -savemax -noniiclass")
        self.assertEqual(options.pop("--cluster-p"), f"{stats.norm.sf(3.1):.6g}")
        self.assertEqual(options, {
            "--design": "onesample", "--modality": "a,b", "--covariate": "ev2", "--permutations": "500", "--seed": "5",
            "--tails": "two", "--correct": "voxel,mass,tfce,fdr", "--connectivity": "6", "--tfce-preset": "palm",
            "--p-format": "log10", "--out": "p"})

    def test_palm_without_a_design(self):
        options = self.options("palm -i a.nii") # a column of ones, both ways, 10,000 times, plain p
        self.assertEqual([options[key] for key in ("--tails", "--permutations", "--p-format", "--correct", "--out")],
                         ["two", "10000", "p", "voxel", "palm"])
        self.assertNotIn("--covariate", options)

    def test_palm_notes_and_refusals(self):
        _, notes = self.translate("palm -i a.nii -accel tail -corrmod -seed twist -ee -fdr BH -C 2.5")
        for words in ("-accel", "-corrmod", "twist", "-ee", "-fdr", "-Cstat"):
            self.assertIn(words, notes)
        for option in ("-npc", "-mv Wilks", "-eb", "-vg auto", "-whole", "-evperdat", "-s lh.white 1", "-inormal"):
            self.refuse(USAGE, [option.split()[0]], f"palm -i a.nii {option}")
        self.refuse(USAGE, ["-Cstat density"], "palm -i a.nii -C 3 -Cstat density")
        self.refuse(USAGE, ["by F"], "palm -i a.nii -d design.mat")

    # ---- the printed command, run ----

    def run_translated(self, data, matrix, command):
        """Does what the notes say, runs what was printed, and gives the folder of the results."""
        ours, notes = self.translate(command)
        line = next(line for line in notes.splitlines() if "write participants.tsv" in line)
        columns = line.split("columns: ")[1].split(";")[0].split()
        rows = ["\t".join(columns)]
        for i, image in enumerate(data):
            name = f"{columns[1]}_{i:04}.nii.gz"
            nibabel.Nifti1Image(image, AFFINE).to_filename(self.folder / name)
            rows.append("\t".join([f"sub-{i}", name] + [f"{matrix[i][int(ev[2:]) - 1]:e}" for ev in columns[2:]]))
        (self.folder / "participants.tsv").write_text("\n".join(rows) + "\n")
        done = subprocess.run([PROGRAM, *ours, "--device", "cpu"], cwd=self.folder, text=True, capture_output=True,
                              check=False, timeout=100)
        self.assert_done(done)
        return pathlib.Path(ours[ours.index("--out") + 1])

    @staticmethod
    def t_of(data, matrix, contrast):
        y, x = data.reshape(len(data), -1).astype(float), np.array(matrix, float)
        beta, _, _, _ = np.linalg.lstsq(x, y, rcond=None)
        variance = ((y - x @ beta) ** 2).sum(0) / (len(x) - x.shape[1])
        c = np.array(contrast, float)
        return (c @ beta / np.sqrt(variance * (c @ np.linalg.inv(x.T @ x) @ c))).reshape(SHAPE)

    def test_the_printed_command_tests_the_same(self):
        """t of the design as it stands in design.mat, by plain least squares, for a covariate, two and a mean."""
        random = np.random.default_rng(3)
        n = 9
        x = random.normal(size=(n, 2))
        matrix = np.column_stack([np.ones(n), x - x.mean(0)])
        data = (10 + random.normal(size=(n, *SHAPE))).astype(np.float32)
        cases = [([0, 1, 0], "ev2"), ([0, 0, -1], "ev3"), ([1, 0, 0], "mean")]
        for number, (contrast, effect) in enumerate(cases):
            self.design(matrix.tolist(), [contrast])
            out = self.run_translated(data, matrix, f"randomise -i all.nii.gz -o out{number} -d design.mat "
                                      "-t design.con -x -n 50")
            t = nibabel.load(self.folder / out / f"all_{effect}_t.nii.gz").get_fdata()
            expected = self.t_of(data, matrix, np.abs(contrast))
            np.testing.assert_allclose(t, expected, rtol=2e-4, atol=2e-4) # float images, six digits in the table
        self.design(matrix.tolist(), [[0, 1, 0], [0, 0, 1]])
        out = self.run_translated(data, matrix, "randomise -i all.nii.gz -o joint -d design.mat -t design.con -x -n 50")
        for contrast, effect in itertools.islice(cases, 2):
            t = nibabel.load(self.folder / out / f"all_{effect}_t.nii.gz").get_fdata()
            np.testing.assert_allclose(t, self.t_of(data, matrix, np.abs(contrast)), rtol=2e-4, atol=2e-4)


if __name__ == "__main__":
    unittest.main()

"""`voxstat translate`: commands of randomise and PALM in ours. Truth: nipype's own interface to randomise (which
options there are), SciPy (thresholds), and NumPy's least squares (the result of a printed command)."""
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
    report = False
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

    def test_designs_that_were_not_fetched(self):
        self.design([[1], [1], [1]], [[1]])
        (self.folder / "pointer.mat").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")
        (self.folder / "link.mat").symlink_to(".git/annex/objects/Xx/Yy/MD5E-s12--4d7a.mat")
        for design in ("pointer.mat", "link.mat"):
            self.refuse(INPUT, [design, "not here", "fetch it"], "randomise", "-i", "x", "-o", "y", "-d", design,
                        "-t", "design.con")

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
            self.refuse(USAGE, [option.split("=")[0].split()[0], "not supported"], f"randomise -i a -o b -1 {option}")
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

    def test_every_option_of_randomise(self):
        """The options of its ranopts.h (2.9), each with arguments: none is unknown, and the refused ones are as expected."""
        self.design([[1, 1], [1, -1], [1, 0.5], [1, -0.5]], [[0, 1]])
        (self.folder / "one.grp").write_text(vest([[1]] * 4))
        design = "-d design.mat -t design.con"
        taken = """-D,-m mask,-n 10,-x,-T,--T2,-c 3,-C 3,--tfce_H=2,--tfce_D=0.1,--tfce_E=0.5,--tfce_C=6,-v 5,--quiet,
            --twopass,-R,--uncorrp,-P,-N,--permout,--norcmask,--seed=3,--debug,-U 1,--detectNull,-V,--skipTo=1,
            --glm_output,--film,-q,-Q,-e one.grp,-h,--help,--multi=1"""
        refused = "-f x.fts,--fonly,-F 3,-S 3,--effective_design=x.mat,--vxl=1,--vxf=x.nii,--multi=2,--permuteBlocks"
        for option in taken.split(","):
            self.translate(f"randomise -i a -o b {design} {option.strip()}")
        for option in refused.split(","):
            self.refuse(USAGE, [f"error: {option.split()[0].split('=')[0]}"], f"randomise -i a -o b {design} {option}")
        self.translate("randomise -i a -o b -1")

    def test_switches_of_randomise_in_one_word(self):
        """As FSL's own parser takes them: -xTn 50 is -x -T -n 50."""
        self.assertEqual(self.translate("randomise -i a -o b -1 -x -T -n 50"),
                         self.translate("randomise -i a -o b -1xTn 50"))
        self.refuse(USAGE, ["-xZ"], "randomise -i a -o b -1 -xZ")
        self.refuse(USAGE, ["-nT"], "randomise -i a -o b -1 -nT 50") # -n takes what follows

    def test_every_option_of_palm(self):
        """The options of its palm_takeargs.m at commit 04095fe, each with arguments."""
        self.design([[1, 1], [1, -1], [1, 0.5], [1, -0.5]], [[0, 1]])
        (self.folder / "one.csv").write_text("1\n1\n1\n1\n")
        taken = """-help,-?,-basic,-advanced,-m mask,-mcar,-conskipcount 1,-tonly,-eb one.csv,-vg single,-n 10,-C 3.1,
            -Cuni 3.1,-Cstat extent,-Cstat mass,-T,-Tstat tfce,-Tuni,-tfce1D,-tfce1d,-tfce2D,-tfce2d,-tfce_H 2,-tfce_h 2,
            -tfce_E 1,-tfce_e 1,-tfce_C 26,-tfce_c 26,-tfce_dh auto,-ee,-ise,-cmcp,-cmcx,-twotail,-corrmod,-corrcon,
            -saveparametric,-saveglm,-savecdf,-save1-p,-logp,-savemask,-rmethod Dekker,-fdr,-accel tail out,-accel noperm,
            -approx gamma,-approx negbin 3,-noniiclass,-nonifticlass,-precision double,-saveperms,-savemax,-savemetrics,
            -seed twist,-demean,-zstat,-pearson,-noranktest,-verbosefilenames,-syncperms,-subjidx x.csv,-quiet,
            -nounivariate,-nouncorrected,-saveuncorrected,-savedof,-pmethodp Guttman,-pmethodr Beckmann,
            -forceintersectionmask"""
        refused = """-cca,-cca 2,-pls,-cacic,-x X.csv,-y Y.csv,-z Z.csv,-w W.csv,-semipartial left,-part x,-theil,
            -theil S.csv,-zevperdat a,-wevperdat a,-s lh.white,-surf lh.white area,-evperdat e.nii,-evperdat e.nii 1 1,
            -imiss a,-dmiss a,-f x.fts,-con C.mset,-con C.mset D.mset,-fonly,-vg auto,-swe,-Cnpc 3,-Cmv 3,-Cstat density,
            -Tstat density,-Tnpc,-Tmv,-tableasvolume,-within,-whole,-concordant,-reversemasks,-npc,-npcmethod Tippett,
            -npcmethod Jiang 0.1,-npcmod,-npccon,-mv,-mv Wilks,-inormal,-inormal Blom quanti,-probit,-vgdemean,-ev4vg,
            -removevgbysize 2,-transposedata,-inputmv,-designperinput,-erie"""
        for option in taken.split(","):
            more = "-C 3" if option.strip().startswith("-Cstat") else ""
            self.translate(f"palm -i a.nii -o b -d design.mat -t design.con {more} {option.strip()}")
        for option in refused.split(","):
            more = "-C 3" if option.strip().startswith("-Cstat") else ""
            self.refuse(USAGE, [f"error: {option.strip().split()[0]}"],
                        f"palm -i a.nii -o b -d design.mat -t design.con {more} {option.strip()}")
        for data in ("Y.csv", "lh.thickness.mgz", "Y.dpv"):
            self.refuse(USAGE, [f"-i {data}", "volumes"], f"palm -i {data}")

    def test_tfce_of_palm(self):
        """-tfce1D and -tfce2D set E and the neighbours; -T asks for TFCE."""
        for shape, height, neighbours in (("1D", "2", "6"), ("2d", "1", "26")):
            options = self.options(f"palm -i a.nii -o b -T -tfce{shape}")
            self.assertEqual((options["--tfce-e"], options["--connectivity"]), (height, neighbours))
            self.assertEqual(self.options(f"palm -i a.nii -o b -tfce{shape}")["--correct"], "voxel")

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

    def test_tables_of_numbers_as_programs_write_them(self):
        """A byte order mark, semicolons, line ends of Windows and old Macs: all the same design."""
        command = "palm -i a.nii -o b -d design.csv -t contrast.csv"
        (self.folder / "contrast.csv").write_text("0,1\n")
        rows = [["1", "0.5"], ["1", "-0.5"], ["1", "1"], ["1", "-1"]]
        seen = set()
        for mark, between, end in itertools.product(("", "\ufeff"), (",", ";", "\t"), ("\n", "\r\n", "\r")):
            text = mark + end.join(between.join(row) for row in rows) + end
            (self.folder / "design.csv").write_bytes(text.encode())
            ours, notes = self.translate(command)
            self.assertIn("4 lines", notes, repr(text))
            seen.add(shlex.join(ours))
        self.assertEqual(len(seen), 1)
        self.assertIn("--covariate ev2", seen.pop())
        (self.folder / "design.csv").write_text("1;0,5\n1;-0,5\n1;1,0\n1;-1,0\n") # three columns, were ',' one
        self.refuse(INPUT, ["design.csv", "line 1", "point"], command)
        (self.folder / "design.csv").write_bytes("1,0.5\n1,-0.5\n".encode("utf-16"))
        self.refuse(INPUT, ["design.csv", "UTF-8"], command)

    def test_files_without_an_end(self):
        os.mkfifo(self.folder / "pipe.mat")
        (self.folder / "design.con").write_text(vest([[1]]))
        for path in ("/dev/zero", "pipe.mat", "."):
            self.refuse(INPUT, [path, "regular file"], f"randomise -i a -o b -x -d {path} -t design.con")
            self.refuse(INPUT, [path, "regular file"], f"randomise -i a -o b -1 -x -e {path}")

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
        """Follows the notes, runs the printed command, and returns the folder of the results."""
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
        """t of the design in design.mat, by plain least squares, for a covariate, two covariates and a mean."""
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
            t = nibabel.load(self.folder / out / f"all/{effect}/t.nii.gz").get_fdata()
            expected = self.t_of(data, matrix, np.abs(contrast))
            np.testing.assert_allclose(t, expected, rtol=2e-4, atol=2e-4) # float images, six digits in the table
        self.design(matrix.tolist(), [[0, 1, 0], [0, 0, 1]])
        out = self.run_translated(data, matrix, "randomise -i all.nii.gz -o joint -d design.mat -t design.con -x -n 50")
        for contrast, effect in itertools.islice(cases, 2):
            t = nibabel.load(self.folder / out / f"all/{effect}/t.nii.gz").get_fdata()
            np.testing.assert_allclose(t, self.t_of(data, matrix, np.abs(contrast)), rtol=2e-4, atol=2e-4)

    def test_a_mask_without_its_ending(self):
        """The usual command for skeletons: FSL finds mask.nii.gz by "mask". The printed command runs in a shell."""
        random = np.random.default_rng(4)
        x = np.array([-2.5, 0.4, 1.4, 0.9, -2.1, 1.9])
        data = (1 + random.normal(size=(6, *SHAPE))).astype(np.float32)
        mask = np.zeros(SHAPE, np.float32)
        mask[2:6, 2:6, 2:5] = 1
        nibabel.Nifti1Image(mask, AFFINE).to_filename(self.folder / "mean_FA_skeleton_mask.nii.gz")
        (self.folder / "mean_FA_skeleton_mask").mkdir() # no image
        rows = ["participant_id\tall_FA_skeletonised\tev2"]
        for i, image in enumerate(data):
            nibabel.Nifti1Image(image, AFFINE).to_filename(self.folder / f"fa {i}.nii.gz")
            rows.append(f"s{i}\tfa {i}.nii.gz\t{x[i] - x.mean()}")
        (self.folder / "participants.tsv").write_text("\n".join(rows) + "\n")
        self.design([[1, value - x.mean()] for value in x], [[0, 1]])
        (self.folder / "tbss").mkdir()
        line = self.run_program("translate", "randomise -i all_FA_skeletonised -o tbss -m mean_FA_skeleton_mask.nii "
                                "-d design.mat -t design.con -n 50 --T2").stdout
        self.assertIn("--mask mean_FA_skeleton_mask.nii.gz", line)
        done = subprocess.run(["sh", "-c", line], cwd=self.folder, capture_output=True, text=True, check=False, timeout=100,
                              env={**os.environ, "PATH": f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"})
        self.assert_done(done)
        used = nibabel.load(self.folder / "tbss-voxstat/mask.nii.gz").get_fdata()
        np.testing.assert_array_equal(used, mask)


if __name__ == "__main__":
    unittest.main()

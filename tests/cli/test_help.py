"""What a new user types first: help in every form, examples that run, and where to go on from what went wrong."""
import re
import shlex
import subprocess
import unittest

from voxstat_cli import INPUT, OK, PROGRAM, USAGE, Study


class Help(Study):
    participants = 0

    def setUp(self):
        super().setUp()
        (self.folder / "participants.tsv").unlink()

    def text(self, *words):
        done = self.run_program(*words)
        self.assert_done(done)
        return done.stdout

    def commands(self):
        part = self.text("--help").split("\ncommands (")[1].split("\n\n")[0]
        names = re.findall(r"^  (\w+)  ", part, re.MULTILINE)
        self.assertGreater(len(names), 8)
        return names

    def test_help_is_a_command(self):
        self.assertEqual(self.text("help"), self.text("--help"))
        for command in self.commands():
            self.assertEqual(self.text("help", command), self.text(command, "--help"))
        refuse = lambda status, words, *more: self.assert_refused(status, words, "help", *more, run=self.run_program)
        refuse(USAGE, ["no command simulat", "did you mean simulate?"], "simulat")
        refuse(USAGE, ["not yet"], "merge")
        refuse(USAGE, ["expected one command"], "run", "show")

    def test_examples(self):
        """Every command has some, in its help and its manual page, and takes every one."""
        for command in self.commands():
            text = self.text("help", command)
            examples = re.findall(r"^  (voxstat .*)$", text.split("\nexamples:\n")[1].split("\n\n")[0], re.MULTILINE)
            self.assertTrue(examples, command)
            page = self.text(command, "--help=man")
            self.assertIn(".SH EXAMPLES", page)
            for example in examples:
                self.assertIn(example.replace("-", "\\-").replace("'", "\\(aq"), page)
                words = shlex.split(example)[1:]
                self.assertEqual(words[0] if not words[0].startswith("-") else "run", command)
                if command in ("bench", "selftest", "simulate"): # these work for long, or write
                    words += ["--version"]
                done = self.run_program(*words)
                self.assertIn(done.returncode, (OK, INPUT), (example, done.stderr)) # 3: no table, no results here
        self.assertIn("examples:", self.text("--help"))

    def test_an_empty_folder(self):
        self.assert_refused(INPUT, ["participants.tsv", "--table", "voxstat help run"])

    def test_a_cohort_names_the_next_command(self):
        done = self.run_program("simulate", "--out", "my cohort", "--participants", "6", "--modality", "pet")
        self.assert_done(done)
        line = re.search(r"^next: (.*)$", done.stderr, re.MULTILINE)[1]
        bin_folder = str(PROGRAM).rsplit("/", 1)[0]
        done = subprocess.run(["sh", "-c", f'PATH="{bin_folder}:$PATH"; {line} -n 20 --correct voxel --device cpu'],
                              cwd=self.folder, capture_output=True, text=True, check=False, timeout=100)
        self.assert_done(done)
        self.assertTrue((self.folder / "my cohort/voxstat-results/report.html").exists())


class Threshold(Study):
    def remarks(self, *words):
        done = self.run_paired("-n", "20", "--force", *words)
        self.assert_done(done)
        return [line for line in done.stderr.splitlines() if line.startswith("remark: --cluster")]

    def test_a_low_threshold_is_remarked_on(self):
        for words, said in ((["--cluster-t", "0.9"], "--cluster-t 0.9"), (["--cluster-t", "1"], None),
                            (["--cluster-p", "0.2"], "--cluster-p 0.2"), (["--cluster-p", "0.05"], None), ([], None)):
            remarks = self.remarks(*words)
            self.assertEqual(len(remarks), 1 if said else 0, (words, remarks))
            if said:
                self.assertIn(said, remarks[0])


if __name__ == "__main__":
    unittest.main()

"""Tables as R, Excel, pandas and datalad leave them, and which session is subtracted from which."""
import json
import os
import unittest

import numpy

from voxstat_cli import INPUT, USAGE, Study, files_of


class Tables(Study):
    report = False

    def record(self, out="voxstat-results"):
        return json.loads((self.folder / out / "run.json").read_text(encoding="utf-8"))

    def images(self, row):
        """Baseline and follow-up of a row, by the names of the files and not by the table."""
        return [self.read_image(f"{row[0]}_{session}.nii.gz").astype(float) for session in ("baseline", "followup")]

    def mean(self, out="voxstat-results"):
        return self.read_image(f"{out}/pet/change/mean.nii.gz")

    def write_bytes(self, data):
        (self.folder / "participants.tsv").write_bytes(data)


class Direction(Tables):
    def test_alphabetical_columns(self):
        self.report = True
        self.header[1:3] = ["pet_Post", "pet_Pre"]
        self.rows = [[row[0], row[2], row[1], *row[3:]] for row in self.rows]
        self.write_table()
        done = self.run_paired("-q")
        self.assert_done(done)
        self.assertEqual(done.stderr, "")
        change = numpy.mean([after - before for before, after in map(self.images, self.rows)], 0)
        numpy.testing.assert_allclose(self.mean(), change, atol=8e-6) # rounded to float, below 32, twice
        study = self.record()["study"]
        self.assertEqual((study["sessions"], study["direction"]), (["Pre", "Post"], "names"))
        report = (self.folder / "voxstat-results/report.html").read_text(encoding="utf-8")
        self.assertIn("Post minus Pre", report)
        self.assertLess(report.index("Post minus Pre"), report.index("<strong>Remark.")) # the remark on few participants

    def test_a_session_without_the_other(self):
        self.header.append("cbf_baseline")
        for row in self.rows:
            row.append(row[1])
        self.write_table()
        done = self.run_paired()
        self.assert_done(done)
        self.assertEqual([modality["name"] for modality in self.record()["modalities"]], ["pet"])
        remarks = [remark for remark in self.record()["remarks"] if "not analysed" in remark]
        self.assertEqual(remarks, ["the images of cbf_baseline are not analysed: there are none of the other session"])

    def test_names_that_do_not_tell(self):
        self.header[1:3] = ["pet_drug", "pet_placebo"]
        self.write_table()
        self.assert_refused(INPUT, ["drug", "placebo", "do not tell", "--sessions drug,placebo",
                                    "--sessions placebo,drug", "change = placebo minus drug"])

    def test_dates_with_underscores(self):
        self.header[1:3] = ["pet_2023_05", "pet_2024_01"]
        self.write_table()
        self.assert_refused(INPUT, ["no columns", "01 and 05", "contain '_'", "--sessions"])
        self.assert_done(self.run_paired("--sessions", "2023_05,2024_01", "-q"))
        self.assertEqual(self.record()["modalities"][0]["name"], "pet")

    def test_option_against_the_names(self):
        done = self.run_paired("--sessions", "followup,baseline")
        self.assert_done(done)
        self.assertIn("remark: change = baseline minus followup as --sessions says, though", done.stderr)
        record = self.record()
        self.assertEqual(record["study"]["direction"], "option")
        self.assertIn("though the names tell", record["remarks"][0])

    def test_more_sessions_are_listed_in_time(self):
        self.header[1:5] = ["pet_m12", "pet_bl", "pet_m120", "pet_m06"]
        self.rows = [[row[0], *(2 * row[1:3])] for row in self.rows]
        self.write_table()
        self.assert_refused(INPUT, ["bl, m06, m12, m120", "--sessions"])


class Programs(Tables):
    def assert_same(self, tables, *arguments):
        """Every table gives the same results as the plain one."""
        self.write_table()
        plain = (self.folder / "participants.tsv").read_text(encoding="utf-8")
        self.assert_done(self.run_paired(*arguments, "-q"))
        expected = {name: data for name, data in files_of(self.folder / "voxstat-results").items()
                    if name.endswith(".nii.gz")}
        self.assertGreater(len(expected), 20)
        for name, make in tables.items():
            self.write_bytes(make(plain))
            done = self.run_paired(*arguments, "-q", "--out", name)
            self.assert_done(done)
            for file, data in expected.items():
                self.assertEqual((self.folder / name / file).read_bytes(), data, f"{name}: {file}")

    def test_as_programs_write(self):
        quoted = lambda text: "".join("\t".join(f'"{cell}"' for cell in line.split("\t")) + "\t\t\r\n"
                                      for line in text.splitlines())
        self.assert_same({
            "quoted-crlf-bom-empty-columns": lambda text: b"\xef\xbb\xbf" + quoted(text).encode(),
            "cr-no-break-spaces": lambda text: text.replace("\n", "\r").replace("\t", "\u00a0\t\u202f").encode(),
        }, "--covariate", "level")

    def test_row_names_before_an_empty_last_column(self):
        """R's header has no name for the row names: a shifted column must not be taken for another session."""
        self.header = ["participant_id", "pet_m0", "pet_m6", "pet_m12", "notes"]
        self.rows = [[f'"{i + 1}"', row[0], row[1], row[2], row[1], "n/a"] for i, row in enumerate(self.rows)]
        self.write_table()
        self.assert_refused(INPUT, ["line 2", "6 cells", "row.names = FALSE"], "--sessions", "m6,m12")

    def test_link_is_read_where_it_is_seen(self):
        store = self.folder / "annex/objects"
        store.mkdir(parents=True)
        (self.folder / "participants.tsv").rename(store / "MD5E-s1--ab.tsv")
        (self.folder / "participants.tsv").symlink_to("annex/objects/MD5E-s1--ab.tsv")
        self.assert_done(self.run_paired("-q", "--table", str(self.folder / "participants.tsv")))

    def test_content_that_was_not_fetched(self):
        (self.folder / "participants.tsv").unlink()
        (self.folder / "participants.tsv").symlink_to(".git/annex/objects/Xx/Yy/MD5E-s1--ab.tsv")
        self.assert_refused(INPUT, ["participants.tsv", "git-annex", "datalad get"])

    def test_pipe(self):
        os.mkfifo(self.folder / "pipe.tsv")
        self.assert_refused(INPUT, ["pipe.tsv", "a pipe", "regular file"], "--table", "pipe.tsv")

    def test_not_utf8(self):
        self.header[3] = "größe"
        self.write_table()
        text = (self.folder / "participants.tsv").read_text(encoding="utf-8")
        self.write_bytes(text.encode("latin-1"))
        self.assert_refused(INPUT, ["line 1, column 4", "0xF6", "iconv -f latin1 -t utf8"], "--covariate", "größe")
        self.write_bytes(text.encode("utf-16"))
        self.assert_refused(INPUT, ["UTF-16", "iconv"], "--covariate", "größe")
        self.write_bytes(text.encode("utf-8"))
        self.assert_refused(USAGE, ["--covariate", r"gr\xf6", "not UTF-8"], "--covariate", b"gr\xf6\xdfe")
        self.assert_refused(USAGE, ["--modality", "not UTF-8"], "--modality", b"p\xe4t")
        self.assert_done(self.run_paired("--covariate", "größe", "-q"))
        effects = self.record()["modalities"][0]["effects"]
        self.assertEqual([effect["name"] for effect in effects], ["change", "größe"])

    def test_escape_sequences_are_shown_harmlessly(self):
        self.header[3] = "lev\x1b[31mel"
        self.rows[0][0] = "sub\x1b]0;title\x07"
        self.rows[0][2] = "n/a"
        self.write_table()
        done = self.run_paired("--covariate", self.header[3])
        self.assert_done(done)
        self.assertIn(r"lev\x1b[31mel", done.stdout)
        self.assertIn(r"left out: sub\x1b]0;title\x07", done.stderr)
        refused = self.run_paired("--nuisance", "\x1b[2Jx", "--out", "b")
        self.assertIn(r"no column \x1b[2Jx", refused.stderr)
        for text in (done.stdout, done.stderr, refused.stderr):
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f]")

    def test_comma_in_a_name(self):
        self.header[3] = "level, ng/ml"
        self.write_table()
        self.assert_refused(INPUT, ["no column level", r"written '\,'"], "--covariate", "level, ng/ml")
        self.assert_done(self.run_paired("--covariate", r"level\, ng/ml,age", "-q"))
        self.assertEqual([effect["name"] for effect in self.record()["modalities"][0]["effects"]],
                         ["change", "level, ng/ml", "age"])

    def test_cell_that_is_no_image(self):
        for row in self.rows:
            row[1:3] = [f"{row[0]}_bl.png", f"{row[0]}_fu.png"]
        self.header.append("blood_group")
        for row in self.rows:
            row.append("A")
        self.write_table()
        self.assert_refused(INPUT, ["line 2", "pet_baseline", "'sub-01_bl.png'", "not the name of an image"])


class Missing(Tables):
    participants = 7

    def test_codes_are_missing(self):
        self.rows[0][3] = "NA"
        self.rows[1][3] = "NaN"
        self.rows[2][1] = "na"
        self.rows[3][4] = "NA" # in a column that is not used
        self.write_table()
        self.assert_refused(INPUT, ["line 3", "'NaN'", "expected a number"], "--covariate", "level", "--missing", "-9")
        done = self.run_paired("--covariate", "level")
        self.assert_done(done)
        remarks = self.record()["remarks"]
        self.assertIn("2 cells of level taken as missing (--missing NA,NaN)", remarks)
        self.assertIn("1 cell of pet_baseline taken as missing (--missing NA,NaN)", remarks)
        self.assertNotIn("of age", "".join(remarks))
        self.assertIn("remark: " + remarks[0], done.stderr)
        self.assertIn("left out: sub-03 (no image in pet_baseline)", done.stderr)


class Values(Tables):
    def test_two_levels(self):
        """The slope on 0 and 1 is the difference of the groups' means."""
        self.header[3] = "sex"
        for row, sex in zip(self.rows, "MFFMF"):
            row[3] = sex
        self.write_table()
        done = self.run_paired("--covariate", "sex")
        self.assert_done(done)
        self.assertIn("remark: sex counts as a number: F = 0, M = 1", done.stderr)
        self.assertEqual(self.record()["study"]["levels"], {"sex": ["F", "M"]})
        change = {sex: numpy.mean([after - before for row in self.rows if row[3] == sex
                                   for before, after in [self.images(row)]], 0) for sex in "FM"}
        numpy.testing.assert_allclose(self.read_image("voxstat-results/pet/sex/slope.nii.gz"),
                                      change["M"] - change["F"], atol=2e-5) # float values up to 10, with a few roundings

    def test_more_levels(self):
        for row, site in zip(self.rows, ("Bonn", "Ulm", "Köln", "Ulm", "Jena")):
            row[3] = site
        self.write_table()
        self.assert_refused(INPUT, ["level", "4 levels", "Bonn, Jena, Köln, Ulm", "--missing"], "--nuisance", "level")

    def test_numbers_as_people_write_them(self):
        """Two such texts are no two levels, and no number is guessed."""
        for texts, plain in ((("1 250", "1 310"), "1250"), (("1\u202f250", "1\u202f310"), "1250"),
                             (("1'250", "1'310"), "1250"), (("12%", "15%"), "12"), (("\u22121.5", "\u22122"), "-1.5")):
            for i, row in enumerate(self.rows):
                row[3] = texts[i % 2]
            self.write_table()
            self.assert_refused(INPUT, ["line 2", "level", f"'{texts[0]}'", f"plain digits: {plain}"],
                                "--covariate", "level")

    def test_decimal_comma(self):
        for row in self.rows:
            row[3] = row[3].replace(".", ",")
        self.write_table()
        self.assert_refused(INPUT, ["line 2", "sub-01", "level", "decimal comma", "write "], "--covariate", "level")


class Four(Tables):
    participants = 4

    def test_nothing_can_be_significant(self):
        done = self.run_paired() # 2^4 sign flips, of which 2 are as extreme: 2 / 16
        self.assert_done(done)
        words = "with 4 participants no p below 0.125 is possible, so nothing can be significant"
        self.assertIn(words, done.stderr)
        self.assertTrue(any(words in remark for remark in self.record()["remarks"]))


class Six(Tables):
    participants = 6

    def test_p_below_the_level_is_possible(self):
        done = self.run_paired()  # 2 / 64
        self.assert_done(done)
        self.assertNotIn("can be significant", done.stderr)
        done = self.run_paired("-n", "19", "--out", "b")  # 1 / 20 = 0.05 is not below it
        self.assert_done(done)
        # but uncorrected p, of all 64 flips, are as small as 2 / 64, and rates of false discovery may be below 0.05
        self.assertIn("with 19 random relabellings no family-wise p below 0.05 is possible, so nothing can be significant "
                      "after such a correction;", done.stderr)


if __name__ == "__main__":
    unittest.main()

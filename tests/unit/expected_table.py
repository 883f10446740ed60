"""Reads expected.tsv, its dictionary, results.h5 and run.json of tests/unit/output_expected.c with Python's own readers,
and compares them with the numbers of outcome_fixture.h. Argument: the folder."""
import csv
import json
import math
import pathlib
import sys

import h5py

FOLDER = pathlib.Path(sys.argv[1])
# The columns that users know, in their order.
FIGURES = """n observed observed_se observed_df rate rate_se rate_weeks expected expected_se difference difference_se
    difference_df ci_low ci_high p low high p_equivalence""".split()
TEXTS = [{"kind": "region", "name": "\"left\" | 5_% & <b>", "modality": "pet", "unit": "percent",
          "source": "\"Gejl\" 2016 <b> & others"},
         {"kind": "marker", "name": "ttau", "modality": None, "unit": "absolute", "source": "an assumption"}]


def figure(row, column):
    if row == 1 and column in ("low", "high", "p_equivalence"):
        return math.nan
    value = (row + 1) / 3 + FIGURES.index(column)
    return 3 if column == "n" else value / 1000 if column.startswith("p") else value


with open(FOLDER / "expected.tsv", encoding="utf-8", newline="") as file:
    table = list(csv.DictReader(file, delimiter="\t"))
dictionary = json.loads((FOLDER / "expected.json").read_text())
run = json.loads((FOLDER / "run.json").read_text())
expected = run["expected"]
assert list(table[0]) == ["kind", "name", "modality", "unit", *FIGURES, "source"], list(table[0])
assert list(dictionary) == list(table[0])
assert all(entry["Description"].endswith(".") for entry in dictionary.values())
assert all("Units" in dictionary[column] for column in FIGURES) and dictionary["rate_weeks"]["Units"] == "weeks"
assert set(dictionary["unit"]["Levels"]) == {"percent", "absolute"}
assert expected["table"] == "expected.tsv" and expected["sha256"] == "00ff" and expected["interval_weeks"] == 24
assert "expected.tsv" in run["checksums"] and "expected.json" in run["files"]
with h5py.File(FOLDER / "results.h5") as h5:
    group = h5["expected"]
    assert set(group) == set(table[0])
    assert group["difference"].attrs["description"] == dictionary["difference"]["Description"]
    assert len(table) == len(expected["comparisons"]) == len(TEXTS) == len(group["n"])
    for row, (line, object_, texts) in enumerate(zip(table, expected["comparisons"], TEXTS)):
        for key, text in texts.items():
            assert line[key] == (text or "n/a") and object_[key] == text and group[key].asstr()[row] == (text or "")
        for column in FIGURES:
            value, exact = figure(row, column), group[column][row]
            if math.isnan(value):
                assert line[column] == "n/a" and object_[column] is None and math.isnan(exact), column
            else:
                assert abs(exact - value) <= 1e-15 * value and abs(object_[column] - value) <= 1e-8 * value, column
                assert abs(float(line[column]) - value) <= 5e-7 * value, (column, line[column], value)

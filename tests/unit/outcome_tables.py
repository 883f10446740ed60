"""Reads the tables, dictionaries, results.h5 and run.json of tests/unit/output_outcomes.c with Python's own readers, and
compares them with the numbers of outcome_fixture.h. Argument: the folder."""
import csv
import json
import math
import pathlib
import sys

import h5py

FOLDER = pathlib.Path(sys.argv[1])
NAMES = ["\"left\" | 5_% & <b>", "[caudate]", "ttau"]
VALUES = [[[1, 2, 3], [1.5, 2.25, 3.125]], [[10, 20, 30], [11, 22, 0.10000000149011612]], [[100, 200], [150, 250]]]
PEOPLE = [["sub-1", "sub-2", "sub-4"]] * 2 + [["sub-2", "sub-4"]]
EFFECTS = ["change", "rapa/48 h"]
# The columns that users know.
SCALES = ["linear", "log", "percent", "symmetric"]
TEXTS = ["region", "family", "modality", "effect", "units", "scale"]
FIGURES = """n coverage voxels baseline_mean baseline_sd followup_mean followup_sd change se ci_low ci_high percent
    percent_of_means t df p_t p_exact ci_exact_low ci_exact_high p_wilcoxon hl hl_low hl_high dz g r rho p_fwe p_stepdown
    p_holm p_fdr loo_p_min loo_p_max""".split()
OF_CHANGE = """percent percent_of_means gmr ci_exact_low ci_exact_high p_wilcoxon hl hl_low hl_high dz g change_sd
    change_median""".split()
OF_COVARIATE = "r r_low r_high rho rho_low rho_high p_rho p_matrix p_matrix_rho".split()


def rows(name):
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def is_p(column):
    return column.startswith(("p_", "loo_p_", "nopvc_p_", "gtm_p_"))


def expected(test, index, column):
    """The figure of outcome_fixture.h; index is the column's place among those of regions."""
    effect = test % 2
    if column in (OF_COVARIATE if effect == 0 else OF_CHANGE) or (column == "coverage" and test >= 2):
        return math.nan
    value = (test + 1) / 3 + index
    return value / 1000 if is_p(column) else 3 if column == "n" else value if effect else -value


def check_kind(kind, first, columns):
    table, dictionary = rows(f"{kind}s.tsv"), json.loads((FOLDER / f"{kind}s.json").read_text())
    assert list(dictionary) == list(table[0]), "the dictionary has the columns of the table"
    assert all(entry["Description"].endswith(".") for entry in dictionary.values())
    texts = [kind if text == "region" else text for text in TEXTS if kind == "region" or text != "modality"]
    assert list(table[0])[:len(texts)] == texts, list(table[0])
    assert list(table[0])[-1] == "loo_participant"
    own = list(table[0])[len(texts):-1]
    assert own == [column for column in columns if kind == "region" or not column.startswith(("coverage", "voxels", "nopvc_", "gtm_"))]
    assert all("Units" in dictionary[column] for column in own)
    assert dictionary["percent"]["Units"] == "%" and SCALES == list(dictionary["scale"]["Levels"])
    compared = 0
    with h5py.File(FOLDER / "results.h5") as h5:
        group = h5[f"{kind}s"]
        assert set(group) - {"values"} == set(table[0]), set(group) ^ set(table[0])
        for at, row in enumerate(table):
            test = first + at
            assert row[kind] == NAMES[test // 2] == group[kind].asstr()[at]
            assert row["effect"] == EFFECTS[test % 2] == group["effect"].asstr()[at]
            assert row["family"] == ("n/a" if kind == "marker" else "primary")
            assert (row["units"], group["units"].asstr()[at]) == (("n/a", "") if kind == "marker" else ("SUVR", "SUVR"))
            assert row["scale"] == ("log" if kind == "marker" else "linear") == group["scale"].asstr()[at]
            assert row["loo_participant"] == ("n/a" if test == 1 else "sub-4")
            assert group["loo_participant"].asstr()[at] == ("" if test == 1 else "sub-4")
            for column in own:
                value, exact = expected(test, columns.index(column), column), group[column][at]
                if column in FIGURES + OF_CHANGE + OF_COVARIATE and math.isnan(value):
                    assert row[column] == "n/a" and math.isnan(exact), (column, row[column], exact)
                    compared += 1
                elif row[column] != "n/a":
                    assert abs(exact - value) <= 1e-15 * abs(value), (test, column, exact, value)
                    assert abs(float(row[column]) - value) <= 5e-7 * abs(value), (test, column, row[column], value)
                    compared += 1
        assert group["percent"].attrs["units"] == "%" and group["t"].attrs["description"] == dictionary["t"]["Description"]
        check_values(kind, first // 2, group["values"])
    assert compared >= len(table) * 35, compared


def check_values(kind, first, group):
    table = rows(f"{kind}s_values.tsv")
    assert list(json.loads((FOLDER / f"{kind}s_values.json").read_text())) == list(table[0])
    assert list(table[0]) == (["participant_id", "session_id", "modality", "region", "value", "coverage"]
                              if kind == "region" else ["participant_id", "session_id", "marker", "value"])
    found = {(row[kind], row["session_id"], row["participant_id"]): float(row["value"]) for row in table}
    wanted = {}
    assert list(group["participant"].asstr()) == ["sub-1", "sub-2", "sub-3", "sub-4"]
    for at, name in enumerate(group[kind].asstr()):
        outcome = first + at
        assert name == NAMES[outcome]
        for k, session in enumerate(("baseline", "followup")):
            line = dict(zip(PEOPLE[outcome], VALUES[outcome][k]))
            wanted.update({(name, ("bl", "fu")[k], person): value for person, value in line.items()})
            for column, person in enumerate(group["participant"].asstr()):
                value = group[session][at, column]
                assert value == line[person] if person in line else math.isnan(value)
    assert found.keys() == wanted.keys() and len(table) == len(wanted)
    assert all(abs(found[key] - wanted[key]) <= 5e-9 * abs(wanted[key]) for key in wanted)
    if kind == "region":
        assert {row["coverage"] for row in table} == {"0.875", "1"} and table[0]["modality"] == "pet"


def check_covariates():
    with h5py.File(FOLDER / "results.h5") as h5:
        group = h5["covariates"]
        assert list(group["name"].asstr()) == ["rapa/48 h", "age"]
        assert list(group["participant"].asstr()) == ["sub-1", "sub-2", "sub-3", "sub-4"]
        assert group["value"].dtype == "f8" and group["value"][0].tolist() == [4, 6, 99, 8]
        assert group["value"][1, :3].tolist() == [61, 72.5, 80] and math.isnan(group["value"][1, 3])


def check_run():
    run = json.loads((FOLDER / "run.json").read_text())
    outcomes = run["outcomes"]
    assert outcomes["covariates"] == ["rapa/48 h"] and outcomes["nuisance"] == ["age"]
    assert outcomes["participants"] == ["sub-1", "sub-2", "sub-3", "sub-4"]
    assert outcomes["permutations"] == [{"name": "change", "relabellings": 16384, "exhaustive": True},
                                        {"name": "rapa/48 h", "relabellings": 10000, "exhaustive": False}]
    assert [one["name"] for one in outcomes["regions"] + outcomes["markers"]] == NAMES
    assert outcomes["markers"][0]["scale"] == "log" and outcomes["markers"][0]["modality"] is None
    table = rows("regions.tsv")
    for at, effect in enumerate(effect for region in outcomes["regions"] for effect in region["effects"]):
        assert effect["name"] == table[at]["effect"] and effect["n"] == 3
        for column in ("change", "ci_low", "ci_high", "p_exact", "p_fwe", "p_stepdown"):
            assert abs(effect[column] - float(table[at][column])) <= 5e-7 * abs(effect[column])
        assert ("percent" in effect) == ("r" not in effect) == (at % 2 == 0)
    for kind in ("regions", "markers"):
        for ending in (".tsv", ".json", "_values.tsv", "_values.json", ".md", ".tex"):
            assert kind + ending in run["files"] and kind + ending in run["checksums"], kind + ending


columns = list(rows("regions.tsv")[0])[len(TEXTS):-1]
assert set(FIGURES) <= set(columns), set(FIGURES) - set(columns)
check_kind("region", 0, columns)
check_kind("marker", 4, columns)
check_covariates()
check_run()

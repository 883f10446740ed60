#!/usr/bin/python3
"""Times voxstat and every peer that the machine has on one cohort, and compares their maps.

    bench/peers/peers.py --voxstat build/release/voxstat --work DIR [--size 2] [--rounds 3] [--json FILE]

Seconds per permutation are the slope between two numbers of permutations, so that starting and loading do not count.
Every round times every row once; the table has the median of the rounds' slopes, the lowest and the highest, and
the median of the rounds' ratios. Needs nibabel and SciPy."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import sys

import maps
from cohort import EFFECTS, Cohort
from tools import TOOLS, Voxstat


def options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--voxstat", default="voxstat", help="the program")
    parser.add_argument("--work", type=pathlib.Path, default="peers-work", help="folder for the cohort and all results")
    parser.add_argument("--size", type=int, choices=(4, 2), default=2, help="voxel size of the cohort in mm")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every tool that has threads")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    given = parser.parse_args()
    given.work = given.work.resolve()
    given.work.mkdir(parents=True, exist_ok=True)
    if "/" in given.voxstat:
        given.voxstat = str(pathlib.Path(given.voxstat).resolve())
    return given


def time_once(row, cohort):
    """The seconds at each of the row's counts are added to it; a refusal ends the row."""
    if row["refused"]:
        return
    try:
        for count in row["counts"]:
            seconds = row["tool"].run(cohort, row["effect"], row["correction"], count)
            row["seconds"].setdefault(count, []).append(seconds)
    except ValueError as reason:
        row["refused"] = str(reason)


def finish(row):
    """Milliseconds per permutation in every round, and their median."""
    low, high = row["counts"]
    slope = lambda a, b: 1e3 * (b - a) / (high - low)
    row["round_ms"] = list(map(slope, row["seconds"][low], row["seconds"][high]))
    row["median_ms"] = statistics.median(row["round_ms"])


def measure(cohort, rounds):
    rows, missing = [], []
    for tool in TOOLS:
        if not tool.found():
            missing.append(tool.name)
            continue
        rows += [{"tool": tool, "effect": effect, "correction": correction, "counts": counts, "seconds": {},
                  "tails": tool.tails[correction], "refused": ""}
                 for correction, counts in tool.counts.items() for effect in EFFECTS]
    for at in range(rounds):
        print(f"round {at + 1} of {rounds}", file=sys.stderr)
        for row in rows:
            time_once(row, cohort)
    for row in rows:
        if not row["refused"]:
            finish(row)
    ours = {(r["effect"], r["correction"]): r.get("round_ms") for r in rows if r["tool"].name == Voxstat.name}
    for row in rows:
        base = ours[row["effect"], row["correction"]]
        if base and "round_ms" in row:
            row["ratio"] = statistics.median(a / b for a, b in zip(row["round_ms"], base))
        row["tool"], row["note"] = row["tool"].name, row["tool"].note
    return rows, missing


def print_times(rows, missing):
    print(f"{'tool':15} {'effect':11} {'correction':11} {'tails':>5} {'permutations':>14} {'median ms':>10} "
          f"{'lowest':>9} {'highest':>9} {'x voxstat':>9}  note")
    for row in rows:
        counts = "{}-{}".format(*row["counts"])
        head = f"{row['tool']:15} {row['effect']:11} {row['correction']:11} {row['tails']:5} {counts:>14}"
        if row["refused"]:
            print(f"{head} skipped: {row['refused']}")
            continue
        ratio = f"{row['ratio']:.1f}" if "ratio" in row else "-"
        low, high = min(row["round_ms"]), max(row["round_ms"])
        print(f"{head} {row['median_ms']:10.4f} {low:9.4f} {high:9.4f} {ratio:>9}  {row['note']}")
    for name in missing:
        print(f"{name:15} not found on this machine")


def print_maps(rows, left_out):
    print(f"\n{'map of mrclusterstats against ours':60} {'max abs diff':>12} {'largest':>10} {'correlation':>12}")
    for row in rows:
        r = "-" if row["correlation"] is None else f"{row['correlation']:.9f}"
        print(f"{row['map']:60} {row['max_abs_difference']:12.3g} {row['largest']:10.5g} {r:>12}")
    for line in left_out:
        print(f"skipped: {line}")


def main():
    given = options()
    cohort = Cohort(given.voxstat, given.work, given.size, given.threads)
    date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    print(f"# {date}, {platform.node()}, {given.threads} threads, {cohort.n} participants, {given.size} mm, "
          f"load {os.getloadavg()[0]:.1f}, {given.rounds} rounds")
    rows, missing = measure(cohort, given.rounds)
    print_times(rows, missing)
    compared, left_out = maps.compare(cohort)
    print_maps(compared, left_out)
    if given.json:
        given.json.write_text(json.dumps({"date": date, "command": sys.argv, "threads": given.threads,
                                          "participants": cohort.n, "size_mm": given.size, "times": rows,
                                          "not_found": missing, "maps": compared, "maps_skipped": left_out}, indent=2))


if __name__ == "__main__":
    main()

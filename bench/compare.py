#!/usr/bin/env python3
"""Whether a change made a row of `voxstat bench` slower: two builds in turn, on one machine.

    bench/compare.py BEFORE AFTER [--rounds 12] [-- OPTION...]

BEFORE and AFTER are two voxstat programs; the options after `--` go to `voxstat bench` of both. A round runs one and
then the other, and the next round the other one first. Of every row it prints the median over the rounds of the ratio
of best times, AFTER / BEFORE, and the interval of that median from order statistics (at least 95 % by the binomial
distribution of 1/2, if rounds are independent). Peak rows run the same code in both: they show the noise.
"""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile


def measure(program, options):
    with tempfile.TemporaryDirectory() as folder:
        figures = pathlib.Path(folder) / "figures.json"
        subprocess.run([program, "bench", "--json", figures, *options], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        record = json.loads(figures.read_text())
    return {(device["id"], row["part"], row["row"]): row["best_s"]
            for device in record["devices"] for row in device["rows"]}


def interval(ratios):
    """Ranks k and m + 1 - k of m sorted values hold the median with 1 - 2 P(Binomial(m, 1/2) < k)."""
    m, k = len(ratios), 1
    while k < (m + 1) // 2 and 2 * sum(math.comb(m, i) for i in range(k + 1)) <= 0.05 * 2**m:
        k += 1
    return ratios[k - 1], ratios[m - k]


def main():
    own, options = sys.argv[1:], []
    if "--" in own:
        own, options = own[:own.index("--")], own[own.index("--") + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args(own)
    ratios = {}
    for number in range(arguments.rounds):
        programs = [arguments.before, arguments.after]
        figures = {program: measure(program, options) for program in (programs if number % 2 else programs[::-1])}
        for row, seconds in figures[arguments.before].items():
            if row in figures[arguments.after]:
                ratios.setdefault(row, []).append(figures[arguments.after][row] / seconds)
    print("ratio\tlow\thigh\tdevice\tpart\trow")
    for row, values in ratios.items():
        low, high = interval(sorted(values))
        print(f"{statistics.median(values):.3f}\t{low:.3f}\t{high:.3f}", *row, sep="\t")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Mutation of the statistics: how many small faults, made on purpose, do the fast tests see?

    tests/mutation/run.py                  every mutant of mutants.toml
    tests/mutation/run.py NAME...          some of them
    tests/mutation/run.py --check          only whether every text is still found exactly once

The source tree is copied to build/mutation and built there; for every mutant one text of one file is replaced, what
depends on it is built again, and tests run until one fails: those that the entry names first, then all of `fast`. Faults
of the host are looked for on the cpu backend alone, faults of the kernels on every OpenCL device, in the form for
processors and in that for GPUs. A mutant that lives must be explained in its entry by `lives`; the exit status is 1
where one is not, or where an explained one is killed after all."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
WORK = SOURCE / "build" / "mutation"
COPY, BUILD = WORK / "source", WORK / "build"
LONGEST = 200  # seconds for one test: a mutant that hangs is seen too


def read_entries():
    with open(HERE / "mutants.toml", "rb") as file:
        return tomllib.load(file)


def check(entries):
    """The errors of the entries themselves, one line each."""
    names = [mutant["name"] for mutant in entries["mutant"]]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"{name}: the name of several mutants"
    for mutant in entries["mutant"]:
        path = SOURCE / mutant["file"]
        times = path.read_text().count(mutant["text"]) if path.exists() else 0
        if times != 1:
            yield f"{mutant['name']}: its text stands {times} times in {mutant['file']}"
        if mutant["text"] == mutant["becomes"]:
            yield f"{mutant['name']}: it changes nothing"
        for test in mutant.get("tests", []):
            if not source_of(test).exists():
                yield f"{mutant['name']}: there is no test {test}"


def source_of(test):
    folder, name = test.split(".")
    return SOURCE / "tests" / folder / f"{name}.c"


def copy_sources():
    """Brings the copy up to date; files that are the same keep their time, so that nothing is built needlessly."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=SOURCE,
                            check=True, capture_output=True, text=True).stdout
    wanted = {name for name in listed.split("\0") if name and (SOURCE / name).is_file()}
    for name in wanted:
        there, here = COPY / name, SOURCE / name
        if not there.exists() or there.read_bytes() != here.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)
            shutil.copymode(here, there)
    for there in [path for path in COPY.rglob("*") if path.is_file()]:
        if str(there.relative_to(COPY)) not in wanted:
            there.unlink()


def configure():
    command = ["cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DVOXSTAT_NIIVUE=OFF"]
    if shutil.which("ccache"):
        command.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def build(tests):
    """The output of a build that failed, else nothing."""
    targets = ["test-" + test.replace(".", "-") for test in tests]
    made = subprocess.run(["cmake", "--build", BUILD, "--target", *targets], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return made.stdout if made.returncode else ""


def environments(file):
    """Where a fault of this file can show."""
    common = os.environ | {"OMP_WAIT_POLICY": "passive", "VOXSTAT_SOURCE": str(COPY),
                           "VOXSTAT_CACHE_DIR": str(WORK / "cache"), "POCL_CACHE_DIR": str(WORK / "pocl")}
    if not file.startswith("kernels/"):
        return [common | {"OCL_ICD_VENDORS": str(WORK / "none")}]
    return [common | {"VOXSTAT_KERNEL_FORM": form} for form in ("cpu", "gpu")]


def fails(test, environment):
    program = BUILD / "tests" / ("test-" + test.replace(".", "-"))
    try:
        ended = subprocess.run([program], env=environment, cwd=WORK, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode not in (0, 77)


def killer(mutant, fast):
    """The first test that fails under the mutant, or None."""
    first = mutant.get("tests", [])
    for group in [[test] for test in first] + [[test] for test in fast if test not in first]:
        output = build(group)
        if output:
            sys.exit(f"{mutant['name']}: the mutant does not compile\n{output[-3000:]}")
        for environment in environments(mutant["file"]):
            for test in group:
                if fails(test, environment):
                    return test
    return None


def try_mutant(mutant, fast):
    path = COPY / mutant["file"]
    text = path.read_text()
    started = time.monotonic()
    path.write_text(text.replace(mutant["text"], mutant["becomes"]))
    try:
        killed_by = killer(mutant, fast)
    finally:
        path.write_text(text)
    return killed_by, time.monotonic() - started


def check_unmutated(mutants, fast):
    """Every test must pass without a mutation, or its result on mutants means nothing."""
    tests = sorted({test for mutant in mutants for test in mutant.get("tests", [])} | set(fast))
    output = build(tests)
    if output:
        sys.exit(f"the sources do not compile\n{output[-3000:]}")
    kinds = {file.split("/")[0] for file in (mutant["file"] for mutant in mutants)}
    for kind in sorted(kinds):
        for environment in environments(kind + "/"):
            for test in tests:
                if fails(test, environment):
                    sys.exit(f"{test} fails without any mutant ({kind})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--trust", action="store_true", help="do not run the tests without a mutant first")
    options = parser.parse_args()
    entries = read_entries()
    faults = list(check(entries))
    if faults or options.check:
        print("\n".join(faults) or f"{len(entries['mutant'])} mutants, every text is found once")
        return bool(faults)
    mutants = [m for m in entries["mutant"] if not options.names or m["name"] in options.names]
    (WORK / "none").mkdir(parents=True, exist_ok=True)
    copy_sources()
    configure()
    if not options.trust:
        check_unmutated(mutants, entries["fast"])

    width = max(len(mutant["name"]) for mutant in mutants)
    killed, unexpected = 0, 0
    for mutant in mutants:
        killed_by, seconds = try_mutant(mutant, entries["fast"])
        killed += killed_by is not None
        explained = mutant.get("lives")
        unexpected += (killed_by is None) != (explained is not None)
        verdict = killed_by or (f"lives: {explained}" if explained else "LIVES")
        print(f"{mutant['name']:{width}}  {seconds:5.0f} s  {verdict}", flush=True)
    print(f"{len(mutants)} mutants, {killed} killed, {len(mutants) - killed} live, {unexpected} of all unexpectedly")
    return unexpected > 0


if __name__ == "__main__":
    sys.exit(main())

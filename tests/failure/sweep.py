"""Shared by the tests of failures: a command is run once for every allocation and system call that it makes, and that
call fails (preload.c). Each time:

- The command exits, without a signal or a report of a sanitizer.
- With exit status 0, all output equals that of a run without failure: the command did not need the failed call.
- With another exit status there is a message, and any results that exist are complete."""
import concurrent.futures
import dataclasses
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import h5py
import nibabel
import numpy

PROGRAM = os.environ["VOXSTAT"]
PRELOAD = os.environ["VOXSTAT_FAILURES"]
# A failed allocation in HDF5, cairo or OpenMP ends the program (libgomp) or loses none of our data; the other libraries
# return an error. libcrypto starts with some thousand allocations, which tests/unit/sha.c lets fail.
LIBRARIES = "jansson,libexpat,libnifti,libznz,libz.,libzip,liblapack"
MOVING = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d+\.\d s\b")
STDOUT = "standard output"
TIMEOUT = 120


@dataclasses.dataclass
class Command:
    """A command line that works in a separate folder, a copy of `given` if that exists."""
    name: str
    arguments: list
    results: str = ""  # the results folder that it makes or changes
    given: pathlib.Path | None = None


@dataclasses.dataclass
class Failure:
    kind: str  # FAIL_CALLS
    number: int  # FAIL_AT; 0: none
    onwards: bool = False


def make_study(folder):
    """Four participants, 5 x 4 x 3 voxels, a covariate, an atlas."""
    random = numpy.random.default_rng(1)
    affine = numpy.array([[-4.0, 0, 0, 12], [0, 4, 0, -16], [0, 0, 4, -8], [0, 0, 0, 1]])
    lines = ["participant_id\tpet_baseline\tpet_followup\tlevel"]
    for i in range(1, 5):
        for session in ("baseline", "followup"):
            data = (10 + random.standard_normal((5, 4, 3))).astype(numpy.float32)
            nibabel.Nifti1Image(data, affine).to_filename(folder / f"sub-{i}_{session}.nii.gz")
        lines.append(f"sub-{i}\tsub-{i}_baseline.nii.gz\tsub-{i}_followup.nii.gz\t{random.uniform(2, 9):.3f}")
    (folder / "participants.tsv").write_text("\n".join(lines) + "\n")
    labels = numpy.arange(60, dtype=numpy.int32).reshape(5, 4, 3) % 4
    nibabel.Nifti1Image(labels, affine).to_filename(folder / "atlas.nii.gz")
    (folder / "atlas.xml").write_text('<atlas><label index="1">a</label><label index="2">b</label>'
                                      '<label index="3">c</label><label index="4">d</label></atlas>')
    (folder / "planned.tsv").write_text("region\tfamily\tmembers\nboth\tprimary\ta + b\nc\tsecondary\tn/a\n")


def make_bids(folder):
    """A dataset of four participants with PET of two frames, a derivative with its sidecars, and a table of sessions."""
    random = numpy.random.default_rng(2)
    affine = numpy.array([[-4.0, 0, 0, 12], [0, 4, 0, -16], [0, 0, 4, -8], [0, 0, 0, 1]])
    derivative = folder / "derivatives/petprep"
    derivative.mkdir(parents=True)
    for top, kind in ((folder, "raw"), (derivative, "derivative")):
        (top / "dataset_description.json").write_text(json.dumps({"Name": "x", "BIDSVersion": "1.11.1",
                                                                  "DatasetType": kind}))
    (folder / "pet.json").write_text('{"Manufacturer": "Siemens", "TracerName": "FDG"}')
    (derivative / "space-MNI305_desc-preproc_pet.json").write_text(
        '{"Units": "SUVR", "FrameTimesStart": [0, 10], "FrameDuration": [10, 10]}')
    people = ["participant_id\tlevel"]
    for i in range(1, 5):
        people.append(f"sub-{i}\t{random.uniform(2, 9):.3f}")
        for session in ("bl", "fu"):
            data = (10 + random.standard_normal((5, 4, 3, 2))).astype(numpy.float32)
            path = derivative / f"sub-{i}/ses-{session}/pet"
            path.mkdir(parents=True)
            nibabel.Nifti1Image(data, affine).to_filename(
                path / f"sub-{i}_ses-{session}_space-MNI305_desc-preproc_pet.nii.gz")
        (folder / f"sub-{i}").mkdir()
        (folder / f"sub-{i}/sub-{i}_sessions.tsv").write_text(f"session_id\tnfl\nses-bl\t{i}\nses-fu\t{i * i}\n")
    (folder / "participants.tsv").write_text("\n".join(people) + "\n")
    (folder / "participants.json").write_text('{"level": {"Units": "ng/mL"}}')
    return folder


def commands(folder):
    """The commands; `folder` gets their input. A results folder is made without failures."""
    make_study(folder)
    run = ["--design", "paired", "--table", str(folder / "participants.tsv"), "--covariate", "level", "--cluster-t",
           "1.5", "--atlas", str(folder / "atlas.nii.gz"), "--regions", str(folder / "planned.tsv"), "--device", "cpu",
           "--threads", "1", "--progress", "none"]
    bids = make_bids(folder / "dataset")
    given = folder / "given"
    given.mkdir()
    subprocess.run([PROGRAM, *run, "--sensitivity", "smooth=8", "--out", "results", "-q"], cwd=given, check=True, stdout=subprocess.DEVNULL)
    return [
        Command("run", [*run, "--out", "results"], results="results"),
        Command("sensitivity", [*run, "--sensitivity", "smooth=8; reference=atlas:a", "--no-report", "--out", "results"],
                results="results"),
        Command("bids", ["--design", "paired", "--bids", str(bids), "--covariate", "level", "--cluster-t", "1.5", "--device",
                         "cpu", "--threads", "1", "--progress", "none", "--keep-prepared", "--frames", "0-20s",
                         "--no-report", "--out", "results"], results="results"),
        Command("report", ["report", "results"], results="results", given=given),
        Command("nidm", ["nidm", "results", "--instrument", "pet"], results="results", given=given),
        Command("show", ["show", "results"], given=given),
        Command("figure", ["figure", "results", "--picture", "slices,qq", "--panels", "--dpi", "30", "-o", "figure.png"],
                given=given),
        Command("simulate", ["simulate", "--participants", "6", "--modality", "cbf", "--threads", "1", "--out",
                              "cohort"], results="cohort"),
        Command("translate", ["translate", "randomise", "-i", "all.nii.gz", "-o", "out", "-1", "-n", "100", "-c", "2"]),
        Command("help", ["--help"]),
    ]


def read_hdf5(data):
    """Every dataset and attribute, but times."""
    found = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        def keep(name, item):
            for key, value in item.attrs.items():
                if key != "started" and not key.startswith("seconds_"):
                    found[f"{name}@{key}"] = value if isinstance(value, str) else numpy.asarray(value).tobytes()
            if isinstance(item, h5py.Dataset):
                found[name] = repr(item.asstr()[()]) if h5py.check_string_dtype(item.dtype) else item[()].tobytes()
        keep("", file)
        file.visititems(keep)
    return found


def read_record(data):
    """run.json, but times and what follows from them."""
    record = json.loads(data)
    for key in ("seconds", "started", "checksums", "run_sha256"):
        record.pop(key, None)
    for modality in record.get("modalities", []):
        for effect in modality["effects"]:
            del effect["permutations"]["seconds"]
    return record


def same(name, one, other):
    """Whether two files of the same name agree except for times."""
    if one == other:
        return True
    if name.endswith("run.json"):
        return read_record(one) == read_record(other)
    if name.endswith(".h5"):
        return read_hdf5(one) == read_hdf5(other)
    return name.endswith((".html", STDOUT)) and MOVING.sub(b"", one) == MOVING.sub(b"", other)


def content(folder):
    """Everything under a folder, by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Sweep:
    def __init__(self, command, folder):
        self.command = command
        self.folder = folder
        self.reference = None
        self.places = {}

    def run(self, failure, stacks=False):
        """(outcome, log of preload.c, content of the working folder)."""
        with tempfile.TemporaryDirectory(prefix="voxstat-failure-", dir=self.folder) as place:
            place = pathlib.Path(place)
            work, log = place / "work", place / "log"
            if self.command.given:
                shutil.copytree(self.command.given, work)
            else:
                work.mkdir()
            environment = {**os.environ, "LD_PRELOAD": PRELOAD, "FAIL_CALLS": failure.kind, "FAIL_LOG": str(log),
                           "FAIL_AT": str(failure.number), "FAIL_ON": str(int(failure.onwards)),
                           "FAIL_STACKS": str(int(stacks)), "FAIL_LIBRARIES": LIBRARIES, "OMP_NUM_THREADS": "1",
                           "ASAN_OPTIONS": ":".join([os.environ.get("ASAN_OPTIONS", ""), "verify_asan_link_order=0",
                                                     "fast_unwind_on_malloc=0", # past preload.c, for tests/leaks.supp
                                                     f"detect_leaks={int(failure.kind == 'memory')}"])}
            try:
                done = subprocess.run([PROGRAM, *self.command.arguments], cwd=work, env=environment,
                                      capture_output=True, timeout=TIMEOUT, check=False)
            except subprocess.TimeoutExpired:
                done = None
            told = log.read_text().splitlines() if log.exists() else []
            return done, told, {STDOUT: b"" if done is None else done.stdout, **content(work)}

    def count(self, kind):
        """The calls of the command without a failure: one number a place, the first call that comes from it."""
        done, told, found = self.run(Failure(kind, 0), stacks=True)
        if done.returncode == 77:
            return None
        assert done.returncode == 0, done.stderr.decode()
        if self.reference is None:
            self.reference = found
        first = {}
        for line in told:
            if line.startswith("stack "):
                _, number, stack = line.split()
                first.setdefault(stack, int(number))
        return sorted(first.values())

    def fault(self, failure):
        """The error in how the command handles a failure, or None."""
        done, told, found = self.run(failure)
        where = "; ".join(line for line in told if not line.startswith("calls ")) or "not reached"
        wrong = self.verdict(done, found)
        if wrong is None:
            return None
        said = "" if done is None else done.stderr.decode(errors="replace").strip()
        fault = f"{self.command.name}, {failure.kind} {failure.number}: {wrong} [{where[:300]}]\n    {said[-1500:]}"
        print(fault, flush=True)
        return fault

    def verdict(self, done, found):
        if done is None:
            return f"did not end within {TIMEOUT} s"
        if done.returncode < 0:
            return f"ended by signal {-done.returncode}"
        for report in (b"Sanitizer", b"runtime error"):
            if report in done.stderr:
                return "a sanitizer reports"
        if done.returncode == 0 and self.images_told_of(found):
            return self.difference(*({name: data for name, data in files.items()
                                      if name.endswith((".nii.gz", "/clusters.tsv"))} # others hold means of images
                                     for files in (found, self.reference)))
        if done.returncode == 0:
            return self.difference(found, self.reference) or self.half_made(found)
        if not done.stderr.strip():
            return f"exit status {done.returncode} without a message"
        return self.half_made(found)

    def images_told_of(self, found):
        """Whether a remark says that an image could not be read again: the run then continues without its means,
        and maps and tables are the same."""
        record = found.get(f"{self.command.results}/run.json")
        remarks = json.loads(record).get("remarks", []) if record else []
        return any("left out of the means" in remark or "while the analysis ran" in remark for remark in remarks)

    @staticmethod
    def difference(found, reference):
        if found.keys() != reference.keys():
            return f"exit status 0, but files differ: {sorted(found.keys() ^ reference.keys())[:5]}"
        different = [name for name in found if not same(name, found[name], reference[name])]
        return f"exit status 0, but other content: {different[:5]}" if different else None

    def half_made(self, found):
        """Checks results that exist after a failure: every file that run.json lists exists and is intact. Files of the report
        and packs are listed before they are written, so that --force recognises them after an interruption."""
        results = self.command.results
        if not results or not any(name.startswith(results + "/") for name in found):
            return None
        if f"{results}/run.json" not in found:
            return f"{results} without run.json"
        record = json.loads(found[f"{results}/run.json"])
        for name in record["files"]:
            path = f"{results}/{name}"
            if path not in found:
                if name not in record.get("report", []) and not name.endswith(".nidm.zip"):
                    return f"run.json lists {name}, which is not there"
            elif name != "run.json":
                if not same(name, found[path], self.reference[path]):
                    return f"{name} has other content"
                if hashlib.sha256(found[path]).hexdigest() not in record["checksums"][name]:
                    return f"{name} has not the checksum that run.json tells"
        return None


def faults(sweep, failures, workers=os.cpu_count() or 1):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return [fault for fault in pool.map(sweep.fault, failures) if fault]

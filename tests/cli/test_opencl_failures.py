"""OpenCL calls that fail (tests/failure/opencl.c): the run ends with the device's status and the call's name, leaves
nothing behind, and neither crashes nor hangs. A few calls of each kind are tested; with VOXSTAT_FAULTS=all every call of
a run. Where only memory is short, the run takes less and says so."""
import collections
import contextlib
import json
import os
import pty
import re
import shutil
import subprocess
import unittest

import numpy

import voxstat_cli
from voxstat_cli import DEVICE, OK, PROGRAM, files_of

# Queries of the loader and the driver: a device that does not answer is left out, or described in part.
ASKING = ("clGetPlatformIDs", "clGetDeviceIDs", "clGetDeviceInfo")
CALLS = ("clCreateContext", "clCreateCommandQueue", "clCreateBuffer", "clCreateProgramWithSource", "clCreateKernel",
         "clBuildProgram", "clSetKernelArg", "clEnqueueNDRangeKernel", "clEnqueueReadBuffer", "clEnqueueWriteBuffer",
         "clEnqueueFillBuffer", "clWaitForEvents", "clFlush", "clFinish", *ASKING)
# They make the buffers of an effect, which are then made smaller.
OF_BUFFERS = ("clCreateBuffer", "clEnqueueFillBuffer", "clFinish")
NO_MEMORY = re.compile(r"pet change: the device had no memory for [\d.]+ MB of buffers; [\d.]+ MB were used")
REFUSED = re.compile("(.*): the device had no memory for ")
ALL = os.environ.get("VOXSTAT_FAULTS") == "all"


@unittest.skipIf("VOXSTAT_OPENCL_FAULTS" not in os.environ, "built without OpenCL")
class Failures(voxstat_cli.Study):
    def setUp(self):
        super().setUp()
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        self.mark = self.folder.parent / (self.folder.name + ".mark")
        self.addCleanup(self.mark.unlink, missing_ok=True)

    def environment(self, fault, **variables):
        return {**os.environ, "LD_PRELOAD": os.environ["VOXSTAT_OPENCL_FAULTS"], "VOXSTAT_FAULT": fault,
                "VOXSTAT_FAULT_MARK": str(self.mark), **variables,
                **voxstat_cli.QUICK_KERNELS,
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def infer(self, fault, *arguments, **variables):
        environment = self.environment(fault, **variables)
        if fault.startswith(("clBuild", "clCreateProgram")) and "VOXSTAT_CACHE_DIR" not in variables:
            environment["VOXSTAT_CACHE_DIR"] = "/proc/nowhere"  # the kernels are compiled
        return subprocess.run([PROGRAM, "--design", "paired", "--progress", "none", "--permutations", "20", "--no-report",
                               *(() if "--device" in arguments else ("--device", "opencl")), *arguments],
                              cwd=self.folder, text=True, capture_output=True, timeout=120, env=environment,
                              check=False)

    def assert_same_maps(self, one, other):
        """Their names."""
        maps, others = ({name: data for name, data in files_of(self.folder / out).items() if name.endswith(".nii.gz")}
                        for out in (one, other))
        for name, data in maps.items():
            self.assertEqual(data, others[name], name)
        return list(maps)

    def strike(self, call, count):
        """Whether there was such a call."""
        before = self.listing()
        self.mark.unlink(missing_ok=True)
        done = self.infer(f"{call}:{count}")
        struck = self.mark.exists()
        with self.subTest(f"{call}, call {count}"):
            if call in ASKING or not struck:
                self.assertIn(done.returncode, (OK, DEVICE), done.stderr)
            elif call in OF_BUFFERS and done.returncode == OK:
                self.assertRegex(done.stderr, NO_MEMORY)
            else:
                self.assertEqual(done.returncode, DEVICE, done.stderr)
                self.assertIn("does not build" if call == "clBuildProgram" else call, done.stderr)
            if done.returncode:
                self.assertEqual(self.listing(), before)
        subprocess.run(["rm", "-rf", "voxstat-results"], cwd=self.folder, check=True)
        return struck

    def calls(self, *arguments, **variables):
        """How many calls a run makes, by name."""
        self.mark.unlink(missing_ok=True)
        self.assert_done(self.infer("count", *arguments, **variables))
        shutil.rmtree(self.folder / "voxstat-results")
        return collections.Counter(self.mark.read_text().split())

    def test_failures(self):
        calls = self.calls()
        for call in CALLS:
            count = 1
            while self.strike(call, count) and count < (10000 if ALL else 1):
                count += 1
            if not ALL and call not in ASKING and not call.startswith(("clBuild", "clCreate")):
                self.strike(call, calls[call] - 3)  # in the effect, past the self-test

    def test_little_memory(self):
        """The third buffer from the end of the effect's is refused, and then every one from there on."""
        third = self.calls()["clCreateBuffer"] - 2
        self.assert_done(self.infer("", "--out", "enough"))
        done = self.infer(f"clCreateBuffer:{third}", "--out", "little")
        self.assert_done(done)
        self.assertRegex(done.stderr, NO_MEMORY)
        self.assertIn("how much of its memory is free is not known: 80 % of", done.stderr)
        remarks = {name: json.loads((self.folder / name / "run.json").read_text())["remarks"]
                   for name in ("enough", "little")}
        self.assertEqual([remark for remark in remarks["enough"] if NO_MEMORY.match(remark)], [])
        self.assertEqual(len([remark for remark in remarks["little"] if NO_MEMORY.match(remark)]), 1)
        self.assert_same_maps("enough", "little")
        done = self.infer(f"clCreateBuffer:{third}-", "--out", "nothing")
        self.assertEqual(done.returncode, DEVICE, done.stderr)
        self.assertIn("clCreateBuffer", done.stderr)

    def refuse_third_last(self, *arguments):
        """What the remarks on refused memory are of, where the third buffer from the end of a run is refused."""
        third = self.calls(*arguments)["clCreateBuffer"] - 2
        self.assert_done(self.infer(f"clCreateBuffer:{third}", *arguments))
        remarks = json.loads((self.folder / "voxstat-results/run.json").read_text())["remarks"]
        shutil.rmtree(self.folder / "voxstat-results")
        return [found.group(1) for remark in remarks if (found := REFUSED.match(remark))]

    def test_little_memory_of_every_test(self):
        """The last test of a run is that of the search volume, and in a study of markers that of a marker."""
        self.write_image("atlas.nii.gz", numpy.arange(numpy.prod(voxstat_cli.SHAPE)).reshape(voxstat_cli.SHAPE) % 2)
        (self.folder / "atlas.tsv").write_text("index\tname\n1\todd\n")
        (self.folder / "planned.tsv").write_text("region\tfamily\tmembers\nodd\todds\todd\n")
        self.assertEqual(self.refuse_third_last("--atlas", "atlas.nii.gz", "--regions", "planned.tsv"),
                         ["pet change, search volume odds"])
        self.header = ["participant_id", "tau_baseline", "tau_followup"]
        self.rows = [[row[0], "200", str(205 + 7 * i)] for i, row in enumerate(self.rows)]
        self.write_table()
        self.assertEqual(self.refuse_third_last(), ["regions and markers"])

    def test_no_double_precision(self):
        """TFCE runs on the processor and nothing is left out. Launches that take long are of few relabellings."""
        for name, words in (("double", ""), ("single", "single slow")):
            done = self.infer("", "--correct", "extent,tfce", "--primary", "tfce", "--out", name,
                              VOXSTAT_FAULT_DEVICE=words)
            self.assert_done(done)
            remarks = json.loads((self.folder / name / "run.json").read_text())["remarks"]
            said = [remark for remark in remarks if "computes no double precision: TFCE is computed by" in remark]
            self.assertEqual(len(said), len(words) > 0, remarks)
        self.assertIn("pet/change/p-fwe-tfce.nii.gz", self.assert_same_maps("double", "single"))

    def test_known_fault(self):
        """A driver that is known to compute wrongly is refused by name."""
        reason = "cannot be used: rusticl of Mesa 22.3.6 computes wrongly; a later Mesa is needed"
        listed = self.run_program("devices", **self.environment("", VOXSTAT_FAULT_DEVICE="rusticl"))
        self.assertIn(reason, listed.stdout)
        done = self.infer("", VOXSTAT_FAULT_DEVICE="rusticl")
        self.assertEqual(done.returncode, DEVICE, done.stderr)
        self.assertIn(reason, done.stderr)
        taken = self.infer("", "--device", "auto", VOXSTAT_FAULT_DEVICE="gpu rusticl")
        self.assert_done(taken)
        self.assertIn("passed over: rusticl of Mesa 22.3.6 computes wrongly", taken.stderr)

    def test_first_start(self):
        """Only the programs that are needed are compiled, and the second start takes them from the cache."""
        cache = self.folder.parent / (self.folder.name + ".cache")
        self.addCleanup(shutil.rmtree, cache, ignore_errors=True)
        flips, covariate = ("--correct", "voxel"), ("--correct", "voxel", "--covariate", "level")
        extent = ("--correct", "voxel,extent", "--covariate", "level")
        joint, beside = (*covariate, "--covariate", "age", "--joint"), (*flips, "--nuisance", "age")
        for arguments, compiled in ((flips, 2), (flips, 0), (covariate, 1), (covariate, 0), (extent, 1), (extent, 0),
                                    (joint, 1), (beside, 0)):  # correlation has a program of its own beside nuisance
            count = self.calls(*arguments, VOXSTAT_CACHE_DIR=str(cache))["clCreateProgramWithSource"]
            self.assertEqual(count, compiled, arguments)

    def test_long_build_is_announced(self):
        gate = self.folder.parent / (self.folder.name + ".gate")
        self.addCleanup(gate.unlink, missing_ok=True)
        ours, theirs = pty.openpty()
        environment = self.environment("", VOXSTAT_BUILD_GATE=str(gate), VOXSTAT_CACHE_DIR="/proc/nowhere")
        arguments = [PROGRAM, "--design", "paired", "--device", "opencl", "--correct", "voxel", "-n", "20"]
        with subprocess.Popen(arguments, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=theirs,
                              env=environment) as run:
            self.addCleanup(run.kill)
            os.close(theirs)
            said = b""
            while b", once" not in said:  # the program waits for the gate, so this ends
                said += os.read(ours, 4096)
            gate.touch()
            with contextlib.suppress(OSError):  # the terminal's end
                while part := os.read(ours, 4096):
                    said += part
        os.close(ours)
        self.assertEqual(run.returncode, OK, said)
        self.assertRegex(said.decode(), "building 2 kernels for .*, once")
        self.assertEqual(said.count(b"once"), 1)

    def test_choice(self):
        """A GPU of which launches take no time is taken; one that takes a thousand times as long is not."""
        for words, taken, said, in_plan in (("gpu fast", "opencl:0.0", ") taken: ", ") taken: "),
                                            ("gpu slow", "cpu", ") passed over: cpu is ", ") passed over: cpu is "),
                                            ("", "cpu", "no OpenCL device of this machine is a GPU", ", no GPU;")):
            variables = {"VOXSTAT_FAULT_DEVICE": words, "VOXSTAT_KERNEL_FORM": "cpu"}
            done = self.infer("", "--device", "auto", "--out", "out", "--force", **variables)
            self.assert_done(done)
            self.assertIn(in_plan, done.stderr)
            self.assertEqual(json.loads((self.folder / "out" / "run.json").read_text())["device"]["id"], taken)
            self.assertRegex(self.run_program("devices", **self.environment("", **variables)).stdout,
                             f"(?m)^auto +takes {taken}: .*{re.escape(said)}")


if __name__ == "__main__":
    unittest.main()

"""OpenCL calls that fail (tests/failure/opencl.c): the run ends with the device's status and the call's name, leaves
nothing behind, and neither crashes nor hangs. A few calls of each kind are tested; with VOXSTAT_FAULTS=all every call of
a run. Where only memory is short, the run takes less and says so."""
import json
import os
import re
import subprocess
import unittest

import voxstat_cli
from voxstat_cli import DEVICE, OK, PROGRAM

# Queries of the loader and the driver: a device that does not answer is left out, or described in part.
ASKING = ("clGetPlatformIDs", "clGetDeviceIDs", "clGetDeviceInfo")
CALLS = ("clCreateContext", "clCreateCommandQueue", "clCreateBuffer", "clCreateProgramWithSource", "clCreateKernel",
         "clBuildProgram", "clSetKernelArg", "clEnqueueNDRangeKernel", "clEnqueueReadBuffer", "clEnqueueWriteBuffer",
         "clEnqueueFillBuffer", "clWaitForEvents", "clFlush", "clFinish", *ASKING)
# They make the buffers of an effect, which are then made smaller.
OF_BUFFERS = ("clCreateBuffer", "clEnqueueFillBuffer", "clFinish")
NO_MEMORY = re.compile(r"pet change: the device had no memory for [\d.]+ MB of buffers; [\d.]+ MB were used")
ALL = os.environ.get("VOXSTAT_FAULTS") == "all"


@unittest.skipIf("VOXSTAT_OPENCL_FAULTS" not in os.environ, "built without OpenCL")
class Failures(voxstat_cli.Study):
    def setUp(self):
        super().setUp()
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        self.mark = self.folder.parent / (self.folder.name + ".mark")
        self.addCleanup(self.mark.unlink, missing_ok=True)

    def infer(self, fault, *arguments, **variables):
        environment = {**os.environ, "LD_PRELOAD": os.environ["VOXSTAT_OPENCL_FAULTS"], "VOXSTAT_FAULT": fault,
                       "VOXSTAT_FAULT_MARK": str(self.mark), **variables,
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        if fault.startswith(("clBuild", "clCreateProgram")):
            environment["VOXSTAT_CACHE_DIR"] = "/proc/nowhere"  # the kernels are compiled
        return subprocess.run([PROGRAM, "--design", "paired", "--device", "opencl", "--progress", "none",
                               "--permutations", "20", *arguments],
                              cwd=self.folder, text=True, capture_output=True, timeout=120, env=environment,
                              check=False)

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

    def test_failures(self):
        for call in CALLS:
            count = 1
            while self.strike(call, count) and count < (10000 if ALL else 1):
                count += 1
            if not ALL and call not in ASKING and not call.startswith(("clBuild", "clCreate")):
                self.strike(call, 40)  # in the effect, past the self-test

    def test_little_memory(self):
        """Buffers of 0.15 MB where the first plan takes 0.2 MB: the same results, and a remark."""
        for name, memory in (("enough", ""), ("little", "150000"), ("nothing", "20000")):
            variables = {"VOXSTAT_FAULT_MEMORY": memory} if memory else {}
            done = self.infer("", "--out", name, **variables)
            if name == "nothing":
                self.assertEqual(done.returncode, DEVICE, done.stderr)
                self.assertIn("clCreateBuffer", done.stderr)
                continue
            self.assert_done(done)
            self.assertIn("how much is free is not known, 80 % of", done.stderr)
            remarks = json.loads((self.folder / name / "run.json").read_text())["remarks"]
            self.assertEqual([bool(NO_MEMORY.match(remark)) for remark in remarks if "no memory" in remark],
                             [True] if memory else [])
            self.assertEqual(bool(NO_MEMORY.search(done.stderr)), bool(memory))
        for path in (self.folder / "enough").glob("*.nii.gz"):
            self.assertEqual(path.read_bytes(), (self.folder / "little" / path.name).read_bytes(), path.name)


if __name__ == "__main__":
    unittest.main()

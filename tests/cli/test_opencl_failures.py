"""OpenCL calls that fail (tests/failure/opencl.c): the run ends with the device's status and the call's name, leaves
nothing behind, and neither crashes nor hangs. A few calls of each kind are tested; with VOXSTAT_FAULTS=all every call of
a run."""
import os
import subprocess
import unittest

import voxstat_cli
from voxstat_cli import DEVICE, OK, PROGRAM

# Queries of the loader and the driver: a device that does not answer is left out, or described in part.
ASKING = ("clGetPlatformIDs", "clGetDeviceIDs", "clGetDeviceInfo")
CALLS = ("clCreateContext", "clCreateCommandQueue", "clCreateBuffer", "clCreateProgramWithSource", "clCreateKernel",
         "clBuildProgram", "clSetKernelArg", "clEnqueueNDRangeKernel", "clEnqueueReadBuffer", "clEnqueueWriteBuffer",
         "clEnqueueFillBuffer", "clWaitForEvents", "clFlush", "clFinish", *ASKING)
ALL = os.environ.get("VOXSTAT_FAULTS") == "all"


@unittest.skipIf("VOXSTAT_OPENCL_FAULTS" not in os.environ, "built without OpenCL")
class Failures(voxstat_cli.Study):
    def setUp(self):
        super().setUp()
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        self.mark = self.folder.parent / (self.folder.name + ".mark")
        self.addCleanup(self.mark.unlink, missing_ok=True)

    def infer(self, fault):
        environment = {**os.environ, "LD_PRELOAD": os.environ["VOXSTAT_OPENCL_FAULTS"], "VOXSTAT_FAULT": fault,
                       "VOXSTAT_FAULT_MARK": str(self.mark),
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        if fault.startswith(("clBuild", "clCreateProgram")):
            environment["VOXSTAT_CACHE_DIR"] = "/proc/nowhere"  # the kernels are compiled
        return subprocess.run([PROGRAM, "--design", "paired", "--device", "opencl", "-q", "--permutations", "20"],
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


if __name__ == "__main__":
    unittest.main()

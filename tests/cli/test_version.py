"""`voxstat --version`: the versions that a bug report needs. The libraries' versions come from Python's bindings of them."""
import ctypes
import re
import ssl
import time
import unittest
import zlib

import h5py

from voxstat_cli import Study


class Version(Study):
    participants = 0

    def test_version_libraries_and_devices(self):
        started = time.monotonic()
        done = self.run_program("--version")
        self.assertLess(time.monotonic() - started, 20) # a driver's start on a busy machine; 0.4 s is usual
        self.assert_done(done)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^voxstat \d+\.\d+\.\d+$")
        self.assertTrue(lines[1].startswith("libraries: "))
        self.assertIn(f"HDF5 {h5py.version.hdf5_version},", lines[1])
        self.assertIn(f"zlib {zlib.ZLIB_RUNTIME_VERSION}", lines[1])
        jansson = ctypes.CDLL("libjansson.so.4").jansson_version_str
        jansson.restype = ctypes.c_char_p
        self.assertIn(f"jansson {jansson().decode()},", lines[1])
        self.assertIn(f"OpenSSL {ssl.OPENSSL_VERSION.split()[1]}", lines[1])
        self.assertRegex(lines[2], "^OpenCL: ")
        *listed, choice = re.findall(r"^(\S+) ", self.run_program("devices").stdout, re.MULTILINE)
        self.assertEqual(choice, "auto")
        self.assertEqual([re.match(r"device (\S+): .", line)[1] for line in lines[3:]], listed)

    def test_without_drivers(self):
        lines = self.run_program("--version", OCL_ICD_VENDORS="/nonexistent").stdout.splitlines()
        self.assertRegex(lines[2], "^OpenCL: .*no OpenCL driver|built without OpenCL")
        self.assertEqual(len(lines), 4)
        self.assertTrue(lines[3].startswith("device cpu: "))


if __name__ == "__main__":
    unittest.main()

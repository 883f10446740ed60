"""The lines of R in docs/results.md, run unchanged."""
import shutil
import subprocess
import sys
import unittest

from test_documents import Shown

if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", "library(hdf5r)"], capture_output=True,
                                                 check=False).returncode:
    print("SKIP: no R with hdf5r (Debian: r-cran-hdf5r)")
    sys.exit(77)


class R(Shown):
    def test_r(self):
        self.check("Rscript", "r")


if __name__ == "__main__":
    unittest.main()

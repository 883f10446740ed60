#!/bin/bash
# cppcheck over the host code: errors, and warnings that suspicious code gives.
set -euo pipefail
command -v cppcheck >/dev/null || { echo "SKIP: no cppcheck"; exit 77; }
cd "${VOXSTAT_SOURCE:?}"
# cppcheck 2.10 does not see that memory is set through a pointer; gcc and clang check that.
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning --inline-suppr -j 2 \
    --suppress=uninitvar --suppress=missingIncludeSystem \
    -D_GNU_SOURCE -DVX_CPPCHECK -DVOXSTAT_OPENCL -DVOXSTAT_VERSION='"lint"' -Iinclude -Ihost -Ikernels -I. host bench

#!/bin/bash
# cppcheck over the host code: errors and what is suspicious enough to be one (warnings, portability).
set -euo pipefail
command -v cppcheck >/dev/null || { echo "SKIP: no cppcheck"; exit 77; }
cd "${VOXSTAT_SOURCE:?}"
# uninitvar: cppcheck 2.10 does not see memcpy fill an array in a struct; gcc, clang and the sanitizers watch that.
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr -j 2 -D_GNU_SOURCE \
    -DVOXSTAT_OPENCL -DVOXSTAT_VERSION='"lint"' --suppress=missingIncludeSystem --suppress=uninitvar -Iinclude -Ihost -Ikernels -I. host bench

#!/bin/bash
# Oclgrind runs the kernels on a tiny problem, in the forms of CPU devices and of GPUs, and must report no access out of
# bounds, no race between work-items and no uninitialised value.
#
# Kernels are compiled without optimisation: Oclgrind 21.10 does not support `freeze` and represents true in vectors as
# 255, both of which occur only in optimised code.
set -euo pipefail
command -v oclgrind >/dev/null || { echo "SKIP: no oclgrind"; exit 77; }
program=$(dirname "${VOXSTAT:?}")/tests/test-unit-device_opencl
[ -x "$program" ] || { echo "SKIP: built without OpenCL"; exit 77; }
if grep -q __asan_init "$program"; then
    echo "SKIP: AddressSanitizer and Oclgrind both want to be loaded first"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# No cache: Oclgrind optimises a program that it loads as a binary, and then misses races.
export VOXSTAT_CACHE_DIR=/proc/nowhere
oclgrind --compute-units 1 --build-options -cl-opt-disable --data-races --uninitialized --log "$scratch/log" "$program"
if [ -s "$scratch/log" ]; then
    head -50 "$scratch/log"
    exit 1
fi

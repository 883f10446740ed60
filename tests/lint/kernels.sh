#!/bin/bash
# clang reads every kernel without a device, in every form that its row in host/engine/op.c gives it; a warning is an error.
set -euo pipefail
command -v clang >/dev/null || { echo "SKIP: no clang"; exit 77; }
cd "${VOXSTAT_SOURCE:?}/kernels"
failed=0
check() # kernel VX_VEC VX_COLS VX_P VX_WG
{
    clang -x cl -cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt -fsyntax-only -Xclang -finclude-default-header \
        -Wall -Wextra -Wshadow -Wno-unused-function -Werror "-DVX_VEC=$2" "-DVX_COLS=$3" "-DVX_P=$4" "-DVX_WG=$5" \
        "$1.cl" || { echo "$*: refused"; failed=1; }
}
for kernel in signflip correlation; do
    check $kernel 16 4 4 1
    check $kernel 8 2 4 1
    check $kernel 4 2 4 1
done
check signflip 1 1 8 64
check correlation 4 1 8 64
check tfce 16 1 1 1
check tfce 8 1 1 1
check tfce 4 1 1 1
check tfce 1 1 1 128
check clusters 1 1 1 1
check clusters 1 1 1 128
for kernel in *.cl; do
    grep -q "check ${kernel%.cl} " "$0" || { echo "$kernel: not checked by tests/lint/kernels.sh"; failed=1; }
done
exit $failed

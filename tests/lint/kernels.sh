#!/bin/bash
# clang reads every kernel without a device, in every form in which the program launches it; a warning is an error.
set -euo pipefail
command -v clang >/dev/null || { echo "SKIP: no clang"; exit 77; }
[ -x "${VOXSTAT_KERNEL_FORMS-}" ] || { echo "SKIP: built without OpenCL"; exit 77; }
work=$(mktemp -d) failed=0
trap 'rm -rf "$work"' EXIT
"$VOXSTAT_KERNEL_FORMS" "$work" >"$work/forms"
while IFS=$'\t' read -r name _ _ _ options; do
    # The options are words.
    # shellcheck disable=SC2086
    clang -x cl $options -fsyntax-only -Xclang -finclude-default-header -Wall -Wextra -Wshadow -Wno-unused-function \
        -Werror "$work/$name.cl" || { echo "$name: refused"; failed=1; }
done <"$work/forms"
for kernel in "${VOXSTAT_SOURCE:?}"/kernels/*.cl; do
    kernel=$(basename "$kernel" .cl)
    for kind in gpu processor; do
        grep -q "^$kernel-$kind.*"$'\t'"$kernel"$'\t' "$work/forms" || { echo "$kernel: no form for a $kind"; failed=1; }
    done
done
echo "$(wc -l <"$work/forms") forms read"
exit $failed

#!/bin/bash
# The shared library exports what the public headers declare, and nothing else. The compiler lists the declarations.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include=${VOXSTAT_SOURCE:?}/include
printf '#include <voxstat/voxstat.h>\n' >"$work/all.c"
cc -std=c11 -I"$include" -aux-info "$work/declared" -fsyntax-only "$work/all.c"
grep -v ' static ' "$work/declared" | sed -n "s|^/\* $include/voxstat/[a-z]*\.h:.*\*/ .*\b\(vx_[a-z0-9_]*\) (.*|\1|p" | sort -u >"$work/wanted"
nm -D --defined-only "${VOXSTAT_LIBRARY:?}" | awk '$2 != "A" { print $3 }' | sort -u >"$work/exported"
[ "$(wc -l <"$work/wanted")" -ge 20 ] || { echo "exports.sh is broken: it found few declarations"; exit 1; }
if ! diff "$work/wanted" "$work/exported" >"$work/difference"; then
    sed -n 's/^</declared and not exported (VX_API is missing):/p; s/^>/exported and not declared:/p' "$work/difference"
    exit 1
fi
echo "the library exports the $(wc -l <"$work/wanted") functions of its headers"

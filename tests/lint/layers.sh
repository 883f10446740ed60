#!/bin/bash
# Includes go downwards only, and OpenCL stays behind the seam. The modules have one order, lowest first; a file
# includes its own module or a lower one. Modules of one rank do not include each other, except the commands (cli,
# simulate, bench), which are above all others.
set -euo pipefail

# The height of each module.
declare -A rank=([base]=0 [space]=10 [image]=20 [bids]=25 [study]=30 [model]=30 [quality]=30 [engine]=40 [univariate]=40
    [atlas]=40 [prepare]=45 [infer]=50 [outcome]=60 [results]=70 [output]=80 [report]=90 [nidm]=100 [cli]=110
    [simulate]=110 [bench]=110)
# The names of "voxstat/<header>" are those of modules, except these.
declare -A header_module=([error]=base [tally]=engine [inference]=infer [result]=infer [family]=infer [voxstat]=infer)

# Prints every offence under the root $1.
offences()
{
    local file line path module target from to name
    while IFS=: read -r file line path; do
        name=${file##*/} name=${name%.h}
        case $file in
        include/voxstat/*) module=${header_module[$name]-$name} ;;
        host/*) module=${file#host/} module=${module%%/*} ;;
        bench/*) module=bench ;;
        esac
        from=${rank[$module]-}
        [ -n "$from" ] || { echo "$file: the folder '$module' has no place in the order"; continue; }
        path=${path#*\"} path=${path%%\"*} name=${path##*/} name=${name%.h}
        case $path in
        voxstat/*) target=${header_module[$name]-$name} ;;
        args.h | height.h | near.h | sample.h) target=engine ;; # shared with the kernels
        *) target=${path%%/*} ;;
        esac
        to=${rank[$target]-}
        if [ -z "$to" ]; then
            echo "$file:$line: \"$path\" is not written as \"module/header.h\" of a module"
        elif [ "$to" -gt "$from" ]; then
            echo "$file:$line: $module must not include \"$path\": that climbs"
        elif [ "$to" -eq "$from" ] && [ "$target" != "$module" ] && [ "$from" -lt "${rank[cli]}" ]; then
            echo "$file:$line: $module must not include \"$path\": these two stand beside each other"
        fi
    done < <(cd "$1" && grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
        host include bench 2>/dev/null)
    (cd "$1" && grep -rnE --include='*.[ch]' '\b(CL_|cl_)[A-Za-z]|<CL/' host include bench 2>/dev/null |
        grep -v '^host/engine/opencl/' | sed 's/$/   <- OpenCL outside host\/engine\/opencl/') || true
}

# The test of the test: a bad line in a file of its own must be found, and a good one must not.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
number=0 expected=
while IFS='~' read -r verdict folder text; do
    number=$((number + 1)) file=$folder/planted$number.h
    case $folder in include/*) file=$folder/model.h ;; esac
    mkdir -p "$planted/$folder"
    printf '%s\n' "$text" >"$planted/$file"
    [ "$verdict" = good ] || expected+="$file"$'\n'
done <<'END'
bad~host/image~#include "engine/backend.h"
bad~host/image~#include "voxstat/result.h"
bad~host/study~#include "output/output.h"
bad~host/study~#include "voxstat/model.h"
bad~host/model~#include "study/cells.h"
bad~host/bids~#include "study/cells.h"
bad~host/univariate~#include "infer/exact.h"
bad~host/univariate~#include "engine/problem.h"
bad~host/quality~#include "study/table.h"
bad~host/space~#include "image/header.h"
bad~host/image~#include "atlas/atlas.h"
bad~host/atlas~#include "engine/op.h"
bad~host/study~#include "results/results.h"
bad~host/results~#include "output/output.h"
bad~host/output~#include "report/report.h"
bad~host/report~#include "nidm/pack.h"
bad~host/base~#include "../cli/options.h"
bad~host/attic~#include "base/error.h"
bad~include/voxstat~#include "voxstat/engine.h"
bad~host/infer~cl_mem buffer;
bad~host/engine/cpu~#include <CL/cl.h>
good~host/engine/opencl~cl_mem buffer;
good~host/infer~#include "engine/backend.h"
good~host/infer~#include "univariate/flip_count.h"
good~host/cli~#include "simulate/simulate.h"
END
if ! diff <(printf %s "$expected" | sort) <(offences "$planted" | cut -d: -f1 | sort); then
    echo "layers.sh is broken: the planted files marked < were not found, or those marked > were found wrongly"
    exit 1
fi

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "includes go downwards; OpenCL stays in host/engine/opencl"

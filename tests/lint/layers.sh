#!/bin/bash
# Includes go downwards only, and OpenCL stays behind the seam. The modules have one order, lowest first; a file
# includes its own module or a lower one. Modules of one rank do not include each other, except the commands (cli,
# simulate, bench), which are above all others.
set -euo pipefail

# The names of "voxstat/<header>" are those of modules, except these.
header_module() # header -> module
{
    case $1 in
    error) echo base ;;
    tally) echo engine ;;
    inference | result | family) echo infer ;;
    voxstat) echo infer ;;
    *) echo "$1" ;;
    esac
}

rank() # module -> its height; fails for one that the order does not know
{
    case $1 in
    base) echo 0 ;;
    space) echo 10 ;;
    image) echo 20 ;;
    bids) echo 25 ;;
    study | model | quality) echo 30 ;;
    engine | univariate | atlas) echo 40 ;;
    prepare) echo 45 ;;
    infer) echo 50 ;;
    outcome) echo 60 ;;
    results) echo 70 ;;
    output) echo 80 ;;
    report) echo 90 ;;
    nidm) echo 100 ;;
    cli | simulate | bench) echo 110 ;;
    *) return 1 ;;
    esac
}

# Prints every offence under the root $1.
offences()
{
    local file line path from to module target
    while IFS=: read -r file line path; do
        case $file in
        include/voxstat/*) module=$(header_module "$(basename "$file" .h)") ;;
        host/*) module=${file#host/} module=${module%%/*} ;;
        bench/*) module=bench ;;
        esac
        from=$(rank "$module") || { echo "$file: the folder '$module' has no place in the order"; continue; }
        path=${path#*\"} path=${path%%\"*}
        case $path in
        voxstat/*) target=$(header_module "$(basename "$path" .h)") ;;
        args.h | height.h | near.h | sample.h) target=engine ;; # shared with the kernels
        *) target=${path%%/*} ;;
        esac
        to=$(rank "$target") || to=unknown
        if [ "$to" = unknown ]; then
            echo "$file:$line: \"$path\" is not written as \"module/header.h\" of a module"
        elif [ "$to" -gt "$from" ]; then
            echo "$file:$line: $module must not include \"$path\": that climbs"
        elif [ "$to" -eq "$from" ] && [ "$target" != "$module" ] && [ "$from" -lt "$(rank cli)" ]; then
            echo "$file:$line: $module must not include \"$path\": these two stand beside each other"
        fi
    done < <(cd "$1" && grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
        host include bench 2>/dev/null)
    (cd "$1" && grep -rnE --include='*.[ch]' '\b(CL_|cl_)[A-Za-z]|<CL/' host include bench 2>/dev/null |
        grep -v '^host/engine/opencl/' | sed 's/$/   <- OpenCL outside host\/engine\/opencl/') || true
}

# The test of the test: each of these must be found, and a good file must not.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
plant() # path, text, offences expected
{
    rm -rf "${planted:?}"/*
    mkdir -p "$planted/$(dirname "$1")"
    printf '%s\n' "$2" >"$planted/$1"
    local found
    found=$(offences "$planted" | wc -l)
    if [ "$found" -ne "$3" ]; then
        echo "layers.sh is broken: '$2' in $1 gave $found offences, not $3"
        exit 1
    fi
}
plant host/image/bad.c '#include "engine/backend.h"' 1
plant host/image/bad.c '#include "voxstat/result.h"' 1
plant host/study/bad.c '#include "output/output.h"' 1
plant host/study/bad.c '#include "voxstat/model.h"' 1
plant host/model/bad.c '#include "study/cells.h"' 1
plant host/bids/bad.c '#include "study/cells.h"' 1
plant host/univariate/bad.c '#include "infer/exact.h"' 1
plant host/univariate/bad.c '#include "engine/problem.h"' 1
plant host/quality/bad.c '#include "study/table.h"' 1
plant host/space/bad.c '#include "image/header.h"' 1
plant host/image/bad.c '#include "atlas/atlas.h"' 1
plant host/atlas/bad.c '#include "engine/op.h"' 1
plant host/study/bad.c '#include "results/results.h"' 1
plant host/results/bad.c '#include "output/output.h"' 1
plant host/output/bad.c '#include "report/report.h"' 1
plant host/report/bad.c '#include "nidm/pack.h"' 1
plant host/base/bad.c '#include "../cli/options.h"' 1
plant host/attic/bad.c '#include "base/error.h"' 1
plant include/voxstat/model.h '#include "voxstat/engine.h"' 1
plant host/infer/bad.c 'cl_mem buffer;' 1
plant host/engine/cpu/bad.c '#include <CL/cl.h>' 1
plant host/engine/opencl/good.c 'cl_mem buffer;' 0
plant host/infer/good.c '#include "engine/backend.h"' 0
plant host/infer/good.c '#include "univariate/flip_count.h"' 0
plant host/cli/good.c '#include "simulate/simulate.h"' 0

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "includes go downwards; OpenCL stays in host/engine/opencl"

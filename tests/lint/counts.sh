#!/bin/bash
# Ideas that have one place: what is written of them anywhere else is an offence. Each line of the table has the place, as
# an extended regular expression of paths, and the pattern of what may stand only there. Comments do not count.
set -euo pipefail

# The level of significance in a text; names of kinds of p; the words for tails; run.json's words for relabelling; files.
ideas='
host/results/(level\.h|schema\.h)|"([^"]*[^0-9.])?0[._]05([^0-9"][^"]*)?"
host/infer/quantity\.c|"p[-_](uncorrected|fdr|(fwe|holm)[-_][a-z]+)"
host/results/(tails|schema)\.c|"(\|t\||two-sided|one-sided|pos|neg)"
host/results/schema\.c|"(sign-flip)"
host/results/schema\.h|"(run\.json|results\.h5|mask\.nii\.gz|_clusters\.tsv)"
'

# Prints every offence under the root $1.
offences()
{
    local place pattern
    while IFS='|' read -r place_and_pattern; do
        [ -n "$place_and_pattern" ] || continue
        place=${place_and_pattern%%|\"*} pattern="\"${place_and_pattern#*|\"}"
        (cd "$1" && grep -rnE --include='*.[ch]' -- "$pattern" host bench 2>/dev/null |
            grep -vE "^$place:" | sed -E 's#(:[0-9]+:) \*.*|/\*.*#\1#' | grep -E -- "$pattern" |
            sed "s#\$#   <- belongs to $place#") || true
    done <<<"$ideas"
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
        echo "counts.sh is broken: '$2' in $1 gave $found offences, not $3"
        exit 1
    fi
}
plant host/report/bad.c 'put("nothing is significant at 0.05 here");' 1
plant host/output/bad.c 'static const char key[] = "voxels_below_0_05";' 1
plant host/output/bad.c 'map("p-fwe-voxel");' 1
plant host/results/bad.c 'key("p_fdr");' 1
plant host/cli/bad.c 'static const char *const words[] = {"|t|", "t"};' 1
plant host/nidm/bad.c 'two ? "two-sided" : "either"' 1
plant host/output/bad.c 'kind = "sign-flip";' 1
plant host/nidm/bad.c 'open("results.h5");' 1
plant host/results/schema.h '#define VX_HDF5_FILE "results.h5"' 0
plant host/infer/quantity.c 'name = "p-fdr"' 0
plant host/report/good.c '/* "p-fwe-voxel" is a map, and p below 0.05 is significant. */' 0
plant host/report/good.c 'vx_widen(axes.y, 0.05);' 0

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "the level, kinds of p, tails and the names of a results folder have one place each"

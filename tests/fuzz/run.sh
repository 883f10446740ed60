#!/bin/bash
# usage: tests/fuzz/run.sh BUILD [SECONDS [TARGET...]]
# Runs every fuzz target (or those named) of a build of the fuzz preset for SECONDS (20), from the seeds beside this
# file and, where they are there, the images of $VOXSTAT_REAL_DATA/malformed. A crash, leak or hang is a failure; the
# input that did it is left in BUILD/fuzz/<target>/.
set -euo pipefail
build=$1 seconds=${2:-20}
source=$(cd "$(dirname "$0")/../.." && pwd)
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- table image vest label_names sidecar run_json results_h5
for target; do
    folder=$build/fuzz/$target
    mkdir -p "$folder/corpus" "$folder/seeds"
    options=(-max_len=65536)
    case $target in
    table) cp "$source"/tests/fuzz/seeds/*.tsv "$folder/seeds/" ;;
    label_names) cp "$source"/tests/fuzz/seeds/labels.* "$folder/seeds/" ;;
    sidecar) cp "$source"/tests/fuzz/seeds/*.bids "$folder/seeds/" ;;
    vest) cp "$source"/tests/fuzz/seeds/*.mat "$folder/seeds/" ;;
    image)
        find "${VOXSTAT_REAL_DATA:-/nonexistent}/malformed" -type f -size -64k \( -name '*.nii' -o -name '*.nii.gz' \) \
            -exec cp {} "$folder/seeds/" \; 2>/dev/null || true
        ;;
    run_json) VOXSTAT_FUZZ_SEED=$folder/seeds/intact "$build/fuzz-$target" -runs=0 >"$folder/log" 2>&1 ;;
    results_h5) options=(-max_len=128 -len_control=0) ;; # 16 edits of 8 bytes
    esac
    echo "fuzz-$target: $seconds s, $(find "$folder/seeds" -type f | wc -l) seeds"
    if ! "$build/fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 "${options[@]}" \
        -print_final_stats=1 -artifact_prefix="$folder/" "$folder/corpus" "$folder/seeds" >"$folder/log" 2>&1; then
        tail -n 60 "$folder/log"
        exit 1
    fi
    grep '^stat::number_of_executed_units' "$folder/log"
done

#!/bin/bash
# usage: tests/fuzz/run.sh BUILD [SECONDS]: runs every fuzz target of a build of the fuzz preset for SECONDS (20), from
# seeds of the sample data and, where it is there, $VOXSTAT_REAL_DATA/malformed. A crash, leak or hang is a failure;
# the input that did it is left in BUILD/fuzz/<target>/.
set -euo pipefail
build=$1 seconds=${2:-20}
source=$(cd "$(dirname "$0")/../.." && pwd)
for target in table image; do
    folder=$build/fuzz/$target
    mkdir -p "$folder/corpus" "$folder/seeds"
    case $target in
    table) find "$source/sample_data" -name '*.tsv' -exec cp {} "$folder/seeds/" \; ;;
    image)
        find "${VOXSTAT_REAL_DATA:-/nonexistent}/malformed" "$source/tests/fuzz/seeds" -type f \
            \( -name '*.nii' -o -name '*.nii.gz' \) -size -64k -exec cp {} "$folder/seeds/" \; 2>/dev/null || true
        ;;
    esac
    echo "fuzz-$target: $seconds s, $(find "$folder/seeds" -type f | wc -l) seeds"
    LSAN_OPTIONS=suppressions=$source/tests/lsan.supp "$build/fuzz-$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix="$folder/" "$folder/corpus" \
        "$folder/seeds" 2>&1 | tail -n 25
done

#!/bin/bash
# report.html in a browser: reports of the sample trial, with clusters and without, of one tail, of its images laid
# obliquely, and one of a program that was built without NiiVue, opened by report.mjs. VOXSTAT_PICTURES names a folder
# for screenshots.
set -euo pipefail

skip()
{
    echo "SKIP: $*"
    exit 77
}
[ -n "$VOXSTAT_NIIVUE" ] || skip "voxstat was built without NiiVue"
command -v node >/dev/null || skip "no node (Debian: nodejs)"
CHROMIUM=$(command -v chromium || command -v chromium-browser) || skip "no chromium"
export CHROMIUM
[ -d "${VOXSTAT_SOURCE:?}/tests/browser/node_modules" ] ||
    skip "tests/browser/node_modules is not there (sh bootstrap.sh test fetches it)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A long path of the table must fit the width of a phone.
data=$work/a_folder_whose_name_is_longer_than_the_screen_of_a_phone_is_wide/sample_data
mkdir -p "$(dirname "$data")"
cp -r "$VOXSTAT_SOURCE/sample_data" "$data"
run() # program, folder, options
{
    local program=$1 folder=$2
    shift 2
    "$program" --design paired --modality pet --table "$data/participants.tsv" --correct voxel,extent,mass,fdr \
        --permutations 500 --quiet --out "$work/$folder" "$@" >/dev/null
}
{ run "${VOXSTAT_BARE:?}" bare && run "${VOXSTAT:?}" empty --cluster-t 50 && run "$VOXSTAT" neg --tails neg; } &
run "$VOXSTAT" full --covariate rapa_level --atlas "$data/labels.nii.gz"
wait $!
node "$VOXSTAT_SOURCE/tests/browser/oblique.mjs" "$data"
run "$VOXSTAT" oblique
node "$VOXSTAT_SOURCE/tests/browser/report.mjs" "$work" ${VOXSTAT_PICTURES:+"$VOXSTAT_PICTURES"}

#!/bin/sh
# Makes the sample cohort again, and demo.png, the first picture of its report: sh sample_data/make.sh [PROGRAM].
# planned.tsv and expected.tsv are written by hand.
set -e
program=$(realpath "${1:-build/release/voxstat}")
here=$(realpath "$(dirname "$0")")
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cd "$made"
PATH=$(dirname "$program"):$PATH # the record holds the command as it is typed
voxstat simulate --size 4 --participants 14 --seed 0 --exact-moments --out cohort
cp cohort/* "$here"/
voxstat --design paired --covariate rapa_level --modality pet --table "$here"/participants.tsv \
    --atlas "$here"/labels.nii.gz --regions "$here"/planned.tsv --correct voxel --out results
cp results/figures/regions_pet_forest.png "$here"/demo.png

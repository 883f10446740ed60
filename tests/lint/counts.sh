#!/bin/bash
# Ideas that belong to one file each. A second file that spells one out is an offence.
set -euo pipefail

# The file, how the idea looks in C, and what others use.
once()
{
    cat <<'END'
host/base/clock.c|\b(clock_gettime|gettimeofday|omp_get_wtime)\(|vx_seconds
host/base/distribution.c|\bnifti_(cdf2stat|stat2r?cdf)\(|base/distribution.h: nifticdf is not safe for threads
host/base/memory.c|\brealloc(array)?\(|vx_array_grow
host/base/number.c|% 3 == 0|vx_count_text
host/base/sort.h|\(\w[^()]* > \w[^()]*\) - \(\w[^()]* < \w[^()]*\)|vx_compare
host/base/utf8.c|== 0xed|vx_utf8_length
host/image/nifti.c|\bnifti_make_new_n[12]_header\(|vx_nifti_header
host/model/orthonormal.c|\bLAPACKE_d(geqrf|orgqr|gels)\(|vx_orthonormalise
host/base/markup.c|"&amp;"|vx_markup_of
host/[io][a-z]*/[qc][uo][a-z]*.c|^(?! \*)(?:(?!/\*).)*"p[-_](uncorrected|fdr|(fwe|bonferroni)[-_][a-z]+)"|vx_quantity_about, vx_outcome_about
host/results/[ls][a-z]*.h|^(?! \*)(?:(?!/\*).)*"([^"]*[^0-9.])?0[._]05([^0-9"][^"]*)?"|VX_LEVEL_TEXT, or a key of results/schema.h
host/results/[st][a-z]*.c|^(?! \*)(?:(?!/\*).)*"(\|t\||two-sided|one-sided|pos|neg)"|vx_tails_about or vx_tails_names
host/results/scheme.c|^(?! \*)(?:(?!/\*).)*"[Ss]ign flips"|vx_scheme_about
host/results/schema.c|^(?! \*)(?:(?!/\*).)*"sign-flip"|vx_scheme_names
host/results/schema.h|\b(member|(vx_)?get_[a-z_]+)\([^"]*"[a-z]|VX_KEY_... of results/schema.h
host/results/schema.h|^(?! \*)(?:(?!/\*).)*"(left_out(_[a-z]+)*|grid_voxels|most_[a-z_]+|threshold_t|[a-z_]+_possible)"|VX_KEY_...
host/results/schema.c|^(?! \*)(?:(?!/\*).)*"(label\\t|peak_[tijkxyz]["\\])|vx_cluster_columns
host/results/schema.h|^(?! \*)(?:(?!/\*).)*"(run\.json|results\.h5|(mask|n|reference)\.nii\.gz|clusters\.tsv)"|results/schema.h
END
}

# Prints every offence under the root $1.
offences()
{
    local file pattern use
    while IFS= read -r line; do
        file=${line%%|*} use=${line##*|} pattern=${line#*|} pattern=${pattern%|*}
        (cd "$1" && grep -rnP --include='*.[ch]' -e "$pattern" host bench) | grep -v "^$file:" | sed "s|$|   <- $use|" || true
    done < <(once)
}

# The test of the test: each idea in its file, where it is allowed, and in another, where it is found once.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/host/cli" "$planted/bench"
number=0 expected=
while IFS='~' read -r file text; do
    number=$((number + 1))
    mkdir -p "$planted/$(dirname "$file")"
    printf '%s\n' "$text" >>"$planted/$file"
    printf '%s\n' "$text" >"$planted/host/cli/bad$number.c"
    expected+="host/cli/bad$number.c"$'\n'
done <<'END'
host/base/clock.c~    clock_gettime(CLOCK_MONOTONIC, &now);
host/base/distribution.c~    return nifti_stat2cdf(-t, NIFTI_INTENT_TTEST, df, 0, 0);
host/base/distribution.c~    return nifti_stat2rcdf(t, NIFTI_INTENT_TTEST_NONC, df, delta, 0);
host/base/memory.c~    grown = realloc(list, (count + 1) * sizeof *list);
host/base/memory.c~    grown = reallocarray(list, count + 1, sizeof *list);
host/base/number.c~        if (i && (length - i) % 3 == 0)
host/base/sort.h~    return (x > y) - (x < y);
host/base/sort.h~    return (a->peak > b->peak) - (a->peak < b->peak);
host/base/utf8.c~    unsigned char high = byte[0] == 0xed ? 0x9f : 0xbf;
host/image/nifti.c~    h = nifti_make_new_n1_header(dim, DT_INT16);
host/model/orthonormal.c~    if (LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, m, q, n, tau))
host/base/markup.c~    case '&': return "&amp;";
host/outcome/columns.c~    [VX_OUTCOME_P_FDR] = {"p_fdr"},
host/infer/quantity.c~    [VX_P_FDR] = {.name = "p-fdr"},
host/infer/quantity.c~    .key = "p_fwe_voxel", /* of run.json */
host/results/level.h~    put("nothing is significant at 0.05 here");
host/results/schema.h~    #define VX_BELOW_ENDING "_below_0_05"
host/results/tails.c~    {"two-sided", "a difference either way"},
host/results/schema.c~    [VX_POSITIVE] = "pos",
host/results/scheme.c~    what = flips ? "sign flips" : "permutations";
host/results/schema.c~    kind = "sign-flip";
host/results/schema.c~    fputs("label\tsign", file);
host/results/schema.c~    at = vx_table_find(table, "peak_x");
host/results/schema.h~    #define VX_HDF5_FILE "results.h5"
host/results/schema.h~    effect->n = vx_get_integer(r, object, "n");
host/results/schema.h~    return json_pack("{so so}", "left_out", missing, "n", n);
END
if ! diff <(printf %s "$expected" | sort) <(offences "$planted" | cut -d: -f1 | sort); then
    echo "counts.sh is broken: the planted files marked < were not found, or those marked > were found wrongly"
    exit 1
fi

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "$(once | wc -l) ideas stand in one file each"

#!/bin/bash
# Refuses tabs, trailing blanks, lines over 120 columns, a missing last newline, files over 500 lines (400 is the aim),
# and kernels that do not begin with a comment or whose stem has no test in tests/ops.
set -euo pipefail

# Prints every offence under the root $1.
offences()
{
    local file stem files=$planted.files
    (
        cd "$1"
        find host include kernels bench tests -type f \( -name '*.c' -o -name '*.h' -o -name '*.cl' \) >"$files" 2>/dev/null || true
        grep_files() { xargs -r -d '\n' grep -Hn "$@" <"$files" || true; }
        LC_ALL=C grep_files -P '\t' | sed 's/:/: tab: /'
        LC_ALL=C.UTF-8 grep_files -E '[[:blank:]]+$' | sed 's/:/: trailing blank: /'
        LC_ALL=C.UTF-8 grep_files -E '^.{121,}' | sed 's/:/: over 120 columns: /'
        xargs -r -d '\n' wc -l <"$files" | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines, over 500" }'
        xargs -r -d '\n' perl -e 'for (@ARGV) { open F, "<", $_; seek F, -1, 2; read F, my $c, 1; print "$_: no newline at the end\n" if $c ne "\n" }' <"$files"
        while read -r file; do
            stem=$(basename "$file" .cl)
            [ "$(head -c 2 "$file")" = '/*' ] || echo "$file: does not open with its block comment"
            [ -e "tests/ops/$stem.c" ] || echo "$file: no tests/ops/$stem.c"
        done < <(find kernels -name '*.cl' 2>/dev/null)
    )
}

planted=$(mktemp -d)
trap 'rm -rf "$planted" "$planted.files"' EXIT
plant() # path, text (as for printf), offences expected
{
    rm -rf "${planted:?}"/*
    mkdir -p "$planted/$(dirname "$1")"
    # shellcheck disable=SC2059
    printf "$2" >"$planted/$1"
    local found
    found=$(offences "$planted" | wc -l)
    if [ "$found" -ne "$3" ]; then
        echo "style.sh is broken: $1 gave $found offences, not $3"
        exit 1
    fi
}
plant host/a.c '\tint a;\n' 1
plant host/a.c 'int a; \n' 1
plant host/a.c "int a; /* $(printf '%120s' . | tr ' ' x) */\n" 1
plant host/a.c "/* $(printf '%114s' . | sed 's/ /é/g') */\n" 0
plant host/a.c 'int a;' 1
plant host/a.c "$(yes 'int a;\n' | head -501 | tr -d '\n')" 1
plant kernels/a.cl 'kernel void a() {}\n' 2
plant kernels/a.cl '/* a */\n' 1

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi

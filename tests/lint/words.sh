#!/bin/bash
# Words that this code once used with meanings of their own. Comments, messages and documents use the ordinary word:
# results are complete, an array holds one more element, voxels are connected.
set -euo pipefail

# The pattern of a word, and what to write.
words()
{
    cat <<'END'
[Ww]hole(?! (numbers?|blood|brain)\b| ?"$)|complete, all, full, entire
[Aa]new|again
[Rr]oom|space, memory, capacity; or say what fits
(there )?is none|say what is missing
([Nn]othing|[Nn]one|[Aa]ll|[Ss]ome) of it|name it
(become|becomes|became|made|make|makes) of it|name it
[Hh]angs? together|connected
[Ff]or want of|without
END
}

# Prints every offence under the root $1.
offences()
{
    local word instead
    while IFS= read -r line; do
        word=${line%|*} instead=${line##*|}
        (cd "$1" && grep -rnP --include='*.[ch]' --include='*.cl' --include='*.js' --include='*.mjs' --include='*.py' \
            --include='*.sh' --include='*.md' --include='*.toml' --exclude=words.sh --exclude-dir=node_modules \
            -e "(?<![\w-])($word)(?![\w-])" host include kernels docs tests bench contrib README.md CONTRIBUTING.md \
            2>/dev/null) | sed "s/\$/   <- $instead/" || true
    done < <(words)
}

# The test of the test: a sentence that is allowed, and sentences that are not.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
plant() # text, offences expected
{
    mkdir -p "$planted/host"
    printf '%s\n' "$1" >"$planted/host/planted.c"
    local found
    found=$(offences "$planted" | wc -l)
    if [ "$found" -ne "$2" ]; then
        echo "words.sh is broken: '$1' gave $found offences, not $2"
        exit 1
    fi
}
plant '/* A whole number of bedrooms, -whole of PALM, whole_file and whole blood. */' 0
plant '/* The whole map. */' 1
plant '/* the map is whole */' 1
plant '/* Drawn anew. */' 1
plant '/* not enough room */' 1
plant '/* null where there is none */' 1
plant '    "nothing of it is kept"' 1
plant '/* what becomes of it */' 1
plant '/* voxels that hang together */' 1
plant '/* for want of data */' 1

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "$(words | wc -l) patterns are absent"

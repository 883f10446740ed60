#!/bin/bash
# Calls whose failure is easily overlooked belong to one file each, whose functions report the failure:
#   1. jansson's functions that add a value return a number (host/base/json.h).
#   2. json_string returns null for text that is not UTF-8 (host/base/json.h).
#   3. open_memstream loses text without an error (host/base/stream.h).
#   4. vx_page_print escapes nothing (vx_put in host/report/page.h).
# tests/unit/free_null.c calls every function that frees or closes with null.
set -euo pipefail

# Prints every offence under the root $1.
offences()
{
    (
        cd "$1"
        grep -rnE --include='*.[ch]' '\bjson_(string|stringn|sprintf|dumps|(array|object)_(set|append|insert|extend|update)[a-z_]*)\(' \
            host bench 2>/dev/null | grep -v '^host/base/json[.]c:' | sed 's/$/   <- see host\/base\/json.h/'
        grep -rhoE --include='*.h' '\bvx_[a-z0-9_]+_(free|destroy|abandon|close)\([^)]' host include bench 2>/dev/null |
            sed 's/(.*//' | sort -u | while read -r name; do
                grep -qs "\b$name(NULL" tests/unit/free_null.c || echo "$name(NULL): not in tests/unit/free_null.c"
            done
        grep -rnE --include='*.[ch]' '\bopen_memstream\(' host bench 2>/dev/null | sed 's/$/   <- see host\/base\/stream.h/'
        grep -rnE --include='*.[ch]' '\bvx_page_print\(' host 2>/dev/null | grep -v '^host/report/page[.][ch]:' |
            sed 's/$/   <- its values are not escaped: see vx_put in host\/report\/page.h/'
    ) || true
}

# The test of the test.
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
        echo "checked.sh is broken: '$2' in $1 gave $found offences, not $3"
        exit 1
    fi
}
plant host/nidm/bad.c 'json_array_append_new(names, name);' 1
plant host/nidm/bad.c 'json_object_set(run, "files", files);' 1
plant bench/bad.c 'x = json_string(name);' 1
plant host/report/bad.c 'vx_page_print(page, "<td>%s</td>", participant);' 1
plant host/cli/bad.c 'out = open_memstream(&text, &size);' 1
plant host/cli/bad.h 'void vx_columns_free(vx_columns *table);' 1
plant host/base/json.c 'return json_array_append_new(array, value) == 0;' 0
plant host/report/good.c 'if (json_is_string(one) && json_string_value(one) && json_array_size(all))' 0

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
echo "every call whose failure is easily overlooked is checked"

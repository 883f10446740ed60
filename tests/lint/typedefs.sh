#!/bin/bash
# A typedef name means one type in the repository, types private to one file included. The exceptions: one file may
# define a name in several branches of #if, and a forward declaration names the struct defined elsewhere. A kernel and
# the CPU backend share the name of a type that is the same step in both languages.
set -euo pipefail

# Prints the typedefs of the given files as "name file". A declaration of several lines is joined, then comments, bodies,
# attributes, parameters and array sizes are removed: the last word left is the name.
typedefs()
{
    awk '
        function define(text,    name) {
            gsub(/\/\*([^*]|\*[^\/])*\*\//, " ", text)
            while (gsub(/\{[^{}]*\}/, " ", text)) {}
            sub(/__attribute__.*/, "", text)
            if (match(text, /\( *\* *[A-Za-z_0-9]+/)) { # a pointer to a function
                name = substr(text, RSTART, RLENGTH)
                sub(/.*[^A-Za-z_0-9]/, "", name)
            } else {
                gsub(/\([^()]*\)|\[[^]]*\]|;/, " ", text)
                sub(/[^A-Za-z_0-9]+$/, "", text)
                name = text
                sub(/.*[^A-Za-z_0-9]/, "", name)
                if (text ~ ("^typedef (struct|union) " name " " name "$")) # forward: no body was there to remove
                    return
            }
            print name, FILENAME
        }
        FNR == 1 { text = ""; open = 0 }
        !open && /^[ ]*typedef[ ]/ { open = 1; text = ""; depth = 0 }
        open {
            line = $0
            sub(/^[ ]+/, "", line)
            text = text (text == "" ? "" : "  ") line
            gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
            depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
            if (depth == 0 && line ~ /;[ ]*$/) {
                define(text)
                open = 0
            }
        }' "$@"
}

# Prints every offence under the root $1: a name followed by the files that define it.
offences()
{
    (
        cd "$1"
        local files
        mapfile -t files < <(find host include bench kernels tests -type f \( -name '*.[ch]' -o -name '*.cl' \) 2>/dev/null)
        typedefs "${files[@]}" | sort -u | awk '
            { side = $2 ~ /^kernels\// ? "kernel" : "host"
              files[$1] = files[$1] " " $2
              count[$1, side]++
              if (side == "host" && $2 !~ /^host\/engine\/cpu\//) other[$1] = 1 }
            END { for (name in files)
                      if (count[name, "host"] > 1 || count[name, "kernel"] > 1 || (count[name, "kernel"] && other[name]))
                          print name ":" files[name] }'
    ) | sort
}

# The test of the test: pairs of typedefs, in two files.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
while IFS='~' read -r expected first one second two; do
    rm -rf "${planted:?}"/*
    for file in "$first" "$second"; do
        mkdir -p "$planted/$(dirname "$file")"
    done
    printf '%b\n' "$one" >>"$planted/$first"
    printf '%b\n' "$two" >>"$planted/$second"
    found=$(offences "$planted" | wc -l)
    if [ "$found" -ne "$expected" ]; then
        echo "typedefs.sh is broken: '$one' in $first and '$two' in $second gave $found offences, not $expected"
        exit 1
    fi
done <<'END'
1~host/a.c~typedef struct a {\n    int x; /* } */\n} vx_a;~host/b/b.h~typedef struct b { struct { int y; } z; } vx_a;
1~host/a.c~typedef int vx_a;~tests/unit/a.c~typedef enum vx_e {\n    VX_X\n} vx_a;
1~bench/a.c~typedef int (*call)(void *context, int n);~tests/fuzz/a.h~typedef float call[3];
1~host/a.c~typedef int call(const void *data[4], int n);~host/b.c~typedef float call __attribute__((vector_size(16)));
1~kernels/a.cl~typedef int vx_a;~include/voxstat/a.h~typedef float vx_a;
1~kernels/a.cl~typedef int vx_a;~kernels/b.h~typedef float vx_a;
0~kernels/a.cl~typedef int vx_a;~host/engine/cpu/a.h~typedef float vx_a;
0~kernels/a.h~typedef int vx_a;~kernels/a.h~typedef float vx_a;
0~host/a.h~typedef struct vx_a vx_a;~host/b.h~typedef struct vx_a vx_a;
0~host/a.h~typedef struct vx_a vx_a;~host/b.c~typedef struct vx_a {\n    int x;\n} vx_a;
0~host/a.c~typedef struct a { int x; } vx_a; /* not vx_b */~host/b.c~typedef struct b { int x; } vx_b;
END

found=$(offences "${VOXSTAT_SOURCE:?}")
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi

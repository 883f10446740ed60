#!/bin/bash
# Reads the built and the installed programs with readelf: every folder of a RUNPATH is an absolute path, so that no
# library is loaded from the current folder, and the hardening of cmake/hardening.cmake is present. The test of the test:
# a program with each fault is built first, and must be refused.
set -euo pipefail
for tool in readelf cc; do
    command -v $tool >/dev/null || { echo "SKIP: no $tool"; exit 77; }
done
readelf -h "${VOXSTAT:?}" >/dev/null 2>&1 || { echo "SKIP: programs are not in ELF here"; exit 77; }
build=$(dirname "$VOXSTAT")
if ! grep -q '^VOXSTAT_SANITIZE:[A-Z]*=$' "$build/CMakeCache.txt"; then
    echo "SKIP: a sanitized program is not for users"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Folders of RUNPATH and RPATH that depend on where the program is started.
loose_paths() # file
{
    local paths path
    paths=$(readelf -dW "$1" | sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\]$/\2/p')
    [ -z "$paths" ] && return
    while read -r path; do
        case $path in
        /* | \$ORIGIN | \$ORIGIN/*) ;;
        *) echo "$1: RUNPATH '$paths': '$path' is taken from the current folder" ;;
        esac
    done < <(tr : '\n' <<<"$paths:" | sed '$d')
}

# Prints the hardening that a program or shared library lacks, one line each.
lacks() # file
{
    local dynamic headers symbols
    dynamic=$(readelf -dW "$1")
    headers=$(readelf -lW "$1")
    symbols=$(readelf --dyn-syms -W "$1")
    loose_paths "$1"
    grep -q 'Elf file type is DYN' <<<"$headers" || echo "$1: is loaded at a fixed address (no PIE)"
    grep -q 'GNU_RELRO' <<<"$headers" || echo "$1: no RELRO"
    grep -qE 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic" || echo "$1: symbols are bound late, so RELRO is partial"
    grep -qE 'GNU_STACK.* RW ' <<<"$headers" || echo "$1: the stack can be executed"
    grep -q '__stack_chk_fail' <<<"$symbols" || echo "$1: no canaries on stacks"
    grep -q '__snprintf_chk' <<<"$symbols" || echo "$1: copies are not checked (no FORTIFY)"
}

fail()
{
    echo "$*"
    exit 1
}

# ---- the lint itself ----

cat >"$work/fault.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    char text[64];
    (void)argc;
    snprintf(text, (size_t)atoi(argv[1]), "%s", argv[0]);
    puts(text);
    return 0;
}
C
hardened=(-O2 -fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 "-Wl,-z,relro" "-Wl,-z,now"
    "-Wl,-z,noexecstack")
expect() # expected text, flags...
{
    local said=$1
    shift
    cc "${hardened[@]}" "$@" "$work/fault.c" -o "$work/fault" 2>/dev/null
    if [ -z "$said" ]; then
        [ -z "$(lacks "$work/fault")" ] || fail "a sound program is not: $(lacks "$work/fault")"
    else
        lacks "$work/fault" | grep -qF "$said" || fail "built with $*: this is not found out"
    fi
}
expect ''
expect '' -Wl,-rpath,/usr/lib/elsewhere "-Wl,-rpath,\$ORIGIN/../lib"
expect "'' is taken from the current folder" -Wl,-rpath,/usr/lib/elsewhere:
expect "'' is taken from the current folder" -Wl,-rpath,:/usr/lib/elsewhere
expect "'lib' is taken" -Wl,-rpath,lib
expect 'no PIE' -no-pie -fno-pie
expect 'no RELRO' -Wl,-z,norelro
expect 'bound late' -Wl,-z,lazy
expect 'can be executed' -Wl,-z,execstack
expect 'no canaries' -fno-stack-protector
expect 'no FORTIFY' -U_FORTIFY_SOURCE

# ---- the build ----

cmake --install "$build" --prefix "$work/prefix" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
files=("$VOXSTAT" "$work/prefix/bin/voxstat")
while IFS= read -r library; do
    files+=("$library")
done < <(find "$build" "$work/prefix" -maxdepth 3 -name 'libvoxstat.so.*' -type f)
offences=$(for file in "${files[@]}"; do lacks "$file"; done)
[ -z "$offences" ] || fail "$offences"

# Where the compiler marks code for the processor's own checks of jumps and returns (CET), every object of ours is marked.
echo 'int f(void) { return 0; }' >"$work/cet.c"
if cc -fcf-protection -c "$work/cet.c" -o "$work/cet.o" 2>/dev/null && readelf -nW "$work/cet.o" | grep -q IBT; then
    for archive in "$build"/libvoxstat*.a; do
        unmarked=$(readelf -nW "$archive" | awk '/^File: /{ if (name && !seen) print name; name = $2; seen = 0 }
            /IBT/{ seen = 1 } END { if (name && !seen) print name }')
        [ -z "$unmarked" ] || fail "without marks of CET: $unmarked"
    done
fi
echo "${files[*]}: hardened"

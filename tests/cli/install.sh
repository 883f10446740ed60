#!/bin/bash
# `cmake --install` into a fresh prefix: the program runs from there, its manual pages and completions are not empty,
# and the example builds against the installed library alone, by pkg-config and by find_package, and finds its cluster.
set -euo pipefail
build=$(dirname "${VOXSTAT:?}")
if ! grep -q '^VOXSTAT_SANITIZE:[A-Z]*=$' "$build/CMakeCache.txt"; then
    echo "SKIP: a sanitized library is not for installing"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" >"$work/log" || { cat "$work/log"; exit 1; }
for page in "${VOXSTAT_SOURCE:?}"/docs/*.md; do
    cmp "$page" "$prefix/share/doc/voxstat/docs/$(basename "$page")"
done
# From here on the source folder must not be needed.
cp "${VOXSTAT_SOURCE:?}/tests/unit/example.c" "$work/"
cd "$work"

"$prefix/bin/voxstat" --version
for page in voxstat voxstat-run voxstat-translate; do
    grep -q '^\.TH VOXSTAT' "$prefix/share/man/man1/$page.1"
done
if command -v man >/dev/null; then # groff reports no warnings
    for page in "$prefix"/share/man/man1/*.1; do
        said=$(man --warnings -l "$page" 2>&1 >/dev/null)
        [ -z "$said" ] || { echo "$page: $said"; exit 1; }
    done
fi
bash -n "$prefix/share/bash-completion/completions/voxstat"
grep -q 'complete .*voxstat' "$prefix/share/bash-completion/completions/voxstat"
head -1 "$prefix/share/zsh/site-functions/_voxstat" | grep -qx '#compdef voxstat'

# The planted block has 125 voxels and 12 people allow 4,096 flips: with both tails the smallest p is 2 / 4096.
expect()
{
    local said
    said=$("$1")
    echo "$2: $said"
    case $said in
    *"p = 0.000488281"*) ;;
    *) exit 1 ;;
    esac
}

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name voxstat.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH") # for a shared build: the loader does not look into this prefix
export PKG_CONFIG_PATH LD_LIBRARY_PATH
# shellcheck disable=SC2046
cc -std=c11 -O1 example.c -o by-pkg-config $(pkg-config --cflags --libs voxstat)
expect ./by-pkg-config pkg-config

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(example C)
find_package(voxstat 0.2 REQUIRED)
add_executable(by-cmake example.c)
target_link_libraries(by-cmake PRIVATE voxstat::voxstat)
END
{ cmake -G Ninja -S . -B build -DCMAKE_PREFIX_PATH="$prefix" && cmake --build build; } >log 2>&1 || { cat log; exit 1; }
expect build/by-cmake find_package

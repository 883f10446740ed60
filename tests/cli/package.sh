#!/bin/bash
# The Debian packages: their fields and files; that they install into an empty root and leave nothing there when they
# are removed; that the program runs from there. lintian checks them where it is installed.
set -euo pipefail
build=$(dirname "${VOXSTAT:?}")
for tool in dpkg-shlibdeps file; do
    command -v $tool >/dev/null || { echo "SKIP: no $tool, so no Debian packages here"; exit 77; }
done
if ! grep -q '^VOXSTAT_SANITIZE:[A-Z]*=$' "$build/CMakeCache.txt"; then
    echo "SKIP: a sanitized program is not for packaging"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cpack --config "$build/CPackConfig.cmake" -D CPACK_DEBIAN_COMPRESSION_TYPE=none -B "$work/packages" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
program=$(echo "$work"/packages/voxstat_*.deb)
development=$(echo "$work"/packages/libvoxstat-dev_*.deb)

fail()
{
    echo "$*"
    exit 1
}

field() # package, field, expected text
{
    dpkg-deb -f "$1" "$2" | grep -qE "$3" || fail "$1: $2 is '$(dpkg-deb -f "$1" "$2")', without $3"
}

# The libraries that the program links, read by another tool than the one that wrote the field.
field "$program" Version "^$("$VOXSTAT" --version | sed -n '1s/voxstat //p')-1$"
for package in $(objdump -p "$VOXSTAT" | sed -n 's/^ *NEEDED *//p' | while read -r library; do
    path=$(ldd "$VOXSTAT" | awk -v name="$library" '$1 == name { print $3 }')
    dpkg-query -S "*/$(basename "$(dirname "$path")")/$library" | sed 's/:.*//' | head -1
done | sort -u); do
    field "$program" Depends "(^|[ |])$package( |,|$)"
done
field "$program" Suggests 'opencl-icd'
field "$development" Depends 'libjansson-dev'

hold() # package, the files it must hold
{
    local package=$1 file
    shift
    dpkg-deb -c "$package" | awk '{print $6}' >"$work/files"
    for file in "$@"; do
        grep -qE "^\./usr/$file$" "$work/files" || fail "$package: no $file"
    done
    dpkg-deb -c "$package" | grep -vE '^.{10} root/root ' && fail "$package: a file that is not root's"
    grep -E '/usr/local|/site-functions' "$work/files" && fail "$package: a file out of place"
    return 0
}
hold "$program" bin/voxstat share/man/man1/voxstat.1.gz share/man/man1/voxstat-run.1.gz \
    share/bash-completion/completions/voxstat share/zsh/vendor-completions/_voxstat share/doc/voxstat/copyright \
    share/doc/voxstat/docs/statistics.md share/voxstat/nipype/voxstat.py
hold "$development" 'lib/.*/?libvoxstat.a' include/voxstat/voxstat.h 'lib/.*pkgconfig/voxstat.pc'

# A separate root: the machine's packages are not touched.
root=$work/root
mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$root/tmp"
touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
dpkg_there()
{
    PATH=$PATH:/usr/sbin:/sbin dpkg --root="$root" --log="$work/dpkg.log" --force-depends --force-not-root "$@" \
        >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}
outside() # the files in the root except dpkg's records
{
    (cd "$root" && find . -path ./var/lib/dpkg -prune -o -print | sort)
}
outside >"$work/before"
dpkg_there --install "$program" "$development"
"$root/usr/bin/voxstat" --version | sed -n 1p
gzip -dc "$root/usr/share/man/man1/voxstat-run.1.gz" | grep -q '^\.SH OPTIONS'
(cd "$root" && md5sum --quiet -c var/lib/dpkg/info/voxstat.md5sums)
dpkg_there --purge voxstat libvoxstat-dev
outside | diff "$work/before" - || fail "files are left behind"

if command -v lintian >/dev/null; then
    # The release build is for /usr/local, so its voxstat.pc is in another folder than that of `--preset deb`.
    lintian --allow-root --fail-on error --suppress-tags pkg-config-multi-arch-wrong-dir "$program" "$development"
else
    echo "SKIP of one part: no lintian"
fi

#!/bin/bash
# What the Containerfile runs to build, run here in a fresh copy of the sources: it must leave the packages where the
# next stage takes them from. (The image itself takes a container engine.)
set -euo pipefail
source=${VOXSTAT_SOURCE:?}
objects=$(dirname "${VOXSTAT:?}")
for tool in dpkg-shlibdeps file git; do
    command -v $tool >/dev/null || { echo "SKIP: no $tool"; exit 77; }
done
git -C "$source" rev-parse --git-dir >/dev/null 2>&1 || { echo "SKIP: the sources are no git repository"; exit 77; }
cc=$(command -v "${CC:-cc}")
if ! grep -q '^VOXSTAT_SANITIZE:[A-Z]*=$' "$objects/CMakeCache.txt"; then
    echo "SKIP: a sanitized program is not for packaging"
    exit 77
fi
work=$(mktemp -d)
tools=$(mktemp -d)
trap 'rm -rf "$work" "$tools"' EXIT
git -C "$source" ls-files -z --cached --others --exclude-standard |
    (cd "$source" && xargs -0 ls -d 2>/dev/null) | tar -C "$source" -cT - | tar -C "$work" -x
cd "$work"
while read -r ignored; do
    rm -rf "${work:?}/$ignored"
done <.dockerignore
# What is ignored must not be needed: the build below compiles only what was not compiled for the tests.
git -C "$source" ls-files cmake host include kernels | xargs ls -d >/dev/null
build=$(sed -n '/ AS build$/,/^FROM/s/^RUN //p' Containerfile)
[ -n "$build" ] || { echo "Containerfile: no RUN in the stage build"; exit 1; }
echo "$build"
# The packages are looked at and not run, and compiling would take most of the time: the compiler takes the object that
# the build of the program has left.
cat >"$tools/cc" <<END
#!/bin/bash
object=
for ((k = 1; k < \$#; k++)); do
    [ "\${!k}" != -o ] || { next=\$((k + 1)) object=$objects/\${!next}; }
done
case \$object in
*.o) [ ! -f "\$object" ] || exec cp "\$object" "\${!next}" ;;
esac
exec $cc "\$@" -U_FORTIFY_SOURCE -O0
END
chmod +x "$tools/cc"
export CC=$tools/cc
sh -ec "$build" >log 2>&1 || { tail -50 log; exit 1; }
taken=$(sed -n 's|^COPY --from=build /source/\([^ ]*\) .*|\1|p' Containerfile)
# shellcheck disable=SC2086
ls $taken
# The last stage installs it by apt-get, which must find all that it depends on; where there are no lists of packages,
# in what is installed.
if command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086
    apt-get install -q -s --no-install-recommends ./$taken | grep -E '^Inst voxstat|already the newest'
fi

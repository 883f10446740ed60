#!/bin/bash
# What the Containerfile runs to build, run here in a fresh copy of the sources: it must leave the packages where the
# next stage takes them from. (The image itself takes a container engine.)
set -euo pipefail
source=${VOXSTAT_SOURCE:?}
for tool in dpkg-shlibdeps file git; do
    command -v $tool >/dev/null || { echo "SKIP: no $tool"; exit 77; }
done
git -C "$source" rev-parse --git-dir >/dev/null 2>&1 || { echo "SKIP: the sources are no git repository"; exit 77; }
work=$(mktemp -d)
tools=$(mktemp -d)
trap 'rm -rf "$work" "$tools"' EXIT
git -C "$source" ls-files -z --cached --others --exclude-standard |
    (cd "$source" && xargs -0 ls -d 2>/dev/null) | tar -C "$source" -cT - | tar -C "$work" -x
cd "$work"
while read -r ignored; do
    rm -rf "${work:?}/$ignored"
done <.dockerignore
build=$(sed -n '/ AS build$/,/^FROM/s/^RUN //p' Containerfile)
[ -n "$build" ] || { echo "Containerfile: no RUN in the stage build"; exit 1; }
echo "$build"
# The packages are looked at and not run: optimisation would take most of the time.
printf '#!/bin/sh\nexec %s "$@" -U_FORTIFY_SOURCE -O0\n' "$(command -v "${CC:-cc}")" >"$tools/cc"
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

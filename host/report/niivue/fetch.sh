#!/bin/sh
# Fetches NiiVue and makes one script, FOLDER/niivue.js, opened by the licences of all that it contains, which
# the build puts into the program and the program into report.html. Versions and checksums are those of
# package-lock.json. Without npm or a network it says so and exits with 1; what is there already, of these versions, is
# left alone.
#     sh host/report/niivue/fetch.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?folder}"
cd "$1"
if [ -e niivue.js ] && cmp -s package-lock.json "$here/package-lock.json"; then
    exit 0
fi
rm -f niivue.js
if ! command -v npm >/dev/null; then
    echo "report.html will have no interactive viewer: it takes npm to fetch NiiVue (Debian: apt-get install npm)" >&2
    exit 1
fi
cp "$here/package.json" "$here/package-lock.json" .
if ! npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 >npm.log 2>&1; then
    echo "report.html will have no interactive viewer: npm could not fetch NiiVue ($PWD/npm.log says why)" >&2
    exit 1
fi
# zarrita, for volumes that a server sends in pieces, is half of the script and requests addresses, so an empty module replaces it.
echo 'export {}' >nothing.js
echo 'export { Niivue, NVImage } from "@niivue/niivue"' |
    node_modules/.bin/esbuild --bundle --minify --format=iife --global-name=niivue --alias:zarrita=./nothing.js \
        --legal-comments=none --log-level=warning --metafile=parts.json --outfile=bundle.js
{
    cat "$here/LICENSE"
    grep -o 'node_modules/\(@[^/]*/\)\{0,1\}[^/"]*' parts.json | sort -u | while read -r package; do
        [ "$package" != node_modules/@niivue/niivue ] || continue
        printf '\n%s, which it contains, is under this licence:\n\n' "${package#node_modules/}"
        cat "$package"/[Ll][Ii][Cc][Ee][Nn][Ss][Ee]*
    done
} >LICENSE.part
if grep -q '\*/' LICENSE.part; then
    echo "fetch.sh: a licence text holds the end of a comment" >&2
    exit 1
fi
mv LICENSE.part LICENSE
{ echo '/*'; cat LICENSE; echo '*/'; cat bundle.js; } >niivue.js.part
mv niivue.js.part niivue.js
rm -rf node_modules

#!/bin/bash
# Every public header compiles alone, as C11 and as C++, without a warning; each says how to use it in a comment first.
set -euo pipefail
cd "${VOXSTAT_SOURCE:?}"
cxx=$(command -v c++ || command -v clang++ || true)
failed=0
for header in include/voxstat/*.h; do
    name=voxstat/$(basename "$header")
    echo "#include \"$name\"" | cc -std=c11 -pedantic -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c - || failed=1
    if [ -n "$cxx" ]; then
        echo "#include \"$name\"" | "$cxx" -std=c++17 -pedantic -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ - ||
            failed=1
    fi
    if [ "$(head -c 2 "$header")" != '/*' ]; then
        echo "$header: does not open with its manual"
        failed=1
    fi
done
if [ -z "$cxx" ]; then
    echo "SKIP of the C++ half: no C++ compiler (c++ or clang++)"
fi
exit $failed

#!/bin/bash
# The example that the README shows is the one that the tests build.
set -euo pipefail
cd "${VOXSTAT_SOURCE:?}"
diff tests/unit/example.c <(awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md)

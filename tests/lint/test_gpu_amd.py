#!/usr/bin/python3
"""The kernels as AMD's compilers see them, within bench/gpu_budgets.tsv."""
import sys

import gpu_budgets
import gpu_code

sys.exit(gpu_budgets.main(gpu_code.AMD, ('clang-15', 'rocm-device-libs')))

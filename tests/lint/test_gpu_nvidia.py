#!/usr/bin/python3
"""The kernels as NVIDIA's compilers see them, within bench/gpu_budgets.tsv."""
import sys

import gpu_budgets
import gpu_code

sys.exit(gpu_budgets.main(gpu_code.NVIDIA, ('clang-15', 'libclc-15', 'ptxas')))

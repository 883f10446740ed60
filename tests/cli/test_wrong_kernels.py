"""Slightly wrong kernels: each must be refused. The first ones are wrong for this trial alone, so that the self-test
cannot know and the check after the effect must find it. VOXSTAT_WRONG_KERNELS=all also runs those of which either may
find the fault; each must be compiled."""
import math
import os
import pathlib
import shutil
import unittest

import numpy

import voxstat_cli
from voxstat_cli import AFFINE, DEVICE, OK

SOURCE = pathlib.Path(os.environ["VOXSTAT_SOURCE"]) / "kernels"
SHAPE = (13, 12, 11)
NUISANCE = ["--nuisance", "age"]  # the mean change is a correlation with it, and sign flips in integers without

PARTICIPANTS = 9 # of no trial of the self-test
VOXELS = math.prod(SHAPE)

MERGE = "atomic_max(&high[item->first + row], item->group->high[row]);"

# Name: file, its text, the replacement.
ALWAYS = {
    "a strip skipped": ("correlation.cl", "if (!vx_strip_begin(&item, strip))",
                        f"if (!vx_strip_begin(&item, strip) || (strip == 1 && args.n == {PARTICIPANTS}))"),
    "a group's maxima dropped": ("dense.h", MERGE,
                                 f"if (item->args.n != {PARTICIPANTS} || get_group_id(1) != 1) {MERGE}"),
    "maxima a unit too large": ("dense.h", "item->group->high[row]);",
                                f"item->group->high[row] + (item->args.n == {PARTICIPANTS}));"),
    "people in other places": ("relabel.cl", "const float x = design[j * rows + row];",
                               f"const int other = rows == {PARTICIPANTS} && d->p > 8 && row < 2 ? 1 - row : row;\n"
                               "            const float x = design[j * rows + other];"),
    "one relabelling of 301": ("relabel.cl", "const float x = design[j * rows + row];",
                               f"const int other = rows == {PARTICIPANTS} && d->index == 77 && row < 2 ? 1 - row : "
                               "row;\n            const float x = design[j * rows + other];"),
    "one order of 301": ("relabel_ranks.h", "int from = own[q];",
                         f"int from = (int)own[q] ^ (d->args.rows == {PARTICIPANTS} && d->p + q == 77 && own[q] < 2);"),
    "flips: one relabelling of 301": ("relabel.cl", "(uchar)bits;",
                                      f"(uchar)(bits ^ (d->args.rows == {PARTICIPANTS} && d->index == 77 && g == 0));"),
    "a voxel added twice": ("tfce_sweep.h", "(m->power[s + 1] - m->power[s]) * g",
                            f"(m->power[s + 1] - m->power[s]) * g * (1 + (m->args.voxels == {VOXELS} && s == 0))"),
}
# The same for TFCE in the form for GPUs.
FOR_GPUS = {
    "an arc added twice": ("tfce_arcs.h", "b += block[e];",
                           f"b += block[e] * (1 + (m->args.voxels == {VOXELS} && arc == m->arcs - 1));"),
}
# The same for steps on images, with the arguments that take them.
OF_STEPS = {
    # A text that vectors of every width come by.
    "an image not smoothed at its end": ("convolve.cl", "vector < last; vector += VX_WG", "vector < last - (args.length "
                                         f"== {SHAPE[1]}); vector += VX_WG", ["--smooth", "8"]),
    "a coefficient of splines off": ("spline.cl", "s[end * stride] = behind;",
                                     f"s[end * stride] = behind * (1 + (length == {SHAPE[2]}) * 1e-6);",
                                     ["--regrid", "3", "--regrid-method", "cubic"]),
    "the last new voxel missing": ("sample.cl", "v < last; v += VX_WG", "v < last - (args.dim[0] == "
                                   f"{SHAPE[0]}); v += VX_WG", ["--regrid", "3"]),
}
ALL = {
    "one neighbour of 26 missing": ("clusters.cl", " > axes)",
                                    " > axes || (x == 1 && y == 1 && z < 0))"),
    "TFCE 0.01 % off": ("tfce_map.h", "h * h * h :", "h * h * h * 1.0001 :"),
    "counts from relabelling 8 on lost": ("dense.h", "if (row + q < item->rows) {", "if (row + q < 8) {"),
    "the last strip skipped": ("correlation.cl", "strip * VX_STRIP < item.padded",
                               "(strip + 1) * VX_STRIP < item.padded"),
    "flips: one strip skipped": ("signflip.cl", "if (!vx_strip_begin(&item, strip))",
                                 "if (!vx_strip_begin(&item, strip) || strip == 1)"),
    "r 0.1 % off from relabelling 8 on": ("correlation.cl", "            if (vx_is_rare(",
                                          "            for (int q = 0; q < VX_P && row >= 8; q++)\n"
                                          "                for (int c = 0; c < VX_COLS; c++)\n"
                                          "                    r.s[q][c] *= 1.001f;\n"
                                          "            if (vx_is_rare("),
    "r raised twice as much": ("correlation.cl", "size + rounding *", "size + 2.0f * rounding *"),
    "mass rounded towards zero": ("clusters.cl", "convert_ulong_rte", "convert_ulong_rtz"),
    "mass against another threshold": ("clusters.cl", "- args->threshold;", "- args->threshold * 1.001f;"),
    "extents halved": ("clusters.cl", "f.size[e])", "(f.size[e] + 1) / 2)"),
    "one entry of long lists lost": ("clusters.cl", "min(list_size[p], args.capacity)",
                                     "min(list_size[p] - (list_size[p] > 8), args.capacity)"),
    "maxima from relabelling 64 on unwritten": ("dense.h", MERGE, f"if (item->first + row < 64) {MERGE}"),
    "ties not counted": ("dense.h", "block->s[q][c] >= least ?", "block->s[q][c] > least ?"),
    "ties listed": ("dense.h", "number[l] > group->args.cut_high", "number[l] >= group->args.cut_high"),
    "TFCE: ties in another order": ("tfce_map.h", "? there >= here :", "? there > here :"),
    "TFCE: E slightly off": ("tfce_sweep.h", "(m->power[s + 1] - m->power[s]) * g",
                             "(m->power[s + 1] - m->power[s]) * g * (s > 4 ? 1.001 : 1)"),
}


class WrongKernels(voxstat_cli.Study):
    report = False
    participants = PARTICIPANTS

    def setUp(self):
        super().setUp()
        if "\nopencl:" not in self.run_program("devices").stdout:
            self.skipTest("no OpenCL device")
        self.kernels = self.folder / "kernels"
        shutil.copytree(SOURCE, self.kernels)
        random = numpy.random.default_rng(5)
        for row in self.rows:
            for cell in row[1:3]:
                self.write_image(cell, 10 + random.standard_normal(SHAPE), AFFINE)

    def infer(self, *arguments, **environment):
        environment.update(voxstat_cli.QUICK_KERNELS)
        return self.run_program("--design", "paired", "--covariate", "level", "--permutations", "300", "--cluster-p",
                                "0.02", "--device", "opencl", "-q", *arguments,
                                VOXSTAT_KERNEL_DIR=str(self.kernels), VOXSTAT_CACHE_DIR=str(self.folder / "cache"),
                                **environment)

    def test_right_ones(self):
        self.assertEqual(self.infer(*NUISANCE).returncode, OK)

    def test_wrong_ones(self):
        wrong = {**ALWAYS, **OF_STEPS, **FOR_GPUS, **(ALL if os.environ.get("VOXSTAT_WRONG_KERNELS") == "all" else {})}
        for name, (file, right, other, *options) in wrong.items():
            with self.subTest(name):
                text = (SOURCE / file).read_text()
                self.assertIn(right, text)
                (self.kernels / file).write_text(text.replace(right, other))
                done = self.infer(*([] if name.startswith("flips") else NUISANCE),
                                  *(["--correct", "voxel"] if name in ALWAYS and "tfce" not in file else []),
                                  *(options[0] if options else []),
                                  **({"VOXSTAT_KERNEL_FORM": "gpu"} if name in FOR_GPUS else {}))
                self.assertEqual(done.returncode, DEVICE, done.stderr)
                self.assertIn("opencl:", done.stderr)
                if name in {**ALWAYS, **OF_STEPS, **FOR_GPUS}:
                    self.assertNotIn("self-test", done.stderr)
                self.assertFalse((self.folder / "voxstat-results").exists())
                if "VOXSTAT_WRONG_KERNELS" in os.environ:
                    print(f"{name}: {done.stderr.strip()}", flush=True)
                (self.kernels / file).write_text(text)


if __name__ == "__main__":
    unittest.main()

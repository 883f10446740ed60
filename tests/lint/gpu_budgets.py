"""Compiles every kernel, in the form that GPUs get, for some architectures, and holds it to bench/gpu_budgets.tsv.

    VOXSTAT_KERNEL_FORMS=build/release/tests/kernel-forms tests/lint/test_gpu_nvidia.py [--write]

test_gpu_nvidia.py and test_gpu_amd.py are the tests. --write writes today's figures into the file. The figures depend
on the compilers, so those of other versions than the file's are printed and not held to it.
"""
import concurrent.futures
import math
import os
import sys
import tempfile

import gpu_code

SOURCE = os.environ.get('VOXSTAT_SOURCE', '.')
BUDGETS = os.path.join(SOURCE, 'bench', 'gpu_budgets.tsv')
KEYS = ('registers', 'spilled', 'private', 'local', 'groups', 'code', 'step', 'seconds')
COLUMNS = ('kernel', 'target') + KEYS


def read_budgets():
    """The lines of the file, the rows by kernel and target, and the versions of the compilers."""
    with open(BUDGETS, encoding='utf-8') as file:
        lines = file.read().splitlines()
    rows, versions = {}, {}
    for line in lines:
        if line.startswith('# compilers:'):
            versions = dict(word.split('=') for word in line.split(':')[1].split())
        elif line and not line.startswith('#') and not line.startswith('kernel\t'):
            cells = line.split('\t')
            assert len(cells) == len(COLUMNS), line
            rows[tuple(cells[:2])] = {k: None if c == '-' else float(c) for k, c in zip(KEYS, cells[2:])}
    return lines, rows, versions


def forms(folder):
    """(name, kernel, work-items of a group, build options) of every form for GPUs."""
    said = gpu_code.run([os.environ['VOXSTAT_KERNEL_FORMS'], folder])
    return [(name, kernel, int(items), options.split())
            for name, kernel, kind, items, options in (line.split('\t') for line in said.splitlines()) if kind == 'gpu']


def measure_nvidia(folder, form):
    """The figures of one form for each architecture."""
    name, kernel, items, options = form
    ptx = gpu_code.make_ptx(os.path.join(folder, name + '.cl'), options, items)
    for target in gpu_code.NVIDIA:
        figures, code = gpu_code.assemble(ptx, items, target)
        groups = gpu_code.nvidia_groups(target, figures['registers'], items, figures['local'])
        yield target, dict(figures, groups=groups, step=gpu_code.step(kernel, code, target))


def measure_amd(folder, form):
    name, _, items, options = form
    for target in gpu_code.AMD:
        yield target, gpu_code.compile_amd(os.path.join(folder, name + '.cl'), options, items, target)


def budget(figures):
    """What --write makes of figures: registers in the steps in which they are allocated, and some air for the rest."""
    row = dict(figures)
    row['registers'] = 8 * math.ceil(figures['registers'] / 8)
    row['code'] = 1024 * math.ceil(figures['code'] / 1024)
    row['step'] = figures['step'] and math.ceil(figures['step'] * 20) / 20
    row['seconds'] = figures['seconds'] and max(5, math.ceil(5 * figures['seconds']))
    return row


def offences(figures, row):
    """What exceeds the row. Groups are a gain, so fewer of them are an offence."""
    for key in KEYS:
        if figures[key] is None or row[key] is None:
            if (figures[key] is None) != (row[key] is None):
                yield '%s is %s, the budget %s' % (key, cell(figures[key]), cell(row[key]))
        elif figures[key] < row[key] if key == 'groups' else figures[key] > row[key]:
            yield '%s is %s, the budget %s' % (key, cell(figures[key]), cell(row[key]))


def cell(value):
    return '-' if value is None else '%.10g' % (value if value == int(value) else round(value, 3))


def write_budgets(measured):
    """Replaces the figures of known rows, adds rows that are new and removes those of kernels that are gone."""
    lines, _, versions = read_budgets()
    versions.update(gpu_code.versions())
    left, out = dict(measured), []
    targets = {target for _, target in measured}
    for line in lines:
        key = tuple(line.split('\t')[:2])
        if len(key) == 2 and key[1] in targets and key not in measured:
            continue
        if key in left:
            row = budget(left.pop(key))
            line = '\t'.join(key + tuple(cell(row[k]) for k in KEYS))
        elif line.startswith('# compilers:'):
            line = '# compilers: ' + ' '.join('%s=%s' % item for item in versions.items())
        out.append(line)
    out += ['\t'.join(key + tuple(cell(budget(row)[k]) for k in KEYS)) for key, row in left.items()]
    with open(BUDGETS, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out) + '\n')


def self_test():
    """The test of the test: a row that fits, and one offence for each figure that is worse."""
    row = dict(zip(KEYS, (64, 0, 0, 1024, 8, 4096, 1.2, 5)))
    assert not list(offences(row, row))
    for key in KEYS:
        worse = dict(row, **{key: row[key] - 1 if key == 'groups' else row[key] + 1})
        assert len(list(offences(worse, row))) == 1, key
    assert len(list(offences(dict(row, step=None), row))) == 1
    # CUDA's occupancy calculator: 64 registers and 256 items, then 48 KiB of local memory.
    assert gpu_code.nvidia_groups('sm_80', 64, 256, 0) == 4
    assert gpu_code.nvidia_groups('sm_80', 32, 256, 48 << 10) == 3
    assert gpu_code.occupancy('sm_80', 4, 256) == 0.5


def measure(targets, tools):
    """Prints and returns the figures of every kernel by kernel and target, and the names of the kernels."""
    one = measure_nvidia if 'ptxas' in tools else measure_amd
    measured = {}
    print('%-24s %-8s %s occupancy' % ('kernel', 'target', ' '.join('%9s' % key for key in KEYS)))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        compiled = forms(folder)
        results = [pool.submit(lambda form: list(one(folder, form)), form) for form in compiled]
        for (name, _, items, _), result in zip(compiled, results):
            for target, figures in result.result():
                kernel = name[:-len('-gpu')]
                measured[kernel, target] = figures = {key: figures.get(key) for key in KEYS}
                share = 100 * gpu_code.occupancy(target, figures['groups'], items)
                print('%-24s %-8s %s %7.0f %%' %
                      (kernel, target, ' '.join('%9s' % cell(figures[key]) for key in KEYS), share))
    return measured


def check(measured, tools):
    """Prints what is wrong. Returns the exit status."""
    _, rows, versions = read_budgets()
    targets = {target for _, target in measured}
    failed = False
    for kernel, target in set(measured) ^ {key for key in rows if key[1] in targets}:
        print('%s for %s is missing in the kernels or in bench/gpu_budgets.tsv (--write)' % (kernel, target))
        failed = True
    other = [tool for tool in tools if tool in versions and gpu_code.versions()[tool] != versions[tool]]
    if other and not failed:
        print('SKIP: the budgets are those of %s %s' % (other[0], versions[other[0]]))
        return 77
    for key in set(measured) & set(rows):
        for offence in offences(measured[key], rows[key]):
            print('%s for %s: %s' % (*key, offence))
            failed = True
        lower = budget(measured[key])
        if any(lower[figure] < 0.9 * rows[key][figure] for figure in ('registers', 'code')):
            print('%s for %s takes less than its budget, which --write lowers' % key)
    return 1 if failed else 0


def main(targets, tools):
    """Measures the kernels for the targets, which need the tools: names of gpu_code.TOOLS."""
    self_test()
    if not os.access(os.environ.get('VOXSTAT_KERNEL_FORMS', ''), os.X_OK):
        print('SKIP: built without OpenCL')
        return 77
    missing = gpu_code.missing(tools)
    if missing:
        print('SKIP: %s: without %s' % (', '.join(targets), ', '.join(missing)))
        return 77
    measured = measure(targets, tools)
    if '--write' in sys.argv:
        write_budgets(measured)
        return 0
    return check(measured, tools)

"""Compiles OpenCL kernels to the machine code of GPUs, without a GPU, and reads what the compilers say of them.

NVIDIA   clang-15 with libclc, then ptxas. AMD   clang-15 with rocm-device-libs. NVIDIA's driver has a front end and
built-ins of its own, so its code differs in details; ptxas is the same.
"""
import os
import re
import shutil
import struct
import subprocess
import tempfile

LIBCLC = '/usr/lib/clc/nvptx64--nvidiacl.bc'
ROCM = '/usr/lib/x86_64-linux-gnu/amdgcn/bitcode'
PTXAS = shutil.which('ptxas', path=os.environ.get('PATH', '') + ':/usr/local/cuda/bin')
CLANG = shutil.which('clang-15')
COMMON = ['-x', 'cl', '-Xclang', '-finclude-default-header', '-O3', '-Wno-linker-warnings', '-S']

# Per multiprocessor: registers, warps, groups, bytes of local memory (CUDA C++ Programming Guide 13.0, table "Technical
# Specifications per Compute Capability"). From compute capability 8.0 on, each group takes 1 KiB for the system.
NVIDIA = {'sm_80': (65536, 64, 32, 164 << 10), 'sm_89': (65536, 48, 24, 100 << 10), 'sm_90': (65536, 64, 32, 228 << 10)}
# Per compute unit: wavefront size, SIMDs, wavefronts of a SIMD, bytes of local memory (LLVM's AMDGPU target; the ISA
# documents of CDNA 2 and RDNA 2).
AMD = {'gfx90a': (64, 4, 8, 64 << 10), 'gfx1030': (32, 2, 16, 64 << 10)}
TOOLS = {'clang-15': CLANG, 'ptxas': PTXAS, 'libclc-15': os.path.exists(LIBCLC),
         'rocm-device-libs': os.path.isdir(ROCM)}


def missing(tools):
    return [name for name in tools if not TOOLS[name]]


def versions():
    """The compilers whose figures these are."""
    said = {}
    if CLANG:
        said['clang-15'] = re.search(r'version (\S+)', run([CLANG, '--version'])).group(1)
    if PTXAS:
        said['ptxas'] = re.search(r'release ([\d.]+)', run([PTXAS, '--version'])).group(1)
    return said


def run(command):
    return timed(command)[0]


def timed(command):
    """What the command prints, and the processor time that it takes, in seconds."""
    with tempfile.TemporaryFile() as out:
        with subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as child:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode('utf-8', 'replace')
    if child.returncode:
        raise RuntimeError('%s: %s' % (os.path.basename(command[0]), said[-2000:]))
    return said, used.ru_utime + used.ru_stime


def make_ptx(source, options, items):
    """Compiles a kernel to PTX, which NVIDIA's drivers turn into the code of the card that they find."""
    ptx = source + '.ptx'
    front = ['-target-cpu', 'sm_80', '-target-feature', '+ptx75', '-mlink-builtin-bitcode', LIBCLC]
    run([CLANG] + COMMON + options + ['--target=nvptx64--nvidiacl', '-Dcl_khr_fp64', '-o', ptx, source] +
        [word for argument in front for word in ('-Xclang', argument)])
    with open(ptx, encoding='ascii') as file:
        text = file.read()
    # clang 15 does not pass reqd_work_group_size on; NVIDIA's front end does.
    text = re.sub(r'(\.entry \w+\([^)]*\))\s*\{', r'\1\n.reqntid %d, 1, 1\n{' % items, text)
    with open(ptx, 'w', encoding='ascii') as file:
        file.write(text)
    return ptx


def assemble(ptx, items, target):
    """The figures of a kernel on one architecture of NVIDIA, and its instructions as pairs of 64-bit words."""
    cubin = ptx + '.' + target
    said, seconds = timed([PTXAS, '-O3', '-v', '-arch=' + target, '-o', cubin, ptx])
    # Functions that are not inlined have lines of their own.
    figures = {'registers': largest(r'Used (\d+) registers', said), 'spilled': total(r'(\d+) bytes spill stores', said),
               'private': total(r'(\d+) bytes stack frame', said), 'local': largest(r'(\d+) bytes smem', said),
               'seconds': seconds}
    code = instructions(cubin)
    figures['code'] = 16 * len(code)
    return figures, code


def compile_amd(source, options, items, target):
    """The figures of one kernel on one architecture of AMD."""
    assembly = source + '.' + target + '.s'
    run([CLANG] + COMMON + options + ['--target=amdgcn-amd-amdhsa', '-mcpu=' + target, '--rocm-device-lib-path=' + ROCM,
                                      '-o', assembly, source])
    with open(assembly, encoding='utf-8') as file:
        said = file.read()
    wave, simds, _, memory = AMD[target]
    figures = {'registers': largest(r'^; NumVgprs: (\d+)', said),
               'spilled': 4 * wave * total(r'\.vgpr_spill_count: +(\d+)', said),
               'private': largest(r'\.private_segment_fixed_size: +(\d+)', said),
               'local': largest(r'\.group_segment_fixed_size: +(\d+)', said),
               'code': total(r'^; codeLenInByte = (\d+)', said)}
    waves = -(-items // wave)
    by_registers = largest(r'^; Occupancy: (\d+)', said) * simds // waves
    figures['groups'] = min(by_registers, memory // max(figures['local'], 1))
    return figures


def occupancy(target, groups, items):
    """The share of a unit's warps or wavefronts that these groups of items are."""
    if target in NVIDIA:
        return groups * -(-items // 32) / NVIDIA[target][1]
    wave, simds, waves, _ = AMD[target]
    return groups * -(-items // wave) / (simds * waves)


def largest(pattern, text):
    return max([int(found) for found in re.findall(pattern, text, re.M)], default=0)


def total(pattern, text):
    return sum(int(found) for found in re.findall(pattern, text, re.M))


def nvidia_groups(target, registers, items, local):
    """How many groups one multiprocessor holds. A warp takes registers in steps of 256 from one of four parts."""
    all_registers, warps, groups, memory = NVIDIA[target]
    warp = -(-registers * 32 // 256) * 256
    by_registers = all_registers // 4 // warp * 4 // (items // 32)
    by_memory = memory // (-(-(local + 1024) // 128) * 128)
    return min(by_registers, by_memory, warps // (items // 32), groups)


def instructions(cubin):
    """The instructions of a program's code: 128 bits each since Volta."""
    with open(cubin, 'rb') as file:
        image = file.read()
    at, = struct.unpack_from('<Q', image, 0x28)
    size, count, names = struct.unpack_from('<HHH', image, 0x3a)
    section = [struct.unpack_from('<IIQQQQIIQQ', image, at + i * size) for i in range(count)]
    code = []
    for s in section:
        name = image[section[names][4] + s[0]:].split(b'\0', 1)[0]
        if name.startswith(b'.text.'):
            code += [struct.unpack_from('<QQ', image, i) for i in range(s[4], s[4] + s[5], 16)]
    return code


# The low nine bits of an instruction are its operation, whatever its operands are.
OPERATION = {'FFMA': 0x023, 'LDS': 0x184, 'STS': 0x188, 'BRA': 0x147}


def count(code, name):
    return sum(low & 0x1ff == OPERATION[name] for low, _ in code)


def branch(low, high, target):
    """How far a branch goes, in instructions from the next one. The field counts steps of four bytes; Hopper puts its
    last eight bits elsewhere."""
    offset = (low >> 34) | (high & 0x3ffff) << 30
    offset -= offset >> 47 << 48
    return (offset << 8 | low >> 16 & 0xff if target == 'sm_90' else offset) // 4


def inner_loops(code, target):
    """The bodies of the loops that contain no other loop."""
    loops = []
    for i, (low, high) in enumerate(code):
        if low & 0x1ff == OPERATION['BRA']:
            first = i + 1 + branch(low, high, target)
            if first < i:
                loops.append((first, i))
    return [code[a:b + 1] for a, b in loops if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in loops)]


def step(kernel, code, target):
    """Instructions of the inner loop for each of its useful ones: multiply-adds of correlation and peak, reads of the
    tables of signflip. The loop that has the largest share of them is the inner one. None for other kernels."""
    useful = {'correlation': 'FFMA', 'peak': 'FFMA', 'signflip': 'LDS'}.get(kernel)
    if not useful:
        return None
    bodies = [b for b in inner_loops(code, target) if count(b, 'STS') == 0 and count(b, useful) >= 8]
    return min((len(b) / count(b, useful) for b in bodies), default=None)

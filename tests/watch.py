"""watch.py SECONDS COMMAND...: runs a test, and tells what a test that does not end is waiting for.

After that time it prints every process of the test with the state of its threads, the system call that each thread is
in and where in which file, asks Python for its stack (SIGABRT, with PYTHONFAULTHANDLER), and kills the test. Otherwise
it ends with the exit status of the test, and tells its processor time, which unlike its wall clock time depends little
on what else runs."""
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

PROC = pathlib.Path("/proc")
ABORTING = 2 # seconds in which Python writes its stack


def read(path):
    """The text of a file of /proc, or nothing where the process has ended or hides it."""
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def tree(pid):
    """A process and those under it, parents first."""
    parents = {}
    for stat in PROC.glob("[0-9]*/stat"):
        fields = read(stat).rpartition(") ")[2].split()
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for parent in found:
        found += sorted(parents.get(parent, []))
    return found


def place(process, address):
    """A program counter as file and offset, which addr2line takes."""
    for line in read(process / "maps").splitlines():
        low, high, offset, name = re.match(r"(\w+)-(\w+) \S+ (\w+) \S+ \S+ *(.*)", line).groups()
        if int(low, 16) <= address < int(high, 16):
            return f"{name or '?'}+{address - int(low, 16) + int(offset, 16):#x}"
    return hex(address)


def describe(pid):
    """What a process and those under it are doing: one line for each process and each thread."""
    lines = []
    for one in tree(pid):
        process = PROC / str(one)
        lines.append(f"process {one}: {read(process / 'cmdline')[:300]}")
        for thread in sorted((process / "task").glob("*"), key=lambda path: int(path.name)):
            state = re.search(r"^State:\s*(.*)", read(thread / "status"), re.M)
            call = read(thread / "syscall").split() # number, six arguments, stack pointer, program counter; or "running"
            where = f", call {' '.join(call[:4])} at {place(process, int(call[8], 16))}" if len(call) == 9 else ""
            lines.append(f"  thread {thread.name} {read(thread / 'comm')}: {state.group(1) if state else '?'}, "
                         f"{read(thread / 'wchan')}{where}")
    return "\n".join(lines)


def is_python(pid):
    return "python" in read(PROC / str(pid) / "cmdline").partition(" ")[0]


def end(pid):
    """Kills a process and those under it, Python after it had time to write its stack."""
    found = tree(pid)
    asked = [one for one in found if is_python(one)]
    for one in asked:
        os.kill(one, signal.SIGABRT)
    if asked:
        time.sleep(ABORTING)
    for one in found:
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            pass


def main():
    limit, command = float(sys.argv[1]), sys.argv[2:]
    # A shell lets its jobs in the background ignore these, and a test inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    environment = {**os.environ, "PYTHONFAULTHANDLER": "1"}
    with subprocess.Popen(command, env=environment) as test:
        try:
            status = test.wait(limit)
        except subprocess.TimeoutExpired:
            try:
                print(f"\nwatch.py: not ended after {limit:g} s: {' '.join(command)}\n{describe(test.pid)}", flush=True)
            finally: # whoever reads may be gone
                end(test.pid)
            return 1
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"watch.py: {used.ru_utime + used.ru_stime:.1f} s of processors")
    if status < 0:
        print(f"watch.py: ended by {signal.Signals(-status).name}")
    return 1 if status < 0 else status


if __name__ == "__main__":
    sys.exit(main())

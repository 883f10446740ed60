/* Makes calls of a program fail. Loaded by LD_PRELOAD, it counts the calls of one kind and lets the call number FAIL_AT
 * fail, as if memory were exhausted or the disk full.
 *
 *   FAIL_CALLS  "memory": malloc, calloc, realloc, aligned_alloc and posix_memalign, where the program itself calls
 *               them, or by way of the C library, or a library whose file name holds a word of FAIL_LIBRARIES (comma
 *               between).
 *               "system": the system calls of `table` below, from anywhere, but none on standard error.
 *   FAIL_AT     the number of the call that fails, the first being 1; 0: none, count only
 *   FAIL_ON     "1": all from FAIL_AT on fail
 *   FAIL_STACKS "1": the log also names every call by the stack that it came from
 *   FAIL_LOG    a file that is told what failed (its number, the call, where it came from) and, at the end, the number
 *               of calls
 *
 * Counting begins with main, after the loader. A seccomp filter catches system calls by a signal; its handler makes the
 * call from the one address that the filter allows. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

static atomic_long calls;
static long fail_at;
static bool counting, memory, system_calls, on, stacks;
static const char *libraries;
static int log_file = -1;
enum { MACHINE_MAX = 1024 };
static bool machine_file[MACHINE_MAX]; /* by descriptor: the result of about_machine */

/* The system call itself, from an address that the filter knows. */
long fail_raw(long number, long a, long b, long c, long d, long e, long f);
extern const char fail_raw_end[];
__asm__(".text\n.globl fail_raw\n.hidden fail_raw\nfail_raw:\n"
        "mov %rdi, %rax\nmov %rsi, %rdi\nmov %rdx, %rsi\nmov %rcx, %rdx\nmov %r8, %r10\nmov %r9, %r8\n"
        "mov 8(%rsp), %r9\nsyscall\n.globl fail_raw_end\n.hidden fail_raw_end\nfail_raw_end:\nret\n");

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
    char line[300];
    va_list arguments;
    if (log_file < 0)
        return;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fail_raw(SYS_write, log_file, (long)line, length < (int)sizeof line ? length : (int)sizeof line - 1, 0, 0, 0);
}

/* The position of an address in its file, as addr2line takes it. */
static void tell_place(long number, const char *call, const void *address)
{
    Dl_info about;
    if (dladdr(address, &about) && about.dli_fname)
        tell("%ld %s %s+0x%lx\n", number, call, about.dli_fname,
             (unsigned long)((const char *)address - (const char *)about.dli_fbase) - 1);
    else
        tell("%ld %s\n", number, call);
}

/* The addresses of the innermost calls. glibc's backtrace would load a library for it. */
typedef struct stack {
    const void *frame[24];
    int frames;
} stack;

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *to)
{
    stack *found = to;
    found->frame[found->frames++] = (const void *)_Unwind_GetIP(context);
    return found->frames < (int)(sizeof found->frame / sizeof *found->frame) ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* One number for the innermost calls that led here: calls of the same number are of the same place. */
static void tell_stack(long number)
{
    enum { DEPTH = 14 };
    stack found = {.frames = 0};
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    _Unwind_Backtrace(step, &found);
    for (int i = 0; i < found.frames && i < DEPTH; i++)
        hash = (hash ^ (uintptr_t)found.frame[i]) * 0x100000001b3;
    tell("stack %ld %016llx\n", number, (unsigned long long)hash);
}

static bool now(const char *call, const void *address)
{
    const long number = atomic_fetch_add(&calls, 1) + 1;
    if (stacks)
        tell_stack(number);
    const bool fails = fail_at && (on ? number >= fail_at : number == fail_at);
    if (fails)
        tell_place(number, call, address);
    return fails;
}

/* ---- memory ---- */

static __thread bool asking; /* finding the caller may itself allocate */

/* The name, without folder, of the file that contains an address. */
static const char *module_of(const void *address)
{
    Dl_info about;
    if (!dladdr(address, &about) || !about.dli_fname)
        return "";
    const char *slash = strrchr(about.dli_fname, '/');
    return slash ? slash + 1 : about.dli_fname;
}

/* The caller; for allocations by the C library, the first caller outside it. */
static const char *asker(const void *address)
{
    stack found = {.frames = 0};
    const char *name = module_of(address);
    if (strncmp(name, "libc.", 5))
        return name;
    int i = 0;
    _Unwind_Backtrace(step, &found);
    while (i < found.frames && found.frame[i] != address)
        i++;
    while (i < found.frames && !strncmp(name = module_of(found.frame[i]), "libc.", 5))
        i++;
    return name;
}

static bool counted(const void *address)
{
    if (!counting || !memory || asking)
        return false;
    asking = true;
    const char *name = asker(address);
    bool ours = !strncmp(name, "voxstat", 7) || !strncmp(name, "test-", 5);
    for (const char *word = libraries; !ours && *word; word += strcspn(word, ","), word += *word == ',') {
        char part[32];
        snprintf(part, sizeof part, "%.*s", (int)strcspn(word, ","), word);
        ours = strstr(name, part);
    }
    asking = false;
    return ours;
}

static bool short_of_memory(const char *call, const void *address)
{
    if (!counted(address))
        return false;
    asking = true;
    const bool fails = now(call, address);
    asking = false;
    if (fails)
        errno = ENOMEM;
    return fails;
}

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
} next;

/* dlsym may itself ask for memory before there is a function to forward to. */
static bool looking;
static char first_bytes[1 << 16] __attribute__((aligned(16)));
static size_t first_used;

static void look_up(void)
{
    looking = true;
    next.malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    next.calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    next.realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    next.aligned_alloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
    next.posix_memalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
    next.free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    looking = false;
}

/* Whether the functions to forward to are known. */
static bool ready(void)
{
    if (!next.free && !looking)
        look_up();
    return !looking;
}

static void *from_first(size_t bytes)
{
    bytes = (bytes + 15) / 16 * 16;
    if (bytes > sizeof first_bytes - first_used)
        return NULL;
    first_used += bytes;
    return first_bytes + first_used - bytes;
}

void *malloc(size_t size)
{
    if (!ready())
        return from_first(size);
    return short_of_memory("malloc", __builtin_return_address(0)) ? NULL : next.malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!ready())
        return from_first(count * size);
    return short_of_memory("calloc", __builtin_return_address(0)) ? NULL : next.calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    if (!ready())
        return block ? NULL : from_first(size);
    return short_of_memory("realloc", __builtin_return_address(0)) ? NULL : next.realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (!ready())
        return NULL;
    return short_of_memory("aligned_alloc", __builtin_return_address(0)) ? NULL : next.aligned_alloc(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (!ready() || short_of_memory("posix_memalign", __builtin_return_address(0)))
        return ENOMEM;
    return next.posix_memalign(block, alignment, size);
}

void free(void *block)
{
    const bool first = (char *)block >= first_bytes && (char *)block < first_bytes + sizeof first_bytes;
    if (!first && ready()) /* memory that dlsym frees meanwhile is lost */
        next.free(block);
}

/* ---- system calls ---- */

/* The error of each call: creating and writing finds the disk full, opening finds too many open files, reading finds a
 * bad medium. */
#define CALL(name, error) {SYS_##name, #name, error}
static const struct { int number; const char *name; int error; } table[] = {
    CALL(openat, EMFILE),    CALL(open, EMFILE),     CALL(read, EIO),        CALL(pread64, EIO),
    CALL(readv, EIO),        CALL(write, ENOSPC),    CALL(pwrite64, ENOSPC), CALL(writev, ENOSPC),
    CALL(fsync, EIO),        CALL(fdatasync, EIO),   CALL(close, EIO),       CALL(rename, ENOSPC),
    CALL(renameat, ENOSPC),  CALL(renameat2, ENOSPC), CALL(mkdir, ENOSPC),   CALL(mkdirat, ENOSPC),
    CALL(chmod, EPERM),      CALL(fchmod, EPERM),    CALL(fchmodat, EPERM),  CALL(unlink, EIO),
    CALL(unlinkat, EIO),     CALL(rmdir, EIO),       CALL(newfstatat, EIO),  CALL(fstat, EIO),
    CALL(stat, EIO),         CALL(lstat, EIO),       CALL(statx, EIO),       CALL(statfs, EIO),
    CALL(fstatfs, EIO),      CALL(getdents64, EIO),  CALL(lseek, EIO),       CALL(ftruncate, ENOSPC),
    CALL(linkat, ENOSPC),    CALL(readlink, EIO),    CALL(access, EACCES),   CALL(faccessat2, EACCES),
    CALL(getcwd, ENOENT),    CALL(pipe2, EMFILE),    CALL(fallocate, ENOSPC), CALL(flock, EIO)};
enum { TABLE = sizeof table / sizeof *table };

/* The path argument of a call that has one; "" for others. */
static const char *path_of(long number, const greg_t *r)
{
    switch (number) {
    case SYS_open:
    case SYS_stat:
    case SYS_lstat:
    case SYS_statfs:
    case SYS_access:
    case SYS_readlink: return (const char *)r[REG_RDI];
    case SYS_openat:
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_faccessat2: return (const char *)r[REG_RSI];
    default: return "";
    }
}

/* Files about the machine, and its fonts, are not data: a program may work without them. */
static bool about_machine(long number, const greg_t *r)
{
    static const char *const place[] = {"/proc/", "/sys/", "/etc/", "/usr/", "/var/"};
    const char *path = path_of(number, r);
    for (size_t i = 0; i < sizeof place / sizeof *place; i++)
        if (!strncmp(path, place[i], strlen(place[i])))
            return true;
    return strstr(path, "/fontconfig") || strstr(path, "/fonts") || strstr(path, "/.fonts");
}

static bool is_machine(long descriptor)
{
    return descriptor >= 0 && descriptor < MACHINE_MAX && machine_file[descriptor];
}

/* Closing a file that was only read loses nothing, and HDF5 1.10 crashes where that fails. */
static bool only_read(long descriptor)
{
    return (fail_raw(SYS_fcntl, descriptor, F_GETFL, 0, 0, 0, 0) & O_ACCMODE) == O_RDONLY;
}

/* Calls that never fail here: those on standard error, on the log, and on files about the machine. */
static bool spared(long number, const greg_t *r)
{
    static const int on_descriptor[] = {SYS_read, SYS_write, SYS_writev, SYS_pwrite64, SYS_fstat, SYS_newfstatat,
                                        SYS_lseek, SYS_close};
    const long descriptor = r[REG_RDI];
    for (size_t i = 0; i < sizeof on_descriptor / sizeof *on_descriptor; i++)
        if (number == on_descriptor[i])
            return descriptor == STDERR_FILENO || descriptor == log_file || is_machine(descriptor) ||
                   about_machine(number, r) || (number == SYS_close && only_read(descriptor));
    return about_machine(number, r);
}

static void on_call(int signal, siginfo_t *info, void *context)
{
    const int before = errno;
    ucontext_t *at = context;
    greg_t *r = at->uc_mcontext.gregs;
    const long number = info->si_syscall;
    int i = 0;
    (void)signal;
    while (i < TABLE && table[i].number != number)
        i++;
    if (counting && i < TABLE && !spared(number, r) && now(table[i].name, info->si_call_addr)) {
        if (number == SYS_close) /* Linux closes it all the same */
            fail_raw(number, r[REG_RDI], 0, 0, 0, 0, 0);
        r[REG_RAX] = -table[i].error;
    } else {
        const bool machine = (number == SYS_openat || number == SYS_open) && about_machine(number, r);
        if (number == SYS_close && is_machine(r[REG_RDI]))
            machine_file[r[REG_RDI]] = false;
        r[REG_RAX] = fail_raw(number, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9]);
        if (machine && r[REG_RAX] >= 0 && r[REG_RAX] < MACHINE_MAX)
            machine_file[r[REG_RAX]] = true;
    }
    errno = before;
}

static void catch_system_calls(void)
{
    /* The return address that the kernel sees, in two halves, lets pass; then one comparison a call. */
    const uint64_t pass = (uint64_t)(uintptr_t)fail_raw_end;
    struct sock_filter filter[TABLE + 10];
    unsigned n = 0;
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               offsetof(struct seccomp_data, instruction_pointer));
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)pass, 0, 3);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               offsetof(struct seccomp_data, instruction_pointer) + 4);
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(pass >> 32), 0, 1);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < TABLE; i++)
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)table[i].number,
                                                   (uint8_t)(TABLE - i), 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    const struct sock_fprog program = {.len = (unsigned short)n, .filter = filter};
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
    if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        static const char why[] = "preload: no seccomp filter here\n";
        fail_raw(SYS_write, STDERR_FILENO, (long)why, sizeof why - 1, 0, 0, 0);
        _exit(77);
    }
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static void __attribute__((constructor)) begin(void)
{
    const char *path = setting("FAIL_LOG");
    fail_at = atol(setting("FAIL_AT"));
    on = atoi(setting("FAIL_ON"));
    stacks = atoi(setting("FAIL_STACKS"));
    libraries = setting("FAIL_LIBRARIES");
    memory = !strcmp(setting("FAIL_CALLS"), "memory");
    system_calls = !strcmp(setting("FAIL_CALLS"), "system");
    if (*path)
        log_file = (int)fail_raw(SYS_openat, AT_FDCWD, (long)path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666, 0,
                                 0);
    if (system_calls)
        catch_system_calls();
    counting = true;
}

static void __attribute__((destructor)) end(void)
{
    counting = false;
    stacks = false;
    tell("calls %ld\n", (long)calls);
}

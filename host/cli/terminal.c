#include "cli/terminal.h"

#include "base/fold.h"
#include "base/memory.h"
#include "base/stop.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Requests to stop: from the terminal, the shell, resource limits, batch systems (Slurm warns by SIGUSR1). */
static const struct {
    int signal;
    const char *why;
    int flags; /* SA_RESETHAND: a second one ends the program at once; the others may come in bursts */
} stopping[] = {
    {SIGINT, "SIGINT", SA_RESETHAND},
    {SIGQUIT, "SIGQUIT", SA_RESETHAND},
    {SIGTERM, "SIGTERM", SA_RESETHAND},
    {SIGHUP, "SIGHUP, its terminal was closed", 0},
    {SIGXCPU, "SIGXCPU, the limit of processor time", 0},
    {SIGUSR1, "SIGUSR1", 0},
    {SIGUSR2, "SIGUSR2", 0},
};

enum { STOPPING = sizeof stopping / sizeof *stopping };

static void on_signal(int signal)
{
    for (size_t i = 0; i < STOPPING; i++) {
        if (stopping[i].signal == signal)
            vx_stop_request(stopping[i].why);
    }
}

void vx_stop_catch(void)
{
    struct sigaction before, ignored = {.sa_handler = SIG_IGN};
    sigemptyset(&ignored.sa_mask);
    for (size_t i = 0; i < STOPPING; i++) {
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | stopping[i].flags};
        sigemptyset(&action.sa_mask);
        if (!sigaction(stopping[i].signal, NULL, &before) && before.sa_handler != SIG_IGN)
            sigaction(stopping[i].signal, &action, NULL);
    }
    sigaction(SIGPIPE, &ignored, NULL);
    sigaction(SIGXFSZ, &ignored, NULL);
}

void vx_streams_settle(void)
{
    int file;
    do {
        file = open("/dev/null", O_RDONLY);
    } while (file >= 0 && file <= STDERR_FILENO);
    if (file > STDERR_FILENO)
        close(file);
}

bool vx_colours(FILE *stream)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no && *no) && terminal && strcmp(terminal, "dumb");
}

int vx_terminal_width(FILE *stream)
{
    enum { LEAST = 20, USUAL = 80, MOST = 10000 };
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};
    const long said = columns ? strtol(columns, NULL, 10) : 0;
    if (said >= LEAST && said <= MOST)
        return (int)said;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) || size.ws_col < LEAST ? USUAL : size.ws_col;
}

static int lost; /* errno of the first failure of standard output */

void vx_print_of(FILE *stream, const char *format, va_list arguments)
{
    char *text = vx_text_of(format, arguments), *plain = text ? vx_printable(text) : NULL;
    if (!plain && stream == stdout && !lost)
        lost = ENOMEM;
    fputs(plain ? plain : "(out of memory)\n", stream);
    free(plain);
    free(text);
}

static bool has_width(FILE *stream)
{
    const char *columns = getenv("COLUMNS");
    return isatty(fileno(stream)) || (columns && *columns);
}

/* Safe to print, and folded. The caller frees; null without memory. */
static char *folded(FILE *stream, const char *text)
{
    char *plain = vx_printable(text);
    char *lines = plain ? vx_folded(plain, has_width(stream) ? vx_terminal_width(stream) : 0) : NULL;
    free(plain);
    return lines;
}

static char *begun; /* the line that has not ended */

void vx_tell_of(FILE *stream, const char *format, va_list arguments)
{
    char *text = vx_text_of(format, arguments), *line = text ? vx_text("%s%s", begun ? begun : "", text) : NULL;
    const size_t length = line ? strlen(line) : 0;
    free(text);
    free(begun);
    begun = NULL;
    if (length && line[length - 1] != '\n') {
        begun = line;
        return;
    }
    if (!line && stream == stdout && !lost)
        lost = ENOMEM;
    char *lines = line ? folded(stream, line) : NULL;
    vx_print(stream, "%s", lines ? lines : line ? line : "(out of memory)\n");
    free(lines);
    free(line);
}

void vx_tell(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vx_tell_of(stream, format, arguments);
    va_end(arguments);
}

void vx_terminal_remark(const char *text)
{
    vx_tell(stderr, "remark: %s\n", text);
}

void vx_tell_error(const char *message)
{
    static const char name[] = "voxstat: ", error[] = "error:";
    const size_t head = sizeof name + sizeof error - 2;
    char *text = vx_text("%s%s %s\n", name, error, message), *lines = text ? folded(stderr, text) : NULL;
    if (begun)
        vx_tell(stderr, "\n");
    if (vx_colours(stderr) && lines)
        fprintf(stderr, "%s\033[1;31m%s\033[0m%s", name, error, lines + head);
    else if (lines)
        fputs(lines, stderr);
    else
        vx_print(stderr, "%s%s %s\n", name, error, message);
    free(lines);
    free(text);
}

void vx_terminal_say(void *context, const char *text)
{
    (void)context;
    if (isatty(fileno(stderr)))
        vx_tell(stderr, "%s\n", text);
}

bool vx_stdout_flush(void)
{
    const bool failed = ferror(stdout);
    if ((fflush(stdout) || failed) && !lost)
        lost = errno ? errno : EIO;
    errno = lost;
    return !lost;
}

void vx_print(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vx_print_of(stream, format, arguments);
    va_end(arguments);
}

#include "cli/terminal.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

void vx_stop_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool vx_stop_requested(void)
{
    return stop;
}

bool vx_colours(FILE *stream)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no && *no) && terminal && strcmp(terminal, "dumb");
}

void vx_print_of(FILE *stream, const char *format, va_list arguments)
{
    char *text = vx_text_of(format, arguments), *plain = text ? vx_printable(text) : NULL;
    fputs(plain ? plain : "(out of memory)\n", stream);
    free(plain);
    free(text);
}

void vx_print(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vx_print_of(stream, format, arguments);
    va_end(arguments);
}

double vx_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *vx_grouped(uint64_t number, char text[32])
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number), used = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

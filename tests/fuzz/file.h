/* The bytes of a fuzz target as a file in a temporary folder, which is removed with the process. */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char fuzz_folder[] = "/dev/shm/voxstat-fuzz-XXXXXX";
static char fuzz_path[64];

static void fuzz_remove(void)
{
    rmdir(fuzz_folder);
}

/* Rewrites the file; the path is valid until the next call. The caller unlinks it. */
static const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    if (fuzz_path[0] == '\0') {
        if (!mkdtemp(fuzz_folder))
            abort();
        atexit(fuzz_remove);
    }
    snprintf(fuzz_path, sizeof fuzz_path, "%s/%s", fuzz_folder, name);
    int file = open(fuzz_path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);
    return fuzz_path;
}

#endif

#include "base/stream.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>

/* The cookie of the stream. stdio sets the stream's error indicator where `keep` takes fewer bytes than it receives. */
typedef struct growing {
    char **text;
    size_t *size;
    char *bytes;
    size_t used;
    bool lost;
} growing;

static bool append(growing *memory, const char *data, size_t size)
{
    char *grown = vx_array_grow(memory->bytes, memory->used, size, 1);
    if (!grown)
        return false;
    memory->bytes = grown;
    memcpy(memory->bytes + memory->used, data, size);
    memory->used += size;
    return true;
}

static ssize_t keep(void *cookie, const char *data, size_t size)
{
    growing *memory = cookie;
    if (memory->lost || !append(memory, data, size)) {
        memory->lost = true;
        errno = ENOMEM;
        return 0;
    }
    return (ssize_t)size;
}

/* For ftell. The stream only grows at its end. */
static int tell(void *cookie, off64_t *offset, int whence)
{
    growing *memory = cookie;
    if (whence != SEEK_CUR || *offset != 0)
        return -1;
    *offset = (off64_t)memory->used;
    return 0;
}

static int hand_over(void *cookie)
{
    growing *memory = cookie;
    const size_t size = memory->used;
    const bool complete = !memory->lost && append(memory, "", 1);
    if (complete) {
        *memory->text = memory->bytes;
        if (memory->size)
            *memory->size = size;
    } else {
        free(memory->bytes);
    }
    free(memory);
    return complete ? 0 : -1;
}

FILE *vx_text_stream(char **text, size_t *size)
{
    *text = NULL;
    if (size)
        *size = 0;
    growing *memory = vx_array_zero(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->text = text;
    memory->size = size;
    FILE *stream = fopencookie(memory, "w", (cookie_io_functions_t){.write = keep, .seek = tell, .close = hand_over});
    if (!stream)
        free(memory);
    return stream;
}

bool vx_stream_close(FILE *stream)
{
    if (!stream)
        return false;
    const bool complete = !ferror(stream);
    return fclose(stream) == 0 && complete;
}

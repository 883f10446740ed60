#include "base/stream.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>

/* fopencookie's stream sets its error indicator where `keep` takes less than it was given. */
typedef struct growing {
    char **text;
    size_t *size;
    char *bytes;
    size_t used, room;
    bool lost;
} growing;

enum { FIRST_ROOM = 4096 };

/* Makes room for `more` bytes and the zero behind them. */
static bool grow(growing *memory, size_t more)
{
    size_t needed, room;
    if (__builtin_add_overflow(memory->used, more, &needed) || needed == SIZE_MAX)
        return false;
    if (needed < memory->room)
        return true;
    room = needed + 1 > FIRST_ROOM ? needed + 1 : FIRST_ROOM;
    if (!vx_multiply(memory->room, 2, &needed))
        return false;
    room = room > needed ? room : needed;
    char *bytes = realloc(memory->bytes, room);
    if (!bytes)
        return false;
    memory->bytes = bytes;
    memory->room = room;
    return true;
}

static ssize_t keep(void *cookie, const char *data, size_t size)
{
    growing *memory = cookie;
    if (memory->lost || !grow(memory, size)) {
        memory->lost = true;
        errno = ENOMEM;
        return 0;
    }
    memcpy(memory->bytes + memory->used, data, size);
    memory->used += size;
    return (ssize_t)size;
}

/* For ftell; the stream only ever grows at its end. */
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
    bool whole = !memory->lost && grow(memory, 0);
    if (whole) {
        memory->bytes[memory->used] = '\0';
        *memory->text = memory->bytes;
        if (memory->size)
            *memory->size = memory->used;
    } else {
        free(memory->bytes);
    }
    free(memory);
    return whole ? 0 : -1;
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
    const bool whole = !ferror(stream);
    return fclose(stream) == 0 && whole;
}

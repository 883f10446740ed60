/* Sequential reading of one file, inflated if its content is gzip, whatever its name. The bytes on the disk are hashed
 * as they are read, so that the hash belongs to exactly the bytes that were used. */
#ifndef VX_IMAGE_PACKED_H
#define VX_IMAGE_PACKED_H

#include "image/source.h"

#include <zlib.h>

typedef struct vx_packed_file {
    const char *path; /* not owned */
    int descriptor;
    bool open, hashed, packed, damaged;
    bool at_end;              /* of the file, or of its last gzip member */
    vx_source_file file;      /* size and time when it was opened */
    unsigned char *raw;       /* bytes from the disk; raw_left of them, from `next` on, are unused */
    const unsigned char *next;
    size_t raw_left;
    const unsigned char *back; /* bytes that vx_packed_give_back returned; not owned */
    size_t back_left;
    z_stream inflate;
    vx_sha256 sha256;
} vx_packed_file;

/* `hashed`: compute the SHA-256. Errors (VX_INPUT): missing, unreadable, not a regular file, empty. The caller closes
 * the stream, on errors too. */
vx_status vx_packed_open(const char *path, bool hashed, vx_packed_file *stream, vx_error *error);

/* Reads `wanted` bytes, or fewer at the end of the file; *got is their number. Errors (VX_INPUT): damaged gzip data, a
 * failing disk. */
vx_status vx_packed_read(vx_packed_file *stream, void *bytes, size_t wanted, size_t *got, vx_error *error);
vx_status vx_packed_skip(vx_packed_file *stream, uint64_t bytes, vx_error *error);

/* Returns the bytes read last to the stream: the next read begins with them. They must stay valid until then. */
void vx_packed_give_back(vx_packed_file *stream, const void *bytes, size_t count);

/* Verifies the gzip checksum behind the last byte read. If the SHA-256 is wanted, hashes the rest of the file without
 * inflating it, and sets all members of `file` but its path. */
vx_status vx_packed_finish(vx_packed_file *stream, vx_source_file *file, vx_error *error);

void vx_packed_close(vx_packed_file *stream);

/* Fails with VX_INPUT: the file ends before its last voxel. */
vx_status vx_packed_fail_short(const vx_packed_file *stream, vx_error *error);

#endif

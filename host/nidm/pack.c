#include "nidm/pack.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/sha.h"
#include "nidm/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum { FILES_MAX = 16 };
static const size_t FILE_BYTES_MAX = (size_t)4 << 30; /* of a zip without the Zip64 extension */

typedef struct pack_file {
    const char *name;
    void *data;
    size_t size;
    char sha512[VX_SHA512_TEXT];
} pack_file;

struct vx_pack {
    pack_file file[FILES_MAX];
    size_t count;
};

vx_pack *vx_pack_new(void)
{
    return vx_array_zero(1, sizeof(vx_pack));
}

void vx_pack_free(vx_pack *pack)
{
    for (size_t i = 0; pack && i < pack->count; i++)
        free(pack->file[i].data);
    free(pack);
}

vx_status vx_pack_add(vx_pack *pack, const char *name, void *data, size_t size, vx_error *error)
{
    if (pack->count == FILES_MAX) {
        free(data);
        return vx_fail(error, VX_INTERNAL, "a pack of more than %d files", FILES_MAX);
    }
    pack_file *file = &pack->file[pack->count++];
    *file = (pack_file){.name = name, .data = data, .size = size};
    return vx_sha512_text(data, size, file->sha512) ? VX_OK : vx_fail_memory(error);
}

vx_status vx_pack_add_file(vx_pack *pack, const char *name, const char *path, vx_error *error)
{
    char *data = NULL;
    size_t size = 0;
    vx_status status = vx_file_read(path, FILE_BYTES_MAX, &data, &size, error);
    if (status)
        return status;
    return vx_pack_add(pack, name, data, size, error);
}

const char *vx_pack_sha512(const vx_pack *pack, const char *name)
{
    for (size_t i = 0; i < pack->count; i++)
        if (!strcmp(pack->file[i].name, name))
            return pack->file[i].sha512;
    return NULL;
}

/* All files have the first date of the zip format, 1980-01-01, so that packs are reproducible. */
static bool put_file(zip_t *archive, const pack_file *file)
{
    enum { MIDNIGHT = 0, FIRST_DAY = 1 << 5 | 1 };
    zip_source_t *source = zip_source_buffer(archive, file->data, file->size, 0);
    const zip_int64_t at = source ? zip_file_add(archive, file->name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (source && at < 0)
        zip_source_free(source);
    return at >= 0 && zip_set_file_compression(archive, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(archive, (zip_uint64_t)at, MIDNIGHT, FIRST_DAY, 0) == 0;
}

static bool read_all(zip_source_t *source, void **data, size_t *size)
{
    zip_stat_t about;
    if (zip_source_stat(source, &about) != 0 || !(about.valid & ZIP_STAT_SIZE) || zip_source_open(source) != 0)
        return false;
    *size = (size_t)about.size;
    *data = malloc(*size);
    const bool complete = *data && zip_source_read(source, *data, *size) == (zip_int64_t)*size;
    zip_source_close(source);
    if (!complete) {
        free(*data);
        *data = NULL;
    }
    return complete;
}

vx_status vx_pack_zip(const vx_pack *pack, void **zip, size_t *size, vx_error *error)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *archive = buffer ? zip_open_from_source(buffer, ZIP_TRUNCATE, &why) : NULL;
    bool good = archive;
    if (archive)
        zip_source_keep(buffer); /* closing the archive releases its reference */
    for (size_t i = 0; good && i < pack->count; i++)
        good = put_file(archive, &pack->file[i]);
    if (good && zip_close(archive) == 0)
        archive = NULL;
    good = good && !archive && read_all(buffer, zip, size);
    vx_status status = VX_OK;
    if (!good)
        status = vx_fail(error, VX_INTERNAL, "the zip cannot be made: %s",
                         archive ? zip_strerror(archive) : zip_error_strerror(&why));
    if (archive)
        zip_discard(archive);
    if (buffer)
        zip_source_free(buffer);
    zip_error_fini(&why);
    return status;
}

bool vx_pack_recognise(int fd, const char *name)
{
    struct stat about;
    const int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    zip_t *archive = NULL;
    if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode))
        archive = zip_fdopen(file, 0, NULL); /* owns the descriptor if it succeeds */
    const bool is = archive && zip_name_locate(archive, VX_NIDM_GRAPH, 0) >= 0;
    if (archive)
        zip_discard(archive);
    else if (file >= 0)
        close(file);
    return is;
}

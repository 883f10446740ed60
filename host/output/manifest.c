#include "output/manifest.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/sha.h"
#include "output/file.h"
#include "output/tree.h"
#include "results/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX = VX_SHA256_TEXT - 1, RUN_BYTES_MAX = 1 << 28 /* the run.json of 10,000 images has 3 MB */ };

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* Opens a regular file of the folder for reading. Returns -1 and sets errno for any other; links are not followed, and
 * a pipe does not block. */
static int open_plain(int fd, const char *name, struct stat *about)
{
    const int file = vx_tree_open(fd, name, O_RDONLY | O_NONBLOCK);
    if (file >= 0 && (fstat(file, about) != 0 || !S_ISREG(about->st_mode))) {
        close(file);
        errno = EINVAL;
        return -1;
    }
    return file;
}

/* SHA-256 of a regular file of the folder. False and errno where it cannot be read. */
static bool hash_file(int fd, const char *name, char sha256[VX_SHA256_TEXT])
{
    struct stat about;
    const int file = open_plain(fd, name, &about);
    if (file < 0)
        return false;
    const bool done = vx_sha256_file(file, sha256);
    const int reason = errno;
    close(file);
    errno = reason;
    return done;
}

/* ---- reading ---- */

static char *read_all(int fd, const char *name, size_t *size)
{
    struct stat about;
    const int file = open_plain(fd, name, &about);
    if (file < 0)
        return NULL;
    char *text = about.st_size < RUN_BYTES_MAX ? malloc((size_t)about.st_size + 1) : NULL;
    ssize_t got = text ? 1 : -1;
    for (*size = 0; got > 0 && *size < (size_t)about.st_size; *size += got > 0 ? (size_t)got : 0)
        do
            got = read(file, text + *size, (size_t)about.st_size - *size);
        while (got < 0 && errno == EINTR);
    close(file);
    if (got < 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Whether `check` is the SHA-256 of `text` with zeros in its place. Overwrites it there with zeros. */
static bool check_holds(char *text, size_t size, const char *check)
{
    char sha256[VX_SHA256_TEXT];
    if (!check || strlen(check) != HEX)
        return false;
    char *at = memmem(text, size, check, HEX);
    if (!at || memmem(at + HEX, size - (size_t)(at + HEX - text), check, HEX))
        return false;
    memcpy(at, zeros, HEX);
    return vx_sha256_text(text, size, sha256) && !strcmp(sha256, check);
}

json_t *vx_manifest_read(int fd, bool *intact)
{
    size_t size = 0;
    char *text = read_all(fd, VX_RUN_FILE, &size);
    json_t *run = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (intact)
        *intact = run && check_holds(text, size, json_string_value(json_object_get(run, VX_KEY_RUN_CHECKSUM)));
    free(text);
    if (json_is_string(json_object_get(run, VX_KEY_VERSION)))
        return run;
    json_decref(run);
    return NULL;
}

bool vx_manifest_lists(const json_t *run, const char *name)
{
    size_t i;
    const json_t *one;
    if (!vx_file_path_safe(name) || !vx_file_name_of_voxstat(name)) /* run.json is untrusted */
        return false;
    json_array_foreach(json_object_get(run, VX_KEY_FILES), i, one)
        if (json_is_string(one) && !strcmp(json_string_value(one), name))
            return true;
    return false;
}

bool vx_manifest_holds(const json_t *run, const char *path)
{
    const size_t length = strlen(path);
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(run, VX_KEY_FILES), i, one) {
        const char *name = json_string_value(one);
        if (name && !strncmp(name, path, length) && name[length] == '/' && vx_file_path_safe(name) &&
            vx_file_name_of_voxstat(name))
            return true;
    }
    return false;
}

static bool is_hash(const json_t *entry, const char *sha256)
{
    return json_is_string(entry) && !strcmp(json_string_value(entry), sha256);
}

vx_file_state vx_manifest_state(int fd, const json_t *run, const char *name)
{
    char sha256[VX_SHA256_TEXT];
    struct stat about;
    if (!vx_tree_stat(fd, name, &about))
        return errno == ENOENT ? VX_FILE_ABSENT : VX_FILE_CHANGED; /* the file may exist */
    if (!vx_manifest_lists(run, name))
        return VX_FILE_UNLISTED;
    const json_t *entry = json_object_get(json_object_get(run, VX_KEY_CHECKSUMS), name), *one;
    size_t i;
    if (!entry || !hash_file(fd, name, sha256))
        return VX_FILE_CHANGED;
    bool same = is_hash(entry, sha256);
    json_array_foreach(entry, i, one)
        same = same || is_hash(one, sha256);
    return same ? VX_FILE_OURS : VX_FILE_CHANGED;
}

bool vx_manifest_complete(int fd, const json_t *run, bool intact)
{
    size_t i;
    const json_t *one, *files = json_object_get(run, VX_KEY_FILES);
    bool complete = run && intact && json_array_size(files);
    json_array_foreach(files, i, one) {
        const char *name = json_string_value(one);
        complete = complete && name &&
                   (!strcmp(name, VX_RUN_FILE) || vx_manifest_state(fd, run, name) == VX_FILE_OURS);
    }
    return complete;
}

/* ---- writing ---- */

vx_status vx_manifest_set(json_t *run, const char *name, const char sha256[65], bool pending, vx_error *error)
{
    json_t *files = json_object_get(run, VX_KEY_FILES), *checksums = json_object_get(run, VX_KEY_CHECKSUMS);
    if (!json_is_array(files) || !json_is_object(checksums))
        return vx_fail(error, VX_OUTPUT, "run.json: keeps no checksums of its files");
    json_t *old = json_object_get(checksums, name), *entry = NULL;
    if (!pending) {
        entry = vx_json_text(sha256);
    } else {
        entry = json_array();
        if (json_is_array(old)) /* left by an interruption: the file has one of them */
            entry = vx_json_extend(entry, old);
        else if (old)
            entry = vx_json_append(entry, json_incref(old));
        entry = vx_json_append(entry, vx_json_text(sha256));
    }
    const bool good = vx_json_put(checksums, name, entry) &&
                      (vx_manifest_lists(run, name) || vx_json_put_first(files, vx_json_text(name)));
    return good ? VX_OK : vx_fail_memory(error);
}

void vx_manifest_drop(json_t *run, const char *name)
{
    json_t *files = json_object_get(run, VX_KEY_FILES);
    for (size_t i = json_array_size(files); i-- > 0;) {
        const char *one = json_string_value(json_array_get(files, i));
        if (one && !strcmp(one, name))
            json_array_remove(files, i);
    }
    json_object_del(json_object_get(run, VX_KEY_CHECKSUMS), name);
}

static bool is_listed(const vx_tree_item *item)
{
    return !item->folder && strcmp(item->path, VX_RUN_FILE);
}

/* Hashes all files in parallel. False and errno where one cannot be read. */
static bool hash_all(int fd, const vx_tree *tree, char (*sha256)[VX_SHA256_TEXT])
{
    int reason = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < tree->count; i++)
        if (is_listed(&tree->item[i]) && !hash_file(fd, tree->item[i].path, sha256[i])) {
            const int found = errno;
#pragma omp critical(vx_manifest_hash)
            reason = found;
        }
    errno = reason;
    return !reason;
}

vx_status vx_manifest_fill(const char *folder, json_t *run, vx_error *error)
{
    vx_tree tree = {0};
    vx_status status = VX_OK;
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool listed = fd >= 0 && vx_tree_list(fd, &tree);
    const int reason = errno;
    char (*sha256)[VX_SHA256_TEXT] = vx_array(tree.count + 1, sizeof *sha256);
    json_t *files = json_array(), *checksums = json_object();
    if (!sha256 || !files || !checksums) {
        status = vx_fail_memory(error);
        goto cleanup;
    }
    if (!listed || !hash_all(fd, &tree, sha256)) {
        status = vx_fail(error, VX_OUTPUT, "%s: its files cannot be read again: %s", folder,
                         strerror(listed ? errno : reason));
        goto cleanup;
    }
    for (size_t i = tree.count; i-- > 0;) /* what is in a folder comes after it */
        if (tree.item[i].folder)
            vx_tree_unlink(fd, &tree.item[i]); /* only where it is empty */
    for (size_t i = 0; i < tree.count; i++) {
        if (!is_listed(&tree.item[i]))
            continue;
        files = vx_json_append(files, vx_json_text(tree.item[i].path));
        checksums = vx_json_set(checksums, tree.item[i].path, vx_json_text(sha256[i]));
    }
    files = vx_json_append(files, vx_json_text(VX_RUN_FILE));
    if (!vx_json_put(run, VX_KEY_FILES, json_incref(files)) ||
        !vx_json_put(run, VX_KEY_CHECKSUMS, json_incref(checksums)))
        status = vx_fail_memory(error);
cleanup:
    vx_tree_destroy(&tree);
    free(sha256);
    json_decref(files);
    json_decref(checksums);
    if (fd >= 0)
        close(fd);
    return status;
}

vx_status vx_manifest_write(int fd, const char *folder, json_t *run, bool intact, vx_error *error)
{
    char sha256[VX_SHA256_TEXT], *text = NULL, *at = NULL;
    static const char key[] = "\"" VX_KEY_RUN_CHECKSUM "\": \"";
    if (vx_json_put(run, VX_KEY_RUN_CHECKSUM, vx_json_text(zeros)))
        text = vx_json_dump(json_incref(run), JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    if (text && (at = strstr(text, key))) /* quotes in texts are escaped, so this is the key */
        at += strlen(key);
    const size_t size = text ? strlen(text) : 0;
    if (!at || !vx_sha256_text(text, size, sha256)) {
        free(text);
        return vx_fail_memory(error);
    }
    if (intact)
        memcpy(at, sha256, HEX);
    vx_status status = vx_file_put(fd, folder, VX_RUN_FILE, false, text, size, error);
    free(text);
    return status;
}

vx_status vx_manifest_finish(const char *folder, json_t *run, vx_error *error)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return vx_fail(error, VX_OUTPUT, "%s/" VX_RUN_FILE ": cannot be made: %s", folder, strerror(errno));
    vx_status status = vx_manifest_write(fd, folder, run, true, error);
    close(fd);
    return status;
}

#include "image/files.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

bool vx_image_ends(const char *name, const char *ending)
{
    const size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcasecmp(name + length - tail, ending) == 0;
}

size_t vx_image_stem(const char *name)
{
    static const char *const ending[] = {".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (vx_image_ends(name, ending[i]))
            return strlen(name) - strlen(ending[i]);
    return strlen(name);
}

size_t vx_image_volume(const char *name, int64_t *volume)
{
    enum { DIGITS_MAX = 9 };
    const char *open = strrchr(name, '[');
    const size_t digits = open ? strspn(open + 1, "0123456789") : 0;
    *volume = -1;
    if (!digits || digits > DIGITS_MAX || strcmp(open + 1 + digits, "]"))
        return strlen(name);
    *volume = strtoll(open + 1, NULL, 10);
    return (size_t)(open - name);
}

static bool has_ending(const char *name)
{
    return name[vx_image_stem(name)];
}

bool vx_image_name(const char *name)
{
    static const char *const foreign[] = {".mgz", ".mgh", ".mnc", ".nrrd", ".nhdr", ".dcm", ".gii", ".nii.bz2",
                                          ".nii.xz", ".nii.zst", ".nii.zip"};
    bool found = has_ending(name);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign && !found; i++)
        found = vx_image_ends(name, foreign[i]);
    return found;
}

/* A dangling link counts as present, so that a later check can report it as such. */
static bool path_exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Fails where the path does not exist or is a dangling link, and says why. */
static vx_status check_target(const char *path, vx_error *error)
{
    struct stat about;
    char target[4096];
    if (stat(path, &about) == 0)
        return VX_OK;
    const int reason = errno;
    const ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return vx_fail(error, VX_INPUT, "%s: the image does not exist: %s", path, strerror(reason));
    target[length] = '\0';
    if (strstr(target, "annex/objects/"))
        return vx_fail(error, VX_INPUT, "%s: a link of git-annex whose content was not fetched; `datalad get` or `git "
                       "annex get` brings it", path);
    return vx_fail(error, VX_INPUT, "%s: a link to %s: %s", path, target, strerror(reason));
}

/* Finds the other half of the pair that `path` belongs to. `length` is that of the path without .gz. Candidates, first
 * match wins:
 *     1. the ending with the case of `path`, letter by letter
 *     2. the ending in the case of the last letter of `path`
 *     3. the ending in the other case
 * and each of these uncompressed first. */
static vx_status find_other_half(const char *path, size_t length, bool is_header, char **other, vx_error *error)
{
    static const char *const half[2][2] = {{".hdr", ".HDR"}, {".img", ".IMG"}}, *const packed[] = {"", ".gz", ".GZ"};
    const bool capitals = path[length - 1] < 'a';
    char alike[] = ".???";
    for (size_t i = 1; i < 4; i++)
        alike[i] = half[is_header][path[length - 4 + i] < 'a'][i];
    for (int k = 0; k < 9; k++) {
        const char *end = k < 3 ? alike : half[is_header][capitals ^ (k / 6)];
        char *candidate = vx_text("%.*s%s%s", (int)length - 4, path, end, packed[k % 3]);
        if (!candidate)
            return vx_fail_memory(error);
        if (path_exists(candidate)) {
            *other = candidate;
            return check_target(candidate, error);
        }
        free(candidate);
    }
    return vx_fail(error, VX_INPUT, "%s: the %s file that belongs to it is missing", path,
                   half[is_header][capitals]);
}

/* Finds the files of an image whose `path` has an ending or is a file. */
static vx_status find_pair(const char *path, vx_image_files *files, vx_error *error)
{
    const size_t length = strlen(path) - (vx_image_ends(path, ".gz") ? 3 : 0);
    char *bare = vx_text("%.*s", (int)length, path), *self = vx_copy_text(path), *other = NULL;
    vx_status status = bare && self ? check_target(path, error) : vx_fail_memory(error);
    const bool is_header = !status && vx_image_ends(bare, ".hdr"), is_voxels = !status && vx_image_ends(bare, ".img");
    if (is_header || is_voxels)
        status = find_other_half(path, length, is_header, &other, error);
    free(bare);
    *files = is_voxels ? (vx_image_files){other, self} : (vx_image_files){self, other};
    if (status)
        vx_image_files_destroy(files);
    return status;
}

/* Endings that a name may leave out. */
static const char *const implied[] = {".nii.gz", ".nii", ".hdr", ".hdr.gz"};
enum { IMPLIED = sizeof implied / sizeof *implied };

bool vx_image_bare_name(const char *name)
{
    bool found = false;
    if (has_ending(name) || path_exists(name))
        return false;
    for (size_t i = 0; i < IMPLIED && !found; i++) {
        char *candidate = vx_text("%s%s", name, implied[i]);
        found = candidate && path_exists(candidate);
        free(candidate);
    }
    return found;
}

vx_status vx_image_files_find(const char *name, vx_image_files *files, vx_error *error)
{
    char *found = NULL;
    vx_status status = VX_OK;
    *files = (vx_image_files){0};
    if (has_ending(name) || (path_exists(name) && !is_folder(name)))
        return find_pair(name, files, error);
    for (size_t i = 0; i < IMPLIED && !status; i++) {
        char *candidate = vx_text("%s%s", name, implied[i]);
        if (!candidate) {
            status = vx_fail_memory(error);
        } else if (found && path_exists(candidate)) {
            status = vx_fail(error, VX_INPUT, "%s: %s and %s are both there; give the full name", name, found,
                             candidate);
        } else if (path_exists(candidate)) {
            found = candidate;
            continue;
        }
        free(candidate);
    }
    if (!status)
        status = found ? find_pair(found, files, error)
                       : vx_fail(error, VX_INPUT, "%s: an image is expected: there is no such file, nor one with "
                                 ".nii.gz, .nii or .hdr behind it", name);
    free(found);
    return status;
}

vx_status vx_image_files_find_volume(const char *name, vx_image_files *files, int64_t *volume, vx_error *error)
{
    const size_t length = vx_image_volume(name, volume);
    if (*volume < 0 || path_exists(name)) {
        *volume = -1;
        return vx_image_files_find(name, files, error);
    }
    char *file = strndup(name, length);
    vx_status status = file ? vx_image_files_find(file, files, error) : vx_fail_memory(error);
    free(file);
    return status;
}

void vx_image_files_destroy(vx_image_files *files)
{
    if (!files)
        return;
    free(files->header);
    free(files->voxels);
    *files = (vx_image_files){0};
}

const char *vx_image_foreign(const unsigned char *bytes, size_t count)
{
    static const struct {
        size_t at, length;
        const char *magic, *what;
    } known[] = {
        {0, 22, "version https://git-lf", "a pointer of Git LFS, whose content was not fetched; `git lfs pull` brings "
                                          "it"},
        {0, 4, "\0\0\0\1", "a FreeSurfer image (.mgh, .mgz); `mri_convert` converts it to NIfTI"},
        {0, 3, "CDF", "a MINC 1 image; `mnc2nii` converts it to NIfTI"},
        {0, 4, "\211HDF", "an HDF5 file, as MINC 2 images are; `mnc2nii` converts those to NIfTI"},
        {0, 3, "BZh", "compressed with bzip2; gzip is read, and files without compression"},
        {0, 5, "\3757zXZ", "compressed with xz; gzip is read, and files without compression"},
        {0, 4, "\50\265\57\375", "compressed with zstd; gzip is read, and files without compression"},
        {0, 4, "PK\3\4", "a zip archive; gzip is read, and files without compression"},
        {0, 4, "NRRD", "an NRRD image; NIfTI is read"},
        {0, 5, "<?xml", "an XML file, as GIFTI surfaces are; volumes in NIfTI are read"},
        {128, 4, "DICM", "a DICOM file; `dcm2niix` converts it to NIfTI"},
    };
    if (count > 14 && memmem(bytes, count, "annex/objects/", 14) && !memchr(bytes, 0, count < 200 ? count : 200))
        return "a pointer of git-annex, whose content was not fetched; `datalad get` or `git annex get` brings it";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].at + known[i].length <= count &&
            memcmp(bytes + known[i].at, known[i].magic, known[i].length) == 0)
            return known[i].what;
    return NULL;
}

#include "report/files.h"

#include "base/json.h"
#include "base/memory.h"
#include "output/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct one_file {
    char *name;
    void *data;
    size_t size;
} one_file;

struct vx_files {
    one_file *file;
    size_t count;
};

vx_files *vx_files_new(void)
{
    return vx_array_zero(1, sizeof(vx_files));
}

void vx_files_free(vx_files *files)
{
    for (size_t i = 0; files && i < files->count; i++) {
        free(files->file[i].name);
        free(files->file[i].data);
    }
    if (files)
        free(files->file);
    free(files);
}

vx_status vx_files_add(vx_files *files, const char *name, void *data, size_t size, vx_error *error)
{
    one_file *grown = realloc(files->file, (files->count + 1) * sizeof *grown);
    if (grown)
        files->file = grown;
    char *copy = grown ? vx_copy_text(name) : NULL;
    if (!copy) {
        free(data);
        return vx_fail_memory(error);
    }
    files->file[files->count++] = (one_file){copy, data, size};
    return VX_OK;
}

vx_status vx_file_replace(const char *folder, const char *name, const void *data, size_t size, vx_error *error)
{
    char *path = vx_text("%s/%s", folder, name), *fresh = vx_text("%s/%s.partial", folder, name);
    vx_status status = path && fresh ? vx_write_file(fresh, data, size, error) : vx_fail_memory(error);
    if (!status && rename(fresh, path) != 0)
        status = vx_fail(error, VX_OUTPUT, "%s: cannot be put in place: %s", path, strerror(errno));
    if (status && fresh)
        unlink(fresh);
    free(path);
    free(fresh);
    return status;
}

static bool lists(const json_t *array, const char *name)
{
    size_t i;
    const json_t *one;
    json_array_foreach(array, i, one)
        if (json_is_string(one) && !strcmp(json_string_value(one), name))
            return true;
    return false;
}

/* The names of `array` that are not in `without`, in a new array. */
static json_t *those_not_in(const json_t *array, const json_t *without)
{
    json_t *left = json_array();
    size_t i;
    json_t *one;
    json_array_foreach(array, i, one)
        if (json_is_string(one) && !lists(without, json_string_value(one)))
            left = vx_json_append(left, json_incref(one));
    return left;
}

static vx_status dump_run(const char *folder, const json_t *run, vx_error *error)
{
    char *text = vx_json_dump(json_incref((json_t *)run), JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    vx_status status = text ? vx_file_replace(folder, "run.json", text, strlen(text), error) : vx_fail_memory(error);
    free(text);
    return status;
}

static vx_status write_run(const char *folder, const json_t *run, const json_t *files, const json_t *report,
                           vx_error *error)
{
    json_t *changed = json_copy((json_t *)run); /* shallow: only the two keys differ */
    changed = vx_json_set(changed, "files", json_incref((json_t *)files));
    changed = vx_json_set(changed, "report", json_incref((json_t *)report));
    vx_status status = changed ? dump_run(folder, changed, error) : vx_fail_memory(error);
    json_decref(changed);
    return status;
}

vx_status vx_file_list(const char *folder, json_t *run, const char *name, vx_error *error)
{
    json_t *files = json_object_get(run, "files");
    if (lists(files, name))
        return VX_OK;
    if (!vx_json_grow(files, vx_json_text(name)))
        return vx_fail_memory(error);
    return dump_run(folder, run, error);
}

static void remove_files(const char *folder, const json_t *names)
{
    size_t i;
    const json_t *one;
    json_array_foreach(names, i, one) {
        char *path = vx_text("%s/%s", folder, json_string_value(one));
        if (path && !strchr(json_string_value(one), '/'))
            unlink(path);
        free(path);
    }
}

vx_status vx_files_commit(const vx_files *files, const char *folder, const json_t *run, vx_error *error)
{
    const json_t *earlier = json_object_get(run, "report");
    json_t *ours = json_array();
    for (size_t i = 0; i < files->count; i++)
        ours = vx_json_append(ours, vx_json_text(files->file[i].name));
    json_t *stale = those_not_in(earlier, ours);
    json_t *rest = those_not_in(json_object_get(run, "files"), earlier); /* of the run itself */
    json_t *listed = vx_json_extend(those_not_in(rest, ours), ours);
    json_t *report = vx_json_extend(json_copy(ours), stale);
    json_t *both = vx_json_extend(json_copy(listed), stale);
    vx_status status = rest && report && both ? write_run(folder, run, both, report, error) : vx_fail_memory(error);
    for (size_t i = 0; !status && i < files->count; i++)
        status = vx_file_replace(folder, files->file[i].name, files->file[i].data, files->file[i].size, error);
    if (!status && json_array_size(stale)) {
        remove_files(folder, stale);
        status = write_run(folder, run, listed, ours, error);
    }
    json_decref(both);
    json_decref(ours);
    json_decref(report);
    json_decref(rest);
    json_decref(stale);
    json_decref(listed);
    return status;
}

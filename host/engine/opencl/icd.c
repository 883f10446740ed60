/* The drivers that are registered with the OpenCL loader (cl_khr_icd): a file NAME.icd in a folder names a library. The
 * loader skips libraries that it cannot load, and does not report them. */
#include "base/memory.h"
#include "base/note.h"
#include "engine/opencl/opencl.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Where drivers are registered: a folder, one .icd file, or (ocl-icd) a library. */
static const char *vendors(void)
{
    static const char *const variable[] = {"OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH"};
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++) {
        const char *value = getenv(variable[i]);
        if (value && *value)
            return value;
    }
    return "/etc/OpenCL/vendors";
}

static bool ends_in_icd(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".icd") == 0;
}

/* Adds "where: why" to the note where the library does not load. A library that the loader has loaded is not loaded
 * again. */
static void try_library(const char *where, const char *library, char *note, size_t size)
{
    void *loaded = dlopen(library, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (!loaded && !(loaded = dlopen(library, RTLD_LAZY | RTLD_LOCAL))) {
        const char *why = dlerror();
        vx_note_add(note, size, "the OpenCL driver of %s does not load: %s", where, why ? why : library);
    }
    if (loaded)
        dlclose(loaded);
}

static void try_file(const char *path, char *note, size_t size)
{
    char line[1024] = "";
    FILE *file = fopen(path, "r");
    const char *library = file && fgets(line, sizeof line, file) ? line + strspn(line, " \t") : "";
    line[strcspn(line, "\r\n")] = 0;
    if (*library)
        try_library(path, library, note, size);
    else
        vx_note_add(note, size, "%s names no OpenCL driver", path);
    if (file)
        fclose(file);
}

void vx_icd_note(char *note, size_t size)
{
    const char *place = vendors();
    struct stat properties;
    if (!size || stat(place, &properties) != 0)
        return;
    if (!S_ISDIR(properties.st_mode)) {
        if (ends_in_icd(place))
            try_file(place, note, size);
        else
            try_library(place, place, note, size);
        return;
    }
    struct dirent **entry = NULL;
    int count = scandir(place, &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char *path = ends_in_icd(entry[i]->d_name) ? vx_text("%s/%s", place, entry[i]->d_name) : NULL;
        if (path)
            try_file(path, note, size);
        free(path);
        free(entry[i]);
    }
    free(entry);
}

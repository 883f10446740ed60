/* Builds programs for a device from the text of kernels. */
#include "base/embedded.h"
#include "base/memory.h"
#include "base/stream.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <string.h>

/* Every file of kernels/. */
extern const vx_embedded vx_embedded_kernels[];

enum { INCLUDES_MAX = 8 };

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb"), *to = NULL;
    char *text = NULL, part[4096];
    size_t got;
    if (!file)
        return NULL;
    to = vx_text_stream(&text, NULL);
    while (to && (got = fread(part, 1, sizeof part, file)) > 0)
        fwrite(part, 1, got, to);
    const bool complete = vx_stream_close(to) && !ferror(file);
    fclose(file);
    if (complete)
        return text;
    free(text);
    return NULL;
}

/* The text of one file, from VOXSTAT_KERNEL_DIR or from the program itself. The caller frees it with free(). */
static vx_status file_text(const char *name, char **text, vx_error *error)
{
    const char *folder = getenv("VOXSTAT_KERNEL_DIR");
    if (folder && *folder) {
        char *path = vx_text("%s/%s", folder, name);
        *text = path ? read_text(path) : NULL;
        free(path);
        if (!*text)
            return vx_fail(error, VX_DEVICE, "%s/%s: cannot be read (VOXSTAT_KERNEL_DIR)", folder, name);
        return VX_OK;
    }
    for (const vx_embedded *kernel = vx_embedded_kernels; kernel->name; kernel++)
        if (strcmp(kernel->name, name) == 0) {
            *text = vx_copy_text(kernel->text);
            return *text ? VX_OK : vx_fail_memory(error);
        }
    return vx_fail(error, VX_INTERNAL, "%s: not among the kernels of this program", name);
}

/* Copies a file and the files that it includes. #line lets a build log name the file and line. */
static vx_status expand(FILE *to, const char *name, int depth, vx_error *error)
{
    char *text = NULL, included[64];
    vx_status status = file_text(name, &text, error);
    int line = 1;
    if (status == VX_OK && depth > INCLUDES_MAX)
        status = vx_fail(error, VX_INTERNAL, "%s: includes nest too deeply", name);
    if (status == VX_OK)
        fprintf(to, "#line 1 \"%s\"\n", name);
    for (char *at = text; status == VX_OK && *at; line++) {
        size_t length = strcspn(at, "\n");
        if (sscanf(at, "#include \"%63[^\"\n]\"", included) == 1) {
            status = expand(to, included, depth + 1, error);
            fprintf(to, "#line %d \"%s\"\n", line + 1, name);
        } else {
            fprintf(to, "%.*s\n", (int)length, at);
        }
        at += length + (at[length] == '\n');
    }
    free(text);
    return status;
}

vx_status vx_kernel_source(const char *file, char **text, vx_error *error)
{
    FILE *to = vx_text_stream(text, NULL);
    if (!to)
        return vx_fail_memory(error);
    vx_status status = expand(to, file, 0, error);
    if (!vx_stream_close(to) && status == VX_OK)
        status = vx_fail_memory(error);
    if (status != VX_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

/* Everything that determines the binary: source, options, device, driver. */
typedef struct vx_program_key {
    char *text; /* freed with free() */
    size_t size;
} vx_program_key;

static vx_status make_key(cl_device_id device, const char *source, const char *options, vx_program_key *key,
                          vx_error *error)
{
    static const cl_device_info what[] = {CL_DEVICE_VENDOR, CL_DEVICE_NAME, CL_DEVICE_VERSION, CL_DRIVER_VERSION};
    FILE *to = vx_text_stream(&key->text, &key->size);
    if (!to)
        return vx_fail_memory(error);
    fprintf(to, "%s%c%s", source, 0, options);
    for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
        char text[512] = "";
        clGetDeviceInfo(device, what[i], sizeof text - 1, text, NULL);
        fprintf(to, "%c%s", 0, text);
    }
    return vx_stream_close(to) ? VX_OK : vx_fail_memory(error);
}

/* The program from its cached binary; null where the cache has none that the driver accepts. */
static cl_program load(cl_context context, cl_device_id device, const vx_program_key *key, const char *options)
{
    size_t size;
    cl_int taken = CL_SUCCESS, code;
    unsigned char *binary = vx_cache_load(key->text, key->size, &size);
    if (!binary)
        return NULL;
    const unsigned char *data = binary;
    cl_program program = clCreateProgramWithBinary(context, 1, &device, &size, &data, &taken, &code);
    free(binary);
    if (program && (taken != CL_SUCCESS || clBuildProgram(program, 1, &device, options, NULL, NULL) != CL_SUCCESS)) {
        clReleaseProgram(program);
        program = NULL;
    }
    return program;
}

static void store(cl_program program, const vx_program_key *key)
{
    size_t size = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS || size == 0)
        return;
    unsigned char *binary = malloc(size);
    if (binary && clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) == CL_SUCCESS)
        vx_cache_store(key->text, key->size, binary, size);
    free(binary);
}

static vx_status fail_build(cl_program program, cl_device_id device, const char *kernel, cl_int code, vx_error *error)
{
    char *log = NULL;
    size_t size = 0;
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
    log = calloc(size + 1, 1);
    if (log)
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, size, log, NULL);
    vx_status status = vx_fail(error, VX_DEVICE, "%s.cl does not build: %s (%d): %s", kernel, vx_cl_name(code), code,
                               log && *log ? log : "the driver left no build log");
    free(log);
    return status;
}

vx_status vx_cl_build(const vx_cl_target *target, vx_cl_program *p, vx_error *error)
{
    const char *stem = vx_op_table[p->op].stem;
    char options[VX_CL_OPTIONS_MAX], file[64], *source = NULL;
    vx_program_key key = {0};
    cl_int code;
    vx_cl_options(&p->form, target->info->exact_division, options, sizeof options);
    snprintf(file, sizeof file, "%s.cl", stem);
    vx_status status = vx_kernel_source(file, &source, error);
    if (status != VX_OK || (status = make_key(target->device, source, options, &key, error)) != VX_OK)
        goto cleanup;
    p->program = load(target->context, target->device, &key, options);
    if (p->program)
        goto cleanup;
    atomic_store(&p->compiled, true);
    p->program = clCreateProgramWithSource(target->context, 1, (const char **)&source, NULL, &code);
    status = vx_cl_check(code, "clCreateProgramWithSource", error);
    if (status != VX_OK)
        goto cleanup;
    code = clBuildProgram(p->program, 1, &target->device, options, NULL, NULL);
    if (code == CL_SUCCESS) {
        store(p->program, &key);
    } else {
        status = fail_build(p->program, target->device, stem, code, error);
        clReleaseProgram(p->program);
        p->program = NULL;
    }
cleanup:
    free(key.text);
    free(source);
    return status;
}

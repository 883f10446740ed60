/* Writes every kernel in every form that the OpenCL backend launches, for the compilers of tests/lint:
 *
 *     kernel-forms FOLDER
 *
 * FOLDER/<name>.cl is the text that a driver gets. A line on stdout describes each of them, separated by tabs:
 *
 *     name   kernel   gpu or processor   work-items of a group   build options */
#include "base/memory.h"
#include "engine/opencl/opencl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static vx_status write_source(const char *folder, const char *name, const char *stem, vx_error *error)
{
    char *file = vx_text("%s.cl", stem), *path = vx_text("%s/%s.cl", folder, name), *text = NULL;
    vx_status status = file && path ? vx_kernel_source(file, &text, error) : vx_fail_memory(error);
    if (!status) {
        FILE *to = fopen(path, "wb");
        bool written = to && fputs(text, to) >= 0;
        if (!to || fclose(to) || !written)
            status = vx_fail(error, VX_OUTPUT, "%s: cannot be written", path);
    }
    free(file);
    free(path);
    free(text);
    return status;
}

static vx_status put_form(const char *folder, vx_op op, const char *kind, const vx_form *form, vx_error *error)
{
    char name[64], options[VX_CL_OPTIONS_MAX];
    const char *stem = vx_op_table[op].stem;
    if (strcmp(kind, "gpu"))
        snprintf(name, sizeof name, "%s-%s-%d", stem, kind, form->vec);
    else
        snprintf(name, sizeof name, "%s-%s", stem, kind);
    vx_cl_options(form, true, options, sizeof options);
    printf("%s\t%s\t%s\t%d\t%s\n", name, stem, kind, form->items, options);
    return write_source(folder, name, stem, error);
}

/* The form of GPUs, and those of processors for every width of their registers that makes a difference. */
static vx_status put_forms(const char *folder, vx_op op, vx_error *error)
{
    static const int width[] = {4, 8, 16};
    vx_form form = vx_cl_form(op, false, 0), last = {0};
    vx_status status = put_form(folder, op, "gpu", &form, error);
    for (size_t w = 0; w < sizeof width / sizeof *width && !status; w++) {
        form = vx_cl_form(op, true, width[w]);
        if (memcmp(&form, &last, sizeof form))
            status = put_form(folder, op, "processor", &form, error);
        last = form;
    }
    return status;
}

/* peak.cl, which is no op. */
static vx_status put_peak(const char *folder, vx_error *error)
{
    vx_status status = VX_OK;
    for (int width = 0; width <= 16 && !status; width = width ? 2 * width : 4) {
        const char *kind = width ? "processor" : "gpu";
        char name[64], options[VX_CL_OPTIONS_MAX];
        const vx_form form = vx_cl_peak_form(width > 0, width);
        snprintf(name, sizeof name, width ? "peak-%s-%d" : "peak-%s", kind, width);
        vx_cl_options(&form, true, options, sizeof options);
        printf("%s\tpeak\t%s\t%d\t%s\n", name, kind, form.items, options);
        status = write_source(folder, name, "peak", error);
    }
    return status;
}

int main(int count, char **argument)
{
    vx_error error = {0};
    if (count != 2) {
        fprintf(stderr, "usage: kernel-forms FOLDER\n");
        return 2;
    }
    for (vx_op op = 0; op < VX_OPS; op++)
        if (put_forms(argument[1], op, &error)) {
            fprintf(stderr, "kernel-forms: %s\n", error.message);
            return 1;
        }
    if (put_peak(argument[1], &error)) {
        fprintf(stderr, "kernel-forms: %s\n", error.message);
        return 1;
    }
    return 0;
}

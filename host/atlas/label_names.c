#include "atlas/label_names.h"

#include "atlas/label_names_xml.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "image/files.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BYTES_MAX = 1 << 26, CELLS_MAX = 64 };

/* ---- the list ---- */

vx_status vx_label_names_add(vx_label_names *names, double label, const char *name, size_t length, vx_error *error)
{
    if (!(label >= 0 && label < 0x1p53) || label != floor(label))
        return vx_fail(error, VX_INPUT, "the label %g; whole numbers from 0 on are needed", label);
    if (!length)
        return vx_fail(error, VX_INPUT, "label %.0f has no name", label);
    vx_label_name *grown = vx_array_grow(names->item, names->count, 1, sizeof *grown);
    if (!grown)
        return vx_fail_memory(error);
    names->item = grown;
    grown[names->count] = (vx_label_name){(int64_t)label, vx_text("%.*s", (int)length, name)};
    return grown[names->count++].name ? VX_OK : vx_fail_memory(error);
}

static int by_label(const void *a, const void *b)
{
    const vx_label_name *x = a, *y = b;
    return vx_compare((double)x->label, (double)y->label);
}

/* Sorts by label and drops repetitions. */
static vx_status arrange(vx_label_names *names, vx_error *error)
{
    size_t kept = 0;
    if (names->count)
        qsort(names->item, names->count, sizeof *names->item, by_label);
    for (size_t i = 0; i < names->count; i++) {
        vx_label_name *one = &names->item[i], *last = &names->item[kept ? kept - 1 : 0];
        if (!kept || one->label != last->label) {
            const vx_label_name moved = *one;
            one->name = NULL;
            names->item[kept++] = moved;
        } else if (strcmp(one->name, last->name) != 0) {
            return vx_fail(error, VX_INPUT, "%s: label %lld has two names, %s and %s", names->path,
                           (long long)one->label, last->name, one->name);
        } else {
            free(one->name);
            one->name = NULL;
        }
    }
    names->count = kept;
    return kept ? VX_OK : vx_fail(error, VX_INPUT, "%s: holds no name of a label", names->path);
}

void vx_label_names_destroy(vx_label_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++)
        free(names->item[i].name);
    free(names->item);
    free(names->path);
    *names = (vx_label_names){0};
}

/* ---- lines of text ---- */

/* A cell of a line; not terminated. */
typedef struct cell { const char *text; size_t length; } cell;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static cell trimmed(const char *text, size_t length)
{
    while (length && is_blank(*text))
        text++, length--;
    while (length && is_blank(text[length - 1]))
        length--;
    if (length >= 2 && *text == '"' && text[length - 1] == '"')
        return (cell){text + 1, length - 2};
    return (cell){text, length};
}

/* Splits a line at `separator`; a blank splits at every run of spaces and tabs. Returns the number of cells. */
static int split(cell line, char separator, cell cells[CELLS_MAX])
{
    int count = 0;
    const char *end = line.text + line.length;
    for (const char *c = line.text; c <= end && count < CELLS_MAX; c++) {
        const char *from = c;
        while (c < end && (separator == ' ' ? !is_blank(*c) : *c != separator))
            c++;
        if (separator != ' ' || c > from)
            cells[count++] = trimmed(from, (size_t)(c - from));
    }
    return count;
}

static bool cell_is(cell c, const char *word)
{
    return strlen(word) == c.length && !strncasecmp(c.text, word, c.length);
}

static bool cell_number(cell c, double *value)
{
    char text[64];
    if (c.length >= sizeof text)
        return false;
    memcpy(text, c.text, c.length);
    text[c.length] = '\0';
    return vx_number_read(text, value);
}

/* What a file's first line tells about the others. */
typedef struct form {
    char separator;
    int label, name;  /* columns; label -1: the last one */
    bool header, list; /* list: the names themselves, without labels */
    bool open;         /* the name goes on until the first number behind it */
} form;

static bool find_columns(const cell *cells, int count, form *f)
{
    static const char *const label[] = {"index", "ROIid"}, *const name[] = {"name", "ROIname"};
    f->label = f->name = -1;
    for (int c = 0; c < count; c++)
        for (int k = 0; k < 2; k++) {
            if (f->label < 0 && cell_is(cells[c], label[k]))
                f->label = c;
            if (f->name < 0 && cell_is(cells[c], name[k]))
                f->name = c;
        }
    return f->label >= 0 && f->name >= 0;
}

static bool has(cell line, char c)
{
    return memchr(line.text, c, line.length) != NULL;
}

/* False where the form is unknown. */
static bool find_form(cell line, bool only, form *f)
{
    cell cells[CELLS_MAX];
    double number;
    *f = (form){.separator = has(line, '\t') ? '\t' : has(line, ';') ? ';' : has(line, ',') ? ',' : ' '};
    int count = split(line, f->separator, cells);
    if (find_columns(cells, count, f))
        return f->header = true;
    if (count >= 2 && cell_number(cells[0], &number)) {
        f->label = 0;
        f->name = 1;
        f->open = f->separator == ' ';
        return true;
    }
    if (count == 3 && cell_number(cells[2], &number)) {
        f->label = 2;
        f->name = 1;
        return true;
    }
    return f->list = only && f->separator == '\t';
}

/* Joins the cells of a name up to the first number. */
static cell open_name(const cell *cells, int count)
{
    int last = 1;
    double number;
    while (last + 1 < count && !cell_number(cells[last + 1], &number))
        last++;
    return (cell){cells[1].text, (size_t)(cells[last].text + cells[last].length - cells[1].text)};
}

static vx_status add_line(vx_label_names *names, const form *f, cell line, vx_error *error)
{
    cell cells[CELLS_MAX];
    double label;
    const int count = split(line, f->separator, cells);
    if (f->label >= count || f->name >= count)
        return vx_fail(error, VX_INPUT, "a label and a name are needed");
    if (!cell_number(cells[f->label], &label))
        return vx_fail(error, VX_INPUT, "\"%.*s\" is no label, which is a whole number",
                       (int)(cells[f->label].length < 60 ? cells[f->label].length : 60), cells[f->label].text);
    const cell name = f->open ? open_name(cells, count) : cells[f->name];
    return vx_label_names_add(names, label, name.text, name.length, error);
}

/* The next line that is neither blank nor a comment; false at the end. */
static bool next_line(const char **text, int64_t *number, cell *line)
{
    while (**text) {
        const size_t length = strcspn(*text, "\n");
        const char *from = *text;
        *line = (cell){from, length};
        while (line->length && line->text[line->length - 1] == '\r')
            line->length--;
        *text += length + (from[length] == '\n');
        ++*number;
        const size_t blank = strspn(from, " \t\r");
        if (blank < line->length && from[blank] != '#')
            return true;
    }
    return false;
}

/* A single line of names. */
static vx_status read_list(vx_label_names *names, cell line, vx_error *error)
{
    vx_status status = VX_OK;
    const char *end = line.text + line.length;
    double label = 1;
    for (const char *c = line.text; !status && c <= end; c++, label++) {
        const char *from = c;
        while (c < end && *c != '\t')
            c++;
        const cell name = trimmed(from, (size_t)(c - from));
        status = vx_label_names_add(names, label, name.text, name.length, error);
    }
    return status;
}

static vx_status read_lines(vx_label_names *names, const char *text, vx_error *error)
{
    const char *rest = text, *after;
    int64_t number = 0, ahead = 0;
    cell line, second;
    form f;
    vx_status status = VX_OK;
    if (!next_line(&rest, &number, &line))
        return vx_fail(error, VX_INPUT, "%s: the file is empty", names->path);
    after = rest;
    if (!find_form(line, !next_line(&after, &ahead, &second), &f))
        return vx_fail(error, VX_INPUT, "%s: names of labels in no known form: a table with the columns index and "
                       "name, lines of a label and a name, or XML of FSL or SPM", names->path);
    if (f.list)
        status = read_list(names, line, error);
    else if (!f.header)
        status = add_line(names, &f, line, error);
    while (!status && next_line(&rest, &number, &line))
        status = add_line(names, &f, line, error);
    return status ? vx_error_prefix(error, status, "%s, line %lld", names->path, (long long)number) : VX_OK;
}

vx_status vx_label_names_read(const char *path, bool volumes, vx_label_names *names, vx_error *error)
{
    vx_label_names made = {.path = vx_copy_text(path)};
    char *text = NULL;
    size_t size;
    vx_status status = made.path ? vx_file_read(path, BYTES_MAX, &text, &size, error) : vx_fail_memory(error);
    if (status)
        goto cleanup;
    const char *begin = text + (strncmp(text, "\xef\xbb\xbf", 3) ? 0 : 3);
    if (vx_utf8_fault(begin) || strlen(text) != size)
        status = vx_fail(error, VX_INPUT, "%s: is no text in UTF-8", path);
    else if (!vx_sha256_text(text, size, made.sha256))
        status = vx_fail_memory(error);
    else if (begin[strspn(begin, " \t\r\n")] == '<')
        status = vx_label_names_read_xml(&made, begin, volumes, error);
    else
        status = read_lines(&made, begin, error);
    if (!status)
        status = arrange(&made, error);
    if (!status) {
        *names = made;
        made = (vx_label_names){0};
    }
cleanup:
    vx_label_names_destroy(&made);
    free(text);
    return status;
}

vx_status vx_label_names_find(const char *atlas, char **path, vx_error *error)
{
    static const char *const ending[] = {".tsv", "_dseg.tsv", ".csv", ".xml", ".txt", ".nii.txt"};
    int64_t volume; /* of "[N]" */
    char *file = strndup(atlas, vx_image_volume(atlas, &volume));
    const int stem = file ? (int)vx_image_stem(file) : 0;
    const char *slash = strrchr(atlas, '/');
    if (!file)
        return vx_fail_memory(error);
    free(file);
    for (size_t k = 0; k <= sizeof ending / sizeof *ending; k++) {
        char *name = k < sizeof ending / sizeof *ending
                         ? vx_text("%.*s%s", stem, atlas, ending[k])
                         : vx_text("%.*slabels.tsv", slash ? (int)(slash + 1 - atlas) : 0, atlas);
        if (!name)
            return vx_fail_memory(error);
        if (!access(name, F_OK)) {
            *path = name;
            return VX_OK;
        }
        free(name);
    }
    return vx_fail(error, VX_INPUT, "%s: no names of its regions: there is neither %.*s.tsv (_dseg.tsv, .csv, .xml, "
                   ".txt, .nii.txt) nor labels.tsv beside it; --atlas-names FILE names another", atlas, stem, atlas);
}

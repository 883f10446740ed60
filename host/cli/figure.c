/* voxstat figure: draws pictures of results for a paper. */
#include "report/figure.h"

#include "base/memory.h"
#include "base/stop.h"
#include "cli/results.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "infer/quantity.h"
#include "output/file.h"
#include "results/level.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what is asked for ---- */

static vx_status parse_map(const char *name, vx_quantity *map, vx_error *error)
{
    for (int q = 0; q < VX_QUANTITIES; q++)
        if (q != VX_MAP_CLUSTERS && !strcmp(vx_quantity_about((vx_quantity)q)->name, name)) {
            *map = (vx_quantity)q;
            return VX_OK;
        }
    return vx_fail(error, VX_USAGE, "--map: found '%s', expected the name of a map, such as t, mean, slope, r, dz or "
                   "%s", name, vx_quantity_about(VX_P_FWE_VOXEL)->name);
}

/* Parses T or CORRECTION[:P]. */
static vx_status parse_threshold(const char *text, vx_look *look, vx_error *error)
{
    const bool of_p = vx_quantity_is_p(look->map);
    const size_t length = strcspn(text, ":");
    if (vx_value_real(text, &look->threshold) && look->threshold > 0 && isfinite(look->threshold) &&
        (!of_p || look->threshold < 1))
        return VX_OK;
    look->threshold = NAN;
    look->level = VX_LEVEL;
    for (int kind = 0; !of_p && kind < VX_P_KINDS; kind++) {
        const char *word = vx_quantity_about((vx_quantity)kind)->word;
        if (strlen(word) != length || strncmp(word, text, length) != 0)
            continue;
        look->by_p = true;
        look->kind = (vx_quantity)kind;
        if (!text[length] || (vx_value_real(text + length + 1, &look->level) && look->level > 0 && look->level < 1))
            return VX_OK;
    }
    return vx_fail(error, VX_USAGE, "--threshold: found '%s', expected %s", text,
                   of_p ? "a p between 0 and 1, as the map is one of p"
                        : "a t above 0, or a correction and a p between 0 and 1, such as voxel:" VX_LEVEL_TEXT);
}

/* Parses "axial:-20,0,12" and adds to the slices, of which there can be `most`. */
static vx_status parse_plane(char *text, vx_slice *slice, size_t most, size_t *slices, vx_error *error)
{
    static const char planes[] = "sagittal|coronal|axial", axes[] = "x|y|z";
    char *list = strchr(text, ':');
    text += strspn(text, " ");
    if (list)
        *list++ = '\0';
    const int axis = vx_choice(planes, text) >= 0 ? vx_choice(planes, text) : vx_choice(axes, text);
    if (!list || axis < 0)
        return vx_fail(error, VX_USAGE, "--slices: found '%s', expected axial, coronal or sagittal, and mm, such as "
                       "axial:-20,0,12", text);
    for (char *one; (one = strsep(&list, ","));) {
        double mm;
        one += strspn(one, " ");
        if (!vx_value_real(one, &mm) || !isfinite(mm))
            return vx_fail(error, VX_USAGE, "--slices: found '%s' as a place of a slice, expected mm", one);
        if (*slices == most)
            return vx_fail(error, VX_USAGE, "--slices: found more than %zu slices", most);
        slice[(*slices)++] = (vx_slice){axis, mm};
    }
    return VX_OK;
}

static vx_status parse_slices(const vx_arguments *arguments, vx_slice *slice, size_t most, size_t *slices,
                              vx_error *error)
{
    vx_names planes = {0};
    vx_status status = vx_argument_names(arguments, VX_OPTION_SLICES, &planes, error);
    *slices = 0;
    for (size_t i = 0; !status && i < planes.count; i++) {
        char *copy = vx_copy_text(planes.name[i]);
        status = copy ? parse_plane(copy, slice, most, slices, error) : vx_fail_memory(error);
        free(copy);
    }
    vx_names_destroy(&planes);
    return status;
}

/* ---- files ---- */

/* The format of a file by its ending; VX_FIGURE_FORMATS: a folder. */
static vx_status format_of(const char *out, vx_figure_format *format, vx_error *error)
{
    const char *name = strrchr(out, '/') ? strrchr(out, '/') + 1 : out, *ending = strrchr(name, '.');
    struct stat found;
    for (*format = 0; *format < VX_FIGURE_FORMATS; (*format)++)
        if (ending && !strcmp(ending, vx_figure_ending[*format]))
            return ending > name ? VX_OK : vx_fail(error, VX_USAGE, "--out: found '%s', which has nothing before %s",
                                                   out, ending);
    if (!ending || ending == name || !ending[1] || (stat(out, &found) == 0 && S_ISDIR(found.st_mode)))
        return VX_OK;
    return vx_fail(error, VX_USAGE, "--out: found '%s', which ends in %s; expected .png, .svg or .pdf, or a folder",
                   out, ending);
}

/* Writes one file and says its size. */
static vx_status write_one(const vx_arguments *arguments, vx_composed *figure, size_t i, vx_figure_format format,
                           const char *path, vx_error *error)
{
    const double asked = vx_argument_real(arguments, VX_OPTION_FONT_SIZE);
    vx_bytes bytes = {0};
    vx_figure_size size;
    vx_status status = vx_stop_check(error);
    if (!status)
        status = vx_figure_render(figure, i, format, &bytes, &size, error);
    if (!status)
        status = vx_write_named(path, vx_argument_given(arguments, VX_OPTION_FIGURE_FORCE), bytes.data, bytes.size,
                                error);
    free(bytes.data);
    if (status || vx_argument_given(arguments, VX_OPTION_QUIET))
        return status;
    vx_tell(stderr, "%s: %.1f \xC3\x97 %.1f mm", path, size.mm[0], size.mm[1]);
    if (format == VX_FIGURE_PNG)
        vx_tell(stderr, ", %d \xC3\x97 %d pixels at %d dpi", size.pixels[0], size.pixels[1],
                (int)vx_argument_integer(arguments, VX_OPTION_DPI));
    vx_tell(stderr, "; text of %.2g pt\n", size.text_pt);
    if (size.text_pt < 0.95 * asked && vx_argument_given(arguments, VX_OPTION_FONT_SIZE))
        vx_tell(stderr, "note: a picture is too wide for text of %g pt; a larger --width, or fewer pictures, make it "
                "larger\n", asked);
    return VX_OK;
}

/* The path of a picture in the folder. */
static char *path_in(const char *folder, const char *name, vx_figure_format format)
{
    return vx_text("%s/%s%s", folder, name, vx_figure_ending[format]);
}

static vx_status write_folder(const vx_arguments *arguments, vx_composed *figure, const char *folder, vx_error *error)
{
    const bool force = vx_argument_given(arguments, VX_OPTION_FIGURE_FORCE);
    const unsigned formats = vx_argument_choices(arguments, VX_OPTION_FORMAT); /* in the order of vx_figure_format */
    vx_status status = VX_OK;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return vx_fail(error, VX_OUTPUT, "%s: cannot be made: %s", folder, strerror(errno));
    for (int written = 0; written < 2; written++) /* all are checked before the first is written */
        for (size_t i = 0; i < vx_figure_count(figure); i++)
            for (int format = 0; !status && format < VX_FIGURE_FORMATS; format++) {
                char *path = formats >> format & 1 ? path_in(folder, vx_figure_name(figure, i), format) : NULL;
                if (!(formats >> format & 1))
                    continue;
                if (!path)
                    status = vx_fail_memory(error);
                else
                    status = written ? write_one(arguments, figure, i, format, path, error)
                                     : vx_write_named_check(path, force, error);
                free(path);
            }
    return status;
}

static vx_status print_captions(const vx_composed *figure, vx_error *error)
{
    char *captions = vx_figure_captions(figure);
    vx_print(stdout, "%s", captions ? captions : "");
    free(captions);
    return captions ? VX_OK : vx_fail_memory(error);
}

static vx_status draw(const vx_arguments *arguments, const vx_figure_options *options, vx_error *error)
{
    const char *out = vx_argument_text(arguments, VX_OPTION_FIGURE_OUT), *folder;
    vx_figure_format format = VX_FIGURE_PNG;
    vx_composed *figure = NULL;
    vx_status status = format_of(out, &format, error);
    if (!status && format != VX_FIGURE_FORMATS && vx_argument_given(arguments, VX_OPTION_FORMAT) &&
        vx_argument_choices(arguments, VX_OPTION_FORMAT) != 1u << format)
        status = vx_fail(error, VX_USAGE, "--format is for the files in a folder, and --out %s ends in %s", out,
                         vx_figure_ending[format]);
    if (!status && format != VX_FIGURE_FORMATS)
        status = vx_write_named_check(out, vx_argument_given(arguments, VX_OPTION_FIGURE_FORCE), error);
    if (!status)
        status = vx_results_folder(arguments, &folder, error);
    if (!status)
        status = vx_figure_new(folder, options, &figure, error);
    if (!status && format == VX_FIGURE_FORMATS)
        status = write_folder(arguments, figure, out, error);
    else if (!status)
        status = write_one(arguments, figure, vx_figure_count(figure), format, out, error);
    if (!status)
        status = print_captions(figure, error);
    vx_figure_free(figure);
    return status;
}

vx_status vx_command_figure(const vx_arguments *arguments, vx_error *error)
{
    enum { SLICES_MAX = 60 };
    vx_slice slice[SLICES_MAX];
    vx_names modality = {0}, effect = {0}, picture = {0};
    vx_figure_options options = {
        .template = vx_argument_text(arguments, VX_OPTION_TEMPLATE),
        .orientation = 1 + vx_argument_choice(arguments, VX_OPTION_ORIENTATION), /* same order as the choices */
        .say = vx_argument_given(arguments, VX_OPTION_QUIET) ? NULL : vx_terminal_remark,
        .look = vx_look_usual,
        .panels = vx_argument_given(arguments, VX_OPTION_PANELS),
        .width_mm = vx_argument_real(arguments, VX_OPTION_WIDTH),
        .text_pt = vx_argument_real(arguments, VX_OPTION_FONT_SIZE),
        .dpi = (int)vx_argument_integer(arguments, VX_OPTION_DPI),
    };
    const char *threshold = vx_argument_text(arguments, VX_OPTION_THRESHOLD);
    vx_stop_catch();
    options.look.layout.slice = slice;
    vx_status status = parse_map(vx_argument_text(arguments, VX_OPTION_MAP), &options.look.map, error);
    if (!status && threshold)
        status = parse_threshold(threshold, &options.look, error);
    if (!status)
        status = parse_slices(arguments, slice, SLICES_MAX, &options.look.layout.slices, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_FIGURE_MODALITY, &modality, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_EFFECT, &effect, error);
    if (!status)
        status = vx_argument_names(arguments, VX_OPTION_PICTURE, &picture, error);
    options.modality = modality.name, options.modalities = modality.count;
    options.effect = effect.name, options.effects = effect.count;
    options.picture = picture.name, options.pictures = picture.count;
    if (!status)
        status = draw(arguments, &options, error);
    vx_names_destroy(&modality);
    vx_names_destroy(&effect);
    vx_names_destroy(&picture);
    return status;
}

#include "prepare/suv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* kBq/mL in a unit; NaN for other units. */
static double activity_of(const char *units)
{
    static const struct { const char *name; double kbq; } unit[] = {
        {"Bq/mL", 1e-3}, {"Bq/ml", 1e-3}, {"kBq/mL", 1}, {"kBq/ml", 1}, {"MBq/mL", 1e3}, {"MBq/ml", 1e3},
    };
    for (size_t i = 0; units && i < sizeof unit / sizeof *unit; i++)
        if (!strcmp(units, unit[i].name))
            return unit[i].kbq;
    return NAN;
}

/* Seconds (ENSDF, National Nuclear Data Center); NaN for others. */
static double half_life(const char *radionuclide)
{
    static const struct { const char *element; int mass; double seconds; } known[] = {
        {"F", 18, 6586.2}, {"C", 11, 1221.84}, {"O", 15, 122.24},
        {"N", 13, 597.9}, {"Ga", 68, 4062.6},  {"Zr", 89, 282276},
    };
    char name[2][16];
    for (size_t i = 0; radionuclide && i < sizeof known / sizeof *known; i++) {
        snprintf(name[0], sizeof name[0], "%s%d", known[i].element, known[i].mass);
        snprintf(name[1], sizeof name[1], "%d%s", known[i].mass, known[i].element);
        for (int k = 0; k < 2; k++) {
            const char *a = radionuclide, *b = name[k];
            while (*a && (*a == *b || *a == '-' || *a == '['  || *a == ']')) /* F18, 18F, F-18, [18F] */
                b += *a++ == *b;
            if (!*a && !*b)
                return known[i].seconds;
        }
    }
    return NAN;
}

static double number_of(const vx_sidecar *sidecar, const char *key)
{
    const json_t *value = json_object_get(sidecar->fields, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static vx_status find_decay(const vx_sidecar *sidecar, vx_suv *suv, vx_error *error)
{
    const char *radionuclide = json_string_value(json_object_get(sidecar->fields, "TracerRadionuclide"));
    const double corrected_to = number_of(sidecar, "ImageDecayCorrectionTime");
    const double injected_at = number_of(sidecar, "InjectionStart");
    suv->decay = 1;
    suv->injection_told = isfinite(corrected_to) && isfinite(injected_at);
    if (json_is_false(json_object_get(sidecar->fields, "ImageDecayCorrected")))
        return vx_fail(error, VX_INPUT, "%s: ImageDecayCorrected is false; SUV takes images that are corrected for "
                       "decay", sidecar->path);
    if (!suv->injection_told || corrected_to == injected_at)
        return VX_OK;
    suv->decay = exp2((corrected_to - injected_at) / half_life(radionuclide));
    if (isfinite(suv->decay))
        return VX_OK;
    return vx_fail(error, VX_INPUT, "%s: the image is corrected for decay to %g s and the injection was at %g s, but "
                   "the half-life of TracerRadionuclide %s is not known; expected F18, C11, O15, N13, Ga68 or Zr89",
                   sidecar->path, corrected_to, injected_at, radionuclide ? radionuclide : "(not there)");
}

vx_status vx_suv_of(const vx_sidecar *sidecar, double weight, vx_suv *suv, vx_error *error)
{
    *suv = (vx_suv){.per_value = activity_of(sidecar->units), .dose = sidecar->dose,
                    .weight = isnan(weight) ? sidecar->weight : weight};
    if (!sidecar->path)
        return vx_fail(error, VX_INPUT, "the image has no sidecar (a JSON file of its name), which SUV needs for Units "
                       "and InjectedRadioactivity");
    if (isnan(suv->per_value))
        return vx_fail(error, VX_INPUT, "%s: Units is %s; SUV takes an activity concentration: Bq/mL, kBq/mL or MBq/mL",
                       sidecar->path, sidecar->units ? sidecar->units : "not there");
    if (!(suv->dose > 0))
        return vx_fail(error, VX_INPUT, "%s: no dose: SUV needs InjectedRadioactivity above 0 with "
                       "InjectedRadioactivityUnits", sidecar->path);
    if (!(suv->weight > 0))
        return vx_fail(error, VX_INPUT, "%s: no body weight: SUV needs one above 0 kg, in a column body_weight of the "
                       "table or as PatientWeight in the sidecar", sidecar->path);
    return find_decay(sidecar, suv, error);
}

static vx_status apply(vx_step *step, vx_loaded *volume, vx_error *error)
{
    const vx_suv *suv = step->data;
    const double factor = suv->per_value * suv->weight / suv->dose * suv->decay;
    (void)error;
    volume->slope *= factor;
    volume->inter *= factor;
    step->figure[0] = (vx_figure){"dose_mbq", suv->dose};
    step->figure[1] = (vx_figure){"weight_kg", suv->weight};
    step->figure[2] = (vx_figure){"factor", factor};
    step->figures = 3;
    return VX_OK;
}

vx_step vx_step_suv(const vx_suv *suv)
{
    vx_step step = {.name = "suv", .data = suv, .apply = apply};
    snprintf(step.words, sizeof step.words, "converted to SUV by injected dose and body weight%s",
             suv->injection_told ? ", with decay to the injection" : "");
    return step;
}

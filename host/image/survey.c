#include "image/survey.h"

#include "image/reading.h"
#include "space/grid.h"

#include <math.h>

vx_status vx_survey_begin(vx_survey *survey, const vx_sources *sources, vx_error *error)
{
    survey->n = sources->n;
    survey->sessions = sources->sessions;
    survey->thumbnail = vx_thumbnail_grid_of(&sources->how.grid);
    survey->image = vx_array_zero((size_t)(survey->n * survey->sessions), sizeof *survey->image); /* as the sources */
    return survey->image ? VX_OK : vx_fail_memory(error);
}

vx_status vx_survey_take(vx_survey *survey, int64_t row, int64_t session, const vx_facts *facts,
                         const vx_loaded *volume, vx_error *error)
{
    vx_survey_image *image = &survey->image[row * survey->sessions + session];
    *image = (vx_survey_image){.global = facts->global, .typical = facts->typical, .fwhm = {NAN, NAN, NAN}};
    if (survey->smoothness)
        survey->smoothness(volume, image->fwhm);
    image->thumbnail = vx_array(vx_grid_elements(&survey->thumbnail.grid), sizeof *image->thumbnail);
    if (!image->thumbnail)
        return vx_fail_memory(error);
    vx_thumbnail_make(volume, &survey->thumbnail, image->thumbnail);
    return VX_OK;
}

void vx_survey_destroy(vx_survey *survey)
{
    if (!survey)
        return;
    vx_remarks_destroy(&survey->remarks);
    free(survey->rows_with_data);
    for (int64_t i = 0; survey->image && i < survey->n * survey->sessions; i++)
        free(survey->image[i].thumbnail);
    free(survey->image);
    *survey = (vx_survey){0};
}

#include "image/survey.h"

#include <stdlib.h>

void vx_survey_destroy(vx_survey *survey)
{
    if (!survey)
        return;
    vx_remarks_destroy(&survey->remarks);
    free(survey->rows_with_data);
    *survey = (vx_survey){0};
}

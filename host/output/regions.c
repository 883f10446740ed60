/* regions_values.tsv: the mean of every image over every planned region that is tested, one line each. A mean of an
 * image that could not be read again is "n/a". */
#include "output/record.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/table_file.h"

#include <math.h>
#include <stdio.h>

static void print_modality(FILE *stream, const vx_record *record, const vx_record_modality *modality)
{
    const vx_means *means = modality->means;
    const vx_study_modality *study = modality->study;
    for (int64_t i = 0; i < study->n; i++)
        for (int64_t s = 0; s < means->sessions; s++) {
            size_t at = (size_t)i * means->regions + vx_measured_region(modality, modality->model->effects);
            const char *session = record->study->session[s];
            for (int64_t r = 0; r < modality->regions->count; r++) {
                const vx_region *region = &modality->regions->region[r];
                if (!region->tested)
                    continue;
                const double value = means->region[s][at++];
                const char *const cell[] = {record->study->participant[study->participant[i]],
                                            session ? session : "n/a", modality->name, region->name};
                for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
                    vx_put_cell(stream, cell[k]);
                    fputc('\t', stream);
                }
                if (isnan(value))
                    fputs("n/a", stream);
                else
                    fprintf(stream, "%.9g", value);
                fprintf(stream, "\t%.4f\n", vx_region_coverage(region));
            }
        }
}

vx_status vx_write_regions(const char *folder, const vx_record *record, vx_error *error)
{
    char *text = NULL, *path = NULL;
    size_t size = 0, measured = 0;
    vx_status status;
    for (size_t m = 0; m < record->modalities; m++)
        measured += record->modality[m].regions && record->modality[m].means;
    if (!measured)
        return VX_OK;
    path = vx_text("%s/" VX_REGIONS_VALUES_FILE, folder);
    FILE *stream = vx_text_stream(&text, &size);
    if (stream)
        fputs("participant_id\tsession_id\tmodality\tregion\tvalue\tcoverage\n", stream);
    for (size_t m = 0; stream && m < record->modalities; m++)
        if (record->modality[m].regions && record->modality[m].means)
            print_modality(stream, record, &record->modality[m]);
    if (vx_stream_close(stream) && path)
        status = vx_write_file(path, text, size, error);
    else
        status = vx_fail_memory(error);
    free(text);
    free(path);
    return status;
}

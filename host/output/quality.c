#include "output/quality.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "output/table_file.h"

#include <math.h>

static const char excluded_word[] = "excluded"; /* among the flags */

static const char *participant_of(const vx_record *record, const vx_record_modality *modality, int64_t row)
{
    return record->study->participant[modality->study->participant[row]];
}

static const char *session_of(const vx_record *record, int64_t session)
{
    return record->study->session[session];
}

/* ---- quality.tsv ---- */

static void print_flags(FILE *stream, unsigned flags)
{
    bool any = false;
    for (int f = 0; f < VX_QUALITY_FLAGS; f++)
        if (flags >> f & 1) {
            fprintf(stream, "%s%s", any ? "," : "", vx_quality_flag_name(f));
            any = true;
        }
    if (!any)
        fputs("n/a", stream);
}

static void print_image(FILE *stream, const vx_record *record, const vx_record_modality *modality, int64_t image)
{
    enum { DIGITS = 7 };
    const vx_quality *quality = modality->quality;
    const int64_t nearest = quality->nearest[image];
    vx_cell_put_text(stream, participant_of(record, modality, image / quality->sessions));
    fputc('\t', stream);
    vx_cell_put_text(stream, session_of(record, image % quality->sessions));
    fputc('\t', stream);
    vx_cell_put_text(stream, modality->name);
    fputc('\t', stream);
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++) {
        vx_cell_put_number(stream, quality->value[k][image], DIGITS);
        fputc('\t', stream);
    }
    vx_cell_put_text(stream, nearest >= 0 ? participant_of(record, modality, nearest) : NULL);
    fputc('\t', stream);
    print_flags(stream, quality->flag[image]);
    fputc('\n', stream);
}

/* Images of participants who are excluded by name were not read. */
static void print_excluded(FILE *stream, const vx_record *record, const vx_record_modality *modality)
{
    const vx_study *study = record->study;
    for (int64_t p = 0; study->excluded && p < study->participants; p++)
        for (int64_t s = 0; study->excluded[p] && s < modality->quality->sessions; s++) {
            vx_cell_put_text(stream, study->participant[p]);
            fputc('\t', stream);
            vx_cell_put_text(stream, session_of(record, s));
            fputc('\t', stream);
            vx_cell_put_text(stream, modality->name);
            for (int k = 0; k <= VX_QUALITY_COLUMNS; k++)
                fputs("\tn/a", stream);
            fprintf(stream, "\t%s\n", excluded_word);
        }
}

static void print_table(FILE *stream, const vx_record *record)
{
    fputs("participant_id\tsession_id\tmodality\t", stream);
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
        fprintf(stream, "%s\t", vx_quality_about(k)->name);
    fputs("nearest\tflags\n", stream);
    for (size_t m = 0; m < record->modalities; m++) {
        const vx_record_modality *modality = &record->modality[m];
        for (int64_t i = 0; modality->quality && i < modality->quality->n * modality->quality->sessions; i++)
            print_image(stream, record, modality, i);
        if (modality->quality)
            print_excluded(stream, record, modality);
    }
}

/* ---- quality.json ---- */

static json_t *dictionary(void)
{
    json_t *object = json_object(), *levels = json_object();
    object = vx_json_set(object, "participant_id", vx_column_described("The participant.", NULL));
    object = vx_json_set(object, "session_id", vx_column_described("The session.", NULL));
    object = vx_json_set(object, "modality", vx_column_described("The modality of the image.", NULL));
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++)
        object = vx_json_set(object, vx_quality_about(k)->name,
                             vx_column_described(vx_quality_about(k)->description, vx_quality_about(k)->units));
    object = vx_json_set(object, "nearest", vx_column_described("The other participant whose other session is most "
                                                                "like the image.", NULL));
    for (int f = 0; f < VX_QUALITY_FLAGS; f++)
        levels = vx_json_set(levels, vx_quality_flag_name(f), vx_json_text(vx_quality_flag_words(f)));
    levels = vx_json_set(levels, excluded_word, vx_json_text("Excluded by --exclude; the image was not read."));
    json_t *flags = vx_column_described("What is unusual, separated by commas. Bounds are 5 robust standard deviations "
                                        "(1.4826 times the median absolute deviation) from the median.", NULL);
    return vx_json_set(object, "flags", vx_json_set(flags, "Levels", levels));
}

vx_status vx_write_quality(const char *folder, const vx_record *record, vx_error *error)
{
    char *text = NULL;
    size_t size = 0;
    bool any = false;
    for (size_t m = 0; m < record->modalities; m++)
        any = any || record->modality[m].quality;
    if (!any)
        return VX_OK;
    FILE *stream = vx_text_stream(&text, &size);
    if (stream)
        print_table(stream, record);
    if (!vx_stream_close(stream)) {
        free(text);
        return vx_fail_memory(error);
    }
    vx_status status = vx_table_file_put(folder, VX_QUALITY_FILE, VX_TABLE_ENDING, text, error);
    free(text);
    return status ? status
                  : vx_table_file_put_dictionary(folder, VX_QUALITY_FILE, VX_DICTIONARY_ENDING, dictionary(), error);
}

/* ---- results.h5 and run.json ---- */

static void put_integers(vx_h5 *h5, const vx_entry *entry, const char *name, const int64_t *value)
{
    const vx_quality *quality = entry->modality->quality;
    const hsize_t shape[2] = {(hsize_t)quality->n, (hsize_t)quality->sessions};
    vx_h5_at(h5, VX_GROUP_QUALITY, entry->modality_name, name);
    vx_h5_put(h5, H5T_NATIVE_INT64, 2, shape, H5P_DEFAULT, value);
}

void vx_h5_put_quality(vx_h5 *h5, const vx_entry *entry)
{
    const vx_quality *quality = entry->modality->quality;
    const hsize_t shape[2] = {(hsize_t)quality->n, (hsize_t)quality->sessions};
    const size_t images = (size_t)(quality->n * quality->sessions);
    int64_t *flags = vx_array(images, sizeof *flags);
    vx_h5_check(h5, flags);
    for (int k = 0; k < VX_QUALITY_COLUMNS; k++) {
        vx_h5_at(h5, VX_GROUP_QUALITY, entry->modality_name, vx_quality_about(k)->name);
        vx_h5_put(h5, H5T_NATIVE_DOUBLE, 2, shape, H5P_DEFAULT, quality->value[k]);
        vx_h5_put_text_attribute(h5, "units", vx_quality_about(k)->units);
        vx_h5_put_text_attribute(h5, "description", vx_quality_about(k)->description);
    }
    put_integers(h5, entry, VX_DATASET_NEAREST, quality->nearest);
    for (size_t i = 0; flags && i < images; i++)
        flags[i] = (int64_t)quality->flag[i];
    if (flags)
        put_integers(h5, entry, VX_DATASET_FLAGS, flags);
    free(flags);
    vx_h5_at(h5, VX_GROUP_QUALITY, entry->modality_name, VX_DATASET_STRIPS);
    vx_h5_put_packed(h5, H5T_NATIVE_UINT8,
                     (const hsize_t[]){images, (hsize_t)quality->strips.height, (hsize_t)quality->strips.width},
                     quality->strips.grey);
}

static json_t *flags_array(unsigned flags)
{
    json_t *array = json_array();
    for (int f = 0; f < VX_QUALITY_FLAGS; f++)
        if (flags >> f & 1)
            array = vx_json_append(array, vx_json_text(vx_quality_flag_name(f)));
    return array;
}

json_t *vx_quality_json(const vx_record *record, const vx_record_modality *modality)
{
    const vx_quality *quality = modality->quality;
    json_t *flagged = json_array();
    for (int64_t i = 0; i < quality->n * quality->sessions; i++)
        if (quality->flag[i])
            flagged = vx_json_append(
                flagged, json_pack("{so so so}",
                                   VX_KEY_PARTICIPANT,
                                   vx_json_text(participant_of(record, modality, i / quality->sessions)),
                                   VX_KEY_SESSION, vx_json_text(session_of(record, i % quality->sessions)),
                                   VX_KEY_FLAGS, flags_array(quality->flag[i])));
    return json_pack("{sI so s[II]}",
                     VX_KEY_IMAGES, (json_int_t)(quality->n * quality->sessions),
                     VX_KEY_FLAGGED, flagged,
                     VX_KEY_STRIP, (json_int_t)quality->strips.width, (json_int_t)quality->strips.height);
}

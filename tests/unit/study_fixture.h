/* Studies read from tables that a test writes. The images a1.nii to c2.img need only exist, so they are empty files. */
#ifndef TESTS_UNIT_STUDY_FIXTURE_H
#define TESTS_UNIT_STUDY_FIXTURE_H

#include "unit/folder_fixture.h"
#include "voxstat/study.h"

static char table_path[100];

static inline int make_images(void **state)
{
    static const char *const image[] = {"a1.nii", "a2.nii", "b1.nii.gz", "b2.nii.gz", "c1.hdr", "c1.img", "c2.hdr",
                                        "c2.img"};
    char path[100];
    if (make_folder(state))
        return -1;
    for (size_t i = 0; i < sizeof image / sizeof *image; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, image[i]);
        fclose(fopen(path, "w"));
    }
    snprintf(table_path, sizeof table_path, "%s/participants.tsv", folder);
    return 0;
}

#define STUDY(...) VX_OPTIONS(vx_study_options, __VA_ARGS__)

static inline vx_status read_with(vx_study_options options, const char *text, size_t length, vx_study **study)
{
    FILE *file = fopen(table_path, "w");
    fwrite(text, 1, length, file);
    fclose(file);
    options.table = table_path;
    *study = NULL;
    return vx_study_read(&options, study, &error);
}

static inline vx_study *read_good(vx_study_options options, const char *text)
{
    vx_study *study;
    vx_status status = read_with(options, text, strlen(text), &study);
    if (status)
        fail_msg("%s", error.message);
    return study;
}

/* The message holds all of `words`, which end with a null. */
static inline void refused(vx_study_options options, const char *text, const char *const *words)
{
    vx_study *study;
    assert_int_equal(read_with(options, text, strlen(text), &study), VX_INPUT);
    assert_null(study);
    expect_words(words);
}

#define REFUSED(options, text, ...) refused(options, text, (const char *const[]){__VA_ARGS__, NULL})

#endif

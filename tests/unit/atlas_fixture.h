/* Atlases on disk, in a temporary folder. */
#ifndef TESTS_UNIT_ATLAS_FIXTURE_H
#define TESTS_UNIT_ATLAS_FIXTURE_H

#include "unit/image_fixture.h"

#include "atlas/regions.h"

#include <math.h>
#include <nifti2_io.h>

/* A text file; an earlier one of the name is replaced. */
static inline void put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

/* Labels as int32. */
static inline void put_labels(const char *path, const vx_grid *grid, const int32_t *label)
{
    if (vx_image_write(path, grid, label, VX_INT32, VX_INTENT_LABEL, 0, NULL, "", &error))
        fail_msg("%s", error.message);
}

static inline vx_atlas read_atlas(const char *path, const char *names, vx_remarks *remarks)
{
    vx_atlas atlas;
    if (vx_atlas_read(path, names, VX_ANALYZE_REFUSE, remarks, &atlas, &error))
        fail_msg("%s", error.message);
    return atlas;
}

static inline void expect_error(vx_status status, const char *words)
{
    if (status != VX_INPUT || !strstr(error.message, words))
        fail_msg("expected '%s', found status %d: %s", words, status, error.message);
}

#endif

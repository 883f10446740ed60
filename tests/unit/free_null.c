/* Every function that frees or closes accepts null, so that a cleanup can call all of them after any failure.
 * tests/lint/checked.sh checks that each is called here. */
#include "bench/micro.h"

#include "atlas/location.h"
#include "atlas/volumes.h"
#include "base/sha.h"
#include "base/stream.h"
#include "bids/derivative.h"
#include "bids/folder.h"
#include "bids/ignore.h"
#include "bids/inheritance.h"
#include "bids/sidecar.h"
#include "bids/uri.h"
#include "cli/arguments.h"
#include "cli/choices.h"
#include "cli/columns.h"
#include "cli/foreign.h"
#include "cli/run.h"
#include "cli/vest.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "engine/problem.h"
#include "engine/selftest/rehearsal.h"
#include "image/coverage.h"
#include "image/facts.h"
#include "image/files.h"
#include "image/means.h"
#include "image/packed.h"
#include "image/sources.h"
#include "infer/estimate.h"
#include "infer/pvalue.h"
#include "infer/order.h"
#include "infer/quantiles.h"
#include "model/relabelling.h"
#include "outcome/sensitivity.h"
#include "nidm/pack.h"
#include "outcome/expected.h"
#include "outcome/group.h"
#include "output/leftovers.h"
#include "output/record.h"
#include "prepare/gtm.h"
#include "output/tree.h"
#include "report/draw/brain.h"
#include "report/draw/named_points.h"
#include "report/figure.h"
#include "report/files.h"
#include "report/ground.h"
#include "report/kept.h"
#include "report/numbers.h"
#include "report/outcomes.h"
#include "report/pictures.h"
#include "results/results.h"
#include "results/store.h"
#include "simulate/draw.h"
#include "simulate/phantom.h"
#include "space/lattice.h"
#include "study/parts.h"
#include "univariate/flips.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_library(void **state)
{
    (void)state;
    vx_batch_free(NULL, NULL);
    vx_buffers_free(NULL, NULL);
    vx_column_destroy(NULL);
    vx_coverage_destroy(NULL);
    vx_datasets_destroy(NULL);
    vx_definition_destroy(NULL);
    vx_derivations_destroy(NULL);
    vx_derivative_destroy(NULL);
    vx_device_free(NULL);
    vx_engine_free(NULL);
    vx_bids_destroy(NULL);
    vx_bids_filters_destroy(NULL);
    vx_bids_tables_destroy(NULL);
    vx_entities_destroy(NULL);
    vx_entries_free(NULL, 1);
    vx_estimates_destroy(NULL);
    vx_expression_destroy(NULL);
    vx_expected_comparisons_free(NULL);
    vx_facts_destroy(NULL);
    vx_flips_destroy(NULL);
    vx_folder_abandon(NULL);
    vx_folder_names_destroy(NULL);
    vx_image_destroy(NULL);
    vx_image_files_destroy(NULL);
    vx_ignore_destroy(NULL);
    vx_inheritance_destroy(NULL);
    vx_layout_destroy(NULL);
    vx_lattice_destroy(NULL);
    vx_leftovers_free(NULL, 1);
    vx_loaded_destroy(NULL);
    vx_marker_destroy(NULL);
    vx_matrix_free(NULL);
    vx_max_statistics_destroy(NULL);
    vx_micro_destroy(NULL);
    vx_means_free(NULL);
    vx_modality_destroy(NULL);
    vx_model_free(NULL);
    vx_order_free(NULL);
    vx_packed_close(NULL);
    vx_quantiles_destroy(NULL);
    vx_relabelling_destroy(NULL);
    vx_rehearsal_destroy(NULL);
    vx_relabellings_free(NULL);
    vx_outcome_group_destroy(NULL);
    vx_outcome_tests_free(NULL);
    vx_problem_free(NULL);
    vx_remarks_destroy(NULL);
    vx_survey_destroy(NULL);
    vx_quality_free(NULL);
    vx_strips_destroy(NULL);
    vx_result_free(NULL);
    vx_sha256_destroy(NULL);
    vx_sidecar_destroy(NULL);
    vx_source_close(NULL);
    vx_source_destroy(NULL);
    vx_preparation_destroy(NULL);
    vx_worker_destroy(NULL);
    vx_by_modality_destroy(NULL);
    vx_reference_region_destroy(NULL);
    vx_sources_destroy(NULL);
    vx_gaussian_destroy(NULL);
    vx_gtm_free(NULL);
    vx_preparation_destroy(NULL);
    vx_psf_destroy(NULL);
    vx_tissue_destroy(NULL);
    vx_tissue_maps_destroy(NULL);
    vx_study_map_destroy(NULL, 1);
    vx_space_destroy(NULL);
    assert_false(vx_stream_close(NULL)); /* nothing has arrived */
    vx_study_free(NULL);
    vx_table_destroy(NULL);
    vx_tree_destroy(NULL);
    vx_inference_free(NULL);
    vx_tally_free(NULL);
    vx_variables_destroy(NULL);
    vx_wide_destroy(NULL);
}

static void the_commands(void **state)
{
    (void)state;
    vx_arguments_destroy(NULL);
    vx_cohort_free(NULL);
    vx_columns_free(NULL);
    vx_files_free(NULL);
    vx_foreign_test_destroy(NULL);
    vx_figure_free(NULL);
    vx_effect_brain_destroy(NULL);
    vx_report_free_template(NULL);
    vx_glass_free(NULL);
    vx_grounds_free(NULL, 1);
    vx_kept_maps_free(NULL);
    vx_line_destroy(NULL);
    vx_names_destroy(NULL);
    vx_outcome_view_destroy(NULL);
    vx_pack_free(NULL);
    vx_phantom_free(NULL);
    vx_named_points_destroy(NULL);
    vx_pictures_destroy(NULL);
    vx_results_close(NULL);
    vx_run_destroy(NULL);
    vx_run_outcomes_destroy(NULL);
    vx_run_units_destroy(NULL);
    vx_run_tissue_destroy(NULL);
    vx_slices_free(NULL);
    vx_store_close(NULL);
    vx_vest_destroy(NULL);
    vx_atlas_destroy(NULL);
    vx_label_names_destroy(NULL);
    vx_locations_destroy(NULL);
    vx_region_plan_destroy(NULL);
    vx_regions_destroy(NULL);
    vx_search_volumes_destroy(NULL);
    vx_record_volume_destroy(NULL);
    vx_run_volumes_destroy(NULL);
    vx_run_alternatives_destroy(NULL);
    vx_choices_destroy(NULL);
    vx_sensitivity_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_library), cmocka_unit_test(the_commands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The first half of the graph: the pack, the data, the model, its estimates and the contrast. */
#include "nidm/export.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/stream.h"
#include "report/numbers.h"
#include "results/scheme.h"
#include "results/change.h"
#include "space/grid.h"

#include <string.h>

/* Formats a vector: "[1, 0, -2.5]". Null without memory. */
static char *vector(const double *value, int count, double scale)
{
    char *text = NULL;
    FILE *out = vx_text_stream(&text, NULL);
    for (int k = 0; out && k < count; k++)
        fprintf(out, "%s%.9g%s", k ? ", " : "[", value[k] != 0 ? scale * value[k] : 0, k + 1 < count ? "" : "]");
    return vx_stream_close(out) ? text : NULL;
}

static void put_vector(vx_export *m, const char *property, const double *value, int count, double scale)
{
    char *text = vector(value, count, scale);
    if (text)
        vx_turtle_text(&m->turtle, property, "%s", text);
    else if (!m->status)
        m->status = vx_fail_memory(m->error);
    free(text);
}

void vx_export_file(vx_export *m, const char *name, const char *format)
{
    vx_turtle_typed(&m->turtle, "prov:atLocation", "anyURI", "%s", name);
    vx_turtle_text(&m->turtle, "nfo:fileName", "%s", name);
    vx_turtle_text(&m->turtle, "dct:format", "%s", format);
    vx_turtle_text(&m->turtle, "crypto:sha512", "%s", vx_pack_sha512(m->pack, name));
}

void vx_export_map(vx_export *m, const char *role, const char *types, const char *label, const char *file)
{
    vx_turtle_about(&m->turtle, role, types);
    vx_turtle_text(&m->turtle, "rdfs:label", "%s", label);
    vx_export_file(m, file, "image/nifti");
    vx_turtle_node(&m->turtle, "nidm_inCoordinateSpace:", "space");
}

static void put_agent(vx_turtle *t, const char *role, const char *type, const char *label, const char *version)
{
    char types[200];
    snprintf(types, sizeof types, "prov:Agent , prov:SoftwareAgent , %s", type);
    vx_turtle_about(t, role, types);
    vx_turtle_text(t, "rdfs:label", "%s", label);
    vx_turtle_text(t, "nidm_softwareVersion:", "%s", version);
}

static void put_export(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "bundle", "prov:Entity , prov:Bundle , nidm_NIDMResults:");
    vx_turtle_text(t, "rdfs:label", "NIDM-Results");
    vx_turtle_text(t, "nidm_version:", "1.3.0");
    vx_turtle_node(t, "prov:qualifiedGeneration", "generation");
    vx_turtle_about(t, "generation", "prov:Generation");
    vx_turtle_node(t, "prov:activity", "export");
    vx_turtle_typed(t, "prov:atTime", "dateTime", "%s", m->results->started);
    vx_turtle_text(t, "rdfs:comment", "The time of the analysis, so that the same results always give the same pack.");
    vx_turtle_about(t, "export", "prov:Activity , nidm_NIDMResultsExport:");
    vx_turtle_text(t, "rdfs:label", "NIDM-Results export");
    vx_turtle_node(t, "prov:wasAssociatedWith", "exporter");
    put_agent(t, "exporter", "nidm_NIDMResultsExporter:", "voxstat nidm", VOXSTAT_VERSION);
    put_agent(t, "software", "nidm_NeuroimagingAnalysisSoftware:", "voxstat", m->results->version);
}

static const char *coordinate_system(const vx_grid *grid)
{
    switch (vx_grid_space_code(grid)) {
    case VX_SPACE_TALAIRACH: return "nidm_TalairachCoordinateSystem:";
    case VX_SPACE_MNI: return "nidm_MNICoordinateSystem:";
    default: return "nidm_CustomCoordinateSystem:";
    }
}

static void put_space(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    const double dim[3] = {(double)m->grid.dim[0], (double)m->grid.dim[1], (double)m->grid.dim[2]};
    char *row[4];
    bool complete = true;
    for (int k = 0; k < 4; k++)
        complete &= (row[k] = vector(m->grid.affine[k], 4, 1)) != NULL;
    vx_turtle_about(t, "space", "prov:Entity , nidm_CoordinateSpace:");
    vx_turtle_text(t, "rdfs:label", "Coordinate space");
    if (complete)
        vx_turtle_text(t, "nidm_voxelToWorldMapping:", "[%s, %s, %s, %s]", row[0], row[1], row[2], row[3]);
    else if (!m->status)
        m->status = vx_fail_memory(m->error);
    put_vector(m, "nidm_dimensionsInVoxels:", dim, 3, 1);
    put_vector(m, "nidm_voxelSize:", m->modality->grid.pixdim, 3, 1);
    vx_turtle_text(t, "nidm_voxelUnits:", "[\"mm\", \"mm\", \"mm\"]");
    vx_turtle_typed(t, "nidm_numberOfDimensions:", "int", "3");
    vx_turtle_term(t, "nidm_inWorldCoordinateSystem:", coordinate_system(&m->grid));
    for (int k = 0; k < 4; k++)
        free(row[k]);
}

static void put_data(vx_export *m)
{
    static const struct { const char *type, *label; } instrument[] = {
        [VX_INSTRUMENT_UNKNOWN] = {"", "Imaging instrument"},
        [VX_INSTRUMENT_MRI] = {" , nlx_Magneticresonanceimagingscanner:", "MRI Scanner"},
        [VX_INSTRUMENT_PET] = {" , nlx_Positronemissiontomographyscanner:", "PET Scanner"},
        [VX_INSTRUMENT_SPECT] = {" , nlx_Singlephotonemissioncomputedtomographyscanner:", "SPECT Machine"},
        [VX_INSTRUMENT_EEG] = {" , nlx_Electroencephalographymachine:", "EEG Machine"},
        [VX_INSTRUMENT_MEG] = {" , nlx_Magnetoencephalographymachine:", "MEG Machine"},
    };
    vx_turtle *t = &m->turtle;
    char types[150];
    snprintf(types, sizeof types, "prov:Agent , nlx_Imaginginstrument:%s", instrument[m->instrument].type);
    vx_turtle_about(t, "instrument", types);
    vx_turtle_text(t, "rdfs:label", "%s", instrument[m->instrument].label);
    vx_turtle_about(t, "group", "prov:Agent , obo_studygrouppopulation:");
    vx_turtle_text(t, "rdfs:label", "Study group population");
    vx_turtle_text(t, "nidm_groupName:", "study population");
    vx_turtle_typed(t, "nidm_numberOfSubjects:", "int", "%lld", (long long)m->effect->n);
    vx_turtle_about(t, "data", "prov:Entity , prov:Collection , nidm_Data:");
    vx_turtle_text(t, "rdfs:label", "Data");
    vx_turtle_typed(t, "nidm_grandMeanScaling:", "boolean", "false");
    if (m->results->design == VX_PAIRED)
        vx_turtle_text(t, "rdfs:comment", "%s: %s minus %s%s", m->modality->name,
                       m->results->session[1], m->results->session[0], vx_change_words(m->modality->change));
    else
        vx_turtle_text(t, "rdfs:comment", "%s", m->modality->name);
    vx_turtle_node(t, "prov:wasAttributedTo", "instrument");
    vx_turtle_node(t, "prov:wasAttributedTo", "group");
}

static void put_design(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    json_t *names = json_array();
    for (int64_t c = 0; c < m->effect->columns; c++)
        names = vx_json_append(names, vx_json_text(m->effect->column[c]));
    char *text = vx_json_dump(names, 0);
    vx_turtle_about(t, "design", "prov:Entity , nidm_DesignMatrix:");
    vx_turtle_text(t, "rdfs:label", "Design Matrix");
    if (text)
        vx_turtle_text(t, "nidm_regressorNames:", "%s", text);
    else if (!m->status)
        m->status = vx_fail_memory(m->error);
    vx_export_file(m, VX_NIDM_DESIGN, "text/csv");
    if (m->effect->ranks)
        vx_turtle_text(t, "rdfs:comment", "The covariate by mid-ranks (Spearman); at every voxel the data are ranks "
                       "too, both less what the nuisance explains and scaled to unit length: the estimate is rho.");
    else
        vx_turtle_text(t, "rdfs:comment", "Covariates and nuisance are mean-centred.");
    free(text);
}

static void put_error(vx_export *m)
{
    const vx_scheme_words *words = vx_scheme_about(m->effect->scheme);
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "error", "prov:Entity , nidm_ErrorModel:");
    vx_turtle_text(t, "rdfs:label", "Error Model");
    vx_turtle_term(t, "nidm_hasErrorDistribution:", words->nidm_distribution);
    vx_turtle_typed(t, "nidm_errorVarianceHomogeneous:", "boolean", "true");
    vx_turtle_term(t, "nidm_varianceMapWiseDependence:", "nidm_IndependentParameter:");
    vx_turtle_term(t, "nidm_hasErrorDependence:", words->nidm_dependence);
    if (words->nidm_comment)
        vx_turtle_text(t, "rdfs:comment", "%s", words->nidm_comment);
}

static void put_activity(vx_export *m, const char *role, const char *type, const char *label)
{
    char types[200];
    snprintf(types, sizeof types, "prov:Activity , %s", type);
    vx_turtle_about(&m->turtle, role, types);
    vx_turtle_text(&m->turtle, "rdfs:label", "%s", label);
    vx_turtle_node(&m->turtle, "prov:wasAssociatedWith", "software");
}

static void put_estimation(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    char *label = vx_text("Parameter estimate: %s", m->effect->column[m->effect->tested]);
    if (!label && !m->status)
        m->status = vx_fail_memory(m->error);
    put_activity(m, "estimation", "nidm_ModelParameterEstimation:", "Model parameters estimation");
    vx_turtle_term(t, "nidm_withEstimationMethod:", "obo_ordinaryleastsquaresestimation:");
    vx_turtle_node(t, "prov:used", "design");
    vx_turtle_node(t, "prov:used", "data");
    vx_turtle_node(t, "prov:used", "error");
    vx_export_map(m, "mask", "prov:Entity , nidm_MaskMap:", "Mask", VX_NIDM_MASK);
    vx_turtle_typed(t, "nidm_isUserDefined:", "boolean", "%s",
                    vx_results_option(m->results, "mask") ? "true" : "false");
    vx_turtle_node(t, "prov:wasGeneratedBy", "estimation");
    vx_export_map(m, "grand mean", "prov:Entity , nidm_GrandMeanMap:", "Grand Mean Map", VX_NIDM_GRAND_MEAN);
    vx_turtle_real(t, "nidm_maskedMedian:", m->masked_median);
    vx_turtle_node(t, "prov:wasGeneratedBy", "estimation");
    if (m->results->design == VX_PAIRED)
        vx_turtle_text(t, "rdfs:comment", "The mean of all images of both sessions, before any is subtracted.");
    vx_export_map(m, "parameter", "prov:Entity , nidm_ParameterEstimateMap:", label ? label : "", VX_NIDM_PARAMETER);
    vx_turtle_node(t, "prov:wasGeneratedBy", "estimation");
    vx_export_map(m, "residual", "prov:Entity , nidm_ResidualMeanSquaresMap:", "Residual Mean Squares Map",
                VX_NIDM_RESIDUAL);
    vx_turtle_node(t, "prov:wasGeneratedBy", "estimation");
    free(label);
}

static void put_contrast(vx_export *m)
{
    vx_turtle *t = &m->turtle;
    vx_turtle_about(t, "weights", "prov:Entity , obo_contrastweightmatrix:");
    vx_turtle_text(t, "rdfs:label", "Contrast Weights: %s", m->contrast);
    vx_turtle_text(t, "nidm_contrastName:", "%s", m->contrast);
    vx_turtle_term(t, "nidm_statisticType:", "obo_tstatistic:");
    put_vector(m, "prov:value", m->effect->contrast, (int)m->effect->columns, m->sign);
    put_activity(m, "contrast estimation", "nidm_ContrastEstimation:", "Contrast estimation");
    static const char *const used[] = {"parameter", "residual", "design", "weights", "mask"};
    for (size_t k = 0; k < sizeof used / sizeof *used; k++)
        vx_turtle_node(t, "prov:used", used[k]);
    vx_export_map(m, "contrast", "prov:Entity , nidm_ContrastMap:", "Contrast Map", VX_NIDM_CONTRAST);
    vx_turtle_text(t, "nidm_contrastName:", "%s", m->contrast);
    vx_turtle_node(t, "prov:wasGeneratedBy", "contrast estimation");
    vx_export_map(m, "contrast error", "prov:Entity , nidm_ContrastStandardErrorMap:", "Contrast Standard Error Map",
                VX_NIDM_ERROR);
    vx_turtle_node(t, "prov:wasGeneratedBy", "contrast estimation");
    vx_export_map(m, "statistic", "prov:Entity , nidm_StatisticMap:", "Statistic Map: t", VX_NIDM_T);
    vx_turtle_text(t, "nidm_contrastName:", "%s", m->contrast);
    vx_turtle_term(t, "nidm_statisticType:", "obo_tstatistic:");
    vx_turtle_real(t, "nidm_effectDegreesOfFreedom:", 1);
    vx_turtle_real(t, "nidm_errorDegreesOfFreedom:", m->effect->df);
    vx_turtle_node(t, "prov:wasGeneratedBy", "contrast estimation");
}

void vx_export_model(vx_export *m)
{
    if (m->status)
        return;
    put_export(m);
    put_space(m);
    put_data(m);
    put_design(m);
    put_error(m);
    put_estimation(m);
    put_contrast(m);
}

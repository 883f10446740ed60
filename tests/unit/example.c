/* libvoxstat on one page: where does the mean change of 12 people differ from zero? Here the data come from memory. */
#include <voxstat/voxstat.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 12, SIDE = 16, V = SIDE * SIDE * SIDE };
static float change[N * V]; /* person after person, all voxels of each */
static int64_t place[V];    /* where on the grid each voxel lies */

int main(void)
{
    for (int v = 0; v < V; v++) { /* noise, and an effect in 125 voxels around the middle */
        int x = v % SIDE, y = v / SIDE % SIDE, z = v / (SIDE * SIDE);
        float effect = abs(x - 8) <= 2 && abs(y - 8) <= 2 && abs(z - 8) <= 2 ? 0.5f : 0;
        place[v] = v;
        for (int i = 0; i < N; i++)
            change[i * V + v] = effect + (float)rand() / (float)RAND_MAX - 0.5f;
    }
    vx_grid grid = vx_grid_new(SIDE, SIDE, SIDE, 2, (double[]){-16, -16, -16});
    vx_inference_options options = vx_inference_defaults();
    vx_space space = {0};
    vx_matrix *matrix = NULL;
    vx_model *model = NULL;
    vx_device *device = NULL;
    vx_result *result = NULL;
    vx_error error;
    if (vx_space_on_grid(&grid, V, place, &space, &error) || vx_matrix_new(&space, N, change, &matrix, &error) ||
        vx_model_new(&VX_OPTIONS(vx_model_options, .mean_name = "change"), N, NULL, 0, NULL, 0, &model, &error) ||
        vx_device_open("auto", NULL, &device, NULL, 0, &error) ||
        vx_infer(device, matrix, &model->effect[0], &options, NULL, NULL, &result, &error))
        fprintf(stderr, "%s\n", error.message);
    else if (result->clusters > 0)
        printf("largest cluster: %d voxels, p = %g\n", (int)result->cluster[0].voxels,
               result->cluster[0].p[VX_P_FWE_EXTENT]);
    int status = result && result->clusters > 0 ? 0 : 1;
    vx_result_free(result);
    vx_device_free(device);
    vx_model_free(model);
    vx_matrix_free(matrix);
    vx_space_destroy(&space);
    return status;
}

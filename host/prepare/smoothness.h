/* smoothness: the full width at half maximum (FWHM) of the Gaussian that would make noise as smooth as it is, by axis.
 *
 * Independent noise convolved with a Gaussian of standard deviation s has a correlation rho(d) = exp(-d^2 / (4 s^2)) at
 * a distance d. So from the correlation rho of voxels that are next to each other, a step of `step` mm apart,
 *
 *     FWHM = sqrt(8 ln 2) s = step sqrt(-2 ln 2 / ln rho)                (Forman et al. 1995, Magn Reson Med 33:636)
 *
 * which takes the noise as it is sampled and no derivative of it. FWHM is 0 where rho is not above 0, as in white
 * noise; it is NaN where no two voxels along the axis have data, or all of them are equal. */
#ifndef VX_PREPARE_SMOOTHNESS_H
#define VX_PREPARE_SMOOTHNESS_H

#include "image/step.h"
#include "voxstat/model.h"

/* Sums of squares of first and second differences along each axis, over three voxels in a row that have data. */
typedef struct vx_differences {
    double first[3];  /* ((x(v) - x(v - 1))^2 + (x(v + 1) - x(v))^2) / 2 */
    double second[3]; /* (x(v - 1) - 2 x(v) + x(v + 1))^2 */
} vx_differences;

vx_differences vx_differences_of_volume(const vx_loaded *volume);

/* The smoothness that differences tell, in mm along the axes of their grid. Of noise with the correlation above, which
 * is rho at one step and rho^4 at two, the ratio of the variances of second and first differences is
 *
 *     R = (6 - 8 rho + 2 rho^4) / (2 - 2 rho) = 3 - rho - rho^2 - rho^3
 *
 * The variance of the values themselves, which Forman et al. divide by, is mostly anatomy in an image of a head.
 * Differences have less of it, and yet some: this is wider than the noise is. */
void vx_smoothness_of_differences(const vx_differences *differences, const vx_grid *grid, double fwhm[3]);

/* The smoothness of one volume, by its differences. */
void vx_smoothness_of_volume(const vx_loaded *volume, double fwhm[3]);

/* The smoothness of the residuals of an effect's model, in mm along the axes of the grid. With r(v) the residuals of
 * the n participants at voxel v, c is the mean over neighbours of r(v)'r(w) / (|r(v)| |r(w)|), as Flitney & Jenkinson
 * 2000 (FMRIB technical report TR00DF1) take it. The residuals have nu = `df` degrees of freedom, in which c is
 * expected to fall short of rho by about rho (1 - rho^2) / (2 nu). This is undone (Hotelling 1953, J R Stat Soc B
 * 15:193):
 *
 *     E c = rho (2 / nu) (Gamma((nu + 1) / 2) / Gamma(nu / 2))^2 F(1/2, 1/2; (nu + 2) / 2; rho^2)
 *
 * The effect is of values, not of ranks. Errors: VX_INTERNAL where memory is short. */
vx_status vx_smoothness_of_residuals(const vx_matrix *matrix, const vx_effect *effect, double fwhm[3],
                                     vx_error *error);

#endif

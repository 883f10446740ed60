#include "report/draw/contour.h"

/* The corners of the four edges of a cell, anticlockwise. */
static const int edge_corner[4][2] = {{0, 1}, {1, 2}, {2, 3}, {3, 0}};
static const int corner_offset[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};

/* Finds the points where the line crosses the edges of a cell, in pairs. Returns their number: 0, 2 or 4. */
static int crossings(const double corner[4], double level, double point[4][2])
{
    int points = 0;
    for (int e = 0; e < 4; e++) {
        const int from = edge_corner[e][0], to = edge_corner[e][1];
        if ((corner[from] > level) == (corner[to] > level))
            continue;
        const double share = (level - corner[from]) / (corner[to] - corner[from]);
        for (int k = 0; k < 2; k++)
            point[points][k] = corner_offset[from][k] + share * (corner_offset[to][k] - corner_offset[from][k]);
        points++;
    }
    return points;
}

void vx_contour(cairo_t *cairo, const float *field, int columns, int rows, double level, double x, double y,
                double step, bool dashed)
{
    for (int j = 0; j + 1 < rows; j++)
        for (int i = 0; i + 1 < columns; i++) {
            const float *cell = field + j * columns + i;
            const bool above = cell[0] > level; /* in most cells all corners are on the same side */
            if (above == (cell[1] > level) && above == (cell[columns] > level) && above == (cell[columns + 1] > level))
                continue;
            const double corner[4] = {cell[0], cell[1], cell[columns + 1], cell[columns]};
            double point[4][2];
            const int points = dashed && (i + j) / 3 % 2 ? 0 : crossings(corner, level, point);
            for (int k = 0; k + 1 < points; k += 2) {
                cairo_move_to(cairo, x + step * (i + point[k][0]), y + step * (j + point[k][1]));
                cairo_line_to(cairo, x + step * (i + point[k + 1][0]), y + step * (j + point[k + 1][1]));
            }
        }
}

/* The terms of NIDM-Results 1.3 that a pack uses. Each is declared as the prefix that the specification prefers for it
 * (nidm-results_130.owl and prefixes_130.csv of github.com/incf-nidash/nidm-specs), because the queries of the tool
 * nidmresults depend on these prefixes. */
#ifndef VX_NIDM_TERMS_H
#define VX_NIDM_TERMS_H

#include "nidm/turtle.h"

void vx_terms_declare(vx_turtle *turtle);

#endif

/* The terms of NIDM-Results 1.3 that a pack uses, each as the prefix that the specification prefers for it
 * (nidm-results_130.owl and prefixes_130.csv of github.com/incf-nidash/nidm-specs). The queries of the tool nidmresults
 * count on these prefixes being declared. */
#ifndef VX_NIDM_TERMS_H
#define VX_NIDM_TERMS_H

#include "nidm/turtle.h"

void vx_terms_declare(vx_turtle *turtle);

#endif

/* Writing Turtle (W3C Recommendation, 25 February 2014).
 *     terms      prefixed names from the program
 *     nodes      given by their role in the pack ("mask", "cluster 3"). Their IRI is a hash of the role and the seed,
 *                so that a pack is a function of its results, and two studies never share a node
 *     literals   the only place for texts of the user */
#ifndef VX_NIDM_TURTLE_H
#define VX_NIDM_TURTLE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct vx_turtle {
    FILE *out;
    const char *seed;  /* identifies the run and the effect; hashed into the IRIs of nodes */
    bool open;         /* the description of a node is unfinished */
    bool lost;         /* memory ran out for a text or an IRI */
} vx_turtle;

void vx_turtle_prefix(vx_turtle *turtle, const char *name, const char *iri);

/* Ends the description of the last node and begins one of `types` ("prov:Entity , nidm_MaskMap:"). */
void vx_turtle_about(vx_turtle *turtle, const char *role, const char *types);
void vx_turtle_end(vx_turtle *turtle);

/* Write a property of the node: a term, another node, a text, or a literal of an XML Schema type ("int", "boolean"). */
void vx_turtle_term(vx_turtle *turtle, const char *property, const char *term);
void vx_turtle_node(vx_turtle *turtle, const char *property, const char *role);
void vx_turtle_text(vx_turtle *turtle, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void vx_turtle_typed(vx_turtle *turtle, const char *property, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Writes an xsd:float with 9 digits, which identify a float. */
void vx_turtle_real(vx_turtle *turtle, const char *property, double value);

#endif

/* Writing Turtle (W3C Recommendation, 25 February 2014). Terms come as prefixed names, which are ours. Nodes come as
 * the role that they play in the pack ("mask", "cluster 3"): their IRI is made from it and from what the run was, so
 * that a pack is a function of its results and two studies never share a node. What the user named stands in literals
 * only. */
#ifndef VX_NIDM_TURTLE_H
#define VX_NIDM_TURTLE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct vx_turtle {
    FILE *out;
    const char *seed;  /* what the IRIs of nodes are made from, beside their role */
    bool open;         /* a node is being described */
    bool lost;         /* memory was short for a text or a name */
} vx_turtle;

void vx_turtle_prefix(vx_turtle *turtle, const char *name, const char *iri);

/* Ends the node before and begins another, of `types` ("prov:Entity , nidm_MaskMap:"). */
void vx_turtle_about(vx_turtle *turtle, const char *role, const char *types);
void vx_turtle_end(vx_turtle *turtle);

/* A property of the node: a term, another node, a text, or a literal of a type of XML Schema ("int", "boolean"). */
void vx_turtle_term(vx_turtle *turtle, const char *property, const char *term);
void vx_turtle_node(vx_turtle *turtle, const char *property, const char *role);
void vx_turtle_text(vx_turtle *turtle, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void vx_turtle_typed(vx_turtle *turtle, const char *property, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* xsd:float, to the 9 digits that a float has. */
void vx_turtle_real(vx_turtle *turtle, const char *property, double value);

#endif

#include "nidm/turtle.h"

#include "base/sha.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void vx_turtle_prefix(vx_turtle *turtle, const char *name, const char *iri)
{
    fprintf(turtle->out, "@prefix %s: <%s> .\n", name, iri);
}

/* The IRI of a node is a UUID of version 8, which may have any bits (RFC 9562). They come from a SHA-256. */
static void put_node(vx_turtle *turtle, const char *role)
{
    uint8_t digest[VX_SHA256_BYTES];
    vx_sha256 sha;
    vx_sha256_begin(&sha);
    vx_sha256_add(&sha, turtle->seed, strlen(turtle->seed) + 1);
    vx_sha256_add(&sha, role, strlen(role));
    if (!vx_sha256_end(&sha, digest)) {
        turtle->lost = true;
        return;
    }
    digest[6] = (uint8_t)(digest[6] & 0x0f) | 0x80;
    digest[8] = (uint8_t)(digest[8] & 0x3f) | 0x80;
    fputs("niiri:", turtle->out);
    for (int i = 0; i < 16; i++)
        fprintf(turtle->out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", digest[i]);
}

void vx_turtle_end(vx_turtle *turtle)
{
    if (turtle->open)
        fputs(" .\n\n", turtle->out);
    turtle->open = false;
}

void vx_turtle_about(vx_turtle *turtle, const char *role, const char *types)
{
    vx_turtle_end(turtle);
    put_node(turtle, role);
    fprintf(turtle->out, " a %s", types);
    turtle->open = true;
}

void vx_turtle_term(vx_turtle *turtle, const char *property, const char *term)
{
    fprintf(turtle->out, " ;\n    %s %s", property, term);
}

void vx_turtle_node(vx_turtle *turtle, const char *property, const char *role)
{
    vx_turtle_term(turtle, property, "");
    put_node(turtle, role);
}

/* Writes a quoted string with its four special characters escaped. Texts come from run.json and are UTF-8. */
static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c; c++)
        switch (*c) {
        case '"': fputs("\\\"", out); break;
        case '\\': fputs("\\\\", out); break;
        case '\n': fputs("\\n", out); break;
        case '\r': fputs("\\r", out); break;
        default: fputc(*c, out);
        }
    fputc('"', out);
}

static void put_literal(vx_turtle *turtle, const char *property, const char *type, const char *format,
                        va_list arguments)
{
    char *text = NULL;
    vx_turtle_term(turtle, property, "");
    if (vasprintf(&text, format, arguments) < 0) {
        turtle->lost = true;
        return;
    }
    put_string(turtle->out, text);
    fprintf(turtle->out, "^^xsd:%s", type);
    free(text);
}

void vx_turtle_text(vx_turtle *turtle, const char *property, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_literal(turtle, property, "string", format, arguments);
    va_end(arguments);
}

void vx_turtle_typed(vx_turtle *turtle, const char *property, const char *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_literal(turtle, property, type, format, arguments);
    va_end(arguments);
}

void vx_turtle_real(vx_turtle *turtle, const char *property, double value)
{
    if (isnan(value))
        vx_turtle_typed(turtle, property, "float", "NaN");
    else
        vx_turtle_typed(turtle, property, "float", "%.9g", value);
}

#include "atlas/label_names_xml.h"

#include "base/memory.h"
#include "base/number.h"

#include <string.h>
#include <strings.h>

#include <expat.h>

enum { TEXT_MAX = 512 };

/* The state of parsing. Elements that are not named here are passed over. */
typedef struct parsing {
    XML_Parser parser;
    vx_label_names *names;
    char text[TEXT_MAX];  /* of the innermost element so far */
    size_t length;
    char index[TEXT_MAX], name[TEXT_MAX]; /* of the label; "" before they are known */
    bool inside;          /* of a label */
    bool probabilistic;   /* the <type> of FSL */
    vx_status status;
    vx_error *error;
} parsing;

static void XMLCALL begin(void *user, const XML_Char *element, const XML_Char **attribute)
{
    parsing *p = user;
    p->length = 0;
    if (strcmp(element, "label") != 0)
        return;
    p->inside = true;
    p->index[0] = p->name[0] = '\0';
    for (; *attribute; attribute += 2)
        if (!strcmp(attribute[0], "index"))
            strncpy(p->index, attribute[1], TEXT_MAX - 1);
}

static void XMLCALL characters(void *user, const XML_Char *text, int length)
{
    parsing *p = user;
    for (int i = 0; i < length && p->length + 1 < TEXT_MAX; i++)
        p->text[p->length++] = text[i];
}

/* The text of the element that ends, without blanks around it. */
static const char *text_of(parsing *p)
{
    while (p->length && strchr(" \t\r\n", p->text[p->length - 1]))
        p->length--;
    p->text[p->length] = '\0';
    return p->text + strspn(p->text, " \t\r\n");
}

static void add_label(parsing *p)
{
    double label;
    if (!vx_number_read(p->index, &label))
        p->status = vx_fail(p->error, VX_INPUT, "a label without an index that is a number");
    else
        p->status = vx_label_names_add(p->names, label, p->name, strlen(p->name), p->error);
    if (p->status) {
        vx_error_prefix(p->error, p->status, "%s, line %lu", p->names->path, XML_GetCurrentLineNumber(p->parser));
        XML_StopParser(p->parser, XML_FALSE);
    }
}

static void XMLCALL end(void *user, const XML_Char *element)
{
    parsing *p = user;
    const char *text = text_of(p);
    if (!strcmp(element, "type")) {
        p->probabilistic = !strncasecmp(text, "prob", 4); /* FSL also writes Probabalistic */
    } else if (p->inside && !strcmp(element, "index")) {
        strcpy(p->index, text);
    } else if (p->inside && !strcmp(element, "name")) {
        strcpy(p->name, text);
    } else if (!strcmp(element, "label")) {
        if (!p->name[0])
            strcpy(p->name, text);
        p->inside = false;
        add_label(p);
    }
    p->length = 0;
}

vx_status vx_label_names_read_xml(vx_label_names *names, const char *text, bool volumes, vx_error *error)
{
    parsing p = {.names = names, .error = error, .parser = XML_ParserCreate("UTF-8")};
    if (!p.parser)
        return vx_fail_memory(error);
    XML_SetUserData(p.parser, &p);
    XML_SetElementHandler(p.parser, begin, end);
    XML_SetCharacterDataHandler(p.parser, characters);
    const enum XML_Status parsed = XML_Parse(p.parser, text, (int)strlen(text), 1);
    if (!p.status && parsed != XML_STATUS_OK && XML_GetErrorCode(p.parser) == XML_ERROR_NO_MEMORY)
        p.status = vx_fail_memory(error);
    else if (!p.status && parsed != XML_STATUS_OK)
        p.status = vx_fail(error, VX_INPUT, "%s, line %lu: %s", names->path, XML_GetCurrentLineNumber(p.parser),
                           XML_ErrorString(XML_GetErrorCode(p.parser)));
    for (size_t i = 0; !p.status && p.probabilistic && !volumes && i < names->count; i++)
        names->item[i].label++;
    XML_ParserFree(p.parser);
    return p.status;
}

/* Names of labels in XML: the parts of label_names.c that both readers use. */
#ifndef VX_ATLAS_LABEL_NAMES_XML_H
#define VX_ATLAS_LABEL_NAMES_XML_H

#include "atlas/label_names.h"

#include <stdbool.h>

/* Adds the labels of an XML text. Errors: VX_INPUT for text that is not well-formed, or a label without index or name
 * (with the file and line). */
vx_status vx_label_names_read_xml(vx_label_names *names, const char *text, bool volumes, vx_error *error);

/* Appends a copy. Errors, without the file: VX_INPUT for a label that is no whole number from 0 on, or an empty name.
 * */
vx_status vx_label_names_add(vx_label_names *names, double label, const char *name, size_t length, vx_error *error);

#endif

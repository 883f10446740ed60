/* Making JSON, with jansson. What fails gives null, and what is given null gives null: one look at the end tells of
 * every failure on the way. Each takes over the values that it is given and lets go of them where it fails. json_pack
 * keeps to the same rules; jansson's own appending and setting return numbers that are easily overlooked, so they stand
 * in json.c alone. */
#ifndef VX_BASE_JSON_H
#define VX_BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The array with `value` behind its last; the object with `key` set to it. */
json_t *vx_json_append(json_t *array, json_t *value) VX_MUST_USE;
json_t *vx_json_set(json_t *object, const char *key, json_t *value) VX_MUST_USE;

/* The array with the elements of `other` behind its last; `other` is not taken over. */
json_t *vx_json_extend(json_t *array, const json_t *other) VX_MUST_USE;

/* The same for an array or object that belongs to another value, or to the caller, who keeps it: false where that
 * fails. _put_first puts before the others. */
bool vx_json_grow(json_t *array, json_t *value) VX_MUST_USE;
bool vx_json_put_first(json_t *array, json_t *value) VX_MUST_USE;
bool vx_json_put(json_t *object, const char *key, json_t *value) VX_MUST_USE;

/* A string; JSON's null for a null pointer. A path may hold bytes that are no UTF-8, which JSON cannot: those become
 * '?'. */
json_t *vx_json_text(const char *value) VX_MUST_USE;

/* The text of `json`, with jansson's flags; the caller frees it with free(). */
char *vx_json_dump(json_t *json, size_t flags) VX_MUST_USE;

#endif

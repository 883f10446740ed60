/* Making JSON with jansson, and reading it from files.
 *
 *   1. A function that fails returns null, and one that receives null returns null. One check at the end therefore
 *      detects every failure.
 *   2. A function takes ownership of the values that it receives, and frees them where it fails.
 *
 * json_pack follows the same rules. jansson's functions for appending and setting return numbers that are easily
 * ignored, so only json.c calls them. */
#ifndef VX_BASE_JSON_H
#define VX_BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends `value` to the array; sets `key` of the object. Each returns its first argument. */
json_t *vx_json_append(json_t *array, json_t *value) VX_MUST_USE;
json_t *vx_json_set(json_t *object, const char *key, json_t *value) VX_MUST_USE;

/* Appends the elements of `other`, which stays with the caller, and returns the array. */
json_t *vx_json_extend(json_t *array, const json_t *other) VX_MUST_USE;

/* Appends, inserts at the front, or sets, in an array or object that keeps its owner. False on failure. */
bool vx_json_grow(json_t *array, json_t *value) VX_MUST_USE;
bool vx_json_put_first(json_t *array, json_t *value) VX_MUST_USE;
bool vx_json_put(json_t *object, const char *key, json_t *value) VX_MUST_USE;

/* A string; JSON's null for a null pointer. In a text that is not UTF-8, as a path may be, all bytes outside ASCII
 * become '?'. */
json_t *vx_json_text(const char *value) VX_MUST_USE;

/* A number, or null where it is not finite. A count, or null from 2^63 on, where jansson's integers end. Lists. */
json_t *vx_json_number(double value) VX_MUST_USE;
json_t *vx_json_count(uint64_t value) VX_MUST_USE;
json_t *vx_json_numbers(const double *value, size_t count) VX_MUST_USE;
json_t *vx_json_integers(const int64_t *value, size_t count) VX_MUST_USE;

/* Reads a file that holds one object; a byte order mark is skipped. The caller releases *object, which is null on
 * errors. Errors (VX_INPUT, naming file and line): those of vx_file_read, text that is not JSON, another value than an
 * object. */
vx_status vx_json_read(const char *path, json_t **object, vx_error *error);

/* The text of `json`, with jansson's flags. Frees `json`; the caller frees the text with free(). */
char *vx_json_dump(json_t *json, size_t flags) VX_MUST_USE;

#endif

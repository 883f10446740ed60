#include "output/table_file.h"

#include "base/json.h"
#include "base/memory.h"
#include "output/file.h"

#include <math.h>
#include <string.h>

void vx_cell_put_number(FILE *stream, double value, int digits)
{
    if (isfinite(value))
        fprintf(stream, "%.*g", digits, value);
    else
        fputs(VX_TABLE_ABSENT, stream);
}

json_t *vx_column_described(const char *description, const char *units)
{
    json_t *object = json_pack("{so}", "Description", vx_json_text(description));
    return units ? vx_json_set(object, "Units", vx_json_text(units)) : object;
}

vx_status vx_table_file_put(const char *folder, const char *stem, const char *ending, const char *text,
                            vx_error *error)
{
    char *path = vx_text("%s/%s%s", folder, stem, ending);
    vx_status status = text && path ? vx_write_file(path, text, strlen(text), error) : vx_fail_memory(error);
    free(path);
    return status;
}

vx_status vx_table_file_put_dictionary(const char *folder, const char *stem, const char *ending, json_t *dictionary,
                                       vx_error *error)
{
    char *text = vx_json_dump(dictionary, JSON_INDENT(2));
    vx_status status = vx_table_file_put(folder, stem, ending, text, error);
    free(text);
    return status;
}

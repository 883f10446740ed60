/* pairing.tsv, the table that a BIDS folder was read as, and its data dictionary. */
#include "base/json.h"
#include "base/memory.h"
#include "output/output.h"
#include "output/table_file.h"

vx_status vx_write_pairing(const char *folder, const vx_record *record, vx_error *error)
{
    if (!record->pairing)
        return VX_OK;
    json_t *dictionary = record->pairing_dictionary ? json_deep_copy(record->pairing_dictionary) : json_object();
    vx_status status = vx_table_file_put(folder, VX_PAIRING_FILE, VX_TABLE_ENDING, record->pairing, error);
    if (status)
        json_decref(dictionary);
    else
        status = vx_table_file_put_dictionary(folder, VX_PAIRING_FILE, VX_DICTIONARY_ENDING, dictionary, error);
    return status;
}

/* Fuzz target: names of files in BIDS folders, and sidecars. The first line is the name of an image, what follows is
 * the JSON file beside it. Any bytes are read or refused with a message; nothing crashes or leaks. */
#include "bids/entities.h"
#include "bids/sidecar.h"

#include "file.h"

#include <string.h>

/* Parses a name, and reads every part of what it found. */
static void check_name(const char *name)
{
    vx_entities made;
    if (vx_entities_parse(name, &made, NULL) != VX_OK)
        abort();
    for (size_t i = 0; i < made.count; i++)
        if (strlen(made.entity[i].key) + strlen(made.entity[i].value) >= strlen(name))
            abort(); /* the "-" between them is in the name, too */
    if (!vx_entities_inherit(&made, &made) && made.count < 2) /* of two entities with one key the first counts */
        abort();
    vx_entities_destroy(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    if (!text)
        return 0;
    const size_t line = strcspn(text, "\n"), skipped = line + (text[line] == '\n');
    char image[sizeof fuzz_path + 8];
    const char *path = fuzz_file("image.json", data + skipped, strlen(text) - skipped);
    snprintf(image, sizeof image, "%.*s.nii", (int)(strlen(path) - strlen(".json")), path);
    vx_sidecar sidecar;
    vx_error error = {0};
    vx_status status = vx_sidecar_read(image, &sidecar, &error);
    if (status != VX_OK && error.message[0] == '\0')
        abort(); /* an error always says why */
    vx_sidecar_destroy(&sidecar);
    unlink(path);
    text[line] = '\0';
    check_name(text);
    free(text);
    return 0;
}

/* Memory of the host as buffers of a backend, for steps on volumes: the C backend works in it, others in a copy. */
#include "engine/backend.h"

vx_status vx_buffer_lend(vx_backend *backend, void *memory, size_t bytes, bool filled, vx_buffer **buffer,
                         vx_error *error)
{
    if (backend->buffer_over)
        return backend->buffer_over(backend, memory, buffer, error);
    vx_status status = backend->buffer_new(backend, bytes, buffer, error);
    return status || !filled ? status : backend->upload(backend, 0, *buffer, 0, memory, bytes, error);
}

vx_status vx_buffer_return(vx_backend *backend, vx_buffer *buffer, void *memory, size_t bytes, vx_error *error)
{
    return backend->buffer_over ? backend->wait(backend, 0, error)
                                : backend->download(backend, 0, buffer, 0, memory, bytes, error);
}

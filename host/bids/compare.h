/* Whether the sessions of a person, and the people, can be compared: what names and sidecars tell. */
#ifndef VX_BIDS_COMPARE_H
#define VX_BIDS_COMPARE_H

#include "base/remarks.h"
#include "bids/slots.h"

/* Adds remarks on the images of a modality: people whose sessions differ in reconstruction, scanner, tracer, units,
 * resolution, skull-stripping, smoothing or another part of their names but run; units that differ between people;
 * tissue maps without modulation; sidecars that cannot be read. */
vx_status vx_bids_compare(const vx_bids_search *search, const vx_bids_slots *slots, vx_remarks *remarks,
                          vx_error *error);

#endif

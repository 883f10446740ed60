/* The sections of the page in order. X(name) means `const vx_section vx_section_<name>`, defined in
 * sections/<name>.c. */
#define VX_SECTIONS(X) \
    X(regions) \
    X(markers) \
    X(expected) \
    X(question) \
    X(design) \
    X(effects) \
    X(sensitivity) \
    X(viewer) \
    X(quality) \
    X(reference) \
    X(limits) \
    X(methods) \
    X(checklist) \
    X(provenance)

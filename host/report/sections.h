/* The sections of the page in order. X(name) means `const vx_section vx_section_<name>`, defined in
 * sections/<name>.c. */
#define VX_SECTIONS(X) \
    X(question) \
    X(viewer) \
    X(regions) \
    X(markers) \
    X(expected) \
    X(effects) \
    X(sensitivity) \
    X(quality) \
    X(reference) \
    X(design) \
    X(limits) \
    X(methods) \
    X(checklist) \
    X(provenance)

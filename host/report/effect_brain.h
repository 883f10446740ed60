/* The volumes of an effect, ready to be drawn. vx_effect_brain_destroy releases what vx_effect_brain_init made. */
#ifndef VX_REPORT_EFFECT_BRAIN_H
#define VX_REPORT_EFFECT_BRAIN_H

#include "report/draw/brain.h"
#include "report/section.h"

/* How maps are drawn. */
typedef struct vx_look {
    vx_quantity map;
    double threshold;     /* t from which colours are full, or p of a map of p; NaN: the report's */
    bool by_p;            /* they are full where p of the kind is below the level */
    vx_quantity kind;
    double level;
    vx_brain_layout layout;
} vx_look;

/* The look of the report. */
extern const vx_look vx_look_usual;

typedef struct vx_effect_brain {
    vx_brain brain;
    float *map;
    float *significant;   /* 1 where p is significant, else 0; null: nowhere */
    float *colour;        /* null: the map gives the colours */
} vx_effect_brain;

/* Reads the maps of an effect that a look needs. */
vx_status vx_effect_brain_init(vx_report *report, const vx_effect_view *view, vx_effect_brain *of, vx_error *error);
void vx_effect_brain_destroy(vx_effect_brain *of);

/* "the template" or "the mean of all images": what maps are drawn over. */
const char *vx_background_words(const vx_report *report);

#endif

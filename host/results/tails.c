#include "results/tails.h"

#include "base/number.h"

#include <stdio.h>

static const vx_tails_words words[] = {
    [VX_TWO_TAILS] = {"two-sided", "a difference either way", "|t|", ">", "", ""},
    [VX_POSITIVE] = {"one-sided", "a rise", "t", ">", "", ""},
    [VX_NEGATIVE] = {"one-sided", "a fall", "t", "<", "-", "\xE2\x88\x92"},
};

const vx_tails_words *vx_tails_about(vx_tails tails)
{
    return &words[tails];
}

const char *vx_tails_beyond(vx_tails tails, double threshold, char text[48])
{
    const vx_tails_words *about = &words[tails];
    char number[32];
    snprintf(text, 48, "%s %s %s%s", about->statistic, about->relation, about->true_minus,
             vx_fixed_text(threshold, 2, number));
    return text;
}

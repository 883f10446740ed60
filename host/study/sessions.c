#include "study/sessions.h"

#include "base/memory.h"
#include "base/sort.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, INDEX_DIGITS_MAX = 4 }; /* longer numbers are dates, not indices */

typedef enum phase { NO_PHASE, SCREENING, BEFORE, AFTER } phase;

static const struct {
    const char *word;
    phase phase;
} phase_words[] = {
    {"screening", SCREENING}, {"screen", SCREENING}, {"scr", SCREENING},
    {"baseline", BEFORE}, {"base", BEFORE}, {"bsl", BEFORE}, {"bl", BEFORE}, {"pre", BEFORE}, {"before", BEFORE},
    {"pretreatment", BEFORE}, {"pretx", BEFORE}, {"predose", BEFORE}, {"initial", BEFORE}, {"start", BEFORE},
    {"entry", BEFORE}, {"enrolment", BEFORE}, {"enrollment", BEFORE}, {"first", BEFORE}, {"early", BEFORE},
    {"followup", AFTER}, {"fup", AFTER}, {"fu", AFTER}, {"post", AFTER}, {"after", AFTER}, {"posttreatment", AFTER},
    {"posttx", AFTER}, {"postdose", AFTER}, {"endpoint", AFTER}, {"endline", AFTER}, {"endoftreatment", AFTER},
    {"endofstudy", AFTER}, {"end", AFTER}, {"eot", AFTER}, {"eos", AFTER}, {"final", AFTER}, {"last", AFTER},
    {"late", AFTER}, {"exit", AFTER},
};

static const char *const ordinals[] = {"first", "second", "third", "fourth", "fifth", "sixth"};

static const struct {
    const char *unit;
    double days;
} units[] = {
    {"min", 1.0 / 1440}, {"h", 1.0 / 24}, {"hr", 1.0 / 24}, {"hour", 1.0 / 24}, {"d", 1}, {"day", 1}, {"w", 7},
    {"wk", 7}, {"week", 7}, {"m", 30.4375}, {"mo", 30.4375}, {"mon", 30.4375}, {"mth", 30.4375}, {"month", 30.4375},
    {"y", 365.25}, {"yr", 365.25}, {"year", 365.25},
};

static const char *const index_stems[] = {"", "v", "visit", "t", "tp", "timepoint", "time", "scan", "wave", "session",
                                          "ses", "s", "exam"};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* ---- one name ---- */

/* A parsed name: in lower case, without separators and without the prefix of BIDS ("ses-"). */
typedef struct name {
    char text[NAME_MAX_BYTES];
    size_t stem, digits; /* number of letters before the first digit, and of digits there */
    phase phase;         /* of a name that is a phase word, or a phase word and a number */
    double days;         /* of a name that is a time, else NaN */
    double index;        /* of a name that is an index stem and a number, else NaN */
    bool sign;           /* the name is a time whose dash may be a minus ("day-7") */
} name;

static phase word_phase(const char *text, size_t length)
{
    for (size_t i = 0; i < LENGTH(phase_words); i++) {
        if (strlen(phase_words[i].word) == length && !strncmp(phase_words[i].word, text, length))
            return phase_words[i].phase;
    }
    return NO_PHASE;
}

/* The days of a unit, singular or plural; NaN if `text` is not a unit. */
static double unit_days(const char *text, size_t length)
{
    for (size_t i = 0; i < LENGTH(units); i++) {
        size_t own = strlen(units[i].unit);
        bool plural = length == own + 1 && text[own] == 's' && own > 1;
        if ((length == own || plural) && !strncmp(units[i].unit, text, own))
            return units[i].days;
    }
    return NAN;
}

static void read_time(name *n, const char *raw)
{
    char *end;
    double number = strtod(n->text + n->stem, &end);
    n->days = NAN;
    if (!n->digits || n->digits > INDEX_DIGITS_MAX)
        return;
    if (n->stem && !*end)
        n->days = number * unit_days(n->text, n->stem);
    else if (!n->stem)
        n->days = number * unit_days(end, strlen(end));
    const char *digit = strpbrk(raw, "0123456789");
    n->sign = n->stem && !isnan(n->days) && digit > raw && digit[-1] == '-';
}

static void read_index(name *n)
{
    n->index = NAN;
    for (size_t i = 0; i < LENGTH(index_stems); i++) {
        if (n->digits && n->digits <= INDEX_DIGITS_MAX && !n->text[n->stem + n->digits] &&
            strlen(index_stems[i]) == n->stem && !strncmp(index_stems[i], n->text, n->stem))
            n->index = (double)strtoul(n->text + n->stem, NULL, 10);
    }
}

/* Parses a name; false if it is too long. */
static bool read_name(const char *raw, name *n)
{
    size_t length = 0;
    *n = (name){0};
    raw += strncasecmp(raw, "ses-", 4) ? 0 : 4;
    for (const char *c = raw; *c; c++) {
        if (strchr("-_ ", *c))
            continue;
        if (length + 1 == NAME_MAX_BYTES)
            return false;
        n->text[length++] = (char)tolower((unsigned char)*c);
    }
    n->stem = strcspn(n->text, "0123456789");
    n->digits = strspn(n->text + n->stem, "0123456789");
    if (!n->text[n->stem + n->digits])
        n->phase = word_phase(n->text, n->stem);
    read_time(n, raw);
    read_index(n);
    return true;
}

/* ---- rules: each returns -1, 0 or 1 ---- */

/* The date 20240105, 2024-01-05 or 2024-01 as a number; 0 if `raw` is not a date. */
static long read_date(const char *raw)
{
    static const char *const form[] = {"nnnnnnnn", "nnnn-nn-nn", "nnnn-nn"};
    raw += strncasecmp(raw, "ses-", 4) ? 0 : 4;
    for (size_t i = 0; i < LENGTH(form); i++) {
        long date = 0;
        size_t length = strlen(form[i]), fits = 0;
        if (strlen(raw) != length)
            continue;
        for (; fits < length && (form[i][fits] == 'n' ? isdigit((unsigned char)raw[fits]) : raw[fits] == '-'); fits++)
            date = raw[fits] == '-' ? date : 10 * date + (raw[fits] - '0');
        date = length == strlen("nnnn-nn") ? 100 * date + 1 : date;
        long year = date / 10000, month = date / 100 % 100, day = date % 100;
        if (fits == length && year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31)
            return date;
    }
    return 0;
}

static int by_date(const char *a, const char *b)
{
    long first = read_date(a), second = read_date(b);
    return first && second ? vx_compare((double)first, (double)second) : 0;
}

static int by_ordinal(const name *a, const name *b)
{
    int place[2] = {-1, -1};
    for (int i = 0; i < (int)LENGTH(ordinals); i++) {
        place[0] = strcmp(a->text, ordinals[i]) ? place[0] : i;
        place[1] = strcmp(b->text, ordinals[i]) ? place[1] : i;
    }
    return place[0] >= 0 && place[1] >= 0 ? vx_compare(place[0], place[1]) : 0;
}

/* A phase word without a number counts as number 1: "fu" comes before "fu2". */
static double phase_number(const name *n)
{
    return n->digits ? (double)strtoul(n->text + n->stem, NULL, 10) : 1;
}

static int by_phase(const name *a, const name *b)
{
    if (!a->phase || !b->phase)
        return 0;
    if (a->phase != b->phase)
        return vx_compare(a->phase, b->phase);
    bool same = a->stem == b->stem && !strncmp(a->text, b->text, a->stem);
    return same ? vx_compare(phase_number(a), phase_number(b)) : 0;
}

/* Compares phase words with equal text after or before them: "preop" and "postop". */
static int by_word_and_rest(const name *a, const name *b)
{
    int found = 0;
    for (size_t i = 0; i < LENGTH(phase_words); i++) {
        size_t first = strlen(phase_words[i].word), a_length = strlen(a->text);
        for (size_t j = 0; j < LENGTH(phase_words); j++) {
            size_t second = strlen(phase_words[j].word), b_length = strlen(b->text);
            if (a_length <= first || b_length <= second || a_length - first != b_length - second)
                continue;
            const char *a_tail = a->text + a_length - first, *b_tail = b->text + b_length - second;
            bool leads = !strncmp(a->text, phase_words[i].word, first) &&
                         !strncmp(b->text, phase_words[j].word, second) && !strcmp(a->text + first, b->text + second);
            bool trails = !strcmp(a_tail, phase_words[i].word) && !strcmp(b_tail, phase_words[j].word) &&
                          !strncmp(a->text, b->text, a_length - first);
            int own = leads || trails ? vx_compare(phase_words[i].phase, phase_words[j].phase) : 0;
            if (own && found && own != found)
                return 0;
            found = own ? own : found;
        }
    }
    return found;
}

/* Times must differ by more than 5 %, because months differ in length. */
static int by_time(const name *a, const name *b)
{
    bool times = !isnan(a->days) && !isnan(b->days) && !a->sign && !b->sign;
    return times && fabs(a->days - b->days) > 0.05 * fmax(a->days, b->days) ? vx_compare(a->days, b->days) : 0;
}

/* Compares a phase word with a time or an index. A word for "before" is earlier than every session but the first, and a
 * word for "after" is later than the first session. Returns -1 if `word` is earlier. */
static int by_word_and_number(const name *word, const name *other)
{
    bool later = (other->days > 0 && other->days != 1) || other->index >= 2;
    bool first = other->days <= 0 || other->days == 1 || other->index <= 1;
    if (other->sign || other->phase)
        return 0;
    if (word->phase == SCREENING || word->phase == BEFORE)
        return later && !first ? -1 : 0;
    return word->phase == AFTER && first ? 1 : 0;
}

/* Compares numbers with equal text around them. If several numbers differ, all must agree on the order. */
static int by_number(const char *a, const char *b)
{
    int found = 0;
    while (*a || *b) {
        size_t first = strspn(a, "0123456789"), second = strspn(b, "0123456789");
        if (!first || !second) {
            if (first || second || tolower((unsigned char)*a++) != tolower((unsigned char)*b++))
                return 0;
            continue;
        }
        int own = vx_compare((double)strtoul(a, NULL, 10), (double)strtoul(b, NULL, 10));
        if (first > INDEX_DIGITS_MAX || second > INDEX_DIGITS_MAX || (own && found && own != found))
            return 0;
        found = own ? own : found;
        a += first;
        b += second;
    }
    return found;
}

int vx_sessions_order(const char *a, const char *b)
{
    name first, second;
    if (!read_name(a, &first) || !read_name(b, &second))
        return 0;
    bool minus = first.sign || second.sign;
    const int rule[] = {
        by_date(a, b),
        by_ordinal(&first, &second),
        by_phase(&first, &second),
        by_word_and_rest(&first, &second),
        by_time(&first, &second),
        by_word_and_number(&first, &second),
        -by_word_and_number(&second, &first),
        minus ? 0 : by_number(a, b),
    };
    int found = 0;
    for (size_t i = 0; i < LENGTH(rule); i++) {
        if (rule[i] && found && rule[i] != found)
            return 0;
        found = rule[i] ? rule[i] : found;
    }
    return found;
}

void vx_sessions_sort(const char **session, size_t sessions)
{
    for (size_t i = 1; i < sessions; i++) {
        for (size_t j = i; j && vx_sessions_order(session[j - 1], session[j]) > 0; j--) {
            const char *later = session[j - 1];
            session[j - 1] = session[j];
            session[j] = later;
        }
    }
}

char *vx_session_column_name(const char *outcome, const char *session)
{
    return session ? vx_text("%s_%s", outcome, session) : vx_copy_text(outcome);
}

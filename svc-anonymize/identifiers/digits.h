/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of digits in groups: "4111-1111 1111.1111", "(617) 555 0182", "five five five, zero one four two". What a group
 * and a separator are is decided here once for cards, phones and all numbers alike. */
#pragma once

#include "common/folding.h"

enum { DIGITS_MAX = 48, DIGITS_OVERLAP = 20 };

struct digits {
        size_t count; /* of digits, and of groups */
        size_t n_groups;
        size_t next;            /* where to go on; before the end of the run when it is longer than DIGITS_MAX */
        char value[DIGITS_MAX]; /* '0'-'9' each */
        struct span at[DIGITS_MAX];
        unsigned char group[DIGITS_MAX];     /* of each digit */
        unsigned char first[DIGITS_MAX + 1]; /* of each group: index of its first digit; count behind the last */
        char lengths[DIGITS_MAX + 1];        /* of the groups, '0' + digits each, as shapes are written: "334" */
        unsigned char separator[DIGITS_MAX]; /* before each group: the first that is no blank, else ' '; 0 for none */
};

/* Finds the first run that begins at or behind `from`. A group cut by `from` or by DIGITS_MAX is left out. */
bool digits_next(const struct folding *view, size_t from, struct digits *out);

/* Digits in groups [group, end). */
static inline size_t digits_between(const struct digits *run, size_t group, size_t end)
{
        return (size_t)(run->first[end] - run->first[group]);
}

/* The bytes of groups [group, end), with a '+' or '(' directly before. */
struct span digits_span(const struct folding *view, const struct digits *run, size_t group, size_t end);

/* The groups from `group` on have these lengths ("334"). */
static inline bool digits_shape(const struct digits *run, size_t group, const char *lengths)
{
        const char *has = run->lengths + group;
        while (*lengths != '\0' && *has == *lengths)
                has++, lengths++;
        return *lengths == '\0';
}

/* The largest `end` for which groups [group, end) hold at most `most` digits. */
static inline size_t digits_reach(const struct digits *run, size_t group, size_t most)
{
        size_t behind = run->first[group] + most;
        return behind < run->count ? run->group[behind] : run->n_groups;
}

/* Three groups from `group` on read as a date, or two as a range of years. */
bool digits_is_date(const struct digits *run, size_t group);

/* Groups [group, end) read as amounts in a row: "800 900 1000", "45.00 50.00". */
bool digits_is_series(const struct digits *run, size_t group, size_t end);

/* No letter or digit touches the span, so it is not part of a word like "401k" or "a12345678". */
bool digits_stand_alone(const struct folding *view, struct span span);

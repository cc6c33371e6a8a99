/* SPDX-License-Identifier: Apache-2.0 */
/* One run of digits with the words beside it, for all that is made of digits. */
#pragma once

#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/digits.h"
#include "svc-anonymize/identifiers/identifier.h"

struct candidates;

struct number {
        const struct folding *view;
        const struct digits *run;
        struct cues cues;                    /* of the whole run */
        cue_set all;                         /* what any word beside it says */
        bool is_listed[DIGITS_MAX];          /* of each group: it is part of a date or of amounts in a row */
        const struct candidates *candidates; /* numbers.c's own: two lists */
};

/* What the nearest `reach` words before groups [group, end) and the two behind say; other groups of the run count as
 * words. */
cue_set number_says(const struct number *number, size_t group, size_t end, size_t reach);

/* Groups [group, end) are an amount, part of one or of a decimal, or stand in a word: "$1,250", "401k". */
bool number_is_amount(const struct number *number, size_t group, size_t end);

/* Finds a number of a kind that begins with `group`. */
bool card_issued(const struct number *number, size_t group, struct match *out);
bool card_named(const struct number *number, size_t group, struct match *out);
bool ssn_match(const struct number *number, size_t group, struct match *out);
bool phone_abroad(const struct number *number, size_t group, struct match *out);
bool phone_match(const struct number *number, size_t group, struct match *out);
bool birth_match(const struct number *number, size_t group, struct match *out);

/* SPDX-License-Identifier: Apache-2.0 */
/* Moderation by rule: patterns over a text without its disguises, each with a weight and a name that can be told to the
 * person concerned. */
#pragma once

#include "common/folding.h"
#include "common/status.h"

#include <stdbool.h>

/* name, verdict for a score at or above the threshold at most, verdict below it from RULES_REVIEW on */
#define RULES_CATEGORIES(CATEGORY)                                                                                     \
        CATEGORY(spam, BLOCK, LABEL)                                                                                   \
        CATEGORY(harassment, HOLD, LABEL)                                                                              \
        CATEGORY(hate, HOLD, HOLD)                                                                                     \
        CATEGORY(sexual, HOLD, LABEL)                                                                                  \
        CATEGORY(self_harm, HOLD, LABEL)                                                                               \
        CATEGORY(scam, BLOCK, HOLD)                                                                                    \
        CATEGORY(misinformation, HOLD, LABEL)

enum rules_category {
#define CATEGORY(name, at, below) CATEGORY_##name,
        RULES_CATEGORIES(CATEGORY)
#undef CATEGORY
                CATEGORY_COUNT
};

/* In order of weight. HOLD waits for a person, LABEL is shown with a note, BLOCK is refused with a reason. */
enum rules_verdict { VERDICT_ALLOW, VERDICT_LABEL, VERDICT_HOLD, VERDICT_BLOCK };

#define RULES_THRESHOLD 0.8 /* to act on */
#define RULES_REVIEW    0.5 /* to have a person look, or to label */

struct rules_match {
        const char *rule; /* id in rules.def, or of an extra one; constant or in the arena */
        enum rules_category category;
        size_t start, length; /* Unicode code points of the text */
};

/* The scores from which on the strong and the milder verdict of a category hold; `review` is not above `act`. */
struct rules_bar {
        double act, review;
};

struct rules_outcome {
        enum rules_verdict verdict;
        double confidence;                     /* score of the category that decided; 1 when limits were reached */
        enum rules_category category;          /* the one that decided; meaningless for ALLOW */
        double scores[CATEGORY_COUNT];         /* 0 to 1 each */
        struct rules_bar bars[CATEGORY_COUNT]; /* what the scores were held against */
        double excuses[CATEGORY_COUNT];        /* what excuses leave of a score, 0 to 1: 1 when there are none */
        size_t n_matches;                      /* at most one for each rule */
        struct rules_match *matches;
        bool resources;        /* show where help is to be found; nothing in this text is held against its author */
        bool is_unfinished;    /* a matching limit was reached or the text is too long: held for a person */
        const char *message;   /* what to tell the author; constant, NULL for ALLOW */
        struct folding folded; /* the text as it was looked at, in the arena; none when is_unfinished */
};

/* Longer texts, in bytes, are held without being looked at. */
#define RULES_TEXT_MAX ((size_t)64 << 10)

struct rules;

/* A pattern of this community, beside those built in. Its category's strongest verdict is the most it brings about. */
struct rules_extra {
        const char *id;
        enum rules_category category;
        double weight; /* as in rules.def */
        const char *pattern;
};

enum { RULES_EXTRA_MAX = 1200 };

/* Compiles all rules; `extra` is copied. Immutable afterwards: any number of threads may check with it. Fails with
 * STATUS_INTERNAL when a pattern does not compile. */
status rules_new(size_t n_extra, const struct rules_extra *extra, struct rules **out) MUST_CHECK;

/* Sets the bar of a category, which is RULES_REVIEW and the threshold asked for otherwise. Before anybody checks. */
void rules_set_bar(struct rules *rules, enum rules_category category, struct rules_bar bar);

/* Would it compile? */
bool rules_pattern_is_valid(const char *pattern);

/* NULL is allowed. */
void rules_free(struct rules *rules);

/* Judges well-formed UTF-8. A category whose score reaches its bar (`threshold` when none is set) gets the verdict of
 * its strongest rule, one from the lower bar on its milder verdict. Takes bounded time; fails closed (HOLD) at a limit.
 * Matches live in `arena`. */
void rules_check(
        const struct rules *rules, struct arena *arena, const char *text, double threshold, struct rules_outcome *out);

/* Joins what a classifier says, 0 to 1 a category: an excuse counts against it, too, and of its score and the rules'
 * the higher one holds. Alone it never refuses: what reaches the bar waits for a person, spam and scam from the lower
 * bar on have a note. */
void rules_join(struct rules_outcome *outcome, const double scores[CATEGORY_COUNT]);

/* The category of a name; CATEGORY_COUNT when there is none. */
enum rules_category rules_category_find(const char *name);

/* The ids of the rules that are built in, with their categories, one after another; false behind the last one. */
bool rules_built_in(size_t place, const char **id, enum rules_category *category);

/* "self_harm", "allow"... */
const char *rules_category_name(enum rules_category category);
const char *rules_verdict_name(enum rules_verdict verdict);

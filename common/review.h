/* SPDX-License-Identifier: Apache-2.0 */
/* What people write, before anybody else sees it: svc-anonymize takes identifiers out, svc-moderation rules on the
 * rest. Without the anonymizer nothing is stored (503); without moderation the text is held and ruled on later. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/moderation.pb-c.h"

enum review_outcome {
        REVIEW_PUBLISH,
        REVIEW_HOLD, /* to be stored where only its author and moderators see it; then content_hold */
};

struct review {
        size_t n;
        char **texts; /* cleaned, in the order given; an absent one stays NULL */
        enum review_outcome outcome;
        size_t n_notices;
        char **notices;       /* for the author: what was taken out, why it waits */
        const char *verdict;  /* moderation's word; NULL when it did not answer */
        const char *category; /* the worst; NULL: none */
        double confidence_score;
};

/* Cleans the `n` texts and has them ruled on together. `names` are the fields they came in, for notices; a text may be
 * NULL. `context`: where it would appear, "forum_post". All live in the call's arena. A text that is blocked is the
 * call's failure, CONTENT_BLOCKED with what to change; UNAVAILABLE without the anonymizer. */
MUST_CHECK status review_texts(struct call *call, const char *context, size_t n, const char *const *names,
        char *const *texts, struct review *out);

/* One text: *text becomes the cleaned one. */
MUST_CHECK status review_text(
        struct call *call, const char *context, const char *name, char **text, struct review *out);

/* The category a ruling is surest of; NULL: none. */
const char *review_category(const Moderation__CheckReply *ruling);

/* For who cleans texts on a way of their own: a notice for the author, and one of what was taken out of the field
 * `name`
 * ("content: removed 1 email, 2 phone"), if anything was. Notices come behind those there are. */
void review_add_notice(struct call *call, struct review *review, const char *notice);
void review_note_removals(
        struct call *call, struct review *review, const char *name, const Anonymize__CleanedText *cleaned);

/* Rules on texts that are clean already: outcome, verdict, category, confidence and the reason for holding. False when
 * moderation did not answer; *blocked: it would refuse them. */
bool review_rule(
        struct call *call, const char *context, size_t n, char *const *texts, struct review *out, const char **blocked);

/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to an owner's words and figures before anybody else sees them: identifiers are taken out, figures become
 * bands, and moderation rules. */
#pragma once

#include "common/call.h"
#include "common/review.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/policy.h"

struct submission {
        Goals__ShareText text;         /* cleaned */
        const Anonymize__Bands *bands; /* NULL when none were asked for */
        enum outcome outcome;
        struct review review; /* what moderation said, and the notices for the owner */
};

/* Cleans `raw` and asks for bands on the same way: of `amount` (NULL: none) and, when `with_profile`, of the caller's
 * profile. UNAVAILABLE when the anonymizer is out of reach: then nothing may be stored. */
MUST_CHECK status submission_clean(struct call *call, const Goals__ShareText *raw, const int64_t *amount,
        const char *currency, bool with_profile, struct submission *out);

/* Asks moderation about the cleaned text and sets the outcome. A refusal is the call's failure, with the reasons. */
MUST_CHECK status submission_rule(struct call *call, struct submission *submission);

/* The same for text that was cleaned before; moderation's silence is OUTCOME_RETRY. */
enum outcome submission_outcome(
        struct call *call, const Goals__ShareText *text, struct review *review, const char **reason);

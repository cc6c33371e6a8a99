/* SPDX-License-Identifier: Apache-2.0 */
/* What is done about a case, with a statement of reasons for whom it concerns; and its reversal. */
#pragma once

#include "common/call.h"
#include "sfp/moderation.pb-c.h"

/* An action as it is to be taken. Text is borrowed. */
struct ruling {
        const Moderation__Case *about; /* id, object, author_user_id, is_held, confidence_score */
        const char *action_taken;
        const char *reason;
        const char *rule_id;   /* NULL: none */
        const char *note;      /* NULL: none */
        const char *moderator; /* NULL: the machine */
        int64_t until_us;      /* of a sanction; 0: none, or without an end */
};

/* Keeps the action and does what it says: the thing and its author hear of it by event. *id is the action's. */
MUST_CHECK status action_take(struct call *call, const struct ruling *ruling, char **id);

/* Undoes an action: the thing comes back, a sanction ends. One that was reversed already is OK. */
MUST_CHECK status action_reverse(struct call *call, const char *action_id);

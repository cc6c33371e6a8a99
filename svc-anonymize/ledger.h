/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of reputation. An entry and what follows from it – score, count, level, badges and their events – are
 * written in the caller's transaction. */
#pragma once

#include "common/call.h"

struct ledger_entry {
        const char *user_id;
        const char *source_key; /* what it is for; the same one gives nothing a second time */
        const char *reason;
        const char *object_ref; /* NULL: not said */
        int points;
        int contributions;
        int cap; /* of points for this reason on one day; not for what is taken away */
};

/* Gives what is due. Who has no profile gets nothing, and that is fine. */
MUST_CHECK status ledger_give(struct call *call, const struct ledger_entry *entry);

/* Takes back the latest entry of that reason for that object; none is fine. */
MUST_CHECK status ledger_undo(struct call *call, const char *user_id, const char *reason, const char *object_ref);

/* SPDX-License-Identifier: Apache-2.0 */
/* A group's books. Money only moves by a transfer between the pot and a member's account; what the group has and what
 * somebody put in are kept with it, in the same statement. The group's row must be locked. */
#pragma once

#include "common/call.h"
#include "common/uuid.h"
#include "sfp/groups.pb-c.h"
#include "svc-groups/division.h"

/* Queues the opening of a member's account, or of the pot (participation_id NULL). */
MUST_CHECK status ledger_open(struct call *call, const char *group_id, const char *participation_id);

/* A contribution, or with a negative amount the reversal of `reverses`, for which `reason` is sealed. *seq: its place
 * in the books. */
struct posting {
        const char *id; /* of the transfer */
        const char *group_id;
        const char *participation_id;
        int64_t amount;
        const char *reverses; /* NULL: none */
        const char *reason;
};
MUST_CHECK status ledger_post(struct call *call, const struct posting *posting, int64_t *seq);

/* What each member has in the pot, of those with anything in it; `participation_id` not NULL: of that one alone. */
struct parts {
        size_t count;
        struct part *items;
        int64_t sum; /* of the amounts */
};

/* What each gets back when the pot is emptied, or when that one leaves. */
MUST_CHECK status ledger_refunds(
        struct call *call, const Groups__GroupRow *group, const char *participation_id, struct parts *out);

/* Pays that back: kind "refund" or "payout". */
MUST_CHECK status ledger_pay_back(struct call *call, const char *group_id, const char *kind, const struct parts *parts);

/* The same as an answer says it, in the arena. */
Groups__Refund **refunds_shown(struct call *call, const struct parts *parts, const char *currency, size_t *count);

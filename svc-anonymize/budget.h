/* SPDX-License-Identifier: Apache-2.0 */
/* What releases have cost a person's privacy, month by month. Everybody in a finest cell pays the same, and a person is
 * in one cell of a month: their account is that of the cell. People are known by a keyed tag. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"

enum { BUDGET_TAG_SIZE = 16 };

/* What the month `period` ("2026-11"; NULL: the present one, in UTC) has cost somebody so far, and may cost at most. Of
 * a month nothing was released in, nothing is spent. Everything is in the call's arena. */
MUST_CHECK status budget_show(struct call *call, const char *user_id, const char *period, Anonymize__Budget *out);

/* How the ledger knows a person: BUDGET_TAG_SIZE bytes in the call's arena (struct personal_table). */
ProtobufCBinaryData budget_tag(struct call *call, const char *user_id);

/* The name of a finest cell's account: "25-29/50k-100k/Pacific", with "-" for a band that is NULL. */
char *budget_cell_name(struct arena *arena, const char *const bands[3]);

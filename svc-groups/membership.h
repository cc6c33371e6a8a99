/* SPDX-License-Identifier: Apache-2.0 */
/* Who is what to a group: the prologue of all methods on one. What the caller may not see is NOT_FOUND; what they see
 * and may not do is PERMISSION_DENIED. With `is_locked` the group's row is locked until the end of the transaction:
 * money and members of one group change one after another. */
#pragma once

#include "common/call.h"
#include "sfp/groups.pb-c.h"

/* For whoever may see it; participation_id is absent for who is not in it. */
MUST_CHECK status group_load(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out);

/* For somebody who has its token, locked, whoever may see it otherwise. */
MUST_CHECK status group_load_by_token(struct call *call, const char *id, Groups__GroupRow *out);

/* For its members. */
MUST_CHECK status group_load_as_member(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out);

/* For its gadmins. */
MUST_CHECK status group_load_as_gadmin(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out);

/* For the service's own work, locked, whoever may see it. */
MUST_CHECK status group_load_own(struct call *call, const char *id, Groups__GroupRow *out);

bool is_member(const Groups__GroupRow *group);
bool is_gadmin(const Groups__GroupRow *group);

/* May the caller see others' exact amounts? */
bool sees_amounts(const Groups__GroupRow *group);

/* SPDX-License-Identifier: Apache-2.0 */
/* Text that only its owner may see: sealed in pending_texts, opened for the owner and for the ruling. */
#pragma once

#include "common/call.h"
#include "sfp/goals.pb-c.h"

/* Seals a share's text and queues its storing. */
MUST_CHECK status pending_store(struct call *call, const char *share_id, const Goals__ShareText *text);

/* Opens a share's pending text; NOT_FOUND when it has none. */
MUST_CHECK status pending_load(struct call *call, const char *share_id, Goals__ShareText **out);

/* Queues the removal of a share's pending text. */
MUST_CHECK status pending_remove(struct call *call, const char *share_id);

/* Puts the pending text, where there is one, into those of the shares that the caller owns. One statement for all of
 * them, none when no share has any. */
MUST_CHECK status pending_show(struct call *call, size_t count, Goals__Share *const *shares);

/* Puts text into a share's fields. */
void share_set_text(Goals__Share *share, const Goals__ShareText *text);

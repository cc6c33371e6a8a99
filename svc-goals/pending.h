/* SPDX-License-Identifier: Apache-2.0 */
/* Text that only its owner may see: sealed in pending_texts, opened for the owner and for the ruling. */
#pragma once

#include "common/call.h"
#include "sfp/goals.pb-c.h"

/* Seals a share's text and queues its storing. `wants_check`: moderation has not spoken and is to be asked again. */
MUST_CHECK status pending_store(
        struct call *call, const char *share_id, const Goals__ShareText *text, bool wants_check);

/* Queues the removal of a share's pending text. */
MUST_CHECK status pending_remove(struct call *call, const char *share_id);

/* Opens a sealed text. */
MUST_CHECK status pending_open(
        struct call *call, const char *share_id, ProtobufCBinaryData sealed, Goals__ShareText **out);

/* Puts the pending text, where there is one, into those of the shares that the caller owns. One statement for all of
 * them, none when no share has any. */
MUST_CHECK status pending_show(struct call *call, size_t count, Goals__Share *const *shares);

/* Puts text into a share's fields. */
void share_set_text(Goals__Share *share, const Goals__ShareText *text);

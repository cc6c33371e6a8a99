/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a share, in the call's transaction. They say that something happened to a share: no text, no amount,
 * nobody's id. */
#pragma once

#include "common/call.h"
#include "sfp/goals.pb-c.h"

/* It, or an edit of it, waits for or has had a ruling. */
MUST_CHECK status announce_submitted(struct call *call, const char *share_id, const char *goal_category);

/* It is public for the first time, as `share` shows it. */
MUST_CHECK status announce_published(struct call *call, const Goals__Share *share);

/* A share in the open came to another state: hidden, removed, completed, or else it was updated. */
MUST_CHECK status announce_state(struct call *call, const char *share_id, const char *state);

/* What the public sees of it has changed. */
MUST_CHECK status announce_updated(struct call *call, const char *share_id);

MUST_CHECK status announce_withdrawn(struct call *call, const Goals__Share *share);

/* Somebody has set a reaction, or taken it back. */
MUST_CHECK status announce_reaction(struct call *call, const char *share_id, const char *kind, bool is_set);

/* A template was made, changed or deleted. */
MUST_CHECK status announce_template(struct call *call, const char *template_id);

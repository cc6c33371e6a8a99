/* SPDX-License-Identifier: Apache-2.0 */
/* What a service holds of people's making, as moderation sees it: a table says how each kind of it is shown to a
 * moderator and how a ruling is applied; the kit answers svc-moderation's questions and takes its rulings by event. */
#pragma once

#include "common/consumer.h"
#include "common/review.h"
#include "common/rpc.h"
#include "sfp/content.pb-c.h"

/* A kind of thing; the table (service_definition.content) ends with a row without object_type. */
struct content_kind {
        const char *object_type; /* "forum_post": unique on the platform, begins with nobody else's word */
        /* Gives author_user_id, state, is_public, texts, parent_id of one, whoever asks. NOT_FOUND when there is none.
         */
        status (*show)(struct call *call, const char *id, Content__Snapshot *out);
        /* Applies a moderator's word in the transaction of `call`: approve, reject (what waits), hide, restore, remove,
         * reinstate (a removal that was reversed), edit_request. What its lifecycle does not allow is
         * ILLEGAL_TRANSITION or NOT_FOUND, and counts as done. */
        status (*decide)(struct call *call, const char *id, const char *action, const char *reason);
};

/* Has moderation look at something that waits (REVIEW_HOLD), by an event in the caller's transaction. */
MUST_CHECK status content_hold(
        struct call *call, const char *object_type, const char *object_id, const struct review *review);

/* Takes the rulings of svc-moderation (struct event_consumer.apply). */
status content_take_ruling(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

extern const struct rpc content_rpcs[];

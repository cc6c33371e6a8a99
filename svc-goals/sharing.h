/* SPDX-License-Identifier: Apache-2.0 */
/* What the caller's setting goal_sharing_level says to sharing: "private" keeps goals for their owner. */
#pragma once

#include "common/consumer.h"

/* May the caller's goals be shown to others? CONFLICT otherwise. Who has no profile has no setting, and shares by
 * sharing. */
MUST_CHECK status sharing_check(struct call *call);

/* Hides what is public of whoever has turned sharing off (struct event_consumer.apply). */
status sharing_take_setting(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

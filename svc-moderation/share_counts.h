/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of what happened to shares, by day and category: the ground of the transparency report. */
#pragma once

#include "common/event.h"

/* Counts one event of svc-goals about a share; events of kinds it does not know are passed over. Fits event_consumer.
 */
status count_share_event(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

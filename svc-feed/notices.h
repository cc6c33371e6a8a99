/* SPDX-License-Identifier: Apache-2.0 */
/* Which events people are told of, by a table. */
#pragma once

#include "common/event.h"

/* Tells those whom the event names. */
MUST_CHECK status notices_make(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

/* SPDX-License-Identifier: Apache-2.0 */
/* Which events become activities, by a table; and which take them out of sight. */
#pragma once

#include "common/event.h"

MUST_CHECK status happenings_take(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

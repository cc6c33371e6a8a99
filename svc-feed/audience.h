/* SPDX-License-Identifier: Apache-2.0 */
/* For whom activities are: what people have set for their types, and who is in which group. */
#pragma once

#include "common/event.h"

/* Takes profile.privacy.changed: asks for the levels anew. */
MUST_CHECK status audience_take_settings(struct call *call, const ProtobufCMessage *data);

/* Takes an event of svc-groups. */
MUST_CHECK status audience_take_group(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

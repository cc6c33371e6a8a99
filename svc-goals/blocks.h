/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks as svc-goals can know them: between tags, since no row here names an owner. */
#pragma once

#include "common/consumer.h"

/* Takes profile.relationship.changed. */
status take_block(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

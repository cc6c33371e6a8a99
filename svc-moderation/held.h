/* SPDX-License-Identifier: Apache-2.0 */
/* What other services hold back until it is ruled on. */
#pragma once

#include "common/consumer.h"

/* Takes content.held: a machine that was not sure has a person look; one that did not answer is asked again. */
status take_held(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

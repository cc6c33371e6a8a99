/* SPDX-License-Identifier: Apache-2.0 */
/* The people an event names to be told, as every event names them. */
#pragma once

#include "common/call.h"

#include <protobuf-c/protobuf-c.h>

/* Its recipient_user_ids, the least first, each once; 0 when it has none. The list lives in the arena. */
size_t recipients_of(struct call *call, const ProtobufCMessage *data, const char ***out);

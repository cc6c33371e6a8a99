/* SPDX-License-Identifier: Apache-2.0 */
/* What a row keeps from whoever reads the database: messages and texts under the service's keys (keyring.h). `context`
 * says what it is and of which row, and must be said again to open it: a value moved elsewhere does not open. What does
 * not is DATA_LOSS. Everything lives in the call's arena. */
#pragma once

#include "common/call.h"
#include "common/db_value.h"

ProtobufCBinaryData sealed_message(struct call *call, const char *context, const ProtobufCMessage *message);
MUST_CHECK status sealed_open(struct call *call, const char *context, ProtobufCBinaryData sealed,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out);

/* No text is SQL NULL. */
struct db_value sealed_text(struct call *call, const char *context, const char *text);
MUST_CHECK status sealed_open_text(struct call *call, const char *context, ProtobufCBinaryData sealed, char **out);

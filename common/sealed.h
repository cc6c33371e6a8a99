/* SPDX-License-Identifier: Apache-2.0 */
/* What a row keeps from whoever reads the database: messages and texts under the key of the person they are of
 * (person_keys.h), or, where they are nobody's, under the service's keys (keyring.h). Whose they are is the user on
 * whose behalf the call is made, unless it is said. `context` says what it is and of which row, and must be said again
 * to open it: a value moved elsewhere does not open. What does not is DATA_LOSS; but what was sealed for somebody who
 * has been erased opens as nothing, for good: a message without fields, no text. Everything lives in the call's arena.
 */
#pragma once

#include "common/call.h"
#include "common/db_value.h"
#include "common/person_keys.h"

ProtobufCBinaryData sealed_message(struct call *call, const char *context, const ProtobufCMessage *message);
MUST_CHECK status sealed_open(struct call *call, const char *context, ProtobufCBinaryData sealed,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out);

/* No text is SQL NULL. */
struct db_value sealed_text(struct call *call, const char *context, const char *text);
MUST_CHECK status sealed_open_text(struct call *call, const char *context, ProtobufCBinaryData sealed, char **out);

/* The same for somebody else; NULL: it is nobody's, and stays when anybody goes. */
ProtobufCBinaryData sealed_message_of(
        struct call *call, const char *user_id, const char *context, const ProtobufCMessage *message);
struct db_value sealed_text_of(struct call *call, const char *user_id, const char *context, const char *text);

/* Before many are opened: their keys are looked up at once; or in two steps, as person_keys.h says. */
MUST_CHECK status sealed_prepare(struct call *call, size_t n_sealed, const ProtobufCBinaryData *sealed);
MUST_CHECK status sealed_prepare_start(
        struct call *call, size_t n_sealed, const ProtobufCBinaryData *sealed, struct person_keys_asked *asked);
MUST_CHECK status sealed_prepare_wait(struct call *call, struct person_keys_asked *asked);

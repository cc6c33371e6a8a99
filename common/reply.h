/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a reply: of a call that ran, of an answer that was kept, and of a request that is refused. A reply is
 * the caller's to send or free, and NULL only when memory is out. */
#pragma once

#include "common/call.h"
#include "common/message.h"

/* What a call came to: `out` when `code` is OK, and what the handler said of its failure otherwise. A reply too large
 * for a frame becomes RESOURCE_EXHAUSTED. */
struct message *reply_pack(const struct call *call, status code, const ProtobufCMessage *out, int64_t took_us);

/* A kept answer's bytes; fits cache_get. `arg` is a struct message **. */
void reply_pack_kept(void *arg, const void *bytes, size_t size);

/* To a request that is refused unread. `text` says why. */
struct message *reply_refuse(status code, const char *text);

/* The same to one that nothing is wrong with: the caller is told that nothing was done, so that it may ask elsewhere,
 * and not to come back here for a second. */
struct message *reply_turn_away(status code, const char *text);

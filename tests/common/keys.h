/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a platform that exists for tests and benches: the same in every process, so that any two of them can
 * prove themselves to each other. */
#pragma once

#include "common/identity.h"

/* A PRINCIPAL_KEY. */
#define KEYS_PRINCIPAL "n3bq0xq0m2dXo0m6U9cPq0wq1v1v3N0o9cQ7QmYq0aA="

/* Base64 of the MESH_KEY of whoever is called `name`, in the arena. */
char *keys_mesh_key(struct arena *arena, const char *name);

/* Who is called `name`, and knows the gateway and these services: anonymize, feed, forum, goals, ledger, moderation.
 * Never NULL. */
struct identity *keys_identity(const char *name);

/* The gateway's word for a user, in the arena, good at the time `now_s`. */
ProtobufCBinaryData keys_vouch(struct arena *arena, const Sfp__Caller *user, int64_t now_s);

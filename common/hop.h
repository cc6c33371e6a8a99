/* SPDX-License-Identifier: Apache-2.0 */
/* Which process makes a call. Each process has a key of its own; for each target another key is derived from it, and
 * the target holds only that one. So a service can prove itself to all, be proven to by those it knows, and cannot pass
 * for one of them before a third. The proof is an HMAC-SHA256 over the request's header in front of it and its payload:
 * method, deadline, principal and all else are bound to it. */
#pragma once

#include "common/frame.h"

#include <stdbool.h>

enum { HOP_PROOF_SIZE = 32 };

struct hop_keys;

/* `own` is the base64 of at least 32 bytes. `callers` says who may call: "gateway=BASE64,goals=BASE64", the keys
 * derived for us (hop_derive); a name given twice has two keys, so that keys can be changed. "" for callers: none. NULL
 * when one of the texts is not well formed. */
struct hop_keys *hop_keys_new(const char *own, const char *callers);
void hop_keys_free(struct hop_keys *keys);

/* The key by which the owner of `own` proves itself to `target`, in base64; NULL when `own` is none. */
char *hop_derive(struct arena *arena, const char *own, const char *target);

/* Writes the proof into a packed request whose header ends with a `proof` field of HOP_PROOF_SIZE bytes. */
void hop_prove(struct hop_keys *keys, const char *target, struct message *request);

/* Was this request made by `caller`? */
bool hop_check(const struct hop_keys *keys, const char *caller, const struct frame *frame);

/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption of columns at rest: AES-256-GCM under numbered keys, and keyed tags that stand for an id in an index. A
 * sealed value is u8 version 1 | u32 key id | 12 bytes nonce | ciphertext | 16 bytes tag, or, under the key of a person
 * (person_keys.h), u8 version 2 | 16 bytes key id | 12 bytes nonce | ciphertext | 16 bytes tag. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <protobuf-c/protobuf-c.h>

struct keyring;

/* "2:<base64 of 32 bytes>,1:<...>": the first key seals, all of them open. NULL when the text is no such list. */
struct keyring *keyring_new(const char *keys);
void keyring_free(struct keyring *keyring);

/* Seals `size` bytes. `context` says what they are and must be given again to open them, so that a value cannot be
 * moved to another row. The result lives in the arena. */
ProtobufCBinaryData keyring_seal(
        const struct keyring *keyring, struct arena *arena, const char *context, const void *bytes, size_t size);

/* Opens a sealed value; DATA_LOSS when it was changed, moved or sealed by a key that is gone. */
MUST_CHECK status keyring_open(const struct keyring *keyring, struct arena *arena, const char *context,
        ProtobufCBinaryData sealed, ProtobufCBinaryData *out);

/* The number of the key that seals. */
int64_t keyring_newest(const struct keyring *keyring);

/* The same under a key of 32 bytes that the ring does not hold; its id of 16 bytes stands in what it seals. */
ProtobufCBinaryData keyring_seal_under(const struct keyring *keyring, struct arena *arena, const uint8_t *key,
        const uint8_t *id, const char *context, const void *bytes, size_t size);
MUST_CHECK status keyring_open_under(const struct keyring *keyring, struct arena *arena, const uint8_t *key,
        const char *context, ProtobufCBinaryData sealed, ProtobufCBinaryData *out);

/* The id of the key that it was sealed under; NULL: one of the ring, or it is no sealed value. */
const uint8_t *keyring_key_of(ProtobufCBinaryData sealed);

/* A key of 32 bytes for a purpose, derived from the oldest key of the ring by HKDF: it stays when the ring is rotated.
 * `words` as in hkdf.h. */
void keyring_derive(const struct keyring *keyring, const char *const words[], uint8_t out[32]);

/* A tag of 32 bytes that is the same for the same id and purpose, and tells nothing without the key. Rotation keeps it:
 * tags are made with a key derived from the last key of the list, the oldest. */
ProtobufCBinaryData keyring_tag(
        const struct keyring *keyring, struct arena *arena, const char *purpose, const char *id);

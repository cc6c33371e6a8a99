/* SPDX-License-Identifier: Apache-2.0 */
/* Entity tags (RFC 9110, section 8.8.3), always strong. A resource with an id and a version has "<id>-<version>", by
 * which it is changed. What is read has a hash of its bytes behind that, because an answer also holds what no version
 * counts: reactions, one's own bookmarks, what is shown to whom. Another coding is other bytes: "...+gzip". */
#pragma once

#include "common/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tag of a message with the fields `id` (text) and `version` (int64), in the arena; NULL when it has none. */
char *etag_of(struct arena *arena, const ProtobufCMessage *payload);

/* What makes hashes; found once, because OpenSSL's search for it costs more than a hash of most bodies. */
struct etag_hash;
struct etag_hash *etag_hash_new(void);
void etag_hash_free(struct etag_hash *hash);

/* The tag of a body: "<id>-<version>.<hash>" where `etag` is the resource's, "<hash>" where it is NULL. */
char *etag_of_body(const struct etag_hash *hash, struct arena *arena, const char *etag, const char *body, size_t size);

/* The tag of the same in another coding. */
char *etag_of_coded(struct arena *arena, const char *etag, const char *coding);

/* Is the tag in an If-None-Match, by weak comparison (RFC 9110, section 13.1.2)? "*" is every tag; what is not well
 * formed is none. */
bool etag_is_listed(const char *if_none_match, const char *etag);

/* Reads an If-Match: one strong tag of ours gives its version, whatever stands behind it; "*" gives 0. False for
 * anything else. */
bool etag_read_version(const char *if_match, uint64_t *out);

/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what was found out a moment ago, by the SHA-256 of what it was found out about: a table of fixed size in
 * which a new entry takes the place of an old one. Forgetting is allowed, being wrong is not: entries end at their
 * time. Safe for many threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECENT_KEY_SIZE = 32 };

struct recent;

/* Room for `entries` (a power of two) of values of at most `value_max` bytes. */
struct recent *recent_new(size_t entries, size_t value_max);
void recent_free(struct recent *recent);

/* Copies the value kept under `key` into `value` (room for value_max) and its length into *size; false when there is
 * none, or its time has passed. Times are the caller's own, in any unit. */
bool recent_find(struct recent *recent, const uint8_t key[RECENT_KEY_SIZE], int64_t now, void *value, size_t *size);

/* Keeps a value until `expires`. What is larger than value_max is not kept. */
void recent_keep(
        struct recent *recent, const uint8_t key[RECENT_KEY_SIZE], int64_t expires, const void *value, size_t size);

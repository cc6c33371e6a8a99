/* SPDX-License-Identifier: Apache-2.0 */
/* A block of bytes that travels over the mesh without being copied. Owned by one at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct message; /* the transport's own block */

/* `size` bytes, not cleared. NULL when memory is out. */
struct message *message_new(size_t size);
void message_free(struct message *message);

uint8_t *message_bytes(struct message *message);
size_t message_size(const struct message *message);

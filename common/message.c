/* SPDX-License-Identifier: Apache-2.0 */
/* A message is NNG's own block, so that sending it copies nothing. */
#include "common/message.h"

#include <nng/nng.h>

struct message *message_new(size_t size)
{
        nng_msg *message;
        return nng_msg_alloc(&message, size) == 0 ? (struct message *)message : NULL;
}

void message_free(struct message *message)
{
        if (message != NULL)
                nng_msg_free((nng_msg *)message);
}

uint8_t *message_bytes(struct message *message)
{
        return nng_msg_body((nng_msg *)message);
}

size_t message_size(const struct message *message)
{
        return nng_msg_len((const nng_msg *)message);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches a document of keys, whole or not at all: at most KEY_SET_BYTES_MAX bytes, in KEY_FETCH_TIMEOUT_MS. */
#pragma once

#include "common/buffer.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { KEY_FETCH_TIMEOUT_MS = 5000 };

/* Where a document is to be had: one of the first two, the other being NULL. */
struct key_place {
        const char *file;
        const char *url;
        const char *authority;        /* PEM file of those who may vouch for the URL's host; "": the system's */
        const atomic_bool *must_stop; /* a fetch under way ends when it becomes true */
};

/* https, or http to the host itself: keys that come over a network in the clear are whoever's they are. */
bool key_fetch_is_url(const char *url);

/* Appends the document. False when it is not to be had; *why is a word for the log. No redirect is followed. */
bool key_fetch(const struct key_place *place, struct buffer *out, const char **why);

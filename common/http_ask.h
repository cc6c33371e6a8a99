/* SPDX-License-Identifier: Apache-2.0 */
/* A request by libcurl to an address that an operator gave: bounded in time and in what is taken of the answer, to
 * these schemes alone, and never to where the answer points. Meant for threads: it uses no signals. */
#pragma once

#include "common/buffer.h"

#include <curl/curl.h>
#include <stdint.h>

struct http_ask {
        const char *url;
        const char *schemes;   /* "http,https" */
        const char *authority; /* file of whom a certificate must be from; "": whom the machine trusts */
        int64_t timeout_ms;    /* for all of it */
        struct buffer *answer; /* its body */
        size_t answer_max; /* a longer one ends the transfer with CURLE_WRITE_ERROR, and nothing of the rest is kept */
};

/* Sets the options of `curl` that are the same for everybody. `ask` must stay where it is until the transfer is over.
 */
void http_ask_prepare(CURL *curl, struct http_ask *ask);

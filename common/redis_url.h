/* SPDX-License-Identifier: Apache-2.0 */
/* Where a Redis is: redis://[:PASSWORD@]HOST[:PORT][/DATABASE], unix:///PATH or /PATH. */
#pragma once

#include <stdbool.h>

enum { REDIS_NAME_SIZE = 256 };

struct redis_place {
        char host[REDIS_NAME_SIZE]; /* or the path of a socket */
        int port;                   /* 0: a socket */
        int database;
        char password[REDIS_NAME_SIZE]; /* "": none */
};

/* False, with `out` undefined, when the text is no such address. */
bool redis_url_parse(const char *url, struct redis_place *out);

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_DEFAULT = 6379 };

/* "HOST[:PORT][/DATABASE]" behind an optional ":PASSWORD@". */
static bool parse_address(const char *text, struct redis_place *out)
{
        const char *at = strrchr(text, '@');
        if (at != NULL) {
                if (*text != ':' || at - text > REDIS_NAME_SIZE)
                        return false; /* a user's name is not understood */
                snprintf(out->password, sizeof out->password, "%.*s", (int)(at - text - 1), text + 1);
                text = at + 1;
        }
        size_t host = strcspn(text, ":/");
        char *end = (char *)(size_t)text + host;
        snprintf(out->host, sizeof out->host, "%.*s", (int)host, text);
        out->port = *end == ':' ? (int)strtol(end + 1, &end, 10) : PORT_DEFAULT;
        out->database = *end == '/' && end[1] != '\0' ? (int)strtol(end + 1, &end, 10) : 0;
        return host > 0 && host < REDIS_NAME_SIZE && out->port > 0 && out->port < 65536 && out->database >= 0 &&
               (*end == '\0' || strcmp(end, "/") == 0);
}

bool redis_url_parse(const char *url, struct redis_place *out)
{
        static const char scheme[] = "redis://";
        static const char local[] = "unix://";
        *out = (struct redis_place){.port = 0};
        if (strncmp(url, scheme, strlen(scheme)) == 0)
                return parse_address(url + strlen(scheme), out);
        if (strncmp(url, local, strlen(local)) == 0)
                url += strlen(local);
        return *url == '/' && (size_t)snprintf(out->host, sizeof out->host, "%s", url) < sizeof out->host;
}

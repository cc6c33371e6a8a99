/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/origin.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_listed(const char *origins, const char *origin)
{
        size_t length = strlen(origin);
        while (*origins != '\0') {
                origins += strspn(origins, ", ");
                size_t size = strcspn(origins, ", ");
                if (size > 0 && size == length && memcmp(origins, origin, size) == 0)
                        return true;
                origins += size;
        }
        return false;
}

/* "https://social.example:8443" is of the host "social.example:8443". Whoever ends TLS in front of us changes the
 * scheme, never the host that was asked for. */
static bool is_host(const char *origin, const char *host)
{
        const char *authority = strstr(origin, "://");
        return authority != NULL && host != NULL && *host != '\0' && strcasecmp(authority + 3, host) == 0;
}

bool origin_is_welcome(const char *origins, const char *origin, const char *host)
{
        return is_host(origin, host) || (origins != NULL && is_listed(origins, origin));
}

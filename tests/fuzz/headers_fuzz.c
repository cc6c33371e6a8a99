/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as each of the headers that are lists: nothing is read beyond its end, and what is decided can be done. */
#include "gateway/client_address.h"
#include "gateway/coding.h"
#include "gateway/cors.h"
#include "gateway/etag.h"
#include "gateway/prefer.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_coding(const char *header)
{
        static const size_t sizes[] = {1, CODING_BODY_MIN, CODING_BODY_MAX + 1};
        const struct coding_wish wish = coding_wish_read(header);
        if (!coding_wish_can_be_met(&wish))
                return;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
                FUZZ_ASSERT(wish.weights[coding_choose(&wish, sizes[i])] > 0);
}

static void check_tags(const char *header)
{
        static const char tag[] = "\"x-1.ba7816bf8f01cfea414140de\"";
        uint64_t version;
        if (etag_is_listed(header, tag))
                FUZZ_ASSERT(strcmp(header, "*") == 0 || strstr(header, tag) != NULL);
        if (etag_read_version(header, &version))
                FUZZ_ASSERT(version > 0 || strcmp(header, "*") == 0);
}

static void check_address(const struct proxies *proxies, const char *header)
{
        const struct sockaddr_in peer = {.sin_family = AF_INET, .sin_addr = {htonl(0x0a000001)}};
        const struct sockaddr *address = (const struct sockaddr *)&peer;
        (void)client_address_of(proxies, address, header, NULL);
        (void)client_address_of(proxies, address, NULL, header);
        proxies_free(proxies_new(header));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct proxies *proxies;
        if (proxies == NULL)
                proxies = proxies_new("10.0.0.0/8, ::1");
        struct arena *arena = arena_new(0);
        const char *header = arena_strndup(arena, (const char *)bytes, size);
        check_coding(header);
        check_tags(header);
        check_address(proxies, header);
        (void)prefer_read(header);
        struct cors *cors = cors_new(header);
        if (cors != NULL)
                FUZZ_ASSERT(!cors_allows(cors, "null") && !cors_allows(cors, "*"));
        cors_free(cors);
        arena_free(arena);
        return 0;
}

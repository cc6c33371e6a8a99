/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a ticket: none is one but those that were given out. */
#include "gateway/ticket.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct tickets *tickets;
        struct arena *arena = arena_new(0);
        Sfp__Caller *caller;
        int64_t end;
        if (tickets == NULL)
                tickets = tickets_new("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=");
        const char *ticket = arena_strndup(arena, (const char *)bytes, size);
        FUZZ_ASSERT(ticket_redeem(tickets, arena, ticket, 1000, &caller, &end) != PROBLEM_NONE);
        arena_free(arena);
        return 0;
}

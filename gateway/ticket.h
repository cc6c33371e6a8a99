/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets: what a browser shows in place of a bearer token where it cannot send one, in the address of a WebSocket or a
 * stream of events. One is good once, for TICKET_LIFE_S seconds, for whom it was given to.
 *
 * A ticket holds all that it stands for under a seal, so that any gateway with the same key takes what another gave
 * out. That it was used is remembered by the gateway which took it: each takes it once. */
#pragma once

#include "common/arena.h"
#include "common/status.h"
#include "sfp/rpc.pb-c.h"

#include <stdint.h>

enum {
        TICKET_LIFE_S = 30,
        TICKETS_USED_MAX = 1 << 15, /* remembered until they end; with more, tickets are refused */
        TICKET_SIZE_MAX = 4096,
};

struct tickets;

/* `key` is base64, as PRINCIPAL_KEY is; the seal's own key is derived from it. NULL when it is no base64. */
struct tickets *tickets_new(const char *key);
void tickets_free(struct tickets *tickets);

/* A ticket in the arena; `token_expires_at` is the end of the token that was shown for it. Times are seconds since
 * 1970. NULL when the caller is too large for one. */
char *ticket_issue(struct tickets *tickets, struct arena *arena, const Sfp__Caller *caller, int64_t token_expires_at,
        int64_t now_s);

/* Takes a ticket. PROBLEM_NONE with the caller in the arena and the end of their token, or INVALID_TOKEN (also when it
 * was used), TOKEN_EXPIRED, OVERLOADED. */
enum problem ticket_redeem(struct tickets *tickets, struct arena *arena, const char *ticket, int64_t now_s,
        Sfp__Caller **out, int64_t *token_expires_at);

/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/visitor.h"

#include "common/clock.h"
#include "common/json_write.h"
#include "gateway/authenticate.h"
#include "gateway/gateway.h"
#include "gateway/origin.h"
#include "gateway/respond.h"

static bool is_from_welcome_page(const struct exchange *exchange)
{
        const char *origin = exchange->request.headers[HEADER_ORIGIN];
        return origin == NULL || origin_is_welcome(exchange->gateway->settings.socket_origins, origin,
                                         exchange->request.headers[HEADER_HOST]);
}

enum problem visitor_identify(
        struct exchange *exchange, const char *ticket, Sfp__Caller **out, int64_t *token_expires_at)
{
        const struct gateway *gateway = exchange->gateway;
        if (!is_from_welcome_page(exchange))
                return PROBLEM_FORBIDDEN;
        if (ticket == NULL)
                return authenticate_user(gateway->jwt, exchange, out, token_expires_at);
        if (exchange->request.headers[HEADER_AUTHORIZATION] != NULL) /* RFC 6750, section 2: one way at a time */
                return PROBLEM_MALFORMED_REQUEST;
        return ticket_redeem(
                gateway->tickets, exchange->arena, ticket, clock_unix_us() / 1000000, out, token_expires_at);
}

void answer_ticket(struct exchange *exchange)
{
        Sfp__Caller *caller;
        Sfp__SocketTicket ticket = SFP__SOCKET_TICKET__INIT;
        int64_t expires_at;
        struct buffer body = buffer_in(exchange->arena);
        enum problem problem = authenticate_user(exchange->gateway->jwt, exchange, &caller, &expires_at);
        if (problem == PROBLEM_NONE) {
                ticket.ticket = ticket_issue(
                        exchange->gateway->tickets, exchange->arena, caller, expires_at, clock_unix_us() / 1000000);
                problem = ticket.ticket == NULL ? PROBLEM_HEADERS_TOO_LARGE : PROBLEM_NONE;
        }
        if (problem != PROBLEM_NONE) {
                respond_problem(exchange, problem, NULL);
                return;
        }
        ticket.url = arena_printf(exchange->arena, ROUTE_PREFIX "/ws/%s?ticket=%s", caller->user_id, ticket.ticket);
        json_write(&body, &ticket.base);
        respond_json(exchange, 201, buffer_text(&body));
}

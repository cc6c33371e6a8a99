/* SPDX-License-Identifier: Apache-2.0 */
/* What the request is comes before who sends it: a ticket is not used up by a request that could not succeed. */
#include "gateway/handshake.h"

#include "common/base64.h"
#include "gateway/gateway.h"
#include "gateway/own_query.h"
#include "gateway/respond.h"
#include "gateway/sockets.h"
#include "gateway/visitor.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_LENGTH = 24, KEY_BYTES = 16 };

void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_SIZE])
{
        char text[64];
        uint8_t digest[SHA_DIGEST_LENGTH];
        int length = snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
        SHA1((const uint8_t *)text, (size_t)length, digest);
        EVP_EncodeBlock((uint8_t *)out, digest, sizeof digest);
}

/* RFC 6455, section 4.2.1: sixteen bytes in base64. */
static bool is_key(struct arena *arena, const char *key)
{
        size_t size;
        return key != NULL && strlen(key) == KEY_LENGTH && base64_decode(arena, key, KEY_LENGTH, &size) != NULL &&
               size == KEY_BYTES;
}

/* Is it a WebSocket that is asked for, and of the one version there is (section 4.4)? */
static enum problem check_form(const struct exchange *exchange)
{
        const struct request *request = &exchange->request;
        const char *upgrade = request->headers[HEADER_UPGRADE], *version = request->headers[HEADER_SOCKET_VERSION];
        if (strcmp(request->verb, "GET") != 0 || upgrade == NULL || strcasecmp(upgrade, "websocket") != 0 ||
                version == NULL || strcmp(version, "13") != 0)
                return PROBLEM_UPGRADE_REQUIRED;
        return is_key(exchange->arena, request->headers[HEADER_SOCKET_KEY]) ? PROBLEM_NONE : PROBLEM_MALFORMED_REQUEST;
}

/* With PROBLEM_NONE there is a place for it. */
static enum problem check(struct exchange *exchange, const char *ticket, Sfp__Caller **caller, int64_t *expires_at)
{
        const struct gateway *gateway = exchange->gateway;
        enum problem problem = check_form(exchange);
        if (problem != PROBLEM_NONE)
                return problem;
        if (!gateway_is_ready(gateway) || !sockets_take_place(gateway->sockets))
                return PROBLEM_OVERLOADED;
        problem = visitor_identify(exchange, ticket, caller, expires_at);
        if (problem == PROBLEM_NONE && strcmp((*caller)->user_id, exchange->match.values[0]) != 0)
                problem = PROBLEM_FORBIDDEN;
        if (problem != PROBLEM_NONE)
                sockets_give_place_up(gateway->sockets);
        return problem;
}

void answer_handshake(struct exchange *exchange)
{
        Sfp__SocketOpening opening = SFP__SOCKET_OPENING__INIT;
        Sfp__Caller *caller;
        int64_t expires_at;
        if (!own_query_read(exchange, &opening.base))
                return;
        enum problem problem = check(exchange, opening.ticket, &caller, &expires_at);
        if (problem != PROBLEM_NONE) {
                respond_problem(exchange, problem, NULL);
                return;
        }
        char *accept = arena_alloc(exchange->arena, HANDSHAKE_ACCEPT_SIZE);
        handshake_accept(exchange->request.headers[HEADER_SOCKET_KEY], accept);
        exchange->response = (struct response){
                .code = 101,
                .upgrade_accept = accept,
                .upgrade_caller = caller,
                .upgrade_expires_at = expires_at,
                .has_place = true,
        };
}

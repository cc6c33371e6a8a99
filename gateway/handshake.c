/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/handshake.h"

#include "gateway/authenticate.h"
#include "gateway/gateway.h"
#include "gateway/respond.h"
#include "gateway/sockets.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_LENGTH = 24 };

void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_SIZE])
{
        char text[64];
        uint8_t digest[SHA_DIGEST_LENGTH];
        int length = snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
        SHA1((const uint8_t *)text, (size_t)length, digest);
        EVP_EncodeBlock((uint8_t *)out, digest, sizeof digest);
}

static enum problem check(struct exchange *exchange, Sfp__Caller **caller, int64_t *expires_at)
{
        const struct gateway *gateway = exchange->gateway;
        const struct request *request = &exchange->request;
        const char *upgrade = request->headers[HEADER_UPGRADE], *key = request->headers[HEADER_SOCKET_KEY];
        const char *version = request->headers[HEADER_SOCKET_VERSION];
        enum problem problem = authenticate_user(gateway->jwt, exchange, caller, expires_at);
        if (problem != PROBLEM_NONE)
                return problem;
        if (strcmp((*caller)->user_id, exchange->match.values[0]) != 0)
                return PROBLEM_FORBIDDEN;
        bool is_socket = upgrade != NULL && strcasecmp(upgrade, "websocket") == 0 && key != NULL &&
                         strlen(key) == KEY_LENGTH && version != NULL && strcmp(version, "13") == 0;
        if (!is_socket || strcmp(request->verb, "GET") != 0)
                return PROBLEM_UPGRADE_REQUIRED;
        return sockets_have_room(gateway->sockets) && gateway_is_ready(gateway) ? PROBLEM_NONE : PROBLEM_OVERLOADED;
}

void answer_handshake(struct exchange *exchange)
{
        Sfp__Caller *caller;
        int64_t expires_at;
        enum problem problem = check(exchange, &caller, &expires_at);
        if (problem != PROBLEM_NONE) {
                respond_problem(exchange, problem, NULL);
                return;
        }
        char *accept = arena_alloc(exchange->arena, HANDSHAKE_ACCEPT_SIZE);
        handshake_accept(exchange->request.headers[HEADER_SOCKET_KEY], accept);
        exchange->response = (struct response){
                .code = 101, .upgrade_accept = accept, .upgrade_caller = caller, .upgrade_expires_at = expires_at};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing in a token is looked at closer before its signature is known to be good, but for the header, which must name
 * the key's own algorithm. */
#include "gateway/jwt.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/validate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A row of RFC 7518, section 3.1. */
struct algorithm {
        const char *name;
        size_t signature_size;
        void (*sign)(const struct jwt *jwt, const char *bytes, size_t size, uint8_t *out);
};

struct jwt {
        const struct algorithm *algorithm;
        struct hmac *hmac;
        const struct schema_message *header;
        const struct schema_message *claims;
};

/* The three parts, still encoded. */
struct parts {
        const char *header, *claims, *signature;
        size_t header_size, claims_size, signature_size;
};

static void sign_hs256(const struct jwt *jwt, const char *bytes, size_t size, uint8_t *out)
{
        hmac_sign(jwt->hmac, bytes, size, out);
}

static const struct algorithm hs256 = {"HS256", HMAC_SIZE, sign_hs256};

struct jwt *jwt_new(const struct schema *schema, const char *secret)
{
        struct arena *arena = arena_new(0);
        size_t size = 0;
        const uint8_t *key = base64_decode(arena, secret, strlen(secret), &size);
        struct jwt *jwt = NULL;
        if (key != NULL && size >= JWT_SECRET_MIN && (jwt = malloc(sizeof *jwt)) != NULL)
                *jwt = (struct jwt){
                        .algorithm = &hs256,
                        .hmac = hmac_new(key, size),
                        .header = schema_message_find(schema, &sfp__token_header__descriptor),
                        .claims = schema_message_find(schema, &sfp__claims__descriptor),
                };
        arena_free(arena);
        return jwt;
}

void jwt_free(struct jwt *jwt)
{
        if (jwt == NULL)
                return;
        hmac_free(jwt->hmac);
        free(jwt);
}

static bool split(const char *token, struct parts *out)
{
        size_t size = strnlen(token, JWT_SIZE_MAX + 1);
        const char *first = strchr(token, '.');
        const char *second = first == NULL ? NULL : strchr(first + 1, '.');
        if (size > JWT_SIZE_MAX || second == NULL || strchr(second + 1, '.') != NULL)
                return false;
        *out = (struct parts){
                .header = token,
                .header_size = (size_t)(first - token),
                .claims = first + 1,
                .claims_size = (size_t)(second - first - 1),
                .signature = second + 1,
                .signature_size = (size_t)(token + size - second - 1),
        };
        return true;
}

/* One part as JSON into a message. Keys without a field are none of our business; the rest must fit. */
static bool read_part(struct arena *arena, const struct schema_message *schema, const char *text, size_t length,
        ProtobufCMessage *message)
{
        size_t size;
        struct json json;
        const char *why;
        struct violations violations = violations_in(arena);
        const uint8_t *bytes = base64url_decode(arena, text, length, &size);
        if (bytes == NULL || json_scan(arena, (const char *)bytes, size, &json, &why) != STATUS_OK ||
                json_read(arena, &json, schema, message, JSON_IGNORE_UNKNOWN, &violations) != STATUS_OK)
                return false;
        validate_message(schema, message, &violations);
        return violations.count == 0;
}

static bool is_type_known(const char *type)
{
        return type == NULL || strcasecmp(type, "JWT") == 0 || strcasecmp(type, "at+jwt") == 0;
}

/* RFC 7515, section 4.1.11: a token whose critical extensions are not understood must be refused. We know none. */
static bool is_header_ours(const struct jwt *jwt, struct arena *arena, const struct parts *parts)
{
        Sfp__TokenHeader header = SFP__TOKEN_HEADER__INIT;
        return read_part(arena, jwt->header, parts->header, parts->header_size, &header.base) && header.alg != NULL &&
               strcmp(header.alg, jwt->algorithm->name) == 0 && is_type_known(header.typ) && header.crit == NULL;
}

static bool is_signature_good(const struct jwt *jwt, struct arena *arena, const struct parts *parts)
{
        uint8_t expected[64];
        size_t size;
        const uint8_t *given = base64url_decode(arena, parts->signature, parts->signature_size, &size);
        if (given == NULL || size != jwt->algorithm->signature_size)
                return false;
        jwt->algorithm->sign(jwt, parts->header, (size_t)(parts->signature - parts->header - 1), expected);
        return hmac_equal(expected, given, size);
}

static enum problem judge_times(const Sfp__Claims *claims, int64_t now_s)
{
        if ((claims->has_nbf && claims->nbf > now_s + JWT_SKEW_S) ||
                (claims->has_iat && claims->iat > now_s + JWT_SKEW_S))
                return PROBLEM_INVALID_TOKEN;
        return claims->exp > now_s ? PROBLEM_NONE : PROBLEM_TOKEN_EXPIRED;
}

static void default_roles(Sfp__Claims *claims)
{
        static char user[] = "user";
        static char *const roles[] = {user};
        if (claims->n_roles > 0)
                return;
        claims->n_roles = 1;
        claims->roles = (char **)(size_t)roles;
}

enum problem jwt_verify(const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out)
{
        struct parts parts;
        if (!split(token, &parts) || !is_header_ours(jwt, arena, &parts) || !is_signature_good(jwt, arena, &parts))
                return PROBLEM_INVALID_TOKEN;
        Sfp__Claims *claims = arena_alloc(arena, sizeof *claims);
        sfp__claims__init(claims);
        if (!read_part(arena, jwt->claims, parts.claims, parts.claims_size, &claims->base))
                return PROBLEM_INVALID_TOKEN;
        enum problem problem = judge_times(claims, now_s);
        if (problem != PROBLEM_NONE)
                return problem;
        default_roles(claims);
        *out = claims;
        return PROBLEM_NONE;
}

static void append_part(struct buffer *out, const ProtobufCMessage *message)
{
        struct buffer json = buffer_in(out->arena);
        json_write_sparse(&json, message);
        buffer_puts(out, base64url_encode(out->arena, json.bytes, json.length));
}

char *jwt_sign(const struct jwt *jwt, struct arena *arena, Sfp__Claims *claims, struct violations *violations)
{
        validate_message(jwt->claims, &claims->base, violations);
        if (violations->count > 0)
                return NULL;
        Sfp__TokenHeader header = SFP__TOKEN_HEADER__INIT;
        header.alg = (char *)(size_t)jwt->algorithm->name;
        header.typ = (char[]){"JWT"};
        struct buffer token = buffer_in(arena);
        append_part(&token, &header.base);
        buffer_putc(&token, '.');
        append_part(&token, &claims->base);
        uint8_t signature[64];
        jwt->algorithm->sign(jwt, token.bytes, token.length, signature);
        buffer_putc(&token, '.');
        buffer_puts(&token, base64url_encode(arena, signature, jwt->algorithm->signature_size));
        return token.bytes;
}

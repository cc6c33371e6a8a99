/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing in a token is looked at closer before its signature is known to be good, but for the header, which only says
 * which of our keys it must be. */
#include "gateway/jwt.h"

#include "common/base64.h"
#include "common/json_write.h"
#include "common/validate.h"
#include "gateway/foreign_json.h"
#include "gateway/jwk.h"
#include "gateway/token_cache.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct jwt {
        struct key *secret; /* NULL: none */
        struct key_source *keys;
        struct claims_rules rules;
        bool access_tokens_only;
        struct token_cache *cache; /* NULL: none */
        struct metric *hits, *misses;
        const struct schema_message *header, *claims;
};

/* The three parts, still encoded. */
struct parts {
        const char *header, *claims, *signature;
        size_t header_size, claims_size, signature_size;
};

static const char *text_or_none(const char *text)
{
        return text == NULL ? "" : text;
}

/* NULL: too short, or no base64. */
static struct key *read_secret(const char *secret)
{
        size_t size = 0;
        struct arena *arena = arena_new(0);
        const uint8_t *bytes = base64_decode(arena, secret, strlen(secret), &size);
        struct key *key = bytes == NULL || size < JWT_SECRET_MIN ? NULL : key_new_hs256(bytes, size);
        arena_free(arena);
        return key;
}

static void start_cache(struct jwt *jwt, struct metrics *metrics)
{
        static const char name[] = "sfp_token_cache_total";
        static const char help[] = "Bearer tokens, by whether they were known to be good.";
        jwt->cache = token_cache_new();
        jwt->hits = metrics_counter(metrics, name, "outcome=\"hit\"", help);
        jwt->misses = metrics_counter(metrics, name, "outcome=\"miss\"", help);
}

struct jwt *jwt_new(const struct schema *schema, const struct jwt_settings *settings)
{
        bool has_secret = *text_or_none(settings->secret) != '\0';
        struct key *secret = has_secret ? read_secret(settings->secret) : NULL;
        if (has_secret && secret == NULL)
                return NULL;
        struct jwt *jwt = malloc(sizeof *jwt);
        if (jwt == NULL)
                abort();
        *jwt = (struct jwt){
                .secret = secret,
                .keys = settings->keys,
                .rules = {text_or_none(settings->issuer), text_or_none(settings->audience)},
                .access_tokens_only = settings->access_tokens_only,
                .header = schema_message_find(schema, &sfp__token_header__descriptor),
                .claims = schema_message_find(schema, &sfp__claims__descriptor),
        };
        if (settings->metrics != NULL)
                start_cache(jwt, settings->metrics);
        return jwt;
}

void jwt_free(struct jwt *jwt)
{
        if (jwt == NULL)
                return;
        key_release(jwt->secret);
        token_cache_free(jwt->cache);
        free(jwt);
}

static bool split(const char *token, struct parts *out)
{
        size_t size = strlen(token);
        const char *first = strchr(token, '.');
        const char *second = first == NULL ? NULL : strchr(first + 1, '.');
        if (second == NULL || strchr(second + 1, '.') != NULL)
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

/* RFC 7515, section 4.1.9: "application/" may be left out. */
static bool is_type(const char *type, const char *wanted)
{
        static const char prefix[] = "application/";
        if (strncasecmp(type, prefix, sizeof prefix - 1) == 0)
                type += sizeof prefix - 1;
        return strcasecmp(type, wanted) == 0;
}

static bool is_type_ours(const struct jwt *jwt, const char *type)
{
        if (type == NULL)
                return !jwt->access_tokens_only;
        return is_type(type, "at+jwt") || (!jwt->access_tokens_only && is_type(type, "JWT"));
}

/* RFC 7515, section 4.1.11: a token whose critical extensions are not understood must be refused. We know none. Where a
 * header has or names a key (jwk, jku, x5c, x5u), that is passed over: it would be the sender's word for the sender. */
static bool read_header(const struct jwt *jwt, struct arena *arena, const struct parts *parts, Sfp__TokenHeader *out)
{
        size_t size;
        struct json json;
        uint32_t critical;
        const uint8_t *bytes = base64url_decode(arena, parts->header, parts->header_size, &size);
        return bytes != NULL && foreign_json_read(arena, (const char *)bytes, size, jwt->header, &out->base, &json) &&
               out->alg != NULL && is_type_ours(jwt, out->typ) && !foreign_json_find(&json, "crit", &critical);
}

/* The key that the header speaks of, to be released: the algorithm alone decides whether that can be the secret, so
 * that no public key is ever taken for one (RFC 8725, section 2.1). */
static enum problem find_key(const struct jwt *jwt, const Sfp__TokenHeader *header, struct key **out)
{
        if (jwt->secret != NULL && strcmp(header->alg, key_algorithm(jwt->secret)) == 0) {
                *out = key_keep(jwt->secret);
                return PROBLEM_NONE;
        }
        if (jwt->keys == NULL || !jwk_is_algorithm(header->alg))
                return PROBLEM_INVALID_TOKEN;
        switch (key_source_find(jwt->keys, header->kid, header->alg, out)) {
        case STATUS_OK:
                return PROBLEM_NONE;
        case STATUS_UNAVAILABLE:
                return PROBLEM_UNAVAILABLE;
        default:
                return PROBLEM_INVALID_TOKEN;
        }
}

static bool is_signed_with(const struct key *key, struct arena *arena, const struct parts *parts)
{
        size_t size;
        const uint8_t *signature = base64url_decode(arena, parts->signature, parts->signature_size, &size);
        return signature != NULL &&
               key_verify(key, parts->header, (size_t)(parts->signature - parts->header - 1), signature, size);
}

static enum problem read_claims(
        const struct jwt *jwt, struct arena *arena, const struct parts *parts, int64_t now_s, Sfp__Claims **out)
{
        size_t size;
        const uint8_t *bytes = base64url_decode(arena, parts->claims, parts->claims_size, &size);
        if (bytes == NULL)
                return PROBLEM_INVALID_TOKEN;
        return claims_read(&jwt->rules, arena, jwt->claims, (const char *)bytes, size, now_s, out);
}

static enum problem verify_anew(
        const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out)
{
        struct parts parts;
        struct key *key;
        Sfp__TokenHeader header = SFP__TOKEN_HEADER__INIT;
        if (!split(token, &parts) || !read_header(jwt, arena, &parts, &header))
                return PROBLEM_INVALID_TOKEN;
        enum problem problem = find_key(jwt, &header, &key);
        if (problem != PROBLEM_NONE)
                return problem;
        problem = is_signed_with(key, arena, &parts) ? read_claims(jwt, arena, &parts, now_s, out)
                                                     : PROBLEM_INVALID_TOKEN;
        if (problem == PROBLEM_NONE && jwt->cache != NULL)
                token_cache_keep(jwt->cache, arena, token, key_fingerprint(key), *out);
        key_release(key);
        return problem;
}

/* A key that has left its set takes what it vouched for with it. */
static bool is_key_ours(const struct jwt *jwt, const uint8_t fingerprint[KEY_FINGERPRINT_SIZE])
{
        if (jwt->secret != NULL && memcmp(key_fingerprint(jwt->secret), fingerprint, KEY_FINGERPRINT_SIZE) == 0)
                return true;
        return jwt->keys != NULL && key_source_has(jwt->keys, fingerprint);
}

static bool recall(const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out)
{
        uint8_t fingerprint[KEY_FINGERPRINT_SIZE];
        if (jwt->cache == NULL)
                return false;
        bool is_known =
                token_cache_find(jwt->cache, arena, token, now_s, fingerprint, out) && is_key_ours(jwt, fingerprint);
        metric_add(is_known ? jwt->hits : jwt->misses, 1);
        return is_known;
}

enum problem jwt_verify(const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out)
{
        if (strnlen(token, JWT_SIZE_MAX + 1) > JWT_SIZE_MAX)
                return PROBLEM_INVALID_TOKEN;
        if (recall(jwt, arena, token, now_s, out))
                return PROBLEM_NONE;
        return verify_anew(jwt, arena, token, now_s, out);
}

static void append_part(struct buffer *out, const ProtobufCMessage *message)
{
        struct buffer json = buffer_in(out->arena);
        json_write_sparse(&json, message);
        buffer_puts(out, base64url_encode(out->arena, json.bytes, json.length));
}

static char *text_if_any(const char *text)
{
        return *text == '\0' ? NULL : (char *)(size_t)text;
}

char *jwt_sign(const struct jwt *jwt, struct arena *arena, Sfp__Claims *claims, struct violations *violations)
{
        uint8_t signature[KEY_SIGNATURE_MAX];
        Sfp__TokenHeader header = SFP__TOKEN_HEADER__INIT;
        claims->iss = text_if_any(jwt->rules.issuer);
        claims->aud = text_if_any(jwt->rules.audience);
        validate_message(jwt->claims, &claims->base, violations);
        if (violations->count > 0 || jwt->secret == NULL)
                return NULL;
        header.alg = (char *)(size_t)key_algorithm(jwt->secret);
        header.typ = jwt->access_tokens_only ? (char[]){"at+jwt"} : (char[]){"JWT"};
        struct buffer token = buffer_in(arena);
        append_part(&token, &header.base);
        buffer_putc(&token, '.');
        append_part(&token, &claims->base);
        size_t size = key_sign(jwt->secret, token.bytes, token.length, signature);
        buffer_putc(&token, '.');
        buffer_puts(&token, base64url_encode(arena, signature, size));
        return token.bytes;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Layout before base64url: body, masked | 16 bytes MAC over body and scope. The body is i64 key | 16 bytes id |
 * i64 expiry. The mask is made from the MAC, as in SIV (RFC 5297): a sort key may be a time that nobody is to know. */
#include "common/cursor.h"

#include "common/base64.h"

#include <string.h>

enum { ID_SIZE = 16, MAC_SIZE = 16, BODY_SIZE = 8 + ID_SIZE + 8 };
_Static_assert((int)BODY_SIZE == (int)HMAC_SIZE, "one HMAC masks a body");

static void put_i64(uint8_t *out, int64_t value)
{
        for (int i = 7; i >= 0; i--, value >>= 8)
                out[i] = (uint8_t)value;
}

static int64_t get_i64(const uint8_t *bytes)
{
        uint64_t value = 0;
        for (int i = 0; i < 8; i++)
                value = value << 8 | bytes[i];
        return (int64_t)value;
}

static void sign(struct arena *arena, const struct hmac *key, const void *scope, size_t scope_size, const uint8_t *body,
        uint8_t out[HMAC_SIZE])
{
        uint8_t *signed_bytes = arena_alloc(arena, BODY_SIZE + scope_size);
        memcpy(signed_bytes, body, BODY_SIZE);
        memcpy(signed_bytes + BODY_SIZE, scope, scope_size);
        hmac_sign(key, signed_bytes, BODY_SIZE + scope_size, out);
}

/* Puts the mask on, or takes it off. What is signed elsewhere is never as short as a MAC. */
static void mask(const struct hmac *key, const uint8_t mac[MAC_SIZE], uint8_t body[BODY_SIZE])
{
        uint8_t stream[HMAC_SIZE];
        hmac_sign(key, mac, MAC_SIZE, stream);
        for (int i = 0; i < BODY_SIZE; i++)
                body[i] ^= stream[i];
}

char *cursor_seal(struct arena *arena, const struct hmac *key, const void *scope, size_t scope_size,
        const struct cursor *cursor, int64_t now_s)
{
        uint8_t bytes[BODY_SIZE + HMAC_SIZE];
        put_i64(bytes, cursor->key);
        if (!uuid_parse(cursor->id, bytes + 8))
                memset(bytes + 8, 0, ID_SIZE);
        put_i64(bytes + 8 + ID_SIZE, now_s + CURSOR_LIFE_S);
        sign(arena, key, scope, scope_size, bytes, bytes + BODY_SIZE);
        mask(key, bytes + BODY_SIZE, bytes);
        return base64url_encode(arena, bytes, BODY_SIZE + MAC_SIZE);
}

bool cursor_open(struct arena *arena, const struct hmac *key, const void *scope, size_t scope_size, const char *text,
        int64_t now_s, struct cursor *out)
{
        size_t size;
        uint8_t mac[HMAC_SIZE];
        uint8_t *bytes = base64url_decode(arena, text, strlen(text), &size);
        if (bytes == NULL || size != BODY_SIZE + MAC_SIZE)
                return false;
        mask(key, bytes + BODY_SIZE, bytes);
        sign(arena, key, scope, scope_size, bytes, mac);
        if (!hmac_equal(mac, bytes + BODY_SIZE, MAC_SIZE) || get_i64(bytes + 8 + ID_SIZE) < now_s)
                return false;
        out->key = get_i64(bytes);
        uuid_format(bytes + 8, out->id);
        return true;
}

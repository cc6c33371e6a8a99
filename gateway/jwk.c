/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/jwk.h"

#include "common/base64.h"
#include "gateway/foreign_json.h"
#include "sfp/rpc.pb-c.h"

#include <string.h>

struct number {
        const uint8_t *bytes; /* NULL: missing or malformed */
        size_t size;
};

static struct number number_of(struct arena *arena, const char *text)
{
        struct number number = {NULL, 0};
        if (text != NULL)
                number.bytes = base64url_decode(arena, text, strlen(text), &number.size);
        return number;
}

static struct key *make_rsa(struct arena *arena, const Sfp__Jwk *jwk)
{
        struct number n = number_of(arena, jwk->n), e = number_of(arena, jwk->e);
        return n.bytes == NULL || e.bytes == NULL ? NULL : key_new_rs256(n.bytes, n.size, e.bytes, e.size);
}

static struct key *make_p256(struct arena *arena, const Sfp__Jwk *jwk)
{
        struct number x = number_of(arena, jwk->x), y = number_of(arena, jwk->y);
        return x.bytes == NULL || y.bytes == NULL ? NULL : key_new_es256(x.bytes, x.size, y.bytes, y.size);
}

static struct key *make_ed25519(struct arena *arena, const Sfp__Jwk *jwk)
{
        struct number x = number_of(arena, jwk->x);
        return x.bytes == NULL ? NULL : key_new_eddsa(x.bytes, x.size);
}

/* The kinds of keys that a set may hold. A secret ("oct") is none: who publishes it has none. */
static const struct kind {
        const char *kty;
        const char *crv; /* NULL: has none */
        const char *alg;
        struct key *(*make)(struct arena *arena, const Sfp__Jwk *jwk);
} kinds[] = {
        {"RSA", NULL, "RS256", make_rsa},
        {"EC", "P-256", "ES256", make_p256},
        {"OKP", "Ed25519", "EdDSA", make_ed25519},
};

static const struct kind *kind_of(const Sfp__Jwk *jwk)
{
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strcmp(kinds[i].kty, jwk->kty) == 0 &&
                        (kinds[i].crv == NULL || (jwk->crv != NULL && strcmp(kinds[i].crv, jwk->crv) == 0)))
                        return &kinds[i];
        return NULL;
}

/* RFC 7517, sections 4.2 to 4.4: where a key says what it is for, that must be what we want it for. */
static bool is_for_tokens(const Sfp__Jwk *jwk, const char *algorithm)
{
        bool verifies = jwk->n_key_ops == 0;
        for (size_t i = 0; i < jwk->n_key_ops; i++)
                verifies |= strcmp(jwk->key_ops[i], "verify") == 0;
        return verifies && (jwk->use == NULL || strcmp(jwk->use, "sig") == 0) &&
               (jwk->alg == NULL || strcmp(jwk->alg, algorithm) == 0) && jwk->d == NULL;
}

static struct key *make_key(struct arena *arena, const Sfp__Jwk *jwk)
{
        const struct kind *kind = kind_of(jwk);
        return kind == NULL || !is_for_tokens(jwk, kind->alg) ? NULL : kind->make(arena, jwk);
}

bool jwk_read(const struct schema *schema, const char *bytes, size_t size, struct jwk *out)
{
        Sfp__Jwk jwk = SFP__JWK__INIT;
        struct arena *arena = arena_new(0);
        struct key *key = NULL;
        if (foreign_json_read(
                    arena, bytes, size, schema_message_find(schema, &sfp__jwk__descriptor), &jwk.base, NULL) &&
                (jwk.kid == NULL || strlen(jwk.kid) < JWK_ID_SIZE))
                key = make_key(arena, &jwk);
        if (key != NULL) {
                const char *id = jwk.kid == NULL ? "" : jwk.kid;
                memcpy(out->id, id, strlen(id) + 1);
                out->key = key;
        }
        arena_free(arena);
        return key != NULL;
}

bool jwk_is_algorithm(const char *name)
{
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strcmp(kinds[i].alg, name) == 0)
                        return true;
        return false;
}

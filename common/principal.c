/* SPDX-License-Identifier: Apache-2.0 */
/* A signature costs some fifty microseconds to make and twice that to check; both sides remember what they did. */
#include "common/principal.h"

#include "common/base64.h"
#include "common/recent.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
        KEY_SIZE = 32,
        SIGNATURE_SIZE = 64,
        KEYS_MAX = 4,
        RECENT_ENTRIES = 2048,
        RECENT_VALUE_MAX = 512, /* a principal of more roles than fit is signed each time */
        RENEW_S = PRINCIPAL_LIFE_S / 2,
};

struct principal_signer {
        EVP_PKEY *key;
        struct recent *recent;
};

struct principal_verifier {
        EVP_PKEY *keys[KEYS_MAX];
        int n_keys;
        struct recent *recent;
};

static EVP_PKEY *private_key(struct arena *arena, const char *text)
{
        size_t size = 0;
        uint8_t *bytes = base64_decode(arena, text, strlen(text), &size);
        if (bytes == NULL || size != KEY_SIZE)
                return NULL;
        EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, size);
        OPENSSL_cleanse(bytes, size);
        return key;
}

struct principal_signer *principal_signer_new(const char *key)
{
        struct arena *arena = arena_new(0);
        EVP_PKEY *pkey = private_key(arena, key);
        arena_free(arena);
        if (pkey == NULL)
                return NULL;
        struct principal_signer *signer = calloc(1, sizeof *signer);
        if (signer == NULL)
                abort();
        signer->key = pkey;
        signer->recent = recent_new(RECENT_ENTRIES, RECENT_VALUE_MAX);
        return signer;
}

void principal_signer_free(struct principal_signer *signer)
{
        if (signer == NULL)
                return;
        EVP_PKEY_free(signer->key);
        recent_free(signer->recent);
        free(signer);
}

char *principal_public_key(struct arena *arena, const char *key)
{
        uint8_t bytes[KEY_SIZE];
        size_t size = sizeof bytes;
        EVP_PKEY *pkey = private_key(arena, key);
        bool is_good = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, bytes, &size) == 1;
        EVP_PKEY_free(pkey);
        return is_good ? base64_encode(arena, bytes, size) : NULL;
}

static ProtobufCBinaryData pack(struct arena *arena, const ProtobufCMessage *message)
{
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *bytes = arena_alloc(arena, size + 1);
        protobuf_c_message_pack(message, bytes);
        return (ProtobufCBinaryData){size, bytes};
}

static void make_signature(EVP_PKEY *key, ProtobufCBinaryData bytes, uint8_t out[SIGNATURE_SIZE])
{
        size_t size = SIGNATURE_SIZE;
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
                EVP_DigestSign(context, out, &size, bytes.data, bytes.len) != 1)
                abort();
        EVP_MD_CTX_free(context);
}

static ProtobufCBinaryData sign_anew(
        struct principal_signer *signer, struct arena *arena, const Sfp__Caller *user, int64_t now_s)
{
        Sfp__Principal principal = SFP__PRINCIPAL__INIT;
        Sfp__SignedPrincipal whole = SFP__SIGNED_PRINCIPAL__INIT;
        uint8_t signature[SIGNATURE_SIZE];
        principal.user = (Sfp__Caller *)(size_t)user;
        principal.has_expires_at = 1;
        principal.expires_at = now_s + PRINCIPAL_LIFE_S;
        whole.has_principal = whole.has_signature = 1;
        whole.principal = pack(arena, &principal.base);
        make_signature(signer->key, whole.principal, signature);
        whole.signature = (ProtobufCBinaryData){SIGNATURE_SIZE, signature};
        return pack(arena, &whole.base);
}

ProtobufCBinaryData principal_sign(
        struct principal_signer *signer, struct arena *arena, const Sfp__Caller *user, int64_t now_s)
{
        uint8_t key[RECENT_KEY_SIZE];
        ProtobufCBinaryData who = pack(arena, &user->base);
        ProtobufCBinaryData out = {0, arena_alloc(arena, RECENT_VALUE_MAX)};
        SHA256(who.data, who.len, key);
        if (recent_find(signer->recent, key, now_s, out.data, &out.len))
                return out;
        out = sign_anew(signer, arena, user, now_s);
        recent_keep(signer->recent, key, now_s + RENEW_S, out.data, out.len);
        return out;
}

struct principal_verifier *principal_verifier_new(const char *keys)
{
        struct arena *arena = arena_new(0);
        struct principal_verifier *verifier = calloc(1, sizeof *verifier);
        if (verifier == NULL)
                abort();
        bool is_valid = true;
        for (const char *at = keys; is_valid; at++) {
                size_t size = 0, length = strcspn(at, ",");
                const uint8_t *bytes = base64_decode(arena, at, length, &size);
                EVP_PKEY *key = bytes == NULL || size != KEY_SIZE || verifier->n_keys == KEYS_MAX
                                        ? NULL
                                        : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, size);
                is_valid = key != NULL;
                if (is_valid)
                        verifier->keys[verifier->n_keys++] = key;
                at += length;
                if (*at == '\0')
                        break;
        }
        arena_free(arena);
        verifier->recent = recent_new(RECENT_ENTRIES, 0);
        if (is_valid)
                return verifier;
        principal_verifier_free(verifier);
        return NULL;
}

void principal_verifier_free(struct principal_verifier *verifier)
{
        if (verifier == NULL)
                return;
        for (int i = 0; i < verifier->n_keys; i++)
                EVP_PKEY_free(verifier->keys[i]);
        recent_free(verifier->recent);
        free(verifier);
}

static bool is_signed_by(EVP_PKEY *key, const Sfp__SignedPrincipal *whole)
{
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        bool is_good = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                       EVP_DigestVerify(context, whole->signature.data, whole->signature.len, whole->principal.data,
                               whole->principal.len) == 1;
        EVP_MD_CTX_free(context);
        return is_good;
}

/* Was it signed by the gateway? Its end is looked at apart. */
static bool is_genuine(struct principal_verifier *verifier, ProtobufCBinaryData bytes,
        const Sfp__SignedPrincipal *whole, int64_t now_s, int64_t expires_s)
{
        uint8_t key[RECENT_KEY_SIZE], nothing[1];
        size_t size;
        SHA256(bytes.data, bytes.len, key);
        if (recent_find(verifier->recent, key, now_s, nothing, &size))
                return true;
        for (int i = 0; i < verifier->n_keys; i++)
                if (is_signed_by(verifier->keys[i], whole)) {
                        recent_keep(verifier->recent, key, expires_s, nothing, 0);
                        return true;
                }
        return false;
}

status principal_verify(struct principal_verifier *verifier, struct arena *arena, ProtobufCBinaryData signed_principal,
        int64_t now_s, Sfp__Caller **out)
{
        ProtobufCAllocator *allocator = arena_protobuf_allocator(arena);
        const Sfp__SignedPrincipal *whole =
                sfp__signed_principal__unpack(allocator, signed_principal.len, signed_principal.data);
        if (whole == NULL || !whole->has_principal || whole->signature.len != SIGNATURE_SIZE)
                return STATUS_UNAUTHENTICATED;
        const Sfp__Principal *principal =
                sfp__principal__unpack(allocator, whole->principal.len, whole->principal.data);
        if (principal == NULL || principal->user == NULL || principal->expires_at + PRINCIPAL_SKEW_S <= now_s ||
                principal->expires_at > now_s + PRINCIPAL_LIFE_S + PRINCIPAL_SKEW_S)
                return STATUS_UNAUTHENTICATED;
        int64_t end_s = principal->expires_at + PRINCIPAL_SKEW_S;
        if (!is_genuine(verifier, signed_principal, whole, now_s, end_s))
                return STATUS_UNAUTHENTICATED;
        *out = principal->user;
        return STATUS_OK;
}

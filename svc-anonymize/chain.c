/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/chain.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void add(EVP_MD_CTX *digest, const void *bytes, size_t size)
{
        if (EVP_DigestUpdate(digest, bytes, size) != 1)
                abort();
}

static void add_field(EVP_MD_CTX *digest, const char *text)
{
        size_t size = text == NULL ? 0 : strlen(text);
        const uint8_t length[] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
        add(digest, length, sizeof length);
        add(digest, text, size);
}

ProtobufCBinaryData chain_start(struct arena *arena)
{
        return (ProtobufCBinaryData){CHAIN_SIZE, arena_zalloc(arena, CHAIN_SIZE)};
}

ProtobufCBinaryData chain_link(
        struct arena *arena, ProtobufCBinaryData previous, size_t n_fields, const char *const *fields)
{
        ProtobufCBinaryData before = previous.len == CHAIN_SIZE ? previous : chain_start(arena);
        ProtobufCBinaryData out = {CHAIN_SIZE, arena_alloc(arena, CHAIN_SIZE)};
        EVP_MD_CTX *digest = EVP_MD_CTX_new();
        if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
                abort();
        add(digest, before.data, before.len);
        for (size_t i = 0; i < n_fields; i++)
                add_field(digest, fields[i]);
        if (EVP_DigestFinal_ex(digest, out.data, NULL) != 1)
                abort();
        EVP_MD_CTX_free(digest);
        return out;
}

bool chain_is_same(ProtobufCBinaryData left, ProtobufCBinaryData right)
{
        return left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
}

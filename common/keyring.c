/* SPDX-License-Identifier: Apache-2.0 */
#include "common/keyring.h"

#include "common/base64.h"
#include "common/hkdf.h"
#include "common/hmac.h"
#include "common/random.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
        KEY_SIZE = 32,
        NONCE_SIZE = 12,
        TAG_SIZE = 16,
        KEYS_MAX = 16,
        SEAL_VERSION = 1,
        HEAD_SIZE = 5 + NONCE_SIZE,
        PERSON_SEAL_VERSION = 2,
        PERSON_ID_SIZE = 16,
        PERSON_HEAD_SIZE = 1 + PERSON_ID_SIZE + NONCE_SIZE,
};

struct key {
        uint32_t id;
        uint8_t bytes[KEY_SIZE];
};

struct keyring {
        struct key keys[KEYS_MAX];
        int count;
        struct hmac *tags;
        EVP_CIPHER *cipher;
};

/* Reads "<id>:<base64>" up to a comma or the end. */
static bool read_key(struct arena *arena, const char *text, struct key *out)
{
        char *end;
        unsigned long id = strtoul(text, &end, 10);
        if (*text < '0' || *text > '9' || *end != ':' || id > UINT32_MAX)
                return false;
        size_t size = 0;
        const uint8_t *bytes = base64_decode(arena, end + 1, strcspn(end + 1, ","), &size);
        if (bytes == NULL || size != KEY_SIZE)
                return false;
        out->id = (uint32_t)id;
        memcpy(out->bytes, bytes, KEY_SIZE);
        return true;
}

static bool has_id(const struct keyring *keyring, uint32_t id)
{
        for (int i = 0; i < keyring->count; i++)
                if (keyring->keys[i].id == id)
                        return true;
        return false;
}

/* Two keys of one number are refused: what the second one sealed would be lost. */
static bool read_keys(struct keyring *keyring, const char *text)
{
        struct arena *arena = arena_new(0);
        bool is_valid = true;
        for (const char *at = text; is_valid; at++) {
                struct key key;
                is_valid = keyring->count < KEYS_MAX && read_key(arena, at, &key) && !has_id(keyring, key.id);
                if (is_valid)
                        keyring->keys[keyring->count++] = key;
                OPENSSL_cleanse(&key, sizeof key);
                at += strcspn(at, ",");
                if (*at == '\0')
                        break;
        }
        arena_free(arena);
        return is_valid;
}

static struct hmac *tag_key(const struct key *oldest)
{
        static const char label[] = "sfp tags v1";
        uint8_t derived[HMAC_SIZE];
        struct hmac *master = hmac_new(oldest->bytes, KEY_SIZE);
        hmac_sign(master, label, sizeof label, derived);
        hmac_free(master);
        struct hmac *tags = hmac_new(derived, sizeof derived);
        OPENSSL_cleanse(derived, sizeof derived);
        return tags;
}

struct keyring *keyring_new(const char *keys)
{
        struct keyring *keyring = calloc(1, sizeof *keyring);
        if (keyring == NULL)
                abort();
        if (!read_keys(keyring, keys)) {
                keyring_free(keyring);
                return NULL;
        }
        keyring->tags = tag_key(&keyring->keys[keyring->count - 1]);
        keyring->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
        if (keyring->cipher == NULL)
                abort();
        return keyring;
}

void keyring_free(struct keyring *keyring)
{
        if (keyring == NULL)
                return;
        hmac_free(keyring->tags);
        EVP_CIPHER_free(keyring->cipher);
        OPENSSL_cleanse(keyring, sizeof *keyring);
        free(keyring);
}

/* Writes ciphertext and tag behind the head, whose last bytes are the nonce. */
static void encrypt(const struct keyring *keyring, const uint8_t *key, const char *context, const void *bytes,
        size_t size, uint8_t *out, size_t head)
{
        int length;
        uint8_t *nonce = out + head - NONCE_SIZE;
        random_bytes(nonce, NONCE_SIZE);
        EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
        if (cipher == NULL || EVP_EncryptInit_ex2(cipher, keyring->cipher, key, nonce, NULL) != 1 ||
                EVP_EncryptUpdate(cipher, NULL, &length, (const uint8_t *)context, (int)strlen(context)) != 1 ||
                EVP_EncryptUpdate(cipher, out + head, &length, bytes, (int)size) != 1 ||
                EVP_EncryptFinal_ex(cipher, out + head + size, &length) != 1 ||
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + head + size) != 1)
                abort();
        EVP_CIPHER_CTX_free(cipher);
}

ProtobufCBinaryData keyring_seal(
        const struct keyring *keyring, struct arena *arena, const char *context, const void *bytes, size_t size)
{
        const struct key *key = &keyring->keys[0];
        uint8_t *out = arena_alloc(arena, HEAD_SIZE + size + TAG_SIZE);
        out[0] = SEAL_VERSION;
        for (int i = 0; i < 4; i++)
                out[1 + i] = (uint8_t)(key->id >> (24 - 8 * i));
        encrypt(keyring, key->bytes, context, bytes, size, out, HEAD_SIZE);
        return (ProtobufCBinaryData){.len = HEAD_SIZE + size + TAG_SIZE, .data = out};
}

ProtobufCBinaryData keyring_seal_under(const struct keyring *keyring, struct arena *arena, const uint8_t *key,
        const uint8_t *id, const char *context, const void *bytes, size_t size)
{
        uint8_t *out = arena_alloc(arena, PERSON_HEAD_SIZE + size + TAG_SIZE);
        out[0] = PERSON_SEAL_VERSION;
        memcpy(out + 1, id, PERSON_ID_SIZE);
        encrypt(keyring, key, context, bytes, size, out, PERSON_HEAD_SIZE);
        return (ProtobufCBinaryData){.len = PERSON_HEAD_SIZE + size + TAG_SIZE, .data = out};
}

int64_t keyring_newest(const struct keyring *keyring)
{
        return keyring->keys[0].id;
}

const uint8_t *keyring_key_of(ProtobufCBinaryData sealed)
{
        bool is_of_person = sealed.len >= PERSON_HEAD_SIZE + TAG_SIZE && sealed.data[0] == PERSON_SEAL_VERSION;
        return is_of_person ? sealed.data + 1 : NULL;
}

void keyring_derive(const struct keyring *keyring, const char *const words[], uint8_t out[KEY_SIZE])
{
        hkdf_derive(keyring->keys[keyring->count - 1].bytes, KEY_SIZE, words, out, KEY_SIZE);
}

static const struct key *find_key(const struct keyring *keyring, const uint8_t *id)
{
        uint32_t wanted = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
        for (int i = 0; i < keyring->count; i++)
                if (keyring->keys[i].id == wanted)
                        return &keyring->keys[i];
        return NULL;
}

static bool decrypt(const struct keyring *keyring, const uint8_t *key, const char *context, ProtobufCBinaryData sealed,
        size_t head, uint8_t *out)
{
        int length;
        int size = (int)(sealed.len - head - TAG_SIZE);
        EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
        bool is_good =
                cipher != NULL &&
                EVP_DecryptInit_ex2(cipher, keyring->cipher, key, sealed.data + head - NONCE_SIZE, NULL) == 1 &&
                EVP_DecryptUpdate(cipher, NULL, &length, (const uint8_t *)context, (int)strlen(context)) == 1 &&
                EVP_DecryptUpdate(cipher, out, &length, sealed.data + head, size) == 1 &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, sealed.data + sealed.len - TAG_SIZE) == 1 &&
                EVP_DecryptFinal_ex(cipher, out + size, &length) == 1;
        EVP_CIPHER_CTX_free(cipher);
        return is_good;
}

static status open_behind(const struct keyring *keyring, struct arena *arena, const uint8_t *key, const char *context,
        ProtobufCBinaryData sealed, size_t head, ProtobufCBinaryData *out)
{
        uint8_t *bytes = arena_alloc(arena, sealed.len);
        if (!decrypt(keyring, key, context, sealed, head, bytes))
                return STATUS_DATA_LOSS;
        *out = (ProtobufCBinaryData){.len = sealed.len - head - TAG_SIZE, .data = bytes};
        return STATUS_OK;
}

status keyring_open(const struct keyring *keyring, struct arena *arena, const char *context, ProtobufCBinaryData sealed,
        ProtobufCBinaryData *out)
{
        if (sealed.len < HEAD_SIZE + TAG_SIZE || sealed.data[0] != SEAL_VERSION)
                return STATUS_DATA_LOSS;
        const struct key *key = find_key(keyring, sealed.data + 1);
        return key == NULL ? STATUS_DATA_LOSS
                           : open_behind(keyring, arena, key->bytes, context, sealed, HEAD_SIZE, out);
}

status keyring_open_under(const struct keyring *keyring, struct arena *arena, const uint8_t *key, const char *context,
        ProtobufCBinaryData sealed, ProtobufCBinaryData *out)
{
        if (keyring_key_of(sealed) == NULL)
                return STATUS_DATA_LOSS;
        return open_behind(keyring, arena, key, context, sealed, PERSON_HEAD_SIZE, out);
}

ProtobufCBinaryData keyring_tag(const struct keyring *keyring, struct arena *arena, const char *purpose, const char *id)
{
        size_t first = strlen(purpose) + 1; /* with its NUL, so that no two pairs read alike */
        size_t second = strlen(id);
        uint8_t *bytes = arena_alloc(arena, first + second);
        memcpy(bytes, purpose, first);
        memcpy(bytes + first, id, second);
        uint8_t *tag = arena_alloc(arena, HMAC_SIZE);
        hmac_sign(keyring->tags, bytes, first + second, tag);
        return (ProtobufCBinaryData){.len = HMAC_SIZE, .data = tag};
}

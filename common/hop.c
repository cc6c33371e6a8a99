/* SPDX-License-Identifier: Apache-2.0 */
#include "common/hop.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "sfp/rpc.pb-c.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_MIN = 32, NAME_SIZE = 48, CALLERS_MAX = 64, TARGETS_MAX = 64 };

/* In front of a proof: its field's tag and length. */
static const uint8_t proof_head[] = {15 << 3 | 2, HOP_PROOF_SIZE};

struct hop_key {
        char name[NAME_SIZE];
        struct hmac *hmac;
};

struct hop_keys {
        struct hmac *own;
        struct hop_key callers[CALLERS_MAX]; /* unchanging */
        int n_callers;
        pthread_mutex_t mutex;
        struct hop_key targets[TARGETS_MAX]; /* made when first called; under the mutex */
        int n_targets;
};

static struct hmac *read_key(struct arena *arena, const char *text, size_t length)
{
        size_t size = 0;
        uint8_t *bytes = base64_decode(arena, text, length, &size);
        if (bytes == NULL || size < KEY_MIN)
                return NULL;
        struct hmac *hmac = hmac_new(bytes, size);
        OPENSSL_cleanse(bytes, size);
        return hmac;
}

static void derive(const struct hmac *own, const char *target, uint8_t out[HMAC_SIZE])
{
        static const char label[] = "sfp hop to ";
        const struct hmac_part parts[] = {{label, sizeof label - 1}, {target, strlen(target)}};
        hmac_sign_parts(own, parts, 2, out);
}

char *hop_derive(struct arena *arena, const char *own, const char *target)
{
        uint8_t derived[HMAC_SIZE];
        struct hmac *hmac = read_key(arena, own, strlen(own));
        if (hmac == NULL)
                return NULL;
        derive(hmac, target, derived);
        hmac_free(hmac);
        char *text = base64_encode(arena, derived, sizeof derived);
        OPENSSL_cleanse(derived, sizeof derived);
        return text;
}

/* Reads "name=BASE64" of `length`. */
static bool read_caller(struct arena *arena, const char *text, size_t length, struct hop_key *out)
{
        const char *sign = memchr(text, '=', length);
        if (sign == NULL || sign == text || sign - text >= NAME_SIZE)
                return false;
        out->hmac = read_key(arena, sign + 1, (size_t)(text + length - sign - 1));
        memcpy(out->name, text, (size_t)(sign - text));
        return out->hmac != NULL;
}

static bool read_callers(struct hop_keys *keys, struct arena *arena, const char *text)
{
        for (; *text != '\0'; text += *text == ',') {
                size_t length = strcspn(text, ",");
                if (keys->n_callers == CALLERS_MAX ||
                        !read_caller(arena, text, length, &keys->callers[keys->n_callers]))
                        return false;
                keys->n_callers++;
                text += length;
        }
        return true;
}

struct hop_keys *hop_keys_new(const char *own, const char *callers)
{
        struct arena *arena = arena_new(0);
        struct hop_keys *keys = calloc(1, sizeof *keys);
        if (keys == NULL)
                abort();
        pthread_mutex_init(&keys->mutex, NULL);
        keys->own = read_key(arena, own, strlen(own));
        bool is_good = keys->own != NULL && read_callers(keys, arena, callers);
        arena_free(arena);
        if (is_good)
                return keys;
        hop_keys_free(keys);
        return NULL;
}

void hop_keys_free(struct hop_keys *keys)
{
        if (keys == NULL)
                return;
        hmac_free(keys->own);
        for (int i = 0; i < keys->n_callers; i++)
                hmac_free(keys->callers[i].hmac);
        for (int i = 0; i < keys->n_targets; i++)
                hmac_free(keys->targets[i].hmac);
        pthread_mutex_destroy(&keys->mutex);
        free(keys);
}

static struct hmac *make_key(const struct hmac *own, const char *target)
{
        uint8_t derived[HMAC_SIZE];
        derive(own, target, derived);
        struct hmac *hmac = hmac_new(derived, sizeof derived);
        OPENSSL_cleanse(derived, sizeof derived);
        return hmac;
}

/* The key for a target: kept once made. The protos name far fewer targets than there are places. */
static const struct hmac *key_for(struct hop_keys *keys, const char *target)
{
        const struct hmac *found = NULL;
        pthread_mutex_lock(&keys->mutex);
        for (int i = 0; i < keys->n_targets && found == NULL; i++)
                if (strcmp(keys->targets[i].name, target) == 0)
                        found = keys->targets[i].hmac;
        if (found == NULL) {
                if (keys->n_targets == TARGETS_MAX || strlen(target) >= NAME_SIZE)
                        abort();
                struct hop_key *key = &keys->targets[keys->n_targets++];
                memcpy(key->name, target, strlen(target));
                found = key->hmac = make_key(keys->own, target);
        }
        pthread_mutex_unlock(&keys->mutex);
        return found;
}

/* The header in front of its last field, which must be the proof; false when it is not. */
static bool find_proof(const struct frame *frame, size_t *before)
{
        size_t tail = sizeof proof_head + HOP_PROOF_SIZE;
        if (frame->header_size < tail)
                return false;
        *before = frame->header_size - tail;
        return memcmp(frame->header + *before, proof_head, sizeof proof_head) == 0;
}

static void compute(const struct hmac *hmac, const struct frame *frame, size_t before, uint8_t out[HOP_PROOF_SIZE])
{
        const struct hmac_part parts[] = {{frame->header, before}, {frame->payload, frame->payload_size}};
        hmac_sign_parts(hmac, parts, 2, out);
}

void hop_prove(struct hop_keys *keys, const char *target, struct message *request)
{
        struct frame frame;
        size_t before;
        if (frame_split(message_bytes(request), message_size(request), &frame) != STATUS_OK ||
                !find_proof(&frame, &before))
                abort(); /* we packed it ourselves */
        compute(key_for(keys, target), &frame, before,
                message_bytes(request) + FRAME_PREFIX + frame.header_size - HOP_PROOF_SIZE);
}

bool hop_check(const struct hop_keys *keys, const char *caller, const struct frame *frame)
{
        size_t before;
        bool is_proven = false;
        if (!find_proof(frame, &before))
                return false;
        const uint8_t *proof = frame->header + frame->header_size - HOP_PROOF_SIZE;
        for (int i = 0; i < keys->n_callers && !is_proven; i++) {
                uint8_t expected[HOP_PROOF_SIZE];
                if (strcmp(keys->callers[i].name, caller) != 0)
                        continue;
                compute(keys->callers[i].hmac, frame, before, expected);
                is_proven = hmac_equal(expected, proof, HOP_PROOF_SIZE);
        }
        return is_proven;
}

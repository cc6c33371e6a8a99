/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-SHA256 over the format's number, the kind of place, the place, and the person's salt, each text with its length
 * in front, so that no two lists of them are the same bytes. The key is the kind's own, derived by HKDF from the
 * service's oldest. The first 16 bytes are the id, the next choose the words of the name. */
#include "common/pseudonym.h"

#include "common/hmac.h"
#include "common/keyring.h"
#include "common/service.h"

#include <openssl/crypto.h>
#include <string.h>

static const char *const manners[] = {"Brave", "Bright", "Calm", "Careful", "Cheerful", "Clever", "Curious", "Eager",
        "Early", "Fair", "Frank", "Friendly", "Gentle", "Glad", "Handy", "Honest", "Humble", "Jolly", "Keen", "Kind",
        "Lively", "Loyal", "Lucky", "Merry", "Mild", "Modest", "Neat", "Noble", "Patient", "Playful", "Polite", "Proud",
        "Quick", "Quiet", "Ready", "Sharp", "Silent", "Simple", "Sincere", "Smart", "Steady", "Sunny", "Swift",
        "Tender", "Thrifty", "Tidy", "Vivid", "Warm", "Wise", "Witty"};
static const char *const animals[] = {"Badger", "Bear", "Beaver", "Bison", "Crane", "Cricket", "Crow", "Deer",
        "Dolphin", "Dove", "Duck", "Eagle", "Falcon", "Finch", "Fox", "Frog", "Gecko", "Goose", "Hare", "Hawk",
        "Hedgehog", "Heron", "Horse", "Ibis", "Jay", "Koala", "Lark", "Lemur", "Lynx", "Magpie", "Marten", "Mole",
        "Moose", "Newt", "Otter", "Owl", "Panda", "Puffin", "Rabbit", "Raven", "Robin", "Salmon", "Seal", "Sparrow",
        "Squirrel", "Stork", "Swan", "Tiger", "Turtle", "Wren"};

enum {
        MANNERS = sizeof manners / sizeof *manners,
        ANIMALS = sizeof animals / sizeof *animals,
        NUMBERS = 100,
        ID_SIZE = 16,
        DERIVED_SIZE = 32,
};

static unsigned choice(const uint8_t *bytes, unsigned count)
{
        return (unsigned)(bytes[0] << 8 | bytes[1]) % count;
}

static void free_key(void *hmac)
{
        hmac_free(hmac);
}

static struct hmac *derive(const struct call *call, const char *kind)
{
        uint8_t key[DERIVED_SIZE];
        const char *const words[] = {"social/pseudonym/v2", kind, NULL};
        keyring_derive(call->service->keys, words, key);
        struct hmac *hmac = hmac_new(key, sizeof key);
        OPENSSL_cleanse(key, sizeof key);
        arena_defer(call->arena, free_key, hmac);
        return hmac;
}

/* Makes `key` the one of the kind that the first `length` bytes of a scope name. */
static void turn_to(struct call *call, struct pseudonym_key *key, const char *scope, size_t length)
{
        if (key->kind != NULL && strlen(key->kind) == length && memcmp(key->kind, scope, length) == 0)
                return;
        key->kind = arena_strndup(call->arena, scope, length);
        key->hmac = derive(call, key->kind);
}

static void put_length(uint8_t out[4], size_t length)
{
        for (int i = 0; i < 4; i++)
                out[i] = (uint8_t)(length >> (24 - 8 * i));
}

static void sign(const struct hmac *hmac, const char *kind, const char *place, const struct pseudonym_salt *salt,
        uint8_t out[HMAC_SIZE])
{
        static const uint8_t format[] = {2};
        uint8_t kind_length[4], place_length[4];
        put_length(kind_length, strlen(kind));
        put_length(place_length, strlen(place));
        const struct hmac_part parts[] = {{format, sizeof format}, {kind_length, sizeof kind_length},
                {kind, strlen(kind)}, {place_length, sizeof place_length}, {place, strlen(place)},
                {salt->bytes, sizeof salt->bytes}};
        hmac_sign_parts(hmac, parts, sizeof parts / sizeof *parts, out);
}

struct pseudonym pseudonym_of(
        struct call *call, struct pseudonym_key *key, const struct pseudonym_salt *salt, const char *scope)
{
        struct pseudonym out;
        uint8_t tag[HMAC_SIZE];
        size_t length = strcspn(scope, ":");
        turn_to(call, key, scope, length);
        sign(key->hmac, key->kind, scope[length] == ':' ? scope + length + 1 : "", salt, tag);
        uint8_t *id = tag;
        id[6] = (id[6] & 0x0f) | 0x40;
        id[8] = (id[8] & 0x3f) | 0x80;
        uuid_format(id, out.id);
        const uint8_t *words = tag + ID_SIZE;
        out.name = arena_printf(call->arena, "%s %s %u", manners[choice(words, MANNERS)],
                animals[choice(words + 2, ANIMALS)], choice(words + 4, NUMBERS));
        return out;
}

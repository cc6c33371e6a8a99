/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC(key, scope, user id): the first 16 bytes are the id, the next choose the words of the name. */
#include "common/pseudonym.h"

#include "common/keyring.h"
#include "common/service.h"

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
};

static unsigned choice(const uint8_t *bytes, unsigned count)
{
        return (unsigned)(bytes[0] << 8 | bytes[1]) % count;
}

struct pseudonym pseudonym_of(struct call *call, const char *user_id, const char *scope)
{
        struct pseudonym out;
        uint8_t id[ID_SIZE];
        const char *purpose = arena_printf(call->arena, "pseudonym %s", scope);
        ProtobufCBinaryData tag = keyring_tag(call->service->keys, call->arena, purpose, user_id);
        memcpy(id, tag.data, ID_SIZE);
        id[6] = (id[6] & 0x0f) | 0x40;
        id[8] = (id[8] & 0x3f) | 0x80;
        uuid_format(id, out.id);
        const uint8_t *words = tag.data + ID_SIZE;
        out.name = arena_printf(call->arena, "%s %s %u", manners[choice(words, MANNERS)],
                animals[choice(words + 2, ANIMALS)], choice(words + 4, NUMBERS));
        return out;
}

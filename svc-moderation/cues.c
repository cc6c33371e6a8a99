/* SPDX-License-Identifier: Apache-2.0 */
/* A table of open addresses, made once, when first asked. */
#include "svc-moderation/cues.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 4096, WORD_MAX = 32 };

static const char *const lists[CUE_COUNT] = {
        "",
#define CUE(name, words) words,
#include "svc-moderation/cues.def"
#undef CUE
};

static struct slot {
        uint32_t signature;
        uint8_t cue;
} slots[SLOTS];
static pthread_once_t is_made = PTHREAD_ONCE_INIT;

uint32_t cue_signature(const unsigned char *word, size_t length)
{
        uint32_t sum = 0, product = 1;
        unsigned char last = 0;
        for (size_t i = 0; i < length; last = word[i++]) {
                if (word[i] == last)
                        continue;
                uint32_t mixed = (word[i] + 0x9E37U) * 0x85EBCA6BU;
                mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35U;
                mixed ^= mixed >> 16;
                sum += mixed;
                product *= mixed | 1;
        }
        return (sum ^ product * 0x27D4EB2FU) | 1;
}

static struct slot *slot_of(uint32_t signature)
{
        uint32_t at = (signature * 0x9E3779B1U) >> 20;
        while (slots[at].signature != 0 && slots[at].signature != signature)
                at = (at + 1) % SLOTS;
        return &slots[at];
}

static void make(void)
{
        for (int cue = 1; cue < CUE_COUNT; cue++)
                for (const char *word = lists[cue]; *word != '\0';) {
                        size_t length = strcspn(word, " ");
                        uint32_t signature = cue_signature((const unsigned char *)word, length);
                        struct slot *slot = slot_of(signature);
                        if (slot->signature == 0)
                                *slot = (struct slot){signature, (uint8_t)cue};
                        word += length + (word[length] == ' ');
                }
}

enum cue cue_find(uint32_t signature)
{
        pthread_once(&is_made, make);
        return (enum cue)slot_of(signature)->cue;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table that tools/compile-lexicon.c writes and lexicon.c reads: entries in order of their keys, and for each value
 * of a key's first bits where they begin. Keys stand for words; two words of one key are one entry. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { LEXICON_INDEX_BITS = 16 };

struct lexicon_entry {
        uint32_t key;
        uint32_t classes;
};

extern const struct lexicon_entry lexicon_entries[];
extern const unsigned lexicon_index[];

/* FNV-1a: the digest of nothing, and of what `digest` is of with more behind it. */
#define LEXICON_EMPTY ((uint64_t)0xCBF29CE484222325)

static inline uint64_t lexicon_digest(uint64_t digest, const unsigned char *bytes, size_t length)
{
        for (size_t i = 0; i < length; i++)
                digest = (digest ^ bytes[i]) * 0x100000001B3;
        return digest;
}

static inline uint32_t lexicon_key(uint64_t digest)
{
        return (uint32_t)(digest ^ digest >> 32);
}

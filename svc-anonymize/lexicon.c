/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/lexicon.h"

#include "svc-anonymize/lexicon/key.h"

unsigned lexicon_classes(const unsigned char *word, size_t length)
{
        return lexicon_classes_of(lexicon_digest(LEXICON_EMPTY, word, length));
}

unsigned lexicon_classes_of(uint64_t digest)
{
        uint32_t key = lexicon_key(digest);
        const unsigned *slot = &lexicon_index[key >> (32 - LEXICON_INDEX_BITS)];
        for (unsigned at = slot[0]; at < slot[1]; at++)
                if (lexicon_entries[at].key == key)
                        return lexicon_entries[at].classes;
        return 0;
}

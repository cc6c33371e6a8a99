/* SPDX-License-Identifier: Apache-2.0 */
/* What single words are known as: names, places, firms, streets, words of the language. The lists are in lexicon/, the
 * words of English come from the system's word list when the program is built. Nothing is read at run time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A word may be of several classes; 0 for one that nobody knows. */
enum lexicon_class {
#define LEXICON_CLASS(name, bit, list) LEXICON_##name = 1U << (bit),
#include "svc-anonymize/lexicon/classes.def"
#undef LEXICON_CLASS
};

/* The classes of a word as a folding shows it: lower-case ASCII, with '\'' inside at most. Phrases are words with one
 * blank between them. A word of no class is taken for a known one about once in 40,000. */
unsigned lexicon_classes(const unsigned char *word, size_t length);

/* The same by a digest of lexicon/key.h, for a phrase that is read word by word. */
unsigned lexicon_classes_of(uint64_t digest);

/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/evasion.h"

#include "common/buffer.h"
#include "common/text.h"

#include <ctype.h>
#include <string.h>

enum { LETTERS_MIN = 3 };

static const char *const names[EVASION_COUNT] = {
        "leet", "homoglyph", "zero_width", "punctuation", "spacing", "repeat", "fullwidth", "accent", "swap", "combo"};

/* a to z; NULL: stays. */
static const char *const figures[26] = {"4", NULL, NULL, NULL, "3", NULL, NULL, NULL, "1", NULL, NULL, NULL, NULL, NULL,
        "0", NULL, NULL, NULL, "5", "7", NULL, NULL, NULL, NULL, NULL, NULL};
static const char *const lookalikes[26] = {"\u0430", NULL, "\u0441", "\u0501", "\u0435", NULL, NULL, "\u04BB", "\u0456",
        "\u0458", "\u043A", NULL, NULL, NULL, "\u043E", "\u0440", NULL, NULL, "\u0455", NULL, "\u03C5", "\u03BD", NULL,
        "\u0445", "\u0443", NULL};
static const char *const accented[26] = {"\u00E1", NULL, "\u00E7", NULL, "\u00E9", NULL, NULL, NULL, "\u00ED", NULL,
        NULL, NULL, NULL, "\u00F1", "\u00F6", NULL, NULL, NULL, "\u0161", NULL, "\u00FC", NULL, NULL, NULL, "\u00FD",
        "\u017E"};
static const char *const invisible[] = {"\u200B", "\u200C", "\u200D", "\u2060", "\u00AD"};

const char *evasion_name(enum evasion evasion)
{
        return names[evasion];
}

uint32_t evasion_random(uint64_t *seed)
{
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        return (uint32_t)(*seed >> 32);
}

static void replace(struct buffer *out, const char *const *table, char letter)
{
        const char *other = islower((unsigned char)letter) ? table[letter - 'a'] : NULL;
        if (other != NULL)
                buffer_puts(out, other);
        else
                buffer_putc(out, letter);
}

static void widen(struct buffer *out, char letter)
{
        char bytes[4];
        buffer_append(out, bytes, text_encode(0xFF00U + (uint32_t)(unsigned char)letter - 0x20U, bytes));
}

/* Puts letter `i` of a word, with what the disguise adds to it. `chosen` is the one letter that is changed alone. */
static void put_letter(struct buffer *out, enum evasion evasion, const char *word, size_t length, size_t i,
        size_t chosen, uint64_t *seed)
{
        static const char signs[] = ".-_*";
        bool is_last = i + 1 == length;
        switch (evasion) {
        case EVASION_LEET:
                replace(out, figures, word[i]);
                return;
        case EVASION_HOMOGLYPH:
                replace(out, lookalikes, word[i]);
                return;
        case EVASION_ACCENT:
                replace(out, accented, word[i]);
                return;
        case EVASION_FULLWIDTH:
                widen(out, word[i]);
                return;
        default:
                break;
        }
        buffer_putc(out, word[i]);
        if (evasion == EVASION_ZERO_WIDTH && !is_last)
                buffer_puts(out, invisible[evasion_random(seed) % (sizeof invisible / sizeof *invisible)]);
        if (evasion == EVASION_PUNCTUATION && !is_last && (i == chosen || evasion_random(seed) % 3 == 0))
                buffer_putc(out, signs[evasion_random(seed) % 4]);
        if (evasion == EVASION_SPACING && !is_last)
                buffer_putc(out, ' ');
        for (uint32_t n = evasion == EVASION_REPEAT && i == chosen ? 2 + evasion_random(seed) % 3 : 0; n > 0; n--)
                buffer_putc(out, word[i]);
}

static void put_word(struct buffer *out, enum evasion evasion, const char *word, size_t length, uint64_t *seed)
{
        char copy[64];
        size_t chosen = evasion_random(seed) % length;
        if (evasion == EVASION_SWAP && length > LETTERS_MIN && length < sizeof copy) {
                size_t at = 1 + evasion_random(seed) % (length - 2);
                memcpy(copy, word, length);
                copy[at] = word[at + 1]; /* the first letter stays, as a reader's eye wants it */
                copy[at + 1] = word[at];
                word = copy;
        }
        for (size_t i = 0; i < length; i++)
                put_letter(out, evasion, word, length, i, chosen, seed);
}

char *evasion_disguise(struct arena *arena, enum evasion evasion, const char *text, uint64_t *seed)
{
        struct buffer out = buffer_in(arena);
        for (size_t at = 0, end; text[at] != '\0'; at = end) {
                end = at;
                while (isalpha((unsigned char)text[end]))
                        end++;
                size_t length = end - at;
                enum evasion how = evasion == EVASION_COMBO ? evasion_random(seed) % EVASION_COMBO : evasion;
                if (length >= LETTERS_MIN && evasion_random(seed) % 2 == 0)
                        put_word(&out, how, text + at, length, seed);
                else
                        buffer_append(&out, text + at, length == 0 ? (end = at + 1, 1) : length);
        }
        return (char *)(size_t)buffer_text(&out);
}

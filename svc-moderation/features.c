/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the folded bytes for words as written, one over the unmasked ones for everything else. */
#include "svc-moderation/features.h"

#include "common/unmask.h"
#include "svc-moderation/cues.h"

#include <math.h>
#include <string.h>

enum { WORD_MAX = 40, CUE_NEAR = 2, CUE_FAR = 10, CUES_KEPT = 3, GRAM_MIN = 3, GRAM_MAX = 5 };

/* What a hash is of, so that equal bytes of different kinds have different ones. */
enum kind {
        RAW = 1,
        RAW_PAIR,
        PLAIN,
        PLAIN_PAIR,
        SHUFFLED,
        VOWELLESS,
        LETTERS,
        CUE_ONE,
        CUE_PAIR,
        CUE_THREE,
        SHAPE,
        TITLE,
        SIGN,
        SKIPPED
};

struct word {
        uint32_t start, end; /* of the original */
        size_t length;
        unsigned char bytes[WORD_MAX];
};

static uint32_t mix(uint32_t hash)
{
        hash = (hash ^ hash >> 16) * 0x85EBCA6BU;
        hash = (hash ^ hash >> 13) * 0xC2B2AE35U;
        return hash ^ hash >> 16;
}

static uint32_t join(uint32_t hash, uint32_t value)
{
        return (hash ^ value) * 0x01000193U + 0x9E3779B9U;
}

static uint32_t hash_bytes(enum kind kind, const unsigned char *bytes, size_t length)
{
        uint32_t hash = (uint32_t)kind * 0x9E3779B1U;
        for (size_t i = 0; i < length; i++)
                hash = join(hash, bytes[i]);
        return hash;
}

/* False when it was there before, or when half of the slots are taken; 0 is a free one. */
static bool is_new(struct features *out, uint32_t hash)
{
        if (out->n_taken >= out->n_slots / 2)
                return false;
        size_t at = hash & (out->n_slots - 1);
        while (out->slots[at] != 0 && out->slots[at] != hash)
                at = (at + 1) & (out->n_slots - 1);
        bool was_free = out->slots[at] == 0;
        out->slots[at] = hash;
        out->n_taken += was_free;
        return was_free;
}

static void add(struct features *out, enum features_block block, uint32_t hash, uint32_t start, uint32_t end)
{
        uint32_t mixed = mix(hash);
        mixed += mixed == 0;
        if (out->count[block] < out->room && is_new(out, mixed))
                out->items[block][out->count[block]++] = (struct feature){mixed, start, end};
}

static bool is_of_word(unsigned char byte)
{
        return folded_is_alnum(byte) || folded_is_letter(byte);
}

static bool is_sign(unsigned char byte)
{
        return byte == '$' || byte == '%' || byte == '?' || byte == '!' || byte == '@' || byte == '#' || byte == 0xFF;
}

/* Reads the next word, or a sign that is a word of its own; figures are all '0'. False at the end. */
static bool next_word(const struct folding *view, size_t *at, bool once, struct word *out)
{
        size_t i = *at;
        while (i < view->length && !is_of_word(view->bytes[i]) && !is_sign(view->bytes[i]))
                i++;
        if (i == view->length)
                return false;
        *out = (struct word){.start = view->starts[i], .end = view->ends[i]};
        if (is_sign(view->bytes[i])) {
                out->bytes[out->length++] = view->bytes[i];
                *at = i + 1;
                return true;
        }
        for (; i < view->length && (is_of_word(view->bytes[i]) || view->bytes[i] == '\''); i++) {
                unsigned char byte = folded_is_digit(view->bytes[i]) ? '0' : view->bytes[i];
                bool is_new = !once || out->length == 0 || out->bytes[out->length - 1] != byte;
                if (byte != '\'' && is_new && out->length < WORD_MAX)
                        out->bytes[out->length++] = byte;
                out->end = view->ends[i];
        }
        *at = i;
        return true;
}

static void take_raw(struct features *out, const struct folding *view)
{
        struct word word;
        uint32_t last = 0, last_start = 0;
        for (size_t at = 0; next_word(view, &at, false, &word);) {
                uint32_t hash = hash_bytes(RAW, word.bytes, word.length);
                add(out, FEATURES_WORDS, hash, word.start, word.end);
                add(out, FEATURES_WORDS, join(join((uint32_t)RAW_PAIR, last), hash), last_start, word.end);
                if (word.bytes[0] == 0xFF && word.start < view->original_length)
                        add(out, FEATURES_WORDS, join((uint32_t)SIGN, view->original[word.start]), word.start,
                                word.end);
                last = hash;
                last_start = word.start;
        }
}

static void take_letters(struct features *out, const struct word *word)
{
        unsigned char padded[WORD_MAX + 2] = "^";
        memcpy(padded + 1, word->bytes, word->length);
        padded[word->length + 1] = '$';
        for (size_t i = 0; i + GRAM_MIN <= word->length + 2; i++) {
                uint32_t hash = hash_bytes(LETTERS, padded + i, GRAM_MIN - 1);
                for (size_t n = GRAM_MIN; n <= GRAM_MAX && i + n <= word->length + 2; n++) {
                        hash = join(hash, padded[i + n - 1]);
                        add(out, FEATURES_LETTERS, hash, word->start, word->end);
                }
        }
}

static uint32_t without_vowels(const struct word *word)
{
        uint32_t hash = join((uint32_t)VOWELLESS, word->bytes[0]);
        for (size_t i = 1; i < word->length; i++)
                if (strchr("aeiou", word->bytes[i]) == NULL)
                        hash = join(hash, word->bytes[i]);
        return hash;
}

struct cues {
        enum cue cue[CUES_KEPT]; /* the last ones, the latest first */
        size_t place[CUES_KEPT]; /* in words */
        uint32_t start[CUES_KEPT];
};

static void take_cue(struct features *out, struct cues *cues, enum cue cue, size_t place, const struct word *word)
{
        uint32_t latest = (uint32_t)cue;
        add(out, FEATURES_CUES, join((uint32_t)CUE_ONE, latest), word->start, word->end);
        for (int i = 0; i < CUES_KEPT && cues->cue[i] != CUE_NONE && place - cues->place[i] <= CUE_FAR; i++) {
                bool is_near = place - cues->place[i] <= CUE_NEAR;
                uint32_t pair = join(join((uint32_t)CUE_PAIR, (uint32_t)cues->cue[i]), latest);
                add(out, FEATURES_CUES, pair, cues->start[i], word->end);
                if (is_near)
                        add(out, FEATURES_CUES, join(pair, 1), cues->start[i], word->end);
        }
        if (cues->cue[1] != CUE_NONE && place - cues->place[1] <= CUE_FAR)
                add(out, FEATURES_CUES,
                        join(join(join((uint32_t)CUE_THREE, (uint32_t)cues->cue[1]), (uint32_t)cues->cue[0]), latest),
                        cues->start[1], word->end);
        memmove(cues->cue + 1, cues->cue, (CUES_KEPT - 1) * sizeof *cues->cue);
        memmove(cues->place + 1, cues->place, (CUES_KEPT - 1) * sizeof *cues->place);
        memmove(cues->start + 1, cues->start, (CUES_KEPT - 1) * sizeof *cues->start);
        cues->cue[0] = cue;
        cues->place[0] = place;
        cues->start[0] = word->start;
}

/* A word by which letters it has, whatever their order, and however often. */
static uint32_t letter_set(const struct word *word)
{
        uint32_t latin = 0, others = 0;
        for (size_t i = 0; i < word->length; i++)
                if (word->bytes[i] >= 'a' && word->bytes[i] <= 'z')
                        latin |= 1U << (word->bytes[i] - 'a');
                else
                        others += mix(word->bytes[i]);
        return join(latin, others);
}

/* The words before: [0] the last one, [1] the one before it. */
struct before {
        uint32_t set[2], start[2];
};

/* The pairs that a word makes with the one before it and with the one before that, by their letters: where those of
 * half of the words have changed places, a quarter of the pairs would be as they were. */
static void take_pairs(struct features *out, struct before *before, uint32_t set, const struct word *word)
{
        add(out, FEATURES_WORDS, join(join((uint32_t)PLAIN_PAIR, before->set[0]), set), before->start[0], word->end);
        add(out, FEATURES_WORDS, join(join((uint32_t)SKIPPED, before->set[1]), set), before->start[1], word->end);
        *before = (struct before){{set, before->set[0]}, {word->start, before->start[0]}};
}

static void take_plain(struct features *out, const struct folding *view)
{
        struct word word;
        struct cues cues = {.cue = {CUE_NONE}};
        struct before before = {{0}, {0}};
        for (size_t at = 0, place = 0; next_word(view, &at, true, &word); place++) {
                uint32_t set = letter_set(&word);
                add(out, FEATURES_WORDS, hash_bytes(PLAIN, word.bytes, word.length), word.start, word.end);
                take_pairs(out, &before, set, &word);
                if (!is_of_word(word.bytes[0]))
                        continue;
                if (word.length >= 4) {
                        add(out, FEATURES_WORDS, join((uint32_t)SHUFFLED, set), word.start, word.end);
                        add(out, FEATURES_WORDS, without_vowels(&word), word.start, word.end);
                }
                take_letters(out, &word);
                enum cue cue = cue_find(cue_signature(word.bytes, word.length));
                if (cue != CUE_NONE)
                        take_cue(out, &cues, cue, place, &word);
        }
}

static uint32_t band(size_t count)
{
        return count < 3 ? (uint32_t)count : count < 6 ? 3 : count < 12 ? 4 : count < 30 ? 5 : count < 100 ? 6 : 7;
}

static bool has_at(const struct folding *view, size_t at, const char *text)
{
        size_t length = strlen(text);
        return at + length <= view->length && memcmp(view->bytes + at, text, length) == 0;
}

static bool is_capital(uint32_t point)
{
        return point >= 'A' && point <= 'Z';
}

/* Links, figures, shouting, signs, length: how much of each, in bands. */
static void take_shape(struct features *out, const struct folding *view)
{
        enum { LINKS, LONG_NUMBERS, MONEY, PERCENT, SHOUTS, ASKS, HANDLES, FOREIGN, CAPITALS, LENGTH, COUNTS };
        size_t counts[COUNTS] = {[LENGTH] = view->length / 8}, figures = 0;
        for (size_t i = 0; i < view->length; i++) {
                unsigned char byte = view->bytes[i];
                figures = folded_is_digit(byte) ? figures + 1 : byte == ' ' || byte == '-' ? figures : 0;
                counts[LONG_NUMBERS] += figures == 8;
                counts[LINKS] += has_at(view, i, "http") || has_at(view, i, "www.") || has_at(view, i, ".com") ||
                                 has_at(view, i, "bit.ly") || has_at(view, i, "t.me/");
                counts[MONEY] += byte == '$';
                counts[PERCENT] += byte == '%';
                counts[SHOUTS] += byte == '!';
                counts[ASKS] += byte == '?';
                counts[HANDLES] += byte == '@';
                counts[FOREIGN] += byte >= 0x80;
                counts[CAPITALS] += is_capital(view->original[view->starts[i]]);
        }
        for (uint32_t i = 0; i < COUNTS; i++)
                add(out, FEATURES_SHAPE, join(join((uint32_t)SHAPE, i), band(counts[i])), 0, 0);
}

/* Headlines begin most words with a capital, shouts and ordinary sentences do not. */
static void take_title(struct features *out, const struct folding *view)
{
        enum { LONG = 4, EIGHTHS = 8 };
        size_t words = 0, titled = 0, length = 0;
        for (size_t i = 0; i <= view->length; i++) {
                if (i < view->length && folded_is_letter(view->bytes[i])) {
                        length++;
                        continue;
                }
                if (length >= LONG) {
                        bool is_shouted = is_capital(view->original[view->starts[i - 1]]);
                        words++;
                        titled += is_capital(view->original[view->starts[i - length]]) && !is_shouted;
                }
                length = 0;
        }
        uint32_t share = words == 0 ? 0 : 1 + (uint32_t)(titled * EIGHTHS / words);
        add(out, FEATURES_SHAPE, join((uint32_t)TITLE, share), 0, 0);
}

void features_init(struct features *features, struct arena *arena, size_t length)
{
        size_t window = length < FEATURES_WINDOW ? length : FEATURES_WINDOW;
        size_t room = window * 8 + 32 < FEATURES_MAX ? window * 8 + 32 : FEATURES_MAX;
        *features = (struct features){.room = room};
        for (int i = 0; i < FEATURES_BLOCKS; i++)
                features->items[i] = arena_alloc(arena, room * sizeof **features->items);
        for (features->n_slots = 64; features->n_slots < room * 2;)
                features->n_slots *= 2;
        features->slots = arena_alloc(arena, features->n_slots * sizeof *features->slots);
}

float features_share(const struct features *features, enum features_block block)
{
        static const float lengths[FEATURES_BLOCKS] = {
                [FEATURES_WORDS] = 1.2F, [FEATURES_LETTERS] = 1, [FEATURES_CUES] = 0.5F, [FEATURES_SHAPE] = 1};
        size_t count = features->count[block];
        return lengths[block] / sqrtf((float)(count == 0 ? 1 : count));
}

void features_take(struct features *out, struct arena *arena, const struct folding *part)
{
        struct folding unmasked;
        memset(out->count, 0, sizeof out->count);
        out->n_taken = 0;
        memset(out->slots, 0, out->n_slots * sizeof *out->slots);
        unmask(&unmasked, arena, part);
        take_raw(out, part);
        take_plain(out, &unmasked);
        take_shape(out, part);
        take_title(out, part);
}

bool features_window(const struct folding *whole, size_t *at, struct folding *part)
{
        if (*at >= whole->length && *at > 0)
                return false;
        size_t left = whole->length - *at, length = left < FEATURES_WINDOW ? left : FEATURES_WINDOW;
        *part = *whole;
        part->length = length;
        part->bytes += *at;
        part->starts += *at;
        part->ends += *at;
        *at += length == 0 ? 1 : length;
        return true;
}

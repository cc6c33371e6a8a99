/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/examples.h"

#include "svc-moderation/training/evasion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLES_MEMORY ((size_t)4 << 30)

/* A feature of fewer texts than SEEN_MIN says nothing; a bucket counts by ln(texts / those that have it), to this
 * power, and a disguised text counts less than a plain one. */
enum { SEEN_BITS = 24, SEEN_MIN = 3 };
static const float RARITY_POWER = 1.5F, RARITY_UNIT = 8, DISGUISED_WEIGHT = 0.7F;
static const uint64_t SEED = 0x9E3779B97F4A7C15U;

static uint32_t hash_text(const char *text)
{
        uint32_t hash = 2166136261U;
        for (; *text != '\0'; text++)
                hash = (hash ^ (unsigned char)*text) * 16777619U;
        return hash ^ hash >> 15;
}

bool examples_is_held(const struct corpus_row *row)
{
        return (row->is_own ? row->sentence : hash_text(row->text)) % EXAMPLES_HELD == 0;
}

void examples_features(struct features *features, struct arena *arena, const char *text)
{
        struct folding folded, part;
        size_t at = 0;
        folding_init(&folded, arena, text);
        features_window(&folded, &at, &part);
        features_init(features, arena, part.length);
        features_take(features, arena, &part);
}

static uint8_t *seen_of(const struct examples *examples, uint32_t hash)
{
        return &examples->seen[hash >> (32 - SEEN_BITS)];
}

static void count_features(struct examples *examples, const struct corpus *corpus)
{
        struct arena *arena = arena_new(0);
        struct features features;
        for (size_t i = 0; i < corpus->count; i++) {
                examples_features(&features, arena, corpus->rows[i].text);
                for (int block = 0; block < FEATURES_BLOCKS; block++)
                        for (size_t k = 0; k < features.count[block]; k++) {
                                uint8_t *seen = seen_of(examples, features.items[block][k].hash);
                                *seen = (uint8_t)(*seen + (*seen < UINT8_MAX));
                        }
                arena_reset(arena);
        }
        arena_free(arena);
}

struct part {
        uint32_t bucket;
        float value;
};

static int by_bucket(const void *a, const void *b)
{
        uint32_t x = ((const struct part *)a)->bucket, y = ((const struct part *)b)->bucket;
        return (x > y) - (x < y);
}

/* What falls into one bucket adds up. */
static size_t merge(struct part *parts, size_t count)
{
        size_t kept = 0;
        qsort(parts, count, sizeof *parts, by_bucket);
        for (size_t i = 0; i < count; i++)
                if (kept > 0 && parts[kept - 1].bucket == parts[i].bucket)
                        parts[kept - 1].value += parts[i].value;
                else
                        parts[kept++] = parts[i];
        return kept;
}

static size_t take_parts(const struct examples *examples, const struct features *features, struct part *parts)
{
        size_t count = 0;
        for (int block = 0; block < FEATURES_BLOCKS; block++) {
                float share = features_share(features, (enum features_block)block);
                for (size_t k = 0; k < features->count[block]; k++) {
                        uint32_t hash = features->items[block][k].hash;
                        if (*seen_of(examples, hash) >= SEEN_MIN)
                                parts[count++] = (struct part){hash % FEATURES_BUCKETS, share};
                }
        }
        return merge(parts, count);
}

static void add(
        struct examples *examples, struct arena *arena, const char *text, const struct corpus_row *row, float weight)
{
        struct features features;
        examples_features(&features, arena, text);
        struct part *parts = arena_alloc(arena, FEATURES_BLOCKS * features.room * sizeof *parts);
        size_t count = take_parts(examples, &features, parts);
        struct example *example = &examples->items[examples->count++];
        *example = (struct example){.count = (uint32_t)count,
                .labels = row->labels,
                .unknown = row->unknown,
                .weight = weight,
                .buckets = arena_alloc(examples->arena, (count + 1) * sizeof *example->buckets),
                .values = arena_alloc(examples->arena, (count + 1) * sizeof *example->values)};
        for (size_t i = 0; i < count; i++) {
                example->buckets[i] = parts[i].bucket;
                example->values[i] = parts[i].value;
        }
}

/* Letters that change places break more of what is seen of a text than any other disguise: they come thrice as often.
 */
static enum evasion draw_evasion(uint64_t *seed)
{
        uint32_t drawn = evasion_random(seed) % (EVASION_COUNT + 2);
        return drawn < EVASION_COUNT ? (enum evasion)drawn : EVASION_SWAP;
}

static void add_all(struct examples *examples, const struct corpus *corpus, bool with_held)
{
        struct arena *arena = arena_new(0);
        uint64_t seed = SEED;
        for (size_t i = 0; i < corpus->count; i++) {
                const struct corpus_row *row = &corpus->rows[i];
                if (!with_held && examples_is_held(row))
                        continue;
                add(examples, arena, row->text, row, row->weight);
                if (evasion_random(&seed) % 100 < EXAMPLES_DISGUISED) {
                        const char *disguised = evasion_disguise(arena, draw_evasion(&seed), row->text, &seed);
                        add(examples, arena, disguised, row, row->weight * DISGUISED_WEIGHT);
                }
                arena_reset(arena);
        }
        arena_free(arena);
}

static void weigh(struct examples *examples)
{
        uint32_t *with = arena_zalloc(examples->arena, FEATURES_BUCKETS * sizeof *with);
        for (size_t i = 0; i < examples->count; i++)
                for (uint32_t k = 0; k < examples->items[i].count; k++)
                        with[examples->items[i].buckets[k]]++;
        for (size_t bucket = 0; bucket < FEATURES_BUCKETS; bucket++) {
                float rarity = 1 + logf((1 + (float)examples->count) / (1 + (float)with[bucket]));
                examples->rarity[bucket] = with[bucket] == 0 ? 0 : powf(rarity / RARITY_UNIT, RARITY_POWER);
        }
        for (size_t i = 0; i < examples->count; i++)
                for (uint32_t k = 0; k < examples->items[i].count; k++)
                        examples->items[i].values[k] *= examples->rarity[examples->items[i].buckets[k]];
}

void examples_init(struct examples *examples, const struct corpus *corpus, bool with_held)
{
        *examples = (struct examples){.arena = arena_new(EXAMPLES_MEMORY)};
        examples->items = arena_alloc(examples->arena, (2 * corpus->count + 1) * sizeof *examples->items);
        examples->seen = arena_zalloc(examples->arena, (size_t)1 << SEEN_BITS);
        examples->rarity = arena_zalloc(examples->arena, FEATURES_BUCKETS * sizeof *examples->rarity);
        count_features(examples, corpus);
        add_all(examples, corpus, with_held);
        weigh(examples);
}

void examples_fini(struct examples *examples)
{
        arena_free(examples->arena);
}

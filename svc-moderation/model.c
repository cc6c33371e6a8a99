/* SPDX-License-Identifier: Apache-2.0 */
/* A bucket is eight bytes side by side: one line of the cache, and one addition for all categories. */
#include "svc-moderation/model.h"

#include <math.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[8] = {'S', 'F', 'P', 'M', 'O', 'D', 'E', 'L'};

static void digest_of(const struct model_head *head, const void *weights, unsigned char digest[MODEL_CHECKSUM])
{
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        unsigned length;
        memset(digest, 0, MODEL_CHECKSUM);
        if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1) {
                EVP_DigestUpdate(context, head, sizeof *head);
                EVP_DigestUpdate(context, weights, MODEL_WEIGHTS);
                EVP_DigestFinal_ex(context, digest, &length);
        }
        EVP_MD_CTX_free(context);
}

static bool is_sane(const struct model_head *head)
{
        for (int i = 0; i < MODEL_LANES; i++)
                if (!isfinite(head->scale[i]) || !isfinite(head->bias[i]) || !isfinite(head->slope[i]) ||
                        !isfinite(head->shift[i]))
                        return false;
        return true;
}

status model_read(const unsigned char *bytes, size_t length, struct model **out, const char **why)
{
        struct model_head head;
        unsigned char digest[MODEL_CHECKSUM];
        if (length != MODEL_FILE_SIZE)
                return *why = "its size is not a model's", STATUS_INVALID_ARGUMENT;
        memcpy(&head, bytes, sizeof head);
        if (memcmp(head.magic, magic, sizeof magic) != 0 || head.version != MODEL_VERSION || head.bits != FEATURES_BITS)
                return *why = "it is no model of this version", STATUS_INVALID_ARGUMENT;
        digest_of(&head, bytes + sizeof head, digest);
        if (memcmp(digest, bytes + sizeof head + MODEL_WEIGHTS, sizeof digest) != 0 || !is_sane(&head))
                return *why = "its checksum is wrong", STATUS_INVALID_ARGUMENT;
        struct model *model = calloc(1, sizeof *model); /* allow(calloc): lives beyond calls */
        if (model == NULL)
                return *why = "there is no memory for it", STATUS_RESOURCE_EXHAUSTED;
        *model = (struct model){.head = head, .weights = (const int8_t *)bytes + sizeof head};
        for (int i = 0; i < 8; i++)
                snprintf(model->name + 2 * i, 3, "%02x", digest[i]);
        *out = model;
        return STATUS_OK;
}

status model_load(const char *path, struct model **out, const char **why)
{
        FILE *file = fopen(path, "rbe");
        if (file == NULL)
                return *why = "it cannot be read", STATUS_NOT_FOUND;
        unsigned char *bytes = malloc(MODEL_FILE_SIZE + 1); /* allow(malloc): lives beyond calls */
        size_t length = bytes == NULL ? 0 : fread(bytes, 1, MODEL_FILE_SIZE + 1, file);
        fclose(file);
        status read = model_read(bytes, length, out, why);
        if (read == STATUS_OK)
                (*out)->owned = bytes;
        else
                free(bytes); /* allow(free): lives beyond calls */
        return read;
}

status model_save(const struct model *model, const char *path)
{
        char beside[4096];
        unsigned char digest[MODEL_CHECKSUM];
        if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
                return STATUS_INVALID_ARGUMENT;
        struct model_head head = model->head;
        memcpy(head.magic, magic, sizeof magic);
        head.version = MODEL_VERSION;
        head.bits = FEATURES_BITS;
        digest_of(&head, model->weights, digest);
        FILE *file = fopen(beside, "wbe");
        if (file == NULL)
                return STATUS_UNAVAILABLE;
        bool is_good = fwrite(&head, sizeof head, 1, file) == 1 &&
                       fwrite(model->weights, MODEL_WEIGHTS, 1, file) == 1 &&
                       fwrite(digest, sizeof digest, 1, file) == 1;
        is_good = fclose(file) == 0 && is_good && rename(beside, path) == 0;
        return is_good ? STATUS_OK : STATUS_UNAVAILABLE;
}

void model_free(struct model *model)
{
        if (model == NULL)
                return;
        free(model->owned); /* allow(free): lives beyond calls */
        free(model);        /* allow(free): lives beyond calls */
}

void model_sums(const struct model *model, const struct features *features, float sums[MODEL_LANES])
{
        memcpy(sums, model->head.bias, sizeof model->head.bias);
        for (int block = 0; block < FEATURES_BLOCKS; block++) {
                int32_t lanes[MODEL_LANES] = {0};
                for (size_t i = 0; i < features->count[block]; i++) {
                        uint32_t bucket = features->items[block][i].hash % FEATURES_BUCKETS;
                        const int8_t *weights = model->weights + (size_t)bucket * MODEL_LANES;
                        for (int lane = 0; lane < MODEL_LANES; lane++)
                                lanes[lane] += weights[lane];
                }
                float share = features_share(features, (enum features_block)block);
                for (int lane = 0; lane < MODEL_LANES; lane++)
                        sums[lane] += (float)lanes[lane] * model->head.scale[lane] * share;
        }
}

static double probability(const struct model_head *head, int lane, float sum)
{
        double curve = 1 / (1 + exp(-(double)(head->slope[lane] * sum + head->shift[lane])));
        return (double)head->doubt[lane] + (1 - 2 * (double)head->doubt[lane]) * curve;
}

void model_scores_of(
        const struct model *model, struct arena *arena, const struct folding *folded, double scores[CATEGORY_COUNT])
{
        struct folding part;
        struct features features;
        float sums[MODEL_LANES];
        memset(scores, 0, CATEGORY_COUNT * sizeof *scores);
        features_init(&features, arena, folded->length);
        for (size_t at = 0; features_window(folded, &at, &part);) {
                features_take(&features, arena, &part);
                model_sums(model, &features, sums);
                for (int i = 0; i < CATEGORY_COUNT; i++) {
                        double score = probability(&model->head, i, sums[i]);
                        scores[i] = score > scores[i] ? score : scores[i];
                }
        }
}

void model_scores(const struct model *model, struct arena *arena, const char *text, double scores[CATEGORY_COUNT])
{
        struct folding folded;
        folding_init(&folded, arena, text);
        model_scores_of(model, arena, &folded, scores);
}

/* Words that overlap are one; the heaviest come first. */
static size_t keep_heaviest(
        size_t count, struct span words[MODEL_WORDS], float weights[MODEL_WORDS], struct span word, float weight)
{
        size_t at = count;
        while (at > 0 && weights[at - 1] < weight)
                at--;
        for (size_t i = 0; i < count; i++)
                if (words[i].start < word.end && word.start < words[i].end)
                        return count; /* the heavier one was there first, or is about the same */
        if (at == MODEL_WORDS)
                return count;
        size_t last = count < MODEL_WORDS ? count : MODEL_WORDS - 1;
        for (size_t i = last; i > at; i--) {
                words[i] = words[i - 1];
                weights[i] = weights[i - 1];
        }
        words[at] = word;
        weights[at] = weight;
        return last + 1;
}

size_t model_words(const struct model *model, struct arena *arena, const struct folding *folded,
        enum rules_category category, struct span words[MODEL_WORDS])
{
        struct folding part;
        struct features features;
        float heaviest[MODEL_WORDS];
        size_t count = 0;
        features_init(&features, arena, folded->length);
        for (size_t at = 0; features_window(folded, &at, &part);) {
                features_take(&features, arena, &part);
                for (size_t i = 0; i < features.count[FEATURES_WORDS]; i++) {
                        const struct feature *feature = &features.items[FEATURES_WORDS][i];
                        size_t bucket = feature->hash % FEATURES_BUCKETS;
                        float weight = model->weights[bucket * MODEL_LANES + category];
                        struct span word = {feature->start, feature->end};
                        if (weight > 0 && word.end > word.start)
                                count = keep_heaviest(count, words, heaviest, word, weight);
                }
        }
        return count;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/key_source.h"

#include "common/clock.h"
#include "common/log.h"
#include "gateway/key_fetch.h"
#include "gateway/key_set.h"

#include <curl/curl.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum outcome { OUTCOME_READ, OUTCOME_UNCHANGED, OUTCOME_FAILED, OUTCOME_COUNT };

struct key_source {
        const struct schema *schema;
        struct key_place place;
        int64_t interval_us, pause_us;
        pthread_t thread;
        atomic_bool must_stop;
        struct metric *outcomes[OUTCOME_COUNT], *count;

        /* The thread's own. */
        uint8_t digest[SHA256_DIGEST_LENGTH]; /* of what was read last */
        enum outcome last;

        pthread_mutex_t mutex; /* over what follows */
        pthread_cond_t changed;
        struct key_set *set; /* NULL: none yet */
        bool is_wanted;      /* somebody has asked for a key that is not there */
};

static void replace(struct key_source *source, struct key_set *set)
{
        pthread_mutex_lock(&source->mutex);
        struct key_set *old = source->set;
        source->set = set;
        pthread_mutex_unlock(&source->mutex);
        metric_set(source->count, (int64_t)key_set_count(set));
        LOG(LOG_INFO, "token keys read", log_number("keys", (int64_t)key_set_count(set)));
        key_set_free(old);
}

static enum outcome take_document(struct key_source *source, const struct buffer *document, const char **why)
{
        uint8_t digest[SHA256_DIGEST_LENGTH];
        SHA256((const uint8_t *)buffer_text(document), document->length, digest);
        if (source->set != NULL && memcmp(digest, source->digest, sizeof digest) == 0)
                return OUTCOME_UNCHANGED;
        struct key_set *set = key_set_read(source->schema, buffer_text(document), document->length);
        if (set == NULL) {
                *why = "no_key_set";
                return OUTCOME_FAILED;
        }
        memcpy(source->digest, digest, sizeof digest);
        replace(source, set);
        return OUTCOME_READ;
}

/* A source that stays away is told of once, and so is its return. */
static void tell(const struct key_source *source, enum outcome outcome, const char *why)
{
        if ((outcome == OUTCOME_FAILED) == (source->last == OUTCOME_FAILED) || atomic_load(&source->must_stop))
                return;
        if (outcome == OUTCOME_FAILED)
                LOG(LOG_WARN, "token keys are out of reach", log_text("why", why),
                        log_text("serving", source->set == NULL ? "without" : "with the last ones"));
        else
                LOG(LOG_INFO, "token keys are in reach again");
}

static void look(struct key_source *source)
{
        const char *why = NULL;
        struct arena *arena = arena_new(0);
        struct buffer document = buffer_in(arena);
        enum outcome outcome =
                key_fetch(&source->place, &document, &why) ? take_document(source, &document, &why) : OUTCOME_FAILED;
        tell(source, outcome, why);
        source->last = outcome;
        metric_add(source->outcomes[outcome], 1);
        arena_free(arena);
}

static int64_t min(int64_t left, int64_t right)
{
        return left < right ? left : right;
}

/* Under the lock. Sooner than at its time it is looked when a key is missing, or all of them are. */
static int64_t next_look_us(const struct key_source *source, int64_t looked_us)
{
        bool is_urgent = source->is_wanted || source->last == OUTCOME_FAILED;
        return looked_us + (is_urgent ? min(source->pause_us, source->interval_us) : source->interval_us);
}

static void sleep_since(struct key_source *source, int64_t looked_us)
{
        pthread_mutex_lock(&source->mutex);
        while (!atomic_load(&source->must_stop) && clock_now_us() < next_look_us(source, looked_us)) {
                struct timespec until = clock_timespec(next_look_us(source, looked_us));
                pthread_cond_timedwait(&source->changed, &source->mutex, &until);
        }
        source->is_wanted = false;
        pthread_mutex_unlock(&source->mutex);
}

static void *run(void *arg)
{
        struct key_source *source = arg;
        for (;;) {
                sleep_since(source, clock_now_us());
                if (atomic_load(&source->must_stop))
                        return NULL;
                look(source);
        }
}

static bool is_given(const char *text)
{
        return text != NULL && *text != '\0';
}

static void add_metrics(struct key_source *source, struct metrics *metrics)
{
        static const char *const labels[OUTCOME_COUNT] = {
                "outcome=\"read\"", "outcome=\"unchanged\"", "outcome=\"failed\""};
        for (int i = 0; i < OUTCOME_COUNT; i++)
                source->outcomes[i] = metrics_counter(metrics, "sfp_token_key_fetches_total", labels[i],
                        "Looks at the source of the keys for bearer tokens, by what came of them.");
        source->count =
                metrics_gauge(metrics, "sfp_token_keys", "", "Keys for bearer tokens in the set that was read last.");
}

static void prepare_waiting(struct key_source *source)
{
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&source->mutex, NULL);
        pthread_cond_init(&source->changed, &attributes);
        pthread_condattr_destroy(&attributes);
}

status key_source_start(const struct schema *schema, const struct key_source_settings *settings,
        struct metrics *metrics, struct key_source **out)
{
        bool is_file = is_given(settings->file);
        if (!is_file && !key_fetch_is_url(settings->url)) {
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "keys are taken from https:// addresses only, or over http:// from this host\n");
                return STATUS_INVALID_ARGUMENT;
        }
        struct key_source *source = calloc(1, sizeof *source);
        if (source == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
                abort();
        source->schema = schema;
        source->place = (struct key_place){is_file ? settings->file : NULL, is_file ? NULL : settings->url,
                is_given(settings->authority) ? settings->authority : "", &source->must_stop};
        source->interval_us = (is_file ? min(settings->refresh_ms, KEY_SOURCE_FILE_MS) : settings->refresh_ms) * 1000;
        source->pause_us = settings->pause_ms * 1000;
        add_metrics(source, metrics);
        prepare_waiting(source);
        look(source);
        if (pthread_create(&source->thread, NULL, run, source) != 0)
                abort();
        *out = source;
        return STATUS_OK;
}

void key_source_stop(struct key_source *source)
{
        if (source == NULL)
                return;
        atomic_store(&source->must_stop, true);
        pthread_mutex_lock(&source->mutex);
        pthread_cond_signal(&source->changed);
        pthread_mutex_unlock(&source->mutex);
        pthread_join(source->thread, NULL);
        key_set_free(source->set);
        pthread_mutex_destroy(&source->mutex);
        pthread_cond_destroy(&source->changed);
        curl_global_cleanup();
        free(source);
}

status key_source_find(struct key_source *source, const char *id, const char *algorithm, struct key **out)
{
        pthread_mutex_lock(&source->mutex);
        status result = source->set == NULL ? STATUS_UNAVAILABLE : STATUS_NOT_FOUND;
        struct key *key = source->set == NULL ? NULL : key_set_find(source->set, id, algorithm);
        if (key != NULL) {
                *out = key_keep(key);
                result = STATUS_OK;
        } else if (!source->is_wanted) {
                source->is_wanted = true;
                pthread_cond_signal(&source->changed);
        }
        pthread_mutex_unlock(&source->mutex);
        return result;
}

bool key_source_has(struct key_source *source, const uint8_t fingerprint[KEY_FINGERPRINT_SIZE])
{
        pthread_mutex_lock(&source->mutex);
        bool has = source->set != NULL && key_set_has(source->set, fingerprint);
        pthread_mutex_unlock(&source->mutex);
        return has;
}

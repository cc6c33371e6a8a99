/* SPDX-License-Identifier: Apache-2.0 */
/* The mutex guards who holds what, never a file: of those who find the look at it old one looks, the others go on. */
#include "svc-moderation/classifier.h"

#include "common/clock.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CLASSIFIER_MOMENT_US = 100000 };

extern const unsigned char moderation_model[];
extern const size_t moderation_model_size;

struct classifier_model {
        _Atomic int n_holders;
        struct model *model;
};

struct classifier {
        pthread_mutex_t mutex;
        const char *path; /* "": built in */
        struct classifier_model *current;
        struct timespec changed_at; /* of the file; one thread at a time looks */
        _Atomic int64_t fresh_until_us;
};

static struct classifier_model *hold_new(struct model *model)
{
        struct classifier_model *held = calloc(1, sizeof *held); /* allow(calloc): lives beyond calls */
        if (held == NULL)
                abort();
        held->n_holders = 1;
        held->model = model;
        return held;
}

void classifier_put(struct classifier_model *held)
{
        if (held == NULL || atomic_fetch_sub(&held->n_holders, 1) > 1)
                return;
        model_free(held->model);
        free(held); /* allow(free): lives beyond calls */
}

static status load(const char *path, struct model **out)
{
        const char *why = NULL;
        status loaded = path[0] == '\0' ? model_read(moderation_model, moderation_model_size, out, &why)
                                        : model_load(path, out, &why);
        if (loaded != STATUS_OK)
                LOG(LOG_ERROR, "model refused", log_text("why", why));
        return loaded;
}

static bool is_changed(struct classifier *classifier)
{
        struct stat facts;
        if (classifier->path[0] == '\0' || stat(classifier->path, &facts) != 0)
                return false;
        bool is_other = facts.st_mtim.tv_sec != classifier->changed_at.tv_sec ||
                        facts.st_mtim.tv_nsec != classifier->changed_at.tv_nsec;
        classifier->changed_at = facts.st_mtim;
        return is_other;
}

status classifier_new(const char *path, struct classifier **out)
{
        struct model *model;
        struct classifier *classifier = calloc(1, sizeof *classifier); /* allow(calloc): lives as long as the process */
        if (classifier == NULL)
                abort();
        classifier->path = path;
        is_changed(classifier);
        status loaded = load(path, &model);
        if (loaded != STATUS_OK) {
                free(classifier); /* allow(free): see above */
                return loaded;
        }
        pthread_mutex_init(&classifier->mutex, NULL);
        classifier->current = hold_new(model);
        *out = classifier;
        return STATUS_OK;
}

void classifier_free(struct classifier *classifier)
{
        if (classifier == NULL)
                return;
        classifier_put(classifier->current);
        pthread_mutex_destroy(&classifier->mutex);
        free(classifier); /* allow(free): lives as long as the process */
}

static void look_at_file(struct classifier *classifier)
{
        struct model *model;
        if (!is_changed(classifier) || load(classifier->path, &model) != STATUS_OK)
                return;
        struct classifier_model *newer = hold_new(model);
        pthread_mutex_lock(&classifier->mutex);
        struct classifier_model *old = classifier->current;
        classifier->current = newer;
        pthread_mutex_unlock(&classifier->mutex);
        classifier_put(old);
}

bool classifier_is_fresh(struct classifier *classifier)
{
        return clock_now_us() + CLASSIFIER_MOMENT_US < atomic_load(&classifier->fresh_until_us);
}

struct classifier_model *classifier_take(struct classifier *classifier)
{
        int64_t now = clock_now_us(), fresh_until = atomic_load(&classifier->fresh_until_us);
        if (now >= fresh_until && atomic_compare_exchange_strong(&classifier->fresh_until_us, &fresh_until,
                                          now + CLASSIFIER_FRESH_MS * INT64_C(1000)))
                look_at_file(classifier);
        pthread_mutex_lock(&classifier->mutex);
        struct classifier_model *held = classifier->current;
        atomic_fetch_add(&held->n_holders, 1);
        pthread_mutex_unlock(&classifier->mutex);
        return held;
}

const struct model *classifier_model(const struct classifier_model *held)
{
        return held->model;
}

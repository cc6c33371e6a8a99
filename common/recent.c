/* SPDX-License-Identifier: Apache-2.0 */
#include "common/recent.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
        int64_t expires; /* 0: free */
        uint8_t key[RECENT_KEY_SIZE];
        size_t size;
        uint8_t value[];
};

struct recent {
        pthread_mutex_t mutex;
        size_t n_entries;
        size_t value_max;
        size_t stride;
        char *entries;
};

struct recent *recent_new(size_t entries, size_t value_max)
{
        struct recent *recent = calloc(1, sizeof *recent);
        if (recent == NULL)
                abort();
        recent->n_entries = entries;
        recent->value_max = value_max;
        recent->stride = (sizeof(struct entry) + value_max + 7) & ~(size_t)7;
        recent->entries = calloc(entries, recent->stride);
        if (recent->entries == NULL)
                abort();
        pthread_mutex_init(&recent->mutex, NULL);
        return recent;
}

void recent_free(struct recent *recent)
{
        if (recent == NULL)
                return;
        pthread_mutex_destroy(&recent->mutex);
        free(recent->entries);
        free(recent);
}

/* The key is a hash: its first bytes are as good as any. */
static struct entry *place_of(const struct recent *recent, const uint8_t key[RECENT_KEY_SIZE])
{
        size_t index;
        memcpy(&index, key, sizeof index);
        return (struct entry *)(recent->entries + (index & (recent->n_entries - 1)) * recent->stride);
}

bool recent_find(struct recent *recent, const uint8_t key[RECENT_KEY_SIZE], int64_t now, void *value, size_t *size)
{
        struct entry *entry = place_of(recent, key);
        pthread_mutex_lock(&recent->mutex);
        bool is_there = entry->expires > now && memcmp(entry->key, key, RECENT_KEY_SIZE) == 0;
        if (is_there) {
                memcpy(value, entry->value, entry->size);
                *size = entry->size;
        }
        pthread_mutex_unlock(&recent->mutex);
        return is_there;
}

void recent_keep(
        struct recent *recent, const uint8_t key[RECENT_KEY_SIZE], int64_t expires, const void *value, size_t size)
{
        struct entry *entry = place_of(recent, key);
        if (size > recent->value_max)
                return;
        pthread_mutex_lock(&recent->mutex);
        entry->expires = expires;
        entry->size = size;
        memcpy(entry->key, key, RECENT_KEY_SIZE);
        memcpy(entry->value, value, size);
        pthread_mutex_unlock(&recent->mutex);
}

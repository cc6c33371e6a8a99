/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of WAYS places; a key may stand in any place of its set. A set belongs to one of the locks. The list of those
 * who owe has a lock of its own, which is taken last. */
#include "gateway/buckets.h"

#include "common/random.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SETS = BUCKETS_MAX / WAYS, LOCKS = 64 };

static const int64_t window_us = BUCKET_WINDOW_S * INT64_C(1000000);

struct bucket {
        struct bucket_key key;
        bool is_listed;
        int64_t full_at_us; /* 0: nobody's */
        int64_t owed;
};

struct buckets {
        int64_t intervals_us[BUCKET_KINDS_MAX];
        uint64_t seed;
        pthread_mutex_t locks[LOCKS];
        pthread_mutex_t list_lock;
        size_t n_listed;
        uint32_t listed[BUCKETS_MAX];
        struct bucket all[BUCKETS_MAX];
};

struct buckets *buckets_new(const int64_t quotas[BUCKET_KINDS_MAX])
{
        struct buckets *buckets = calloc(1, sizeof *buckets);
        if (buckets == NULL)
                abort();
        for (int i = 0; i < BUCKET_KINDS_MAX; i++)
                buckets->intervals_us[i] = quotas[i] > 0 ? window_us / quotas[i] : 0;
        random_bytes(&buckets->seed, sizeof buckets->seed);
        for (int i = 0; i < LOCKS; i++)
                pthread_mutex_init(&buckets->locks[i], NULL);
        pthread_mutex_init(&buckets->list_lock, NULL);
        return buckets;
}

void buckets_free(struct buckets *buckets)
{
        if (buckets == NULL)
                return;
        for (int i = 0; i < LOCKS; i++)
                pthread_mutex_destroy(&buckets->locks[i]);
        pthread_mutex_destroy(&buckets->list_lock);
        free(buckets);
}

/* Which keys share a set nobody outside can know: the seed is drawn at the start. */
static uint32_t set_of(const struct buckets *buckets, const struct bucket_key *key)
{
        uint64_t hash = buckets->seed ^ key->kind;
        for (size_t i = 0; i < key->size; i++)
                hash = (hash ^ (uint8_t)key->bytes[i]) * UINT64_C(0x100000001b3);
        hash ^= hash >> 32;
        hash *= UINT64_C(0xff51afd7ed558ccd);
        return (uint32_t)(hash >> 33) % SETS;
}

static pthread_mutex_t *lock_of(struct buckets *buckets, uint32_t set)
{
        return &buckets->locks[set % LOCKS];
}

static bool is_key(const struct bucket *bucket, const struct bucket_key *key)
{
        return bucket->full_at_us != 0 && bucket->key.kind == key->kind && bucket->key.size == key->size &&
               memcmp(bucket->key.bytes, key->bytes, key->size) == 0;
}

/* The key's bucket, or a new one in the place of the one nearest to full. Under the set's lock. */
static struct bucket *find(struct buckets *buckets, uint32_t set, const struct bucket_key *key)
{
        struct bucket *first = &buckets->all[(size_t)set * WAYS], *oldest = first;
        for (struct bucket *bucket = first; bucket < first + WAYS; bucket++) {
                if (is_key(bucket, key))
                        return bucket;
                if (bucket->full_at_us < oldest->full_at_us)
                        oldest = bucket;
        }
        *oldest = (struct bucket){.key = *key, .is_listed = oldest->is_listed};
        return oldest;
}

static void list(struct buckets *buckets, struct bucket *bucket)
{
        if (bucket->is_listed)
                return;
        bucket->is_listed = true;
        pthread_mutex_lock(&buckets->list_lock);
        buckets->listed[buckets->n_listed++] = (uint32_t)(bucket - buckets->all);
        pthread_mutex_unlock(&buckets->list_lock);
}

static struct bucket_state take(struct bucket *bucket, int64_t interval_us, int64_t now_us)
{
        int64_t full_at_us = bucket->full_at_us > now_us ? bucket->full_at_us : now_us;
        int64_t empty_us = full_at_us - now_us; /* what is missing, in time */
        bool has_given = empty_us + interval_us <= window_us;
        if (has_given)
                empty_us += interval_us;
        bucket->full_at_us = now_us + empty_us;
        bucket->owed += has_given;
        int64_t left = empty_us < window_us ? (window_us - empty_us) / interval_us : 0;
        return (struct bucket_state){has_given, left, empty_us + (left + 1) * interval_us - window_us};
}

struct bucket_state buckets_take(struct buckets *buckets, const struct bucket_key *key, int64_t now_us)
{
        uint32_t set = set_of(buckets, key);
        pthread_mutex_lock(lock_of(buckets, set));
        struct bucket *bucket = find(buckets, set, key);
        struct bucket_state state = take(bucket, buckets->intervals_us[key->kind], now_us);
        if (state.has_given)
                list(buckets, bucket);
        pthread_mutex_unlock(lock_of(buckets, set));
        return state;
}

static bool take_listed(struct buckets *buckets, uint32_t *out)
{
        pthread_mutex_lock(&buckets->list_lock);
        bool is_there = buckets->n_listed > 0;
        if (is_there)
                *out = buckets->listed[--buckets->n_listed];
        pthread_mutex_unlock(&buckets->list_lock);
        return is_there;
}

size_t buckets_take_debts(struct buckets *buckets, struct bucket_debt *out, size_t max)
{
        size_t count = 0;
        uint32_t slot;
        while (count < max && take_listed(buckets, &slot)) {
                struct bucket *bucket = &buckets->all[slot];
                pthread_mutex_lock(lock_of(buckets, slot / WAYS));
                bucket->is_listed = false;
                if (bucket->owed > 0)
                        out[count++] = (struct bucket_debt){
                                slot, bucket->key, bucket->owed, buckets->intervals_us[bucket->key.kind]};
                bucket->owed = 0;
                pthread_mutex_unlock(lock_of(buckets, slot / WAYS));
        }
        return count;
}

void buckets_settle(struct buckets *buckets, const struct bucket_debt *debt, int64_t ahead_us, int64_t now_us)
{
        struct bucket *bucket = &buckets->all[debt->slot];
        pthread_mutex_lock(lock_of(buckets, debt->slot / WAYS));
        if (is_key(bucket, &debt->key))
                bucket->full_at_us = now_us + ahead_us + bucket->owed * debt->interval_us;
        pthread_mutex_unlock(lock_of(buckets, debt->slot / WAYS));
}

void buckets_give_back(struct buckets *buckets, const struct bucket_debt *debt)
{
        struct bucket *bucket = &buckets->all[debt->slot];
        pthread_mutex_lock(lock_of(buckets, debt->slot / WAYS));
        if (is_key(bucket, &debt->key)) {
                bucket->owed += debt->count;
                list(buckets, bucket);
        }
        pthread_mutex_unlock(lock_of(buckets, debt->slot / WAYS));
}

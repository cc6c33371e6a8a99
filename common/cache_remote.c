/* SPDX-License-Identifier: Apache-2.0 */
/* Names in Redis: sfp:<service>:epoch; :a:<hash> for answers, :t:<hash> for tags, :note. The epoch begins with the
 * run_id of the Redis it was made in, so that one that came back with a snapshot is not taken for what it was. Versions
 * are random, not counted: one that Redis forgot cannot come again. */
#include "common/cache_remote.h"

#include "common/clock.h"
#include "common/frame.h"
#include "common/keyring.h"
#include "common/random.h"
#include "sfp/kit.pb-c.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_LIFE_MS "604800000" /* a week */

/* What is read at most, up to this byte: others may have put something longer there. */
#define EPOCH_END    "95"
#define TAG_END      "16"
#define ANSWER_END   "131071"   /* CACHE_REMOTE_ANSWER_MAX, sealed */
#define NOTE_END     "16777215" /* CACHE_WARM_KEYS keys and tags, sealed */

struct cache_remote {
        const char *service;
        const struct keyring *keys;
        struct redis *redis;
        struct metric *hits;
        struct metric *misses;
};

static struct redis_word word_of(const char *text)
{
        return (struct redis_word){text, strlen(text)};
}

static struct redis_word name_of(struct cache_remote *remote, struct arena *arena, const char *what)
{
        return word_of(arena_printf(arena, "sfp:%s:%s", remote->service, what));
}

/* The keyed hash of bytes, as a name. */
static struct redis_word hashed_name(
        struct cache_remote *remote, struct arena *arena, char kind, const void *bytes, size_t size)
{
        uint8_t digest[SHA256_DIGEST_LENGTH];
        char text[2 * SHA256_DIGEST_LENGTH + 1];
        SHA256(bytes, size, digest);
        for (size_t i = 0; i < sizeof digest; i++)
                snprintf(text + 2 * i, 3, "%02x", digest[i]);
        ProtobufCBinaryData tag = keyring_tag(remote->keys, arena, "cache name", text);
        for (size_t i = 0; i < sizeof digest; i++)
                snprintf(text + 2 * i, 3, "%02x", tag.data[i]);
        return word_of(arena_printf(arena, "sfp:%s:%c:%s", remote->service, kind, text));
}

/* What stands there, up to that byte; an empty text when nothing does. */
static void queue_get(struct redis_link *link, struct redis_word name, const char *end)
{
        const struct redis_word words[] = {word_of("GETRANGE"), name, word_of("0"), word_of(end)};
        redis_queue(link, 4, words);
}

static bool is_text(const redisReply *reply)
{
        return reply != NULL && reply->type == REDIS_REPLY_STRING && reply->len > 0;
}

static const char *find_run_id(struct redis_link *link, struct arena *arena)
{
        const struct redis_word words[] = {word_of("INFO"), word_of("server")};
        const redisReply *reply = redis_ask(link, arena, 2, words);
        const char *at = reply == NULL || reply->type != REDIS_REPLY_STRING ? NULL : strstr(reply->str, "run_id:");
        if (at == NULL)
                return NULL;
        at += strlen("run_id:");
        return arena_strndup(arena, at, strspn(at, "0123456789abcdef"));
}

static bool set_epoch(struct cache_remote *remote, struct redis_link *link, struct arena *arena, const char *run_id)
{
        uint64_t random[2];
        random_bytes(random, sizeof random);
        const char *epoch = arena_printf(
                arena, "%.48s:%016llx%016llx", run_id, (unsigned long long)random[0], (unsigned long long)random[1]);
        const struct redis_word words[] = {word_of("SET"), name_of(remote, arena, "epoch"), word_of(epoch)};
        return redis_ask(link, arena, 3, words) != NULL;
}

static bool is_epoch_of(const redisReply *reply, const char *run_id)
{
        size_t length = strlen(run_id);
        return reply->type == REDIS_REPLY_STRING && (size_t)reply->len > length &&
               memcmp(reply->str, run_id, length) == 0 && reply->str[length] == ':';
}

/* The epoch stays when nothing was missed and Redis still runs as it did when the epoch was made. */
static bool join(void *owner, struct redis_link *link, bool is_behind)
{
        struct cache_remote *remote = owner;
        struct arena *arena = arena_new(0);
        const char *run_id = find_run_id(link, arena);
        queue_get(link, name_of(remote, arena, "epoch"), EPOCH_END);
        const redisReply *epoch = redis_read(link, arena);
        bool is_good = run_id != NULL && epoch != NULL;
        if (is_good && (is_behind || !is_epoch_of(epoch, run_id)))
                is_good = set_epoch(remote, link, arena, run_id);
        arena_free(arena);
        return is_good;
}

struct cache_remote *cache_remote_new(
        const char *service, const char *url, int links, const struct keyring *keys, struct metrics *metrics)
{
        struct cache_remote *remote = calloc(1, sizeof *remote);
        if (remote == NULL)
                abort();
        remote->service = service;
        remote->keys = keys;
        remote->hits =
                metrics_counter(metrics, "sfp_cache_hits_total", "tier=\"redis\"", "Answers given from the cache.");
        remote->misses = metrics_counter(
                metrics, "sfp_cache_misses_total", "tier=\"redis\"", "Answers that were not in the cache.");
        remote->redis = redis_new(&(struct redis_settings){url, links, metrics, join, remote});
        if (remote->redis != NULL)
                return remote;
        free(remote);
        return NULL;
}

void cache_remote_free(struct cache_remote *remote)
{
        if (remote != NULL)
                redis_free(remote->redis);
        free(remote);
}

bool cache_remote_is_up(struct cache_remote *remote)
{
        return redis_is_up(remote->redis);
}

/* A tag that Redis does not have gets a version; whoever comes first decides which. */
static const redisReply *found_tag(struct redis_link *link, struct arena *arena, struct redis_word tag)
{
        uint8_t version[CACHE_REMOTE_VERSION_SIZE];
        random_bytes(version, sizeof version);
        const struct redis_word set[] = {word_of("SET"), tag, {version, sizeof version}, word_of("NX"), word_of("PX"),
                word_of(CACHE_REMOTE_TAG_LIFE_MS)};
        redis_queue(link, 6, set);
        queue_get(link, tag, TAG_END);
        return redis_read(link, arena) == NULL ? NULL : redis_read(link, arena);
}

static bool take_mark(const redisReply *epoch, const redisReply *version, struct cache_remote_mark *mark)
{
        if (!is_text(epoch) || (size_t)epoch->len >= sizeof mark->epoch || !is_text(version) ||
                (size_t)version->len != sizeof mark->version)
                return false;
        memcpy(mark->epoch, epoch->str, (size_t)epoch->len + 1);
        memcpy(mark->version, version->str, sizeof mark->version);
        return true;
}

/* Opens an answer that was found; false when it is not what we sealed under this mark. */
static bool open_answer(struct cache_remote *remote, struct arena *arena, struct redis_word name,
        const redisReply *found, const struct cache_remote_mark *mark, Sfp__KeptAnswer **out)
{
        ProtobufCBinaryData opened;
        const ProtobufCBinaryData sealed = {(size_t)found->len, (uint8_t *)found->str};
        if (keyring_open(remote->keys, arena, name.bytes, sealed, &opened) != STATUS_OK ||
                frame_unpack(arena, &sfp__kept_answer__descriptor, opened.data, opened.len, (ProtobufCMessage **)out) !=
                        STATUS_OK)
                return false;
        const Sfp__KeptAnswer *answer = *out;
        return answer->epoch != NULL && strcmp(answer->epoch, mark->epoch) == 0 &&
               answer->version.len == sizeof mark->version &&
               memcmp(answer->version.data, mark->version, sizeof mark->version) == 0;
}

static void take_answer(const Sfp__KeptAnswer *kept, int64_t left_ms, struct cache_answer *out)
{
        int64_t now_us = clock_now_us();
        int64_t sealed_ms = kept->until_unix_ms - clock_unix_us() / 1000;
        out->bytes = kept->answer.data;
        out->size = kept->answer.len;
        out->stale_until_us = now_us + (left_ms < sealed_ms ? left_ms : sealed_ms) * 1000;
        out->fresh_until_us = out->stale_until_us - (int64_t)kept->stale_ms * 1000;
}

static bool look(struct cache_remote *remote, struct redis_link *link, struct arena *arena,
        struct cache_remote_mark *mark, struct cache_answer *out)
{
        Sfp__KeptAnswer *kept;
        const struct redis_word names[3] = {name_of(remote, arena, "epoch"),
                hashed_name(remote, arena, 't', out->tag, out->tag_length),
                hashed_name(remote, arena, 'a', out->key, out->key_size)};
        const struct redis_word ask_life[] = {word_of("PTTL"), names[2]};
        queue_get(link, names[0], EPOCH_END);
        queue_get(link, names[1], TAG_END);
        queue_get(link, names[2], ANSWER_END);
        redis_queue(link, 2, ask_life);
        const redisReply *epoch = redis_read(link, arena);
        const redisReply *version = redis_read(link, arena);
        const redisReply *found = redis_read(link, arena);
        const redisReply *life = redis_read(link, arena);
        if (epoch == NULL || version == NULL || life == NULL)
                return false;
        if (!is_text(epoch))
                redis_doubt(remote->redis); /* somebody emptied it: join anew */
        else if (!is_text(version))
                version = found_tag(link, arena, names[1]);
        if (!take_mark(epoch, version, mark) || !is_text(found) || life->integer <= 0 ||
                !open_answer(remote, arena, names[2], found, mark, &kept))
                return false;
        take_answer(kept, life->integer, out);
        return out->fresh_until_us > clock_now_us();
}

bool cache_remote_get(
        struct cache_remote *remote, struct arena *arena, struct cache_remote_mark *mark, struct cache_answer *out)
{
        *mark = (struct cache_remote_mark){.epoch = ""};
        struct redis_link *link = redis_take(remote->redis, REDIS_READ);
        bool is_there = link != NULL && look(remote, link, arena, mark, out);
        if (link != NULL)
                redis_give(remote->redis, link);
        metric_add(is_there ? remote->hits : remote->misses, 1);
        return is_there;
}

static ProtobufCBinaryData pack(struct arena *arena, const ProtobufCMessage *message)
{
        ProtobufCBinaryData packed = {protobuf_c_message_get_packed_size(message), NULL};
        packed.data = arena_alloc(arena, packed.len + 1);
        protobuf_c_message_pack(message, packed.data);
        return packed;
}

/* SET name, sealed, for so many ms. */
static void store(struct cache_remote *remote, struct arena *arena, struct redis_word name, ProtobufCBinaryData plain,
        const char *life_ms)
{
        ProtobufCBinaryData sealed = keyring_seal(remote->keys, arena, name.bytes, plain.data, plain.len);
        const struct redis_word words[] = {
                word_of("SET"), name, {sealed.data, sealed.len}, word_of("PX"), word_of(life_ms)};
        struct redis_link *link = redis_take(remote->redis, REDIS_READ);
        if (link == NULL)
                return;
        redis_ask(link, arena, 5, words);
        redis_give(remote->redis, link);
}

void cache_remote_put(struct cache_remote *remote, struct arena *arena, const struct cache_remote_mark *mark,
        const struct cache_answer *answer)
{
        Sfp__KeptAnswer kept = SFP__KEPT_ANSWER__INIT;
        int64_t life_ms = (answer->stale_until_us - clock_now_us()) / 1000;
        if (*mark->epoch == '\0' || life_ms <= 0 || answer->size > CACHE_REMOTE_ANSWER_MAX)
                return;
        kept.epoch = (char *)(size_t)mark->epoch;
        kept.has_version = kept.has_answer = kept.has_stale_ms = kept.has_until_unix_ms = 1;
        kept.version = (ProtobufCBinaryData){sizeof mark->version, (uint8_t *)(size_t)mark->version};
        kept.answer = (ProtobufCBinaryData){answer->size, (uint8_t *)(size_t)answer->bytes};
        kept.stale_ms = (uint32_t)((answer->stale_until_us - answer->fresh_until_us) / 1000);
        kept.until_unix_ms = clock_unix_us() / 1000 + life_ms;
        store(remote, arena, hashed_name(remote, arena, 'a', answer->key, answer->key_size), pack(arena, &kept.base),
                arena_printf(arena, "%lld", (long long)life_ms));
}

void cache_remote_clear(struct cache_remote *remote, const char *tag, size_t length)
{
        uint8_t version[CACHE_REMOTE_VERSION_SIZE];
        struct arena *arena = arena_new(0);
        random_bytes(version, sizeof version);
        const struct redis_word words[] = {word_of("SET"), hashed_name(remote, arena, 't', tag, length),
                {version, sizeof version}, word_of("PX"), word_of(CACHE_REMOTE_TAG_LIFE_MS)};
        struct redis_link *link = redis_take(remote->redis, REDIS_WRITE);
        if (link == NULL || redis_ask(link, arena, 5, words) == NULL)
                redis_doubt(remote->redis);
        if (link != NULL)
                redis_give(remote->redis, link);
        arena_free(arena);
}

void cache_remote_note(struct cache_remote *remote, struct arena *arena, const void *bytes, size_t size)
{
        const ProtobufCBinaryData plain = {size, (uint8_t *)(size_t)bytes};
        store(remote, arena, name_of(remote, arena, "note"), plain, NOTE_LIFE_MS);
}

bool cache_remote_recall(struct cache_remote *remote, struct arena *arena, ProtobufCBinaryData *out)
{
        const struct redis_word name = name_of(remote, arena, "note");
        struct redis_link *link = redis_take(remote->redis, REDIS_READ);
        if (link == NULL)
                return false;
        queue_get(link, name, NOTE_END);
        const redisReply *found = redis_read(link, arena);
        redis_give(remote->redis, link);
        if (!is_text(found))
                return false;
        const ProtobufCBinaryData sealed = {(size_t)found->len, (uint8_t *)found->str};
        return keyring_open(remote->keys, arena, name.bytes, sealed, out) == STATUS_OK;
}

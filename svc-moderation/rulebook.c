/* SPDX-License-Identifier: Apache-2.0 */
/* The mutex guards who holds what, never a look into the database: of those who find the rules old one asks, the others
 * go on with what there is. */
#include "svc-moderation/rulebook.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/frame.h"
#include "common/service.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/community_rules.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct rulebook {
        _Atomic int n_holders;
        int64_t version;
        struct rules *rules;
};

struct rulebooks {
        pthread_mutex_t mutex;
        struct rulebook *current;
        _Atomic int64_t fresh_until_us, slow_until_us;
        struct classifier *classifier;
};

static const char SQL_NEWER[] =
        "SELECT version, packed FROM rulebooks WHERE version > $1 ORDER BY version DESC LIMIT 1";

static struct rulebook *book_new(int64_t version, struct rules *rules)
{
        struct rulebook *book = calloc(1, sizeof *book); /* allow(calloc): lives beyond calls */
        if (book == NULL)
                abort();
        book->n_holders = 1;
        book->version = version;
        book->rules = rules;
        return book;
}

void rulebook_put(struct rulebook *book)
{
        if (book == NULL || atomic_fetch_sub(&book->n_holders, 1) > 1)
                return;
        rules_free(book->rules);
        free(book); /* allow(free): lives beyond calls */
}

status rulebooks_new(const char *model_path, struct rulebooks **out)
{
        struct rules *rules;
        struct classifier *classifier;
        TRY(classifier_new(model_path, &classifier));
        TRY(rules_new(0, NULL, &rules));
        struct rulebooks *books = calloc(1, sizeof *books); /* allow(calloc): lives as long as the process */
        if (books == NULL)
                abort();
        pthread_mutex_init(&books->mutex, NULL);
        books->current = book_new(RULEBOOK_FIRST, rules);
        books->classifier = classifier;
        *out = books;
        return STATUS_OK;
}

void rulebooks_free(struct rulebooks *books)
{
        rulebook_put(books->current);
        classifier_free(books->classifier);
        pthread_mutex_destroy(&books->mutex);
        free(books); /* allow(free): lives as long as the process */
}

struct classifier *rulebooks_classifier(struct rulebooks *books)
{
        return books->classifier;
}

static struct rulebook *hold_current(struct rulebooks *books)
{
        pthread_mutex_lock(&books->mutex);
        struct rulebook *book = books->current;
        atomic_fetch_add(&book->n_holders, 1);
        pthread_mutex_unlock(&books->mutex);
        return book;
}

static void replace(struct rulebooks *books, struct rulebook *newer)
{
        pthread_mutex_lock(&books->mutex);
        struct rulebook *old = books->current;
        bool is_newer = newer->version > old->version;
        if (is_newer)
                books->current = newer;
        pthread_mutex_unlock(&books->mutex);
        rulebook_put(is_newer ? old : newer);
}

/* What does not compile any more, under another version of the library, leaves the rules as they are. */
static void take_row(struct call *call, struct rulebooks *books, const Moderation__RulebookRow *row)
{
        Moderation__Rulebook *packed;
        struct rules *rules;
        if (frame_unpack(call->arena, &moderation__rulebook__descriptor, row->packed.data, row->packed.len,
                    (ProtobufCMessage **)&packed) == STATUS_OK &&
                community_rules_compile(call->arena, packed, &rules) == STATUS_OK)
                replace(books, book_new(row->version, rules));
}

/* In a call of its own kind, so that a failure is none of the caller's. */
static void look_for_newer(struct call *call, struct rulebooks *books, int64_t version)
{
        struct call looking = *call;
        Moderation__RulebookRow row = MODERATION__RULEBOOK_ROW__INIT;
        if (db_one(&looking, &row.base, SQL_NEWER, (long long)version) == STATUS_OK)
                take_row(call, books, &row);
}

struct rulebook *rulebook_take(struct call *call)
{
        struct rulebooks *books = call->service->state;
        int64_t now = clock_now_us(), fresh_until = atomic_load(&books->fresh_until_us);
        struct rulebook *book = hold_current(books);
        if (call->db != NULL && now >= fresh_until &&
                atomic_compare_exchange_strong(
                        &books->fresh_until_us, &fresh_until, now + RULEBOOK_FRESH_MS * INT64_C(1000))) {
                look_for_newer(call, books, book->version);
                rulebook_put(book);
                book = hold_current(books);
        }
        return book;
}

bool rulebook_is_prompt(const struct service *service)
{
        struct rulebooks *books = service->state;
        int64_t now = clock_now_us();
        return now < atomic_load(&books->fresh_until_us) && now >= atomic_load(&books->slow_until_us) &&
               classifier_is_fresh(books->classifier);
}

void rulebook_note_time(struct service *service, int64_t us)
{
        struct rulebooks *books = service->state;
        if (us > RULEBOOK_PROMPT_US)
                atomic_store(&books->slow_until_us, clock_now_us() + RULEBOOK_SLOW_MS * INT64_C(1000));
}

const struct rules *rulebook_rules(const struct rulebook *book)
{
        return book->rules;
}

int64_t rulebook_version(const struct rulebook *book)
{
        return book->version;
}

void rulebook_hear(struct service *service, const ProtobufCMessage *data)
{
        struct rulebooks *books = service->state;
        (void)data;
        atomic_store(&books->fresh_until_us, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of a method that keeps its answers, with a maker of the test's own; no network, no database. */
#include "common/answer_cache.h"
#include "common/clock.h"
#include "common/keyring.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define GET_TEMPLATE "sfp.goals.Goals.GetTemplate" /* shared, served past its freshness */
#define GET_SHARE    "sfp.goals.Goals.GetShare"    /* each caller's own */

enum { SECOND_US = 1000000, CALLERS = 64, MAKING_US = 200000 };

static struct kit kit;
static atomic_int n_made;
static _Atomic status outcome; /* what the maker gives */
static atomic_int making_us;

/* One caller's request, from its own thread. */
struct asker {
        pthread_t thread;
        struct arena *arena;
        Sfp__Caller caller;
        Sfp__RequestHeader header;
        struct call call;
        int64_t patience_us;
        const char *method;
        const char *id;
        status result;
        const char *version; /* of the answer */
};

static status make(void *arg, ProtobufCMessage **out)
{
        struct asker *asker = arg;
        int n = atomic_fetch_add(&n_made, 1) + 1;
        usleep((useconds_t)atomic_load(&making_us));
        if (atomic_load(&outcome) != STATUS_OK)
                return call_fail(&asker->call, atomic_load(&outcome), "not now");
        Goals__Share *share = arena_alloc(asker->arena, sizeof *share);
        Goals__Template *template = arena_alloc(asker->arena, sizeof *template);
        goals__share__init(share);
        goals__template__init(template);
        share->id = template->id = arena_printf(asker->arena, "%d", n);
        *out = strcmp(asker->method, GET_SHARE) == 0 ? &share->base : &template->base;
        return STATUS_OK;
}

static void *ask(void *arg)
{
        struct asker *asker = arg;
        ProtobufCMessage *out = NULL;
        Goals__GetShareRequest in = GOALS__GET_SHARE_REQUEST__INIT;
        const struct answer_maker maker = {make, asker};
        const struct frame frame = {.payload = (const uint8_t *)asker->id, .payload_size = strlen(asker->id)};
        in.share_id = (char *)(size_t)asker->id;
        asker->header.deadline_us = (uint64_t)asker->patience_us;
        call_init(&asker->call, asker->arena, &kit.service, &asker->header, &asker->caller);
        asker->call.method = schema_method_find(kit.service.schema, asker->method);
        asker->result = answer_get(&asker->call, &frame, &in.base, &maker, &out);
        if (asker->result == STATUS_OK)
                asker->version = strcmp(asker->method, GET_SHARE) == 0 ? ((Goals__Share *)out)->id
                                                                       : ((Goals__Template *)out)->id;
        return NULL;
}

static void free_arena(void *arena)
{
        arena_free(arena);
}

static struct asker *new_asker(const char *method, const char *user, const char *id)
{
        struct asker *asker = arena_zalloc(kit.arena, sizeof *asker);
        asker->arena = arena_new(1 << 20);
        arena_defer(kit.arena, free_arena, asker->arena);
        sfp__caller__init(&asker->caller);
        sfp__request_header__init(&asker->header);
        asker->caller.user_id = (char *)(size_t)user;
        asker->method = method;
        asker->id = id;
        asker->patience_us = 10 * SECOND_US;
        return asker;
}

static const char *answered(const char *method, const char *user, const char *id)
{
        struct asker *asker = new_asker(method, user, id);
        ask(asker);
        return asker->result == STATUS_OK ? asker->version : status_name(asker->result);
}

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit.service.cache = cache_new(1 << 20, kit.service.metrics);
        kit.service.cache_ttl_us = SECOND_US;
        n_made = making_us = 0;
        outcome = STATUS_OK;
}

static void tear_down(void)
{
        cache_free(kit.service.cache);
        kit_close(&kit);
}

TEST(a_second_look_is_answered_from_the_cache)
{
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "1");
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "1");
        ck_assert_str_eq(answered(GET_SHARE, "ann", "y"), "2");
}
END_TEST

TEST(an_answer_is_for_its_caller_alone)
{
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "1");
        ck_assert_str_eq(answered(GET_SHARE, "bob", "x"), "2");
}
END_TEST

TEST(a_shared_answer_is_for_all_of_one_role)
{
        static char *roles[] = {"admin"};
        struct asker *admin = new_asker(GET_TEMPLATE, "cat", "x");
        struct asker *stranger = new_asker(GET_TEMPLATE, NULL, "x");
        ck_assert_str_eq(answered(GET_TEMPLATE, "ann", "x"), "1");
        ck_assert_str_eq(answered(GET_TEMPLATE, "bob", "x"), "1");
        admin->caller.roles = roles;
        admin->caller.n_roles = 1;
        ask(admin);
        ask(stranger);
        ck_assert_str_eq(admin->version, "2");
        ck_assert_str_eq(stranger->version, "3");
}
END_TEST

TEST(a_success_that_changes_it_makes_it_stale)
{
        Goals__UpdateShareRequest in = GOALS__UPDATE_SHARE_REQUEST__INIT;
        in.share_id = "x";
        answered(GET_SHARE, "ann", "x");
        answer_clear(kit.service.cache, kit.arena,
                schema_method_find(kit.service.schema, "sfp.goals.Goals.UpdateShare"), &in.base);
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "2");
}
END_TEST

TEST(a_failure_is_not_kept)
{
        outcome = STATUS_NOT_FOUND;
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "NOT_FOUND");
        outcome = STATUS_OK;
        ck_assert_str_eq(answered(GET_SHARE, "ann", "x"), "2");
}
END_TEST

static struct asker *ask_all(int count)
{
        struct asker *first = NULL;
        struct asker *askers[CALLERS];
        for (int i = 0; i < count; i++) {
                askers[i] = new_asker(GET_TEMPLATE, "ann", "x");
                pthread_create(&askers[i]->thread, NULL, ask, askers[i]);
        }
        for (int i = 0; i < count; i++) {
                pthread_join(askers[i]->thread, NULL);
                first = first == NULL ? askers[i] : first;
                ck_assert_int_eq(askers[i]->result, first->result);
        }
        return first;
}

TEST(of_many_who_ask_at_once_one_makes_the_answer)
{
        making_us = MAKING_US;
        ck_assert_str_eq(ask_all(CALLERS)->version, "1");
        ck_assert_int_eq(n_made, 1);
}
END_TEST

TEST(a_failure_is_not_shared)
{
        enum { FEW = 4 };
        making_us = 50000;
        outcome = STATUS_ABORTED;
        ck_assert_int_eq(ask_all(FEW)->result, STATUS_ABORTED);
        ck_assert_int_eq(n_made, FEW); /* each has tried for itself */
}
END_TEST

TEST(nobody_waits_for_another_beyond_the_deadline)
{
        struct asker *slow = new_asker(GET_TEMPLATE, "ann", "x");
        struct asker *hasty = new_asker(GET_TEMPLATE, "ann", "x");
        making_us = 2 * SECOND_US;
        pthread_create(&slow->thread, NULL, ask, slow);
        usleep(100000);
        making_us = 0;
        hasty->patience_us = 100000;
        int64_t begun_us = clock_now_us();
        ask(hasty);
        ck_assert_int_lt(clock_now_us() - begun_us, SECOND_US);
        pthread_join(slow->thread, NULL);
        ck_assert_str_eq(slow->version, "1");
}
END_TEST

TEST(who_asks_after_a_clear_does_not_get_what_was_begun_before)
{
        struct asker *early = new_asker(GET_TEMPLATE, "ann", "x");
        making_us = MAKING_US;
        pthread_create(&early->thread, NULL, ask, early);
        usleep(MAKING_US / 2);
        cache_clear(kit.service.cache, "templates", strlen("templates"));
        ck_assert_str_eq(answered(GET_TEMPLATE, "bob", "x"), "2");
        pthread_join(early->thread, NULL);
        ck_assert_str_eq(early->version, "1");
        ck_assert_str_eq(answered(GET_TEMPLATE, "cat", "x"), "2");
}
END_TEST

/* Puts an answer there whose freshness is over. */
static void put_old(void)
{
        struct asker *asker = new_asker(GET_TEMPLATE, "ann", "x");
        const struct frame frame = {.payload = (const uint8_t *)"x", .payload_size = 1};
        struct answer_key key =
                answer_key_of(kit.arena, schema_method_find(kit.service.schema, GET_TEMPLATE), &asker->caller, &frame);
        Goals__Template old = GOALS__TEMPLATE__INIT;
        old.id = "old";
        uint8_t bytes[64];
        size_t size = goals__template__pack(&old, bytes);
        int64_t now_us = clock_now_us();
        cache_put(kit.service.cache,
                &(struct cache_answer){
                        key.bytes, key.size, "templates", 9, bytes, size, now_us, now_us + 60LL * SECOND_US},
                cache_mark_of(kit.service.cache, "templates", 9));
}

TEST(an_old_answer_is_served_while_one_caller_makes_a_new_one)
{
        struct asker *maker = new_asker(GET_TEMPLATE, "ann", "x");
        put_old();
        making_us = MAKING_US;
        pthread_create(&maker->thread, NULL, ask, maker);
        usleep(MAKING_US / 2);
        ck_assert_str_eq(answered(GET_TEMPLATE, "bob", "x"), "old");
        pthread_join(maker->thread, NULL);
        ck_assert_str_eq(maker->version, "1");
        ck_assert_str_eq(answered(GET_TEMPLATE, "bob", "x"), "1");
        ck_assert_int_eq(n_made, 1);
}
END_TEST

TEST(when_a_new_one_cannot_be_made_the_old_one_does)
{
        put_old();
        outcome = STATUS_UNAVAILABLE;
        ck_assert_str_eq(answered(GET_TEMPLATE, "ann", "x"), "old");
        ck_assert_int_eq(n_made, 1);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/answer_cache", FORK, T(a_second_look_is_answered_from_the_cache),
        T(an_answer_is_for_its_caller_alone), T(a_shared_answer_is_for_all_of_one_role),
        T(a_success_that_changes_it_makes_it_stale), T(a_failure_is_not_kept),
        T(of_many_who_ask_at_once_one_makes_the_answer), T(a_failure_is_not_shared),
        T(nobody_waits_for_another_beyond_the_deadline), T(who_asks_after_a_clear_does_not_get_what_was_begun_before),
        T(an_old_answer_is_served_while_one_caller_makes_a_new_one), T(when_a_new_one_cannot_be_made_the_old_one_does))

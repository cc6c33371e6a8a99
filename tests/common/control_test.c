/* SPDX-License-Identifier: Apache-2.0 */
/* What every server answers about itself, also while its workers are all busy and its line is full. */
#include "common/clock.h"
#include "common/log.h"
#include "common/rpc_call.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "sfp/admin.pb-c.h"
#include "sfp/health.pb-c.h"
#include "sfp/reflection.pb-c.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000 };

static struct kit kit;
static struct replica replica;
static struct client *client, *gateway_client;
static struct asker asker;

static void set_up(void)
{
        kit_open(&kit, "moderation", replica_tables);
        replica = (struct replica){0};
        replica_start(&replica, &kit, "a", kit_ipc_url(&kit));
        client = kit_client(&kit, replica.url, "goals");
        gateway_client = kit_client(&kit, replica.url, "gateway");
        asker_open(&asker, &kit, client);
}

static void tear_down(void)
{
        client_free(client);
        client_free(gateway_client);
        asker_close(&asker);
        replica_stop(&replica);
        kit_close(&kit);
}

/* In the name of svc-goals, or of the gateway. */
static status ask_as(const char *name, const char *method, const ProtobufCMessage *in, ProtobufCMessage **out)
{
        struct call *call = asker_call(&asker, 5 * SECOND_US);
        asker.service.client = strcmp(name, "gateway") == 0 ? gateway_client : client;
        return rpc_call_at(call, "moderation", method, in, out);
}

static status check_health(const char *service, int *out)
{
        ProtobufCMessage *reply;
        Health__CheckRequest in = HEALTH__CHECK_REQUEST__INIT;
        in.service = (char *)(size_t)service;
        TRY(ask_as("goals", "sfp.health.Health.Check", &in.base, &reply));
        *out = (int)((const Health__CheckReply *)reply)->status;
        return STATUS_OK;
}

TEST(a_server_says_that_it_serves_whole_and_by_name)
{
        int said = 0;
        ck_assert_int_eq(check_health(NULL, &said), STATUS_OK);
        ck_assert_int_eq(said, HEALTH__SERVING_STATUS__SERVING);
        ck_assert_int_eq(check_health("", &said), STATUS_OK);
        ck_assert_int_eq(check_health("moderation", &said), STATUS_OK);
        ck_assert_int_eq(said, HEALTH__SERVING_STATUS__SERVING);
}
END_TEST

TEST(the_health_of_a_service_that_is_not_here_is_not_found)
{
        int said;
        ck_assert_int_eq(check_health("goals", &said), STATUS_NOT_FOUND);
}
END_TEST

TEST(an_unready_server_does_not_serve)
{
        int said = 0;
        atomic_store(&replica.is_unready, true);
        ck_assert_int_eq(check_health("", &said), STATUS_OK);
        ck_assert_int_eq(said, HEALTH__SERVING_STATUS__NOT_SERVING);
}
END_TEST

TEST(stuck_workers_and_a_full_line_do_not_stop_health_and_stats)
{
        struct asker crowd;
        ProtobufCMessage *out;
        int said = 0;
        asker_open(&crowd, &kit, client);
        struct call *call = asker_call(&crowd, 5 * SECOND_US);
        for (int i = 0; i < REPLICA_WORKERS + REPLICA_QUEUE + 4; i++) {
                rpc_start(call, NULL, CHECK, &check_request(call->arena, "nap 20000")->base);
                while (i < REPLICA_WORKERS && atomic_load(&replica.n_begun) <= i)
                        usleep(1000);
        }
        while (!metrics_have(&kit, "sfp_rpc_refused_total{lane=\"calls\",reason=\"full\"} 4\n"))
                usleep(10000);
        ck_assert_int_eq(check_health("", &said), STATUS_OK);
        ck_assert_int_eq(said, HEALTH__SERVING_STATUS__SERVING);
        Sfp__Empty in = SFP__EMPTY__INIT;
        ck_assert_int_eq(ask_as("gateway", "sfp.admin.Admin.Stats", &in.base, &out), STATUS_OK);
        const Admin__StatsReply *stats = (const Admin__StatsReply *)out;
        ck_assert_str_eq(stats->service, "moderation");
        ck_assert_str_eq(stats->version, SFP_VERSION);
        ck_assert_uint_eq(stats->queued, REPLICA_QUEUE);
        ck_assert_uint_eq(stats->workers, REPLICA_WORKERS);
        ck_assert_uint_eq(stats->workers_busy, REPLICA_WORKERS);
        ck_assert_uint_ge(stats->in_flight, REPLICA_WORKERS + REPLICA_QUEUE);
        ck_assert(stats->is_serving);
        ck_assert_int_eq(atomic_load(&replica.n_ended), 0);
        asker_close(&crowd); /* nobody waited: all of them are taken back */
}
END_TEST

TEST(only_the_gateway_and_operators_may_look_inside)
{
        static const char *const methods[] = {"sfp.admin.Admin.Stats", "sfp.admin.Admin.Drain"};
        Sfp__Empty in = SFP__EMPTY__INIT;
        ProtobufCMessage *out;
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
                ck_assert_int_eq(ask_as("goals", methods[i], &in.base, &out), STATUS_PERMISSION_DENIED);
        ck_assert_int_eq(ask_as("gateway", methods[0], &in.base, &out), STATUS_OK);
        ck_assert(((const Admin__StatsReply *)out)->is_serving);
}
END_TEST

TEST(a_drained_server_refuses_and_says_that_nothing_was_done)
{
        Sfp__Empty in = SFP__EMPTY__INIT;
        ProtobufCMessage *out;
        int said = 0;
        ck_assert_int_eq(ask_as("gateway", "sfp.admin.Admin.Drain", &in.base, &out), STATUS_OK);
        asker.service.client = client;
        ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_UNAVAILABLE);
        ck_assert_int_eq(atomic_load(&replica.n_begun), 0);
        ck_assert_int_eq(check_health("", &said), STATUS_OK);
        ck_assert_int_eq(said, HEALTH__SERVING_STATUS__NOT_SERVING);
        ck_assert(metrics_have(&kit, "sfp_rpc_refused_total{lane=\"calls\",reason=\"draining\"} 1\n"));
}
END_TEST

TEST(the_log_level_is_one_of_four)
{
        Admin__SetLogLevelRequest in = ADMIN__SET_LOG_LEVEL_REQUEST__INIT;
        ProtobufCMessage *out;
        in.level = "loud";
        ck_assert_int_eq(ask_as("gateway", "sfp.admin.Admin.SetLogLevel", &in.base, &out), STATUS_INVALID_ARGUMENT);
        in.level = "error";
        ck_assert_int_eq(ask_as("gateway", "sfp.admin.Admin.SetLogLevel", &in.base, &out), STATUS_OK);
        log_set_level(LOG_INFO);
}
END_TEST

static status describe(const char *symbol, Google__Protobuf__FileDescriptorSet **set)
{
        ProtobufCMessage *out;
        Reflection__DescribeRequest in = REFLECTION__DESCRIBE_REQUEST__INIT;
        in.symbol = (char *)(size_t)symbol;
        TRY(ask_as("goals", "sfp.reflection.Reflection.Describe", &in.base, &out));
        const Reflection__DescribeReply *reply = (const Reflection__DescribeReply *)out;
        *set = google__protobuf__file_descriptor_set__unpack(
                NULL, reply->descriptor_set.len, reply->descriptor_set.data);
        ck_assert_ptr_nonnull(*set);
        return STATUS_OK;
}

static bool has_file(const Google__Protobuf__FileDescriptorSet *set, const char *name)
{
        for (size_t i = 0; i < set->n_file; i++)
                if (strcmp(set->file[i]->name, name) == 0)
                        return true;
        return false;
}

TEST(the_protos_are_described_whole_or_by_symbol_with_what_they_import)
{
        static const char *const symbols[] = {
                "sfp.goals.Goals", "sfp.goals.Share", "sfp.health.ServingStatus", "sfp.admin.StatsReply"};
        Google__Protobuf__FileDescriptorSet *set;
        ck_assert_int_eq(describe(NULL, &set), STATUS_OK);
        size_t all = set->n_file;
        ck_assert(has_file(set, "sfp/goals.proto") && has_file(set, "sfp/admin.proto"));
        google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
        for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
                ck_assert_int_eq(describe(symbols[i], &set), STATUS_OK);
                ck_assert_uint_lt(set->n_file, all);
                ck_assert(has_file(set, "sfp/annotations.proto") && has_file(set, "google/protobuf/descriptor.proto"));
                ck_assert_int_eq(has_file(set, "sfp/goals.proto"), i < 2);
                google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
        }
}
END_TEST

TEST(an_unknown_symbol_is_not_found)
{
        static const char *const unknown[] = {"x", "sfp.goals", "sfp.goals.", "sfp.goals.Goal", "sfp.goals.Goals.Get"};
        Google__Protobuf__FileDescriptorSet *set;
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
                ck_assert_int_eq(describe(unknown[i], &set), STATUS_NOT_FOUND);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/control", NO_FORK, T(a_server_says_that_it_serves_whole_and_by_name),
        T(the_health_of_a_service_that_is_not_here_is_not_found), T(an_unready_server_does_not_serve),
        T(stuck_workers_and_a_full_line_do_not_stop_health_and_stats),
        T(only_the_gateway_and_operators_may_look_inside), T(a_drained_server_refuses_and_says_that_nothing_was_done),
        T(the_log_level_is_one_of_four), T(the_protos_are_described_whole_or_by_symbol_with_what_they_import),
        T(an_unknown_symbol_is_not_found))

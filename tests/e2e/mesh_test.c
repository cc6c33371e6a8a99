/* SPDX-License-Identifier: Apache-2.0 */
/* The services' own sockets get what no client of ours sends. Each frame is answered with an error or dropped; each
 * service goes on. */
#include "tests/e2e/instance.h"
#include "tests/e2e/mesh_caller.h"
#include "tests/e2e/refusal.h"
#include "tests/e2e/wire.h"

#include "common/frame.h"
#include "common/text.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "sfp/rpc.pb-c.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <string.h>

enum { NO_REPLY = -1, PATIENCE_MS = 5000, MUTATIONS = 600 };

static const char *const services[] = {"svc-anonymize", "svc-moderation", "svc-goals"};
#define EACH_SERVICE (size_t s = 0; s < sizeof services / sizeof *services; s++)

static void end(void)
{
        expect_no_effect();
        expect_status(get(sender(), "/goal-sharing/"), 200);
        del(sender(), path_of(shared(sender(), "All three are there")));
        refusal_end();
}

static nng_socket dial(const char *service)
{
        nng_socket socket;
        ck_assert_int_eq(nng_req0_open(&socket), 0);
        nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, PATIENCE_MS);
        nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
        ck_assert_int_eq(nng_dial(socket, text("ipc://%s", instance_socket(service)), NULL, 0), 0);
        return socket;
}

/* The status in the header of the reply; NO_REPLY when it was dropped. A reply that is no frame fails the test. */
static int ask_mesh(nng_socket socket, const void *bytes, size_t size)
{
        nng_msg *message;
        struct frame frame;
        ck_assert_int_eq(nng_msg_alloc(&message, 0), 0);
        nng_msg_append(message, bytes, size);
        ck_assert_int_eq(nng_sendmsg(socket, message, 0), 0);
        if (nng_recvmsg(socket, &message, 0) != 0)
                return NO_REPLY;
        ck_assert_int_eq(frame_split(nng_msg_body(message), nng_msg_len(message), &frame), STATUS_OK);
        Sfp__ReplyHeader *header = sfp__reply_header__unpack(NULL, frame.header_size, frame.header);
        ck_assert_ptr_nonnull(header);
        int code = (int)header->status;
        sfp__reply_header__free_unpacked(header, NULL);
        nng_msg_free(message);
        return code;
}

static int ask_once(const char *service, const void *bytes, size_t size)
{
        nng_socket socket = dial(service);
        int code = ask_mesh(socket, bytes, size);
        nng_close(socket);
        return code;
}

/* A method asked by somebody, with three seconds for it. */
struct question {
        const char *method;
        const Sfp__Caller *caller;
};

static Sfp__RequestHeader header_for(const char *method)
{
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.method = (char *)(size_t)method;
        header.has_deadline_us = 1;
        header.deadline_us = 3000000;
        return header;
}

static int call(const char *service, struct question question, const void *payload, size_t size)
{
        const Sfp__RequestHeader header = header_for(question.method);
        struct message *frame = mesh_request(service, &header, question.caller, payload, size);
        int code = ask_once(service, message_bytes(frame), message_size(frame));
        message_free(frame);
        return code;
}

static Sfp__Caller a_service(char *name)
{
        Sfp__Caller caller = SFP__CALLER__INIT;
        caller.service = name;
        return caller;
}

static Sfp__Caller a_user(void)
{
        static char *roles[] = {"user"};
        Sfp__Caller caller = SFP__CALLER__INIT;
        caller.user_id = (char *)(size_t)sender().id;
        caller.n_roles = 1;
        caller.roles = roles;
        return caller;
}

TEST(a_good_frame_is_answered)
{
        Sfp__Caller caller = a_user();
        const struct question question = {"sfp.goals.Goals.ListShares", &caller};
        ck_assert_int_eq(call("svc-goals", question, "", 0), STATUS_OK);
}

TEST(what_is_no_frame_is_refused)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"", 0}, {"\0", 1}, {"\0\1", 2}, {"\0\1\0", 3}, {"\0\1\0\5", 4}, {"\0\1\xFF\xFF", 4},
                {"\0\2\0\0", 4}, {"\xFF\xFF\xFF\xFF", 4}, {"\0\0\0\0", 4}, {"\0\1\0\1\xFF", 5},
                {"\0\1\0\3\x0A\xFF\x7F", 7}, {"GET / HTTP/1.1\r\n\r\n", 18}};
        for
                EACH_SERVICE
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_int_eq(ask_once(services[s], bad[i].bytes, bad[i].size), STATUS_INVALID_ARGUMENT);
}

TEST(a_method_that_is_not_here_is_refused)
{
        static char *const methods[] = {"", "x", "sfp.goals.Goals.", "sfp.goals.Goals.DropTables",
                "sfp.goals.goals.getshare", "google.protobuf.FileDescriptorSet", "%s%n"};
        Sfp__Caller caller = a_service("goals");
        for
                EACH_SERVICE
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
                const struct question question = {methods[i], &caller};
                ck_assert_int_eq(call(services[s], question, "", 0), STATUS_UNIMPLEMENTED);
        }
        const struct question other = {"sfp.goals.Goals.GetShare", &caller};
        const struct question none = {NULL, &caller};
        ck_assert_int_eq(call("svc-anonymize", other, "", 0), STATUS_UNIMPLEMENTED);
        ck_assert_int_eq(call("svc-anonymize", none, "", 0), STATUS_UNIMPLEMENTED);
}

TEST(a_caller_who_may_not_is_refused)
{
        Sfp__Caller user = a_user();
        Sfp__Caller gateway = SFP__CALLER__INIT;
        Sfp__Caller moderation = a_service("moderation");
        Sfp__Caller goals_for_user = user;
        goals_for_user.service = "goals";
        const struct {
                const char *service;
                struct question question;
                int code;
        } refused[] = {
                {"svc-anonymize", {"sfp.anonymize.Anonymize.CleanText", &user}, STATUS_PERMISSION_DENIED},
                {"svc-anonymize", {"sfp.anonymize.Anonymize.CleanText", &moderation}, STATUS_PERMISSION_DENIED},
                {"svc-anonymize", {"sfp.anonymize.Anonymize.CleanText", &gateway}, STATUS_UNAUTHENTICATED},
                {"svc-goals", {"sfp.goals.Goals.ListShares", &moderation}, STATUS_PERMISSION_DENIED},
                {"svc-goals", {"sfp.goals.Goals.ListShares", &goals_for_user}, STATUS_PERMISSION_DENIED},
                {"svc-goals", {"sfp.goals.Goals.ListShares", &gateway}, STATUS_UNAUTHENTICATED},
        };
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
                ck_assert_int_eq(call(refused[i].service, refused[i].question, "", 0), refused[i].code);
}

/* Everybody in the run directory could write this; only the gateway could prove it. */
TEST(a_caller_who_is_not_proven_is_refused)
{
        Sfp__Caller user = a_user();
        struct message *frame;
        Sfp__RequestHeader header = header_for("sfp.goals.Goals.ListShares");
        header.caller = IDENTITY_GATEWAY;
        ck_assert_int_eq(frame_pack(&header.base, NULL, &frame), STATUS_OK);
        ck_assert_int_eq(ask_once("svc-goals", message_bytes(frame), message_size(frame)), STATUS_UNAUTHENTICATED);
        message_free(frame);
        frame = mesh_request("svc-anonymize", &header, &user, "", 0); /* meant for another */
        ck_assert_int_eq(ask_once("svc-goals", message_bytes(frame), message_size(frame)), STATUS_UNAUTHENTICATED);
        message_free(frame);
        frame = mesh_request("svc-goals", &header, &user, "", 0);
        ck_assert_int_eq(ask_once("svc-goals", message_bytes(frame), message_size(frame)), STATUS_OK);
        message_bytes(frame)[message_size(frame) - 1] ^= 1;
        ck_assert_int_eq(ask_once("svc-goals", message_bytes(frame), message_size(frame)), STATUS_UNAUTHENTICATED);
        message_free(frame);
}

TEST(a_payload_that_is_none_is_refused)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"\xFF", 1}, {"\x0A\x7F", 2}, {"\x0A\x01\xFF", 3}, {"\x0A\x03\x61\0\x62", 5},
                {"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11}, {"\x0A\x01\x61", 3}, {"", 0}};
        Sfp__Caller caller = a_user();
        const struct question question = {"sfp.goals.Goals.GetShare", &caller};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_int_eq(call("svc-goals", question, bad[i].bytes, bad[i].size), STATUS_INVALID_ARGUMENT);
}

TEST(a_call_without_time_is_not_carried_out)
{
        Sfp__Caller caller = a_user();
        Sfp__RequestHeader header = header_for("sfp.goals.Goals.ListShares");
        header.deadline_us = 0;
        struct message *frame = mesh_request("svc-goals", &header, &caller, "", 0);
        ck_assert_int_eq(ask_once("svc-goals", message_bytes(frame), message_size(frame)), STATUS_DEADLINE_EXCEEDED);
        message_free(frame);
}

static uint8_t *filled(size_t size, const char *piece, size_t piece_size)
{
        uint8_t *bytes = arena_alloc(scene_arena(), size);
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)piece[i % piece_size];
        return bytes;
}

/* Each of these wants far more memory than it is long. */
TEST(a_payload_that_swells_is_refused)
{
        enum { SIZE = 4000000 };
        Sfp__Caller caller = a_service("goals");
        const struct question clean = {"sfp.anonymize.Anonymize.CleanText", &caller};
        const struct question check = {"sfp.moderation.Moderation.Check", &caller};
        const uint8_t *empty_texts = filled(SIZE, "\x0A\0", 2);
        const uint8_t *unknown = filled(SIZE, "\x7A\0", 2);
        ck_assert_int_eq(call("svc-anonymize", clean, empty_texts, SIZE), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(call("svc-moderation", check, empty_texts, SIZE), STATUS_INVALID_ARGUMENT);
        ck_assert_int_ne(call("svc-anonymize", clean, unknown, SIZE), STATUS_OK);
        ck_assert_int_ne(call("svc-moderation", check, unknown, SIZE), STATUS_OK);
}

/* The same text so many times, asked of both that read texts; it is made of `piece`. */
static void expect_answer(char *text, size_t count, const char *piece, int expected)
{
        char *texts[32];
        Sfp__Caller caller = a_service("goals");
        Anonymize__CleanTextRequest request = ANONYMIZE__CLEAN_TEXT_REQUEST__INIT;
        for (size_t i = 0; i < count; i++)
                texts[i] = text;
        request.n_texts = count;
        request.texts = texts;
        size_t size = anonymize__clean_text_request__get_packed_size(&request);
        uint8_t *payload = arena_alloc(scene_arena(), size);
        anonymize__clean_text_request__pack(&request, payload); /* moderation's request is laid out like it */
        const struct question clean = {"sfp.anonymize.Anonymize.CleanText", &caller};
        const struct question check = {"sfp.moderation.Moderation.Check", &caller};
        ck_assert_msg(call("svc-anonymize", clean, payload, size) == expected, "anonymize: %zu of %s", count, piece);
        ck_assert_msg(call("svc-moderation", check, payload, size) == expected, "moderation: %zu of %s", count, piece);
}

static void expect_texts(const char *piece, size_t points, size_t count, int expected)
{
        size_t length = points / text_length(piece) * strlen(piece);
        char *text = (char *)filled(length + 1, piece, strlen(piece));
        text[length] = '\0';
        expect_answer(text, count, piece, expected);
}

static const char *const pieces[] = {"a@b.co ", "a.co ", "+14155550132 ", "4155550132 ", "1.1.1.1 ", "::1 ",
        "\xF0\x9F\x98\x80", "aaaa", "4111111111111111 ", "\xEF\xB7\xBA", "http://a.b/ ", "[email 1]", "&amp;",
        "DE89370400440532013000 ", "078-05-1120 ", "guaranteed 10% daily return "};
#define EACH_PIECE (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)

/* They need many times their length of memory. */
TEST(the_longest_texts_that_are_allowed_are_read)
{
        for
                EACH_PIECE
        expect_texts(pieces[i], 50000, 1, STATUS_OK);
        for
                EACH_PIECE
        expect_texts(pieces[i], 1500, 32, STATUS_OK);
}

TEST(longer_texts_are_refused)
{
        for
                EACH_PIECE
        expect_texts(pieces[i], 30000, 32, STATUS_INVALID_ARGUMENT);
        expect_texts("a", 50001, 1, STATUS_INVALID_ARGUMENT);
        expect_texts("a", 65537, 1, STATUS_INVALID_ARGUMENT);
        expect_texts("a", 1 << 20, 1, STATUS_INVALID_ARGUMENT);
        expect_texts("a@b.co ", 1 << 20, 1, STATUS_INVALID_ARGUMENT);
}

/* A byte of the middle alone, an overlong form, half of a surrogate, a point beyond Unicode, an end cut off. */
TEST(texts_that_are_no_utf_8_are_refused)
{
        static const char *const bad[] = {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a@b.co \xC3"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_answer(arena_strdup(scene_arena(), bad[i]), 2, "no UTF-8", STATUS_INVALID_ARGUMENT);
        expect_texts("a@b.co ", 70, 1, STATUS_OK);
}

TEST(a_frame_over_the_limit_is_dropped)
{
        enum { SIZE = 5 << 20 };
        const uint8_t *bytes = filled(SIZE, "\0\1\0\0", 4);
        for
                EACH_SERVICE
                {
                        nng_socket socket = dial(services[s]);
                        nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 300);
                        ck_assert_int_eq(ask_mesh(socket, bytes, SIZE), NO_REPLY);
                        nng_close(socket);
                }
}

/* Some bytes changed, and now and then the end cut off, from the same seed each time; returns the length. */
static size_t change_bytes(uint8_t *bytes, size_t size, int round)
{
        static unsigned state = 20240229;
        for (int changes = 0; changes <= round % 4 && size > 0; changes++) {
                state = state * 1664525 + 1013904223;
                bytes[(state >> 8) % size] = (uint8_t)(state >> 24);
        }
        return size - (round % 5 == 0 && size > 0 ? (state >> 16) % size : 0);
}

/* Half of them changed before the caller proves them, half of them after. */
static void mutate(const char *service, const char *method, const Sfp__Caller *caller, const ProtobufCMessage *payload)
{
        const Sfp__RequestHeader header = header_for(method);
        size_t size = protobuf_c_message_get_packed_size(payload);
        uint8_t *good = arena_alloc(scene_arena(), size + 1);
        protobuf_c_message_pack(payload, good);
        nng_socket socket = dial(service);
        nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 500);
        for (int round = 0; round < MUTATIONS; round++) {
                uint8_t *bytes = filled(size, (const char *)good, size);
                size_t kept = round % 2 == 0 ? change_bytes(bytes, size, round) : size;
                struct message *frame = mesh_request(service, &header, caller, bytes, kept);
                size_t whole = message_size(frame);
                if (round % 2 == 1)
                        whole = change_bytes(message_bytes(frame), whole, round);
                ask_mesh(socket, message_bytes(frame), whole);
                message_free(frame);
        }
        nng_close(socket);
}

TEST(frames_with_changed_bytes_are_survived)
{
        Sfp__Caller user = a_user();
        Sfp__Caller goals = a_service("goals");
        Goals__ListSharesRequest list = GOALS__LIST_SHARES_REQUEST__INIT;
        Anonymize__CleanTextRequest clean = ANONYMIZE__CLEAN_TEXT_REQUEST__INIT;
        Moderation__CheckRequest check = MODERATION__CHECK_REQUEST__INIT;
        char *texts[] = {"Write to jane@example.org", "or call +1 415 555 0132"};
        list.q = "a house";
        list.tag = "house";
        list.cursor = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        clean.n_texts = check.n_texts = 2;
        clean.texts = check.texts = texts;
        mutate("svc-goals", "sfp.goals.Goals.ListShares", &user, &list.base);
        mutate("svc-anonymize", "sfp.anonymize.Anonymize.CleanText", &goals, &clean.base);
        mutate("svc-moderation", "sfp.moderation.Moderation.Check", &goals, &check.base);
}

/* Bytes below the frames: the wire protocol of the sockets itself. */
TEST(bytes_that_are_not_of_the_wire_are_survived)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"", 0}, {"G", 1}, {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27}, {"\0SP", 3}, {"\0SP\0\0\x30\0\0", 8},
                {"\0SP\0\0\x31\0\0", 8}, {"\0SP\1\0\x30\0\0", 8}, {"\0SP\0\xFF\xFF\xFF\xFF", 8},
                {"\0SP\0\0\x30\0\0\1", 9}, {"\0SP\0\0\x30\0\0\1\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 17},
                {"\0SP\0\0\x30\0\0\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 17}, {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\0", 17},
                {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0", 21},
                {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\4\x80\0\0\1", 21},
                {"\0SP\0\0\x30\0\0\2\0\0\0\0\0\0\0\4\x80\0\0\1", 21},
                {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\x40\x80\0\0\1", 21}};
        for
                EACH_SERVICE
                {
                        const char *path = instance_socket(services[s]);
                        for (int round = 0; round < 20; round++)
                                for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                                        wire_throw(path, bad[i].bytes, bad[i].size);
                }
}

SUITE_WITH(refusal_begin, end, "e2e/mesh", NO_FORK, T(a_good_frame_is_answered), T(what_is_no_frame_is_refused),
        T(a_method_that_is_not_here_is_refused), T(a_caller_who_may_not_is_refused),
        T(a_caller_who_is_not_proven_is_refused), T(a_payload_that_is_none_is_refused),
        T(a_call_without_time_is_not_carried_out), T(a_payload_that_swells_is_refused),
        T(the_longest_texts_that_are_allowed_are_read), T(longer_texts_are_refused),
        T(texts_that_are_no_utf_8_are_refused), T(a_frame_over_the_limit_is_dropped),
        T(frames_with_changed_bytes_are_survived), T(bytes_that_are_not_of_the_wire_are_survived))

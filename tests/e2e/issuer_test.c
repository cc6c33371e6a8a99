/* SPDX-License-Identifier: Apache-2.0 */
/* A second gateway of the instance that takes the tokens of an issuer outside, by the keys it publishes in a file. */
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"
#include "tests/gateway/issuer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ISSUER   "https://id.example"
#define AUDIENCE "https://social.example"
#define SUB      "0b5f6f0e-6c3c-4a55-9d3e-00000000000a"
#define WHO      "\"iss\":\"" ISSUER "\",\"sub\":\"" SUB "\",\"exp\":4102444800"
#define FOR_US   ",\"aud\":[\"" AUDIENCE "\"]"

static char directory[64];
static struct issuer_key *keys[3];
static pid_t gateway;

static const char *place(const char *name)
{
        return text("%s/%s", directory, name);
}

static void publish(const struct issuer_key *first, const struct issuer_key *second)
{
        const char *const jwks[] = {issuer_jwk(scene_arena(), first, ",\"use\":\"sig\""),
                second == NULL ? NULL : issuer_jwk(scene_arena(), second, ""), NULL};
        issuer_publish(place("keys.json"), issuer_set(scene_arena(), jwks));
}

/* The address is in the line by which it says that it serves. */
static const char *address_taken(void)
{
        static const char before[] = "\"address\":\"";
        char line[1024];
        const char *address = NULL;
        FILE *log = fopen(place("log"), "re");
        while (log != NULL && address == NULL && fgets(line, sizeof line, log) != NULL) {
                const char *at = strstr(line, "\"serving\"") == NULL ? NULL : strstr(line, before);
                if (at != NULL)
                        address = text("%.*s", (int)strcspn(at + sizeof before - 1, "\""), at + sizeof before - 1);
        }
        if (log != NULL)
                fclose(log);
        return address;
}

/* With the instance's settings, but for where it listens and whose tokens it takes. */
static void start_gateway(void)
{
        const char *data = program_setting("SFP_DATA"), *address;
        const char *const argv[] = {"chpst", "-e", text("%s/env/sfp-gateway", data), "env",
                text("RUN_DIR=%s", directory), text("MESH_ADDRESS=ipc://%s/run/svc-{service}.ipc", data),
                text("EVENTS_ADDRESS=ipc://%s/run/svc-{service}.events.ipc", data), "HTTP_ADDRESS=127.0.0.1:0",
                "LOG_LEVEL=info", "JWT_SECRET=", text("JWKS_FILE=%s", place("keys.json")), "JWT_ISSUER=" ISSUER,
                "JWT_AUDIENCE=" AUDIENCE, "JWT_ACCESS_TOKENS_ONLY=true", text("%s/bin/sfp-gateway", data), NULL};
        gateway = program_start(argv, place("log"));
        if (AWAIT(30, (address = address_taken()) != NULL))
                setenv("SFP_URL", text("http://%s", address), 1);
}

static const char *of(const struct issuer_key *key, const char *more)
{
        return issuer_token(scene_arena(), key, text("{" WHO FOR_US "%s}", more));
}

static int enter(const char *token)
{
        return get((struct user){SUB, token}, "/goal-sharing/").status;
}

static void begin(void)
{
        scene_begin();
        snprintf(directory, sizeof directory, "/tmp/sfp-issuer-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(directory));
        keys[0] = issuer_key(scene_arena(), "RS256", "first");
        keys[1] = issuer_key(scene_arena(), "ES256", "second");
        keys[2] = issuer_key(scene_arena(), "EdDSA", "third");
        publish(keys[0], keys[1]);
        start_gateway();
        bool is_up = AWAIT(30, enter(of(keys[0], "")) == 200);
        if (!is_up)
                program_stop(gateway); /* there is no tear-down after a set-up that fails */
        ck_assert_msg(is_up, "it does not serve");
}

static void end(void)
{
        static const char *const names[] = {"keys.json", "log", "sfp-gateway.admin"};
        program_stop(gateway);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                unlink(place(names[i]));
        rmdir(directory);
        scene_end();
}

TEST(an_issuers_token_opens_what_its_roles_open)
{
        struct user ann = {SUB, of(keys[0], "")}, mod = {SUB, of(keys[1], ",\"roles\":[\"user\",\"mod\"]")};
        expect_status(get(ann, "/goal-sharing/"), 200);
        expect_status(get(ann, "/moderation/queue"), 403);
        expect_status(get(mod, "/goal-sharing/"), 200);
        expect_status(get(mod, "/moderation/queue"), 200);
        expect_status(get(nobody, "/goal-sharing/"), 401);
}
END_TEST

TEST(what_the_instance_signs_itself_opens_nothing_there)
{
        expect_problem(get(new_user(), "/goal-sharing/"), 401, "invalid_token");
}
END_TEST

TEST(a_token_for_somebody_else_or_of_another_kind_opens_nothing)
{
        struct arena *arena = scene_arena();
        ck_assert_int_eq(enter(issuer_token(arena, keys[0], "{" WHO "}")), 401);
        ck_assert_int_eq(enter(issuer_token(arena, keys[0], "{" WHO ",\"aud\":\"https://other.example\"}")), 401);
        ck_assert_int_eq(enter(issuer_token(arena, issuer_key(arena, "RS256", "first"), "{" WHO FOR_US "}")), 401);
        ck_assert_int_eq(enter(issuer_sign(arena, keys[0], "{\"alg\":\"RS256\",\"kid\":\"first\",\"typ\":\"JWT\"}",
                                 "{" WHO FOR_US "}")),
                401);
}
END_TEST

TEST(keys_are_rotated_while_it_serves)
{
        const char *of_second = of(keys[1], ""), *of_third = of(keys[2], "");
        ck_assert_int_eq(enter(of_second), 200);
        ck_assert_int_eq(enter(of_third), 401);
        publish(keys[1], keys[2]);
        ck_assert_msg(AWAIT(30, enter(of_third) == 200), "the new key is not taken");
        ck_assert_int_eq(enter(of_second), 200);
        publish(keys[2], NULL);
        ck_assert_msg(AWAIT(30, enter(of_second) == 401), "the old key still counts");
        ck_assert_int_eq(enter(of_third), 200);
}
END_TEST

TEST(the_last_keys_serve_when_their_file_is_gone)
{
        unlink(place("keys.json"));
        pause_ms(1500); /* for a look at what is no longer there; without one the test is easier, not wrong */
        ck_assert_int_eq(enter(of(keys[0], "")), 200);
        ck_assert_int_eq(enter(of(keys[2], "")), 401);
}
END_TEST

SUITE_WITH(begin, end, "e2e/issuer", NO_FORK, T(an_issuers_token_opens_what_its_roles_open),
        T(what_the_instance_signs_itself_opens_nothing_there),
        T(a_token_for_somebody_else_or_of_another_kind_opens_nothing), T(keys_are_rotated_while_it_serves),
        T(the_last_keys_serve_when_their_file_is_gone))

/* SPDX-License-Identifier: Apache-2.0 */
/* What a test says to the instance over HTTP and what it hears, as a dialogue:
 *      struct user ann = new_user();
 *      struct answer answer = post(ann, "/goal-sharing/", JSON({"goal_title": "A boat"}));
 *      expect_problem(answer, 422, "validation_failed");
 * Paths are below /api/v1/social, those that begin with ~ as they are. What the functions of a test return lives until
 * scene_end, which is the tear-down of a suite as scene_begin is its set-up. */
#pragma once

#include "common/arena.h"
#include "tests/suite.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* JSON as it is written. */
#define JSON(...) #__VA_ARGS__

struct user {
        const char *id;
        const char *token; /* NULL: sends none */
};

static const struct user nobody;

struct request {
        const char *verb;
        const char *path;
        struct user user;
        const char *body; /* NULL: none */
        size_t size;
        const char *const *headers; /* "Name: value", up to NULL; NULL: none */
};

struct answer {
        int status;       /* 0: nobody answered */
        const char *head; /* all header lines */
        const char *body;
        size_t size;
        const cJSON *json; /* NULL when the body is no JSON */
};

void scene_begin(void);
void scene_end(void);
struct arena *scene_arena(void);
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Somebody whom the instance has never seen, with the role "user". */
struct user new_user(void);

/* The same with another role: "mod", "ops". */
struct user new_user_as(const char *role);

/* A token for `id` that ends in `ttl_s` seconds. */
const char *token_for(const char *id, const char *ttl_s);

struct answer get(struct user user, const char *path);
struct answer post(struct user user, const char *path, const char *body);
struct answer put(struct user user, const char *path, const char *body);
struct answer patch(struct user user, const char *path, const char *body);
struct answer del(struct user user, const char *path);
struct answer ask(const struct request *request);

/* From now on `hear` is given what every of these functions is answered, before the test sees it. NULL: nobody. */
void scene_overhear(void (*hear)(struct answer answer));

/* A client of its own for each thread; what it hears lives in its arena. Connections are not used twice when
 * `is_forgetful`: libcurl repeats a request by itself when a kept connection turns out to be dead. */
struct client;
struct client *client_open(struct arena *arena, bool is_forgetful);
void client_close(struct client *client);
struct answer client_ask(struct client *client, const struct request *request);

/* The answer out of a status, header lines and a body. */
struct answer answer_of(struct arena *arena, int status, const char *head, const char *body, size_t size);

/* The value of a header; NULL when it was not sent. */
const char *header_of(struct answer answer, const char *name);

/* The value at a path such as "items[0].viewer.liked"; the test fails when there is none, or it is of another type. */
const cJSON *value_at(struct answer answer, const char *path);
const char *text_at(struct answer answer, const char *path);
double number_at(struct answer answer, const char *path);
bool is_true_at(struct answer answer, const char *path);
int length_at(struct answer answer, const char *path);
bool has(struct answer answer, const char *path);

/* The same JSON value, whatever the order of keys? */
bool is_json(struct answer answer, const char *expected);

#define expect_status(given, expected)                                                                                 \
        do {                                                                                                           \
                struct answer answer_ = (given);                                                                       \
                ck_assert_msg(answer_.status == (expected), "answered %d, not %d: %s", answer_.status, (expected),     \
                        answer_.body);                                                                                 \
        } while (0)

#define expect_problem(given, expected, expected_code)                                                                 \
        do {                                                                                                           \
                struct answer problem_ = (given);                                                                      \
                expect_status(problem_, expected);                                                                     \
                ck_assert_str_eq(header_of(problem_, "Content-Type"), "application/problem+json");                     \
                ck_assert_str_eq(text_at(problem_, "code"), expected_code);                                            \
        } while (0)

#define expect_json(given, expected)                                                                                   \
        do {                                                                                                           \
                struct answer answer_ = (given);                                                                       \
                ck_assert_msg(is_json(answer_, expected), "answered %s, not %s", answer_.body, expected);              \
        } while (0)

/* True as soon as the condition is; false when it still is not after `seconds`. Evaluated again and again. */
#define AWAIT(seconds, condition)                                                                                      \
        __extension__({                                                                                                \
                double until_ = now_s() + (seconds);                                                                   \
                bool is_so_ = (condition);                                                                             \
                while (!is_so_ && now_s() < until_) {                                                                  \
                        pause_ms(20);                                                                                  \
                        is_so_ = (condition);                                                                          \
                }                                                                                                      \
                is_so_;                                                                                                \
        })

double now_s(void);
void pause_ms(int ms);

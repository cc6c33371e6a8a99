/* SPDX-License-Identifier: Apache-2.0 */
/* The attacks: what must never be in a log, in every shape in which it has got into one somewhere. */
#include "common/redact.h"
#include "tests/suite.h"

#include <string.h>

enum { SIZE = 4096 };

static const char *redacted(const char *text)
{
        static char out[SIZE];
        redact_text(text, out, sizeof out);
        return out;
}

struct row {
        const char *text, *expected;
};

static void expect_redacted(size_t count, const struct row *rows)
{
        for (size_t i = 0; i < count; i++)
                ck_assert_str_eq(redacted(rows[i].text), rows[i].expected);
}

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJlLW9mLXRoaXM"

TEST(secrets_are_taken_out_and_the_rest_stays)
{
        static const struct row rows[] = {
                {"connection to postgresql://goals:hunter2@db:5432/sfp failed",
                        "connection to postgresql://[redacted]@db:5432/sfp failed"},
                {"redis://:p%40ss@127.0.0.1:6379/0", "redis://[redacted]@127.0.0.1:6379/0"},
                {"nats://a:b@c,nats://d:e@f", "nats://[redacted]@c,nats://[redacted]@f"},
                {"https://user@host/path", "https://[redacted]@host/path"},
                {"Authorization: Bearer 0123456789abcdef0123", "Authorization: [redacted]"},
                {"sent bearer   " JWT " twice", "sent bearer   [redacted] twice"},
                {"Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"},
                {"token " JWT, "token [redacted]"},
                {"(" JWT ")", "([redacted])"},
                {"host=db user=goals password=hunter2 dbname=sfp", "host=db user=goals password=[redacted] dbname=sfp"},
                {"PGPASSWORD='x y'", "PGPASSWORD='[redacted]'"},
                {"{\"password\":\"hunter2\",\"a\":1}", "{\"password\":\"[redacted]\",\"a\":1}"},
                {"--password=hunter2 -x", "--password=[redacted] -x"},
                {"{\"api_key\": \"k-1\"}", "{\"api_key\": \"[redacted]\"}"},
                {"?access_token=abc&x=1", "?access_token=[redacted]&x=1"},
                {"Set-Cookie: sid=1; Path=/", "Set-Cookie: [redacted]"},
                {"postgresql://u:p/w@h/db", "postgresql://[redacted]@h/db"},
                {"\"secret\": \"a\\\"b c\", \"x\": 1", "\"secret\": \"[redacted]\", \"x\": 1"},
                {"X-API-Key: abc", "X-API-Key: [redacted]"},
                {"JWT_SECRET=c2VjcmV0", "JWT_SECRET=[redacted]"},
                {"before -----BEGIN PRIVATE KEY-----\nMIIE", "before [redacted]"},
                {"mail ann.o'neil+x@mail.example.org, please", "mail [redacted], please"},
                {"card 4111 1111 1111 1111.", "card [redacted]."},
                {"card 4111-1111-1111-1111", "card [redacted]"},
                {"4111111111111111", "[redacted]"},
        };
        expect_redacted(sizeof rows / sizeof *rows, rows);
}
END_TEST

TEST(secrets_that_overlap_are_hidden_to_the_end_of_the_last)
{
        static const struct row rows[] = {
                {"914111 1111 111-password=hunter2 x", "[redacted]-password=[redacted] x"},
                {"ann@mail.example.org.password=hunter2 x", "[redacted]=[redacted] x"},
                {"4111111111111111=ann@mail.example.org x", "[redacted] x"},
                {"token 0123456789abcdef:ann@mail.example.org x", "token [redacted]:[redacted] x"},
                {"-----BEGIN x KEY ann@mail.example.org password=hunter2", "[redacted]"},
                {"secret='password=hunter2", "secret='[redacted]"},
                {"https://ann:hunter2@h/?token=t", "https://[redacted]@h/?token=[redacted]"},
        };
        expect_redacted(sizeof rows / sizeof *rows, rows);
}
END_TEST

TEST(what_we_log_every_day_stays_as_it_is)
{
        static const char *const plain[] = {"0123456789abcdef0123456789abcdef", "01a2277e-7b7b-7718-8489-6750a8dafa5a",
                "tcp://127.0.0.1:7001", "ipc:///run/sfp/svc-goals.ipc", "sfp.goals.Goals.CreateShare",
                "goal 17 is already done", "2026-11-24T07:30:00.123456Z", "the token has expired", "4111111111111112",
                "spans were not taken", "127.0.0.1:8000", "a@b", "@", "://", "password", "secret ", "", "eyJ",
                "redis is out of reach: memory alone"};
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
                ck_assert_str_eq(redacted(plain[i]), plain[i]);
}
END_TEST

TEST(names_of_secrets_are_known_in_any_spelling)
{
        static const char *const secret[] = {"password", "Password", "db_password", "X-Api-Key", "apiKey", "API_KEY",
                "set-cookie", "refresh_token", "private.key", "client_secret", "AUTHORIZATION", "papapassword"};
        static const char *const plain[] = {"name", "status", "trace.id", "keys", "group_key", "passage", ""};
        for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
                ck_assert_msg(redact_is_name(secret[i], strlen(secret[i])), "%s", secret[i]);
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
                ck_assert_msg(!redact_is_name(plain[i], strlen(plain[i])), "%s", plain[i]);
}
END_TEST

TEST(what_does_not_fit_is_cut_and_tells_nothing)
{
        char out[12];
        redact_text("password=hunter2", out, sizeof out);
        ck_assert_str_eq(out, "password=[r");
        redact_text("x", out, 1);
        ck_assert_str_eq(out, "");
}
END_TEST

SUITE("common/redact", FORK, T(secrets_are_taken_out_and_the_rest_stays),
        T(secrets_that_overlap_are_hidden_to_the_end_of_the_last), T(what_we_log_every_day_stays_as_it_is),
        T(names_of_secrets_are_known_in_any_spelling), T(what_does_not_fit_is_cut_and_tells_nothing))

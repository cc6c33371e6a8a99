/* SPDX-License-Identifier: Apache-2.0 */
#include "common/address.h"
#include "common/admin.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char announce[64];
static bool is_up;

static bool is_ready(void *owner)
{
        return *(const bool *)owner;
}

static struct admin *start(struct metrics *metrics)
{
        struct admin *admin = NULL;
        snprintf(announce, sizeof announce, "admin_test.%d", (int)getpid());
        const struct admin_settings settings = {"127.0.0.1:0", announce, metrics, is_ready, &is_up};
        ck_assert_int_eq(admin_start(&settings, &admin), STATUS_OK);
        return admin;
}

/* The response to one request at the announced address. */
static const char *ask(const char *verb, const char *path)
{
        static char response[4096];
        char line[ADDRESS_TEXT_SIZE];
        union address address;
        size_t length = 0;
        FILE *file = fopen(announce, "r");
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
        fclose(file);
        line[strcspn(line, "\n")] = '\0';
        ck_assert_int_eq(address_parse(line, &address), STATUS_OK);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(connect(fd, &address.any, sizeof address.v4), 0);
        ck_assert_int_gt(dprintf(fd, "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", verb, path), 0);
        for (ssize_t got; (got = read(fd, response + length, sizeof response - 1 - length)) > 0;)
                length += (size_t)got;
        close(fd);
        response[length] = '\0';
        return response;
}

TEST(operators_learn_the_state_of_the_program)
{
        struct metrics *metrics = metrics_new();
        metric_add(metrics_counter(metrics, "things_total", "", "Things."), 3);
        struct admin *admin = start(metrics);
        ck_assert_ptr_nonnull(strstr(ask("GET", "/livez"), "HTTP/1.1 200 "));
        ck_assert_ptr_nonnull(strstr(ask("GET", "/readyz"), "HTTP/1.1 503 "));
        is_up = true;
        ck_assert_ptr_nonnull(strstr(ask("GET", "/readyz"), "HTTP/1.1 200 "));
        ck_assert_ptr_nonnull(strstr(ask("GET", "/metrics"), "\nthings_total 3\n"));
        ck_assert_ptr_nonnull(strstr(ask("GET", "/nothing"), "HTTP/1.1 404 "));
        ck_assert_ptr_nonnull(strstr(ask("POST", "/livez"), "HTTP/1.1 405 "));
        admin_stop(admin);
        metrics_free(metrics);
}
END_TEST

TEST(the_announcement_goes_with_the_server)
{
        struct metrics *metrics = metrics_new();
        struct admin *admin = start(metrics);
        ck_assert_int_eq(access(announce, F_OK), 0);
        admin_stop(admin);
        ck_assert_int_ne(access(announce, F_OK), 0);
        metrics_free(metrics);
}
END_TEST

TEST(an_address_that_cannot_be_had_is_said)
{
        const struct admin_settings settings = {.address = "203.0.113.1:1"};
        struct admin *admin = NULL;
        ck_assert_int_eq(admin_start(&settings, &admin), STATUS_UNAVAILABLE);
        ck_assert_ptr_null(admin);
}
END_TEST

SUITE("common/admin", FORK, T(operators_learn_the_state_of_the_program), T(the_announcement_goes_with_the_server),
        T(an_address_that_cannot_be_had_is_said))

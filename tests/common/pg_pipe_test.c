/* SPDX-License-Identifier: Apache-2.0 */
/* Connecting when a URL names several servers, and the first of them is a socket that nobody answers on. */
#include "common/clock.h"
#include "common/pg_pipe.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SECOND_US = 1000000 };

static char directory[] = "/tmp/sfp-silent-XXXXXX";
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int silent;

static void begin(void)
{
        snprintf(directory, sizeof directory, "/tmp/sfp-silent-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(directory));
        snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", directory);
        silent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ck_assert_int_eq(bind(silent, (struct sockaddr *)&address, sizeof address), 0);
        ck_assert_int_eq(listen(silent, 8), 0);
}

static void end(void)
{
        close(silent);
        unlink(address.sun_path);
        rmdir(directory);
}

/* The database of the tests, behind the silent one. */
static const char *url(void)
{
        static char out[1000];
        const char *real = getenv("SFP_DATABASE_URL");
        ck_assert_ptr_nonnull(real);
        const char *host = strstr(real, "host=");
        ck_assert_ptr_nonnull(host);
        snprintf(out, sizeof out, "%.*shost=%s,%s", (int)(host - real), real, directory, host + strlen("host="));
        return out;
}

/* How many have knocked there since. */
static int knocks(void)
{
        int count = 0;
        for (int peer; (peer = accept4(silent, NULL, NULL, SOCK_CLOEXEC)) >= 0; count++)
                close(peer);
        return count;
}

TEST(a_server_that_does_not_answer_is_passed_over_and_not_asked_again)
{
        struct pg_pipe *pipe = pg_pipe_new(url());
        ck_assert(pg_pipe_connect(pipe, clock_now_us() + 2 * SECOND_US));
        ck_assert_int_eq(knocks(), 1);
        pg_pipe_drop(pipe);
        ck_assert(pg_pipe_connect(pipe, clock_now_us() + 2 * SECOND_US));
        ck_assert_int_eq(knocks(), 0);
        pg_pipe_free(pipe);
}
END_TEST

SUITE_WITH(begin, end, "common/pg_pipe", FORK, T(a_server_that_does_not_answer_is_passed_over_and_not_asked_again))

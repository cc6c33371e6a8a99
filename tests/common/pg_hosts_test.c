/* SPDX-License-Identifier: Apache-2.0 */
/* One server of those that a URL names: the first, the second, and a URL that names one stays as it is. */
#include "common/pg_hosts.h"
#include "tests/suite.h"

#include <string.h>

static const struct {
        const char *url;
        size_t count, place;
        const char *host, *port;
} urls[] = {
        {"postgresql://ann@db.example/social", 1, 0, "db.example", "5432"},
        {"postgresql://ann@one:5433,two:5434/social?target_session_attrs=read-write", 2, 0, "one", "5433"},
        {"postgresql://ann@one:5433,two:5434/social", 2, 1, "two", "5434"},
        {"host=one,two,three port=6000 dbname=social", 3, 2, "three", "6000"},
        {"postgresql://ann@/social?host=/tmp/one,/tmp/two&port=5432,5433", 2, 1, "/tmp/two", "5433"},
        {"host=/tmp/one port=5432,5433", 2, 1, "/tmp/one", "5433"},
};

TEST(each_server_of_an_url_is_reached_by_its_place)
{
        for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
                struct pg_hosts *hosts = pg_hosts_new(urls[i].url);
                ck_assert_uint_eq(pg_hosts_count(hosts), urls[i].count);
                PGconn *connection = pg_hosts_start(hosts, urls[i].place);
                ck_assert_str_eq(PQhost(connection), urls[i].host);
                ck_assert_str_eq(PQport(connection), urls[i].port);
                PQfinish(connection);
                pg_hosts_free(hosts);
        }
}
END_TEST

static const char *const odd[] = {
        "", "postgresql://a,b:5432,c", "host=a,b,c port=1,2", "no conninfo", "postgresql://%zz"};

TEST(what_is_no_list_of_servers_is_left_to_libpq)
{
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
                struct pg_hosts *hosts = pg_hosts_new(odd[i]);
                for (size_t place = 0; place < pg_hosts_count(hosts); place++)
                        PQfinish(pg_hosts_start(hosts, place));
                pg_hosts_free(hosts);
        }
        struct pg_hosts *hosts = pg_hosts_new("host=a,b,c port=1,2");
        ck_assert_uint_eq(pg_hosts_count(hosts), 1);
        pg_hosts_free(hosts);
}
END_TEST

SUITE("common/pg_hosts", FORK, T(each_server_of_an_url_is_reached_by_its_place),
        T(what_is_no_list_of_servers_is_left_to_libpq))

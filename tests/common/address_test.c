/* SPDX-License-Identifier: Apache-2.0 */
#include "common/address.h"
#include "tests/suite.h"

TEST(an_address_is_read_and_written_back)
{
        static const struct {
                const char *text, *back;
        } good[] = {{"127.0.0.1:8000", "127.0.0.1:8000"}, {"[::1]:80", "[::1]:80"}, {":0", "0.0.0.0:0"},
                {"[::]:65535", "[::]:65535"}};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                union address address;
                char text[ADDRESS_TEXT_SIZE];
                ck_assert_int_eq(address_parse(good[i].text, &address), STATUS_OK);
                unsigned port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
                address_format(&address, port, text);
                ck_assert_str_eq(text, good[i].back);
        }
}
END_TEST

TEST(anything_else_is_refused)
{
        static const char *const bad[] = {"", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                "127.0.0.1: 80", "127.0.0.1:+80", "localhost:80", "::1:80", "[::1]", "[::1:80", "1.2.3:80",
                "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]:1"};
        union address address;
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(address_parse(bad[i], &address) == STATUS_INVALID_ARGUMENT, "%s", bad[i]);
}
END_TEST

SUITE("common/address", FORK, T(an_address_is_read_and_written_back), T(anything_else_is_refused))

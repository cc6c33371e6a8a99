/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/client_address.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <string.h>

static const char *shown(struct client_address address)
{
        static char text[INET6_ADDRSTRLEN];
        const char *out = inet_ntop(AF_INET6, address.bytes, text, sizeof text);
        return strncmp(out, "::ffff:", 7) == 0 ? out + 7 : out;
}

static const char *seen(const char *networks, const char *peer, const char *x_forwarded_for, const char *forwarded)
{
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        bool is_v4 = inet_pton(AF_INET, peer, &v4.sin_addr) == 1;
        ck_assert(is_v4 || inet_pton(AF_INET6, peer, &v6.sin6_addr) == 1);
        struct proxies *proxies = proxies_new(networks);
        ck_assert_ptr_nonnull(proxies);
        const struct sockaddr *address = is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
        const char *out = shown(client_address_of(proxies, address, x_forwarded_for, forwarded));
        proxies_free(proxies);
        return out;
}

static const char *seen_by(const char *networks, const char *x_forwarded_for)
{
        return seen(networks, "10.0.0.1", x_forwarded_for, NULL);
}

TEST(who_is_not_trusted_is_not_believed)
{
        ck_assert_str_eq(seen_by("", "203.0.113.9"), "10.0.0.1");
        ck_assert_str_eq(seen_by("10.0.0.2", "203.0.113.9"), "10.0.0.1");
        ck_assert_str_eq(seen_by("192.168.0.0/16", "203.0.113.9"), "10.0.0.1");
}
END_TEST

TEST(a_proxy_says_whom_it_forwards)
{
        ck_assert_str_eq(seen_by("10.0.0.1", "203.0.113.9"), "203.0.113.9");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "203.0.113.9:4711"), "203.0.113.9");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "2001:db8::1"), "2001:db8::1");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "[2001:db8::1]:443"), "2001:db8::1");
        ck_assert_str_eq(seen_by("10.0.0.0/8", NULL), "10.0.0.1");
}
END_TEST

/* What stands left of the first address that is not trusted anybody may have written. */
TEST(the_list_is_read_from_the_right)
{
        ck_assert_str_eq(seen_by("10.0.0.0/8", "1.1.1.1, 203.0.113.9"), "203.0.113.9");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "1.1.1.1, 203.0.113.9, 10.0.0.7"), "203.0.113.9");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "10.9.9.9, 10.0.0.7"), "10.9.9.9");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "203.0.113.9,,"), "203.0.113.9");
}
END_TEST

TEST(a_name_ends_the_list)
{
        ck_assert_str_eq(seen_by("10.0.0.0/8", "unknown"), "10.0.0.1");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "1.1.1.1, unknown, 10.0.0.7"), "10.0.0.7");
        ck_assert_str_eq(seen_by("10.0.0.0/8", "1.1.1.1, 999.1.1.1"), "10.0.0.1");
        ck_assert_str_eq(seen_by("10.0.0.0/8", ""), "10.0.0.1");
}
END_TEST

TEST(forwarded_is_read_as_rfc_7239_says)
{
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "for=203.0.113.9;proto=https"), "203.0.113.9");
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "by=x;For=\"[2001:db8::1]:4711\""), "2001:db8::1");
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "for=1.1.1.1, for=203.0.113.9"), "203.0.113.9");
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "for=_hidden"), "10.0.0.1");
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "proto=https"), "10.0.0.1");
        ck_assert_str_eq(seen("10.0.0.1", "10.0.0.1", NULL, "for=\"1.1.1.1, 2.2.2.2\""), "10.0.0.1");
}
END_TEST

TEST(networks_of_both_kinds_are_trusted)
{
        ck_assert_str_eq(seen("::1, 2001:db8::/33", "2001:db8:1::5", "1.1.1.1", NULL), "1.1.1.1");
        ck_assert_str_eq(seen("2001:db8::/33", "2001:db8:8000::5", "1.1.1.1", NULL), "2001:db8:8000::5");
        ck_assert_str_eq(seen("10.0.0.0/30", "10.0.0.3", "1.1.1.1", NULL), "1.1.1.1");
        ck_assert_str_eq(seen("10.0.0.0/30", "10.0.0.4", "1.1.1.1", NULL), "10.0.0.4");
        ck_assert_str_eq(seen("10.0.0.0/8", "::ffff:10.0.0.4", "1.1.1.1", NULL), "1.1.1.1");
        ck_assert_str_eq(seen("0.0.0.0/0", "::1", "1.1.1.1", NULL), "::1");
}
END_TEST

TEST(what_is_no_network_is_refused)
{
        static const char *const bad[] = {"x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0",
                "10.0.0.0/8x", "10.0.0.0/ 8", "10.0.0.1 10.0.0.2", "localhost", "10.0.0.0/99999999999999999999"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(proxies_new(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

TEST(an_ipv6_host_is_its_network)
{
        struct client_address address = {{0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
        ck_assert_str_eq(shown(client_address_network(address)), "2001:db8:102:304::");
        ck_assert_str_eq(shown(client_address_network((struct client_address){{[10] = 0xff, [11] = 0xff, 1, 2, 3, 4}})),
                "1.2.3.4");
}
END_TEST

SUITE("gateway/client_address", FORK, T(who_is_not_trusted_is_not_believed), T(a_proxy_says_whom_it_forwards),
        T(the_list_is_read_from_the_right), T(a_name_ends_the_list), T(forwarded_is_read_as_rfc_7239_says),
        T(networks_of_both_kinds_are_trusted), T(what_is_no_network_is_refused), T(an_ipv6_host_is_its_network))

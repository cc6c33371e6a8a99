/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/wire.h"

#include "common/address.h"
#include "common/buffer.h"
#include "tests/e2e/program.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000 };

int wire_connect(void)
{
        union address address;
        const char *url = program_setting("SFP_URL");
        ck_assert_int_eq(address_parse(url + strlen("http://"), &address), STATUS_OK);
        int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(connect(fd, &address.any, sizeof address.v4), 0);
        return fd;
}

static void send_all(int fd, const void *bytes, size_t size)
{
        const char *at = bytes;
        for (ssize_t sent; size > 0 && (sent = send(fd, at, size, MSG_NOSIGNAL)) > 0; size -= (size_t)sent)
                at += sent;
}

static struct buffer read_all(int fd)
{
        char piece[8192];
        struct buffer out = buffer_in(scene_arena());
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        for (ssize_t size; poll(&poll_fd, 1, PATIENCE_MS) > 0 && (size = read(fd, piece, sizeof piece)) > 0;)
                buffer_append(&out, piece, (size_t)size);
        return out;
}

struct answer wire_ask(const char *bytes, size_t size)
{
        int code = 0;
        int fd = wire_connect();
        send_all(fd, bytes, size);
        struct buffer out = read_all(fd);
        close(fd);
        const char *head = buffer_text(&out);
        const char *end = strstr(head, "\r\n\r\n");
        if (end == NULL || sscanf(head, "HTTP/1.%*1[01] %d ", &code) != 1)
                return answer_of(scene_arena(), 0, "", "", 0);
        const char *body = end + 4;
        return answer_of(
                scene_arena(), code, text("%.*s", (int)(end - head), head), body, out.length - (size_t)(body - head));
}

struct answer wire_request(const char *line, const char *headers, const char *body, size_t size)
{
        struct buffer out = buffer_in(scene_arena());
        buffer_printf(&out, "%s\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", line, headers);
        buffer_append(&out, body, size);
        return wire_ask(out.bytes, out.length);
}

void wire_throw(const char *path, const void *bytes, size_t size)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        ck_assert_int_lt(snprintf(address.sun_path, sizeof address.sun_path, "%s", path), sizeof address.sun_path);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
        send_all(fd, bytes, size);
        close(fd);
}

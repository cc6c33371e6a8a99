/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/raw_socket.h"

#include "tests/e2e/listening.h"
#include "tests/e2e/wire.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, NO_STATUS = 1005 };

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

struct raw_socket {
        int fd;
};

/* False: the other side has closed, or has nothing to say. */
static bool read_exactly(struct raw_socket *raw, void *out, size_t size)
{
        uint8_t *at = out;
        struct pollfd poll_fd = {.fd = raw->fd, .events = POLLIN};
        while (size > 0) {
                if (poll(&poll_fd, 1, PATIENCE_MS) <= 0)
                        return false;
                ssize_t got = recv(raw->fd, at, size, 0);
                if (got <= 0)
                        return false;
                at += got;
                size -= (size_t)got;
        }
        return true;
}

struct raw_socket *raw_open(void)
{
        struct user user = new_user();
        struct raw_socket *raw = calloc(1, sizeof *raw);
        const char *request =
                text("GET /api/v1/social/ws/%s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n%s\r\n", user.id,
                        user.token, ear_upgrade_headers());
        char head[1024];
        size_t length = 0;
        raw->fd = wire_connect();
        raw_send(raw, request, strlen(request));
        while (length < sizeof head - 1 && read_exactly(raw, head + length, 1)) {
                head[++length] = '\0';
                if (length >= 4 && strcmp(head + length - 4, "\r\n\r\n") == 0)
                        break;
        }
        ck_assert_msg(strncmp(head, "HTTP/1.1 101 ", 13) == 0, "no upgrade: %s", head);
        ck_assert_msg(raw_hear(raw).first == FRAME_TEXT, "no hello");
        return raw;
}

void raw_close(struct raw_socket *raw)
{
        close(raw->fd);
        free(raw);
}

void raw_send(struct raw_socket *raw, const void *bytes, size_t size)
{
        const char *at = bytes;
        for (ssize_t sent; size > 0 && (sent = send(raw->fd, at, size, MSG_NOSIGNAL)) > 0; size -= (size_t)sent)
                at += sent;
}

void raw_say(struct raw_socket *raw, int first, const void *bytes, size_t size)
{
        uint8_t frame[8 + RAW_SIZE_MAX * 2] = {(uint8_t)first};
        size_t head = 2;
        ck_assert_uint_le(size, RAW_SIZE_MAX * 2);
        if (size < 126) {
                frame[1] = (uint8_t)(0x80 | size);
        } else {
                frame[1] = 0x80 | 126;
                frame[2] = (uint8_t)(size >> 8);
                frame[3] = (uint8_t)size;
                head = 4;
        }
        memcpy(frame + head, mask, sizeof mask);
        head += sizeof mask;
        for (size_t i = 0; i < size; i++)
                frame[head + i] = ((const uint8_t *)bytes)[i] ^ mask[i % 4];
        raw_send(raw, frame, head + size);
}

void raw_say_text(struct raw_socket *raw, int first, const char *text)
{
        raw_say(raw, first, text, strlen(text));
}

static bool read_frame(struct raw_socket *raw, struct raw_frame *out)
{
        uint8_t head[2], longer[2];
        if (!read_exactly(raw, head, sizeof head))
                return false;
        ck_assert_msg((head[1] & 0x80) == 0, "a server's frame has a mask");
        out->size = head[1];
        if (out->size == 126 && read_exactly(raw, longer, sizeof longer))
                out->size = (size_t)(longer[0] << 8 | longer[1]);
        ck_assert_uint_le(out->size, RAW_SIZE_MAX);
        out->first = head[0];
        return read_exactly(raw, out->bytes, out->size);
}

struct raw_frame raw_hear(struct raw_socket *raw)
{
        struct raw_frame frame;
        do {
                if (!read_frame(raw, &frame))
                        return (struct raw_frame){.first = -1};
        } while (frame.first == FRAME_PING);
        return frame;
}

bool raw_hears(struct raw_socket *raw, int first, const char *bytes)
{
        struct raw_frame frame = raw_hear(raw);
        return frame.first == first && frame.size == strlen(bytes) && memcmp(frame.bytes, bytes, frame.size) == 0;
}

int raw_closing_code(struct raw_socket *raw)
{
        struct raw_frame frame;
        do {
                frame = raw_hear(raw);
        } while (frame.first != FRAME_CLOSE && frame.first != -1);
        if (frame.first == -1)
                return 0;
        ck_assert_msg(raw_hear(raw).first == -1, "something comes behind the close");
        return frame.size < 2 ? NO_STATUS : frame.bytes[0] << 8 | frame.bytes[1];
}

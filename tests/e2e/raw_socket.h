/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket frame by frame, and byte by byte, for what no library would say (RFC 6455). */
#pragma once

#include "tests/e2e/client.h"

#include <stdint.h>

/* First bytes of frames: the last of its message, unless MORE. */
enum {
        FRAME_CONTINUATION = 0x80,
        FRAME_TEXT = 0x81,
        FRAME_BINARY = 0x82,
        FRAME_CLOSE = 0x88,
        FRAME_PING = 0x89,
        FRAME_PONG = 0x8a,
        MORE_CONTINUATION = 0x00,
        MORE_TEXT = 0x01,
        RAW_SIZE_MAX = 4096,
};

struct raw_socket;

struct raw_frame {
        int first; /* -1: the other side has closed, or has nothing to say */
        size_t size;
        uint8_t bytes[RAW_SIZE_MAX];
};

/* Opens the socket of a new user and hears its hello. */
struct raw_socket *raw_open(void);
void raw_close(struct raw_socket *raw);

/* Sends a frame with a mask. */
void raw_say(struct raw_socket *raw, int first, const void *bytes, size_t size);
void raw_say_text(struct raw_socket *raw, int first, const char *text);

/* Sends bytes as they are. */
void raw_send(struct raw_socket *raw, const void *bytes, size_t size);

/* The next frame but the server's own pings. */
struct raw_frame raw_hear(struct raw_socket *raw);

/* Is the next frame this one? */
bool raw_hears(struct raw_socket *raw, int first, const char *bytes);

/* The code of the close frame that comes, whatever comes before it, and that nothing comes behind it. 1005: it has
 * none. 0: no close frame comes. */
int raw_closing_code(struct raw_socket *raw);

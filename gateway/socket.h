/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket of one person, as the thread of sockets.c drives it: what it says and hears, in frames of the contract.
 *
 *      server  {"seq": 7, "type": "notification", "event_id": …, "at": …, "data": {…}}
 *              hello {session, last_seq, heartbeat_ms}, replayed {from, to}, resync_required {oldest_seq, last_seq},
 * pong client  resume {last_seq}, ack {seq}, subscribe {topics[]}, ping
 *
 * Numbers are the person's own and have no gaps; what was missed is heard again by resume. */
#pragma once

#include "sfp/feed.pb-c.h"
#include "sfp/rpc.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum {
        SOCKET_MESSAGE_MAX = 4 << 10,  /* bytes of a client's message */
        SOCKET_QUEUED_MAX = 256 << 10, /* bytes that wait for a slow reader */
        SOCKET_HEARTBEAT_MS = 25000,
        SOCKET_IDLE_MS = 75000, /* without a word, not even a pong */
        SOCKET_PACE = 40,       /* messages a client may send in SOCKET_PACE_MS */
        SOCKET_PACE_MS = 10000,
        SOCKET_TOPICS_MAX = 16,
};

/* Close codes (RFC 6455, section 7.4.2: 4000 to 4999 are ours). */
enum {
        SOCKET_GOING_AWAY = 1001,
        SOCKET_BAD_MESSAGE = 1008,
        SOCKET_TOO_SLOW = 1013,
        SOCKET_RESTART = 1012,
        SOCKET_AUTH = 4401,
        SOCKET_IDLE = 4408,
        SOCKET_REPLACED = 4409,
        SOCKET_TOO_FAST = 4429,
};

struct schema;
struct socket;

/* Takes the file descriptor, which does not block. `caller` is copied; `expires_at`: of its token, seconds since 1970.
 */
struct socket *socket_new(const struct schema *schema, int fd, const Sfp__Caller *caller, int64_t expires_at);
void socket_free(struct socket *socket);

int socket_fd(const struct socket *socket);
const Sfp__Caller *socket_caller(const struct socket *socket);
const char *socket_user(const struct socket *socket);

/* Behind which frame it wants to hear more. */
int64_t socket_position(const struct socket *socket);

/* Something can be read or written. False: it is over. */
bool socket_serve(struct socket *socket, bool can_read, bool can_write);

/* Has it something to write, and does it want frames? */
bool socket_wants_write(const struct socket *socket);
bool socket_wants_frames(const struct socket *socket);

/* They are being asked for. */
void socket_asked(struct socket *socket);

/* Takes what was read for it: the first answer makes the hello, later ones are passed on. NULL: nobody answered, and it
 * is to be asked again. */
void socket_take(struct socket *socket, const Feed__Frames *frames);

/* There is something new for this person. */
void socket_hint(struct socket *socket);

/* Time passes: heartbeats, idleness, the token's end. False: it is over. */
bool socket_tick(struct socket *socket, int64_t now_us);

/* Says goodbye with a code; it is over when that is written. */
void socket_close(struct socket *socket, uint16_t code);

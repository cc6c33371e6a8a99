/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who hears the frames of their feed as they come, whatever carries them: a WebSocket (socket.h) or a stream
 * of events (stream.h). What is said is JSON of the contract:
 *
 *      {"seq": 7, "type": "notification", "event_id": …, "at": …, "data": {…}}
 *      hello {session, last_seq, heartbeat_ms}, replayed {from, to}, resync_required {oldest_seq, last_seq}
 *
 * Numbers are the person's own and have no gaps. All of this belongs to the one thread of sockets.c. */
#pragma once

#include "common/arena.h"
#include "common/buffer.h"
#include "common/uuid.h"
#include "sfp/feed.pb-c.h"
#include "sfp/rpc.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum { LISTENER_TOPICS_MAX = 16 };

/* Why it ends (RFC 6455, section 7.4.2: 4000 to 4999 are ours). */
enum {
        CLOSE_BAD_PROTOCOL = 1002,
        CLOSE_BAD_DATA = 1003,
        CLOSE_BAD_MESSAGE = 1008,
        CLOSE_RESTART = 1012,
        CLOSE_TOO_SLOW = 1013,
        CLOSE_AUTH = 4401,
        CLOSE_IDLE = 4408,
        CLOSE_REPLACED = 4409,
        CLOSE_TOO_FAST = 4429,
};

struct listener;

struct listener_kind {
        int heartbeat_ms;
        /* Says a JSON text. Whoever heard it has heard all up to `position`; NO_POSITION: it says nothing of that. */
        void (*say)(struct listener *listener, const struct buffer *json, int64_t position);
        /* Something can be read or written. False: it is over. */
        bool (*serve)(struct listener *listener, bool can_read, bool can_write);
        bool (*wants_write)(const struct listener *listener);
        /* Time passes. False: it is over. */
        bool (*tick)(struct listener *listener, int64_t now_us);
        /* Says goodbye; it is over when that is written. Twice is once. */
        void (*close)(struct listener *listener, uint16_t code);
        void (*free)(struct listener *listener);
};

#define NO_POSITION INT64_C(-1)

/* The first member of what carries it. */
struct listener {
        const struct listener_kind *kind;
        int fd;              /* to be watched; -1: none */
        Sfp__Caller *caller; /* its own */
        int64_t expires_at_us;
        char session[UUID_SIZE];
        bool is_greeted;
        bool is_closing;
        bool wants_frames;
        int64_t position;    /* the last frame said */
        int64_t resume_from; /* where it left off the last time; NO_POSITION: it is new */
        int64_t replay_from; /* while a resume is answered; 0: none */
        size_t n_topics;     /* 0: all */
        char *topics[LISTENER_TOPICS_MAX];
};

/* `caller` is copied; `expires_at`: of the token, in seconds since 1970. */
void listener_init(struct listener *listener, const struct listener_kind *kind, int fd, const Sfp__Caller *caller,
        int64_t expires_at);
void listener_fini(struct listener *listener);

/* Takes what was read for it: the first answer makes the hello, later ones are passed on. NULL: nobody answered. */
void listener_take(struct listener *listener, struct arena *arena, const Feed__Frames *frames);

/* Everything behind this frame again. */
void listener_resume(struct listener *listener, int64_t last_seq);

/* Only these types from now on; none: all. More than LISTENER_TOPICS_MAX are left out. */
void listener_subscribe(struct listener *listener, size_t n_topics, char *const *topics);

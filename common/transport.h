/* SPDX-License-Identifier: Apache-2.0 */
/* Request and reply between processes: the six functions that stand between the mesh and NNG. Addresses are NNG's:
 * ipc:///path, tcp://host:port, tls+tcp://host:port. Messages over TRANSPORT_MESSAGE_MAX are refused on both sides
 * before they are sent; a peer that sends one all the same loses its connection.
 *
 * What must be known about NNG to use it safely; transport_dial.c and transport_listen.c keep to it:
 *  - Resend is off for good (NNG_OPT_REQ_RESENDTIME infinite). NNG's own would send a request again after a minute, and
 *    at once to another peer when a connection drops: a write is then carried out twice. Who may repeat what is known
 *    above (common/client.h).
 *  - A socket has one peer. Over several NNG takes the first whose last write has ended, which is the stalled one as
 * long as the kernel swallows its requests: 898 of 6,000 calls lost beside one stopped replica, against 7 with a socket
 *    each and a choice above.
 *  - Contexts live in a pool as long as their socket: closing one beside its traffic is a use after free in old
 *    releases. A slot (a context and its two operations) carries one call at a time and is used again for ever.
 *  - The receive is posted right behind the send, so that a call costs one callback. Releases before 1.6 crash on that
 *    and get send, wait, receive.
 *  - Callbacks never block: they run on the few threads that the whole process shares.
 *  - A receive bound is set before listening or dialling: without one a stranger fills the memory. It bounds NNG's own
 *    header too, so it lies a little above ours.
 *  - An ipc path is locked before it is listened on: NNG looks for a living listener by connecting to it, which kills
 * it in old releases.
 *  - Nothing is closed while a thread is inside of a call to it, nor a connection while it is being made.
 *  - "Sent" is said when the kernel has the bytes: a stop waits a moment longer.
 *  - TCP keepalive is on, but only the kernel's patience ends a dead connection with it; that a peer is alive is known
 *    by asking it (Health.Check).
 *  - NNG looks a host name up at each dial and takes its first address: names are resolved above (common/endpoints.h).
 *  - No process forks after its first call. */
#pragma once

#include "common/endpoints.h"
#include "common/message.h"
#include "common/status.h"

#include <stdbool.h>

enum {
        TRANSPORT_MESSAGE_MAX = 4 << 20,
        TRANSPORT_THREADS_MAX = 16, /* that callbacks run on; a thread a core, at least two */
};

struct transport_listener;
struct transport_request;
struct transport_dialer;

/* A request has come. Called on a thread of the transport: it must not block. `message` is the callee's; the request is
 * to be answered exactly once, at any time, from any thread. */
typedef void (*transport_receive)(void *owner, struct transport_request *request, struct message *message);

/* How a call ended: STATUS_OK with the reply, which is the callee's to free, or
 *   DEADLINE_EXCEEDED, UNAVAILABLE (no connection, or it was lost), RESOURCE_EXHAUSTED (too large, or too many at
 * once). `was_sent` false: the peer has seen nothing of it. True: it may have carried it out. Called on a thread of the
 * transport: it must not block. */
typedef void (*transport_done)(void *arg, status code, bool was_sent, struct message *reply);

/* Listens with `contexts` requests open at a time; what comes on top waits in the peers' buffers. An ipc path is held
 * by a lock file beside it; ALREADY_EXISTS when another process has it. */
MUST_CHECK status transport_listen(
        const char *url, int contexts, transport_receive receive, void *owner, struct transport_listener **out);

/* Answers a request and takes `message`. NULL drops the request: the peer runs into its deadline. */
void transport_reply(struct transport_request *request, struct message *message);

/* Takes no more requests, waits until the replies given are written (at most `patience_ms`), and closes. */
void transport_stop(struct transport_listener *listener, int patience_ms);

/* Connects in the background to one endpoint, now and after every loss. INVALID_ARGUMENT for a malformed address,
 * UNAVAILABLE when it needs certificates and there are none. */
MUST_CHECK status transport_dial(const struct endpoint *endpoint, struct transport_dialer **out);

/* Sends a request, takes `message`, and calls `done` once, not before this function has returned or from within it when
 * the call cannot start. Never sends twice. */
void transport_send(
        struct transport_dialer *dialer, struct message *message, int64_t timeout_us, transport_done done, void *arg);

/* Ends the calls under way as UNAVAILABLE and frees the dialer. */
void transport_hang_up(struct transport_dialer *dialer);

/* SPDX-License-Identifier: Apache-2.0 */
/* Request and reply between processes: the six functions that stand between the mesh and NNG. Addresses are NNG's:
 * ipc:///path, tcp://host:port. Blocks over TRANSPORT_MESSAGE_MAX are refused on both sides. */
#pragma once

#include "common/message.h"
#include "common/status.h"

enum { TRANSPORT_MESSAGE_MAX = 4 << 20 };

struct transport_listener;
struct transport_request;
struct transport_dialer;

/* A request has come. Called on a thread of the transport: it must not block. `message` is the callee's; the request is
 * to be answered exactly once, at any time, from any thread. */
typedef void (*transport_receive)(void *owner, struct transport_request *request, struct message *message);

/* How a call ended: STATUS_OK with the reply, which is the callee's to free, or
 *   DEADLINE_EXCEEDED, UNAVAILABLE (not sent, or the peer went away: it may have been carried out), RESOURCE_EXHAUSTED.
 * Called on a thread of the transport: it must not block. */
typedef void (*transport_done)(void *arg, status code, struct message *reply);

/* Listens with `contexts` requests open at a time; what comes on top waits in the peers' buffers. An ipc path is held
 * by a lock file beside it; ALREADY_EXISTS when another process has it. */
MUST_CHECK status transport_listen(
        const char *url, int contexts, transport_receive receive, void *owner, struct transport_listener **out);

/* Answers a request and takes `message`. NULL drops the request: the peer runs into its deadline. */
void transport_reply(struct transport_request *request, struct message *message);

/* Takes no more requests, waits until the replies given are written (at most `patience_ms`), and closes. */
void transport_stop(struct transport_listener *listener, int patience_ms);

/* Connects in the background to one address, now and after every loss. INVALID_ARGUMENT for a malformed address. */
MUST_CHECK status transport_dial(const char *url, struct transport_dialer **out);

/* Sends a request, takes `message`, and calls `done` once, not before this function has returned or from within it when
 * the call cannot start. Never sends twice. */
void transport_send(
        struct transport_dialer *dialer, struct message *message, int64_t timeout_us, transport_done done, void *arg);

/* Ends the calls under way as UNAVAILABLE and frees the dialer. */
void transport_hang_up(struct transport_dialer *dialer);

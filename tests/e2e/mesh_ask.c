/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/mesh_ask.h"

#include "common/frame.h"
#include "common/message.h"
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/mesh_caller.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

enum { PATIENCE_MS = 5000 };

static const char *directory;

void mesh_ask_in(const char *run_dir)
{
        directory = run_dir;
}

static const char *socket_of(const char *service)
{
        return directory == NULL ? instance_socket(service) : text("%s/%s.ipc", directory, service);
}

static nng_socket send_to(const char *service, struct message *asked)
{
        nng_msg *message;
        nng_socket socket;
        ck_assert_int_eq(nng_req0_open(&socket), 0);
        nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, PATIENCE_MS);
        ck_assert_int_eq(nng_dial(socket, text("ipc://%s", socket_of(service)), NULL, 0), 0);
        ck_assert_int_eq(nng_msg_alloc(&message, 0), 0);
        nng_msg_append(message, message_bytes(asked), message_size(asked));
        message_free(asked);
        ck_assert_int_eq(nng_sendmsg(socket, message, 0), 0);
        return socket;
}

static struct message *request_by(
        const Sfp__Caller *who, const char *service, const char *method, const ProtobufCMessage *in)
{
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        size_t size = protobuf_c_message_get_packed_size(in);
        uint8_t *bytes = arena_alloc(scene_arena(), size + 1);
        protobuf_c_message_pack(in, bytes);
        header.method = (char *)(size_t)method;
        header.has_deadline_us = 1;
        header.deadline_us = PATIENCE_MS * 1000;
        return mesh_request(service, &header, who, bytes, size);
}

/* Takes the answer, and closes the socket. */
static int hear(nng_socket socket, const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        nng_msg *answer;
        struct frame frame;
        ck_assert_int_eq(nng_recvmsg(socket, &answer, 0), 0);
        nng_close(socket);
        ck_assert_int_eq(frame_split(nng_msg_body(answer), nng_msg_len(answer), &frame), STATUS_OK);
        Sfp__ReplyHeader *reply = sfp__reply_header__unpack(NULL, frame.header_size, frame.header);
        ck_assert_ptr_nonnull(reply);
        int code = (int)reply->status;
        sfp__reply_header__free_unpacked(reply, NULL);
        if (code == STATUS_OK && descriptor != NULL)
                ck_assert_int_eq(
                        frame_unpack(scene_arena(), descriptor, frame.payload, frame.payload_size, out), STATUS_OK);
        nng_msg_free(answer);
        return code;
}

static int ask_by(const Sfp__Caller *who, const char *service, const char *method, const ProtobufCMessage *in,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        return hear(send_to(service, request_by(who, service, method, in)), descriptor, out);
}

void mesh_ask_at_once(int count, const char *caller, const char *service, const char *method,
        const ProtobufCMessage *const ins[], const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage *outs[],
        int statuses[])
{
        Sfp__Caller who = SFP__CALLER__INIT;
        who.service = (char *)(size_t)caller;
        nng_socket *sockets = arena_alloc(scene_arena(), (size_t)count * sizeof *sockets);
        for (int i = 0; i < count; i++)
                sockets[i] = send_to(service, request_by(&who, service, method, ins[i]));
        for (int i = 0; i < count; i++)
                statuses[i] = hear(sockets[i], descriptor, &outs[i]);
}

void mesh_say(const char *caller, const char *service, const char *method, const ProtobufCMessage *in)
{
        Sfp__Caller who = SFP__CALLER__INIT;
        who.service = (char *)(size_t)caller;
        nng_socket socket = send_to(service, request_by(&who, service, method, in));
        pause_ms(1); /* it is on its way */
        nng_close(socket);
}

int mesh_ask(const char *caller, const char *service, const char *method, const ProtobufCMessage *in,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        Sfp__Caller who = SFP__CALLER__INIT;
        who.service = (char *)(size_t)caller;
        return ask_by(&who, service, method, in, descriptor, out);
}

int mesh_ask_for(const char *user_id, const char *service, const char *method, const ProtobufCMessage *in,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        Sfp__Caller who = SFP__CALLER__INIT;
        char *roles[] = {(char *)(size_t) "user"};
        who.user_id = (char *)(size_t)user_id;
        who.n_roles = 1;
        who.roles = roles;
        return ask_by(&who, service, method, in, descriptor, out);
}

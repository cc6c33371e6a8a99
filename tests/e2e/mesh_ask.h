/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a method of the instance as one of its own services would. */
#pragma once

#include <protobuf-c/protobuf-c.h>

/* `caller` is a service ("goals"). Returns the status; with STATUS_OK and `descriptor` set, *out is the reply, in the
 * scene's arena. */
int mesh_ask(const char *caller, const char *service, const char *method, const ProtobufCMessage *in,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out);

/* The same by the gateway, on behalf of a user. */
int mesh_ask_for(const char *user_id, const char *service, const char *method, const ProtobufCMessage *in,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out);

/* Several requests to one method, all of them sent before the first answer is taken. statuses[i] is that of ins[i];
 * outs as above. */
void mesh_ask_at_once(int count, const char *caller, const char *service, const char *method,
        const ProtobufCMessage *const ins[], const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage *outs[],
        int statuses[]);

/* Sends one and looks for no answer. */
void mesh_say(const char *caller, const char *service, const char *method, const ProtobufCMessage *in);

/* From now on services are asked at sockets in this directory; NULL: at the instance's own. */
void mesh_ask_in(const char *run_dir);

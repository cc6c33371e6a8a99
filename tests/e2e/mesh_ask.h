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

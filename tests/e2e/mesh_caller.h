/* SPDX-License-Identifier: Apache-2.0 */
/* Requests on the mesh as the instance's own programs would make them, with their keys: for tests that must get past
 * the proof of who calls to what is behind it. */
#pragma once

#include "common/identity.h"

/* A request to `service` ("svc-goals") by `caller`: its user, if it has one, comes with the gateway's word; its service
 * (NULL: the gateway) proves itself. The payload may be anything. Fails the test when there are no such keys. */
struct message *mesh_request(const char *service, const Sfp__RequestHeader *header, const Sfp__Caller *caller,
        const void *payload, size_t size);

/* What stands in the environment of one of the instance's programs. Fails the test when nothing does. */
const char *mesh_variable(const char *program, const char *name);

/* SPDX-License-Identifier: Apache-2.0 */
/* How a handler file declares its methods. One list at the top says method, function, request and reply type:
 *
 *      #define SHARE_RPCS(RPC)                                                           \
 *              RPC(GetShare, get_share, Goals__GetShareRequest, Goals__Share)            \
 *              RPC(...)
 *      RPC_DECLARE(SHARE_RPCS)
 *
 * and, as the file's last line and only exported symbol, RPC_TABLE(share_rpcs, SHARE_RPCS). The handlers are
 *
 *      static status get_share(struct call *call, const Goals__GetShareRequest *in, Goals__Share *out)
 *
 * They get checked requests and an empty reply; both live in call->arena. */
#pragma once

#include "common/call.h"

/* A row of a table; the table ends with a row without name. */
struct rpc {
        const char *name; /* the method's, as in the proto */
        status (*serve)(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out);
        size_t input_size; /* checked against the proto at start */
        size_t output_size;
};

#define RPC_DECLARE_ROW(name, function, In, Out)                                                                       \
        static status function(struct call *call, const In *in, Out *out);                                             \
        static status function##_rpc(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out)             \
        {                                                                                                              \
                return function(call, (const In *)in, (Out *)out);                                                     \
        }
#define RPC_TABLE_ROW(name, function, In, Out) {#name, function##_rpc, sizeof(In), sizeof(Out)},

#define RPC_DECLARE(list)                      list(RPC_DECLARE_ROW)
#define RPC_TABLE(symbol, list)                const struct rpc symbol[] = {list(RPC_TABLE_ROW){0}}

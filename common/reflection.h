/* SPDX-License-Identifier: Apache-2.0 */
/* sfp.reflection.Reflection: the protos this program was built from, for tools. */
#pragma once

#include "common/rpc.h"

extern const struct rpc reflection_rpcs[];

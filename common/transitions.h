/* SPDX-License-Identifier: Apache-2.0 */
/* The pair of methods of every resource with a lifecycle, written once: a service gives each a handler of one line. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/lifecycle.pb-c.h"

/* Where the resource is, what the caller may do, how it came there. PERMISSION_DENIED for somebody who may see the
 * resource and is nothing to it. */
MUST_CHECK status transitions_get(struct call *call, const struct lifecycle *lifecycle,
        const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out);

/* Takes an action, or with dry_run says what it would do. VERSION_MISMATCH for another version than the caller has
 * seen; ILLEGAL_TRANSITION with what is allowed. For a method with `transaction`. */
MUST_CHECK status transitions_post(struct call *call, const struct lifecycle *lifecycle,
        const Sfp__TransitionRequest *in, Sfp__TransitionResult *out);

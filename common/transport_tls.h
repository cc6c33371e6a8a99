/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of this process, for addresses that begin with tls+tcp://: both sides show one, and both must be
 * signed by the platform's authority. Set once at the start; unchanging afterwards. Private to the transport and to
 * whoever opens NNG sockets of other kinds. */
#pragma once

#include "common/status.h"

#include <nng/nng.h>

/* Files in PEM: the authority's certificate, and this process's own certificate and key, one behind the other. "" for
 * both: no tls+tcp address can be used. INVALID_ARGUMENT when one is given and not the other, or cannot be read; a line
 * on stderr says which. */
MUST_CHECK status transport_tls_set(const char *authority_file, const char *own_file);

/* Prepares an endpoint between its creation and its start; addresses of other kinds need nothing. `server_name` is what
 * the other side's certificate must carry. UNAVAILABLE when the address needs certificates and there are none. */
MUST_CHECK status transport_tls_listener(nng_listener listener, const char *url);
MUST_CHECK status transport_tls_dialer(nng_dialer dialer, const char *url, const char *server_name);

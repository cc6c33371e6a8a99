/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate by which the gateway proves to users that it is who they meant: read from files, and read again when
 * they have changed. Connections that are there stay as they are; new ones are shown the new certificate. */
#pragma once

#include "common/status.h"

/* Since TLS 1.2, without what is weak; for libmicrohttpd. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

enum { TLS_CHAIN_MAX = 16 }; /* certificates in a chain */

struct tls;

/* PEM files: a chain, the gateway's own certificate first, and its key; they may be one file. Kept. One such is in use
 * in a process at a time. INVALID_ARGUMENT when they cannot be read or do not belong together; a line on stderr says
 * why. "" for both: STATUS_OK and NULL. */
MUST_CHECK status tls_new(const char *chain_file, const char *key_file, struct tls **out);

/* No connection may be left. NULL is allowed. */
void tls_free(struct tls *tls);

/* Reads the files again. What cannot be used changes nothing but the log. NULL is allowed. */
void tls_reload(struct tls *tls);

/* A gnutls_certificate_retrieve_function2, for libmicrohttpd. */
void *tls_certificate_callback(void);

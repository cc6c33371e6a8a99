/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests of tls+tcp, made on the spot. Whatever fails ends the test. */
#pragma once

/* Writes an authority's certificate to `authority_file`, and to `own_file` a certificate it has signed for `host`, with
 * the key behind it. */
void certificate_make(const char *host, const char *authority_file, const char *own_file);

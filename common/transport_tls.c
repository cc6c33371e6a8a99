/* SPDX-License-Identifier: Apache-2.0 */
/* The one piece of process-wide state besides NNG's own: the certificates belong to the process as its name does. */
#include "common/transport_tls.h"

#include <nng/supplemental/tls/tls.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
        const char *authority_file;
        const char *own_file;
} files = {"", ""};

static bool is_readable(const char *file)
{
        if (access(file, R_OK) == 0)
                return true;
        fprintf(stderr, "cannot read %s\n", file);
        return false;
}

status transport_tls_set(const char *authority_file, const char *own_file)
{
        if ((*authority_file == '\0') != (*own_file == '\0')) {
                fprintf(stderr, "MESH_TLS_CA and MESH_TLS_CERTIFICATE go together\n");
                return STATUS_INVALID_ARGUMENT;
        }
        if (*authority_file != '\0' && (!is_readable(authority_file) || !is_readable(own_file)))
                return STATUS_INVALID_ARGUMENT;
        files.authority_file = authority_file;
        files.own_file = own_file;
        return STATUS_OK;
}

static bool needs_tls(const char *url)
{
        return strncmp(url, "tls+", 4) == 0;
}

/* The settings of one side. The caller frees them once the endpoint holds them. */
static status make_config(nng_tls_mode mode, const char *server_name, nng_tls_config **out)
{
        if (*files.own_file == '\0' || nng_tls_config_alloc(out, mode) != 0)
                return STATUS_UNAVAILABLE;
        if (nng_tls_config_ca_file(*out, files.authority_file) == 0 &&
                nng_tls_config_cert_key_file(*out, files.own_file, NULL) == 0 &&
                nng_tls_config_auth_mode(*out, NNG_TLS_AUTH_MODE_REQUIRED) == 0 &&
                (mode == NNG_TLS_MODE_SERVER || nng_tls_config_server_name(*out, server_name) == 0))
                return STATUS_OK;
        nng_tls_config_free(*out);
        return STATUS_UNAVAILABLE;
}

status transport_tls_listener(nng_listener listener, const char *url)
{
        nng_tls_config *config;
        if (!needs_tls(url))
                return STATUS_OK;
        TRY(make_config(NNG_TLS_MODE_SERVER, "", &config));
        int result = nng_listener_set_ptr(listener, NNG_OPT_TLS_CONFIG, config);
        nng_tls_config_free(config);
        return result == 0 ? STATUS_OK : STATUS_UNAVAILABLE;
}

status transport_tls_dialer(nng_dialer dialer, const char *url, const char *server_name)
{
        nng_tls_config *config;
        if (!needs_tls(url))
                return STATUS_OK;
        TRY(make_config(NNG_TLS_MODE_CLIENT, server_name, &config));
        int result = nng_dialer_set_ptr(dialer, NNG_OPT_TLS_CONFIG, config);
        nng_tls_config_free(config);
        return result == 0 ? STATUS_OK : STATUS_UNAVAILABLE;
}

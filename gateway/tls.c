/* SPDX-License-Identifier: Apache-2.0 */
/* GnuTLS, because libmicrohttpd speaks TLS by it. A handshake uses a certificate from when it asks for it until it is
 * through: one that was replaced is freed only when no handshake can be that old. */
#include "gateway/tls.h"

#include "common/clock.h"
#include "common/log.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLACED_KEEP_S = 3600, KEY_ID_SIZE = 64 }; /* HTTP_TIMEOUT_S is never more */

struct pair {
        gnutls_pcert_st chain[TLS_CHAIN_MAX];
        unsigned n_chain;
        gnutls_privkey_t key;
        int64_t replaced_us; /* 0: it is in use */
        struct pair *older;
};

struct tls {
        const char *chain_file, *key_file;
        pthread_mutex_t lock; /* over what follows */
        struct pair *pair;    /* in use; those replaced are behind it */
};

/* The library's callback has no argument: the certificate belongs to the process, as its name does. */
static struct tls *of_process;

static void free_pairs(struct pair *pair)
{
        while (pair != NULL) {
                struct pair *older = pair->older;
                for (unsigned i = 0; i < pair->n_chain; i++)
                        gnutls_pcert_deinit(&pair->chain[i]);
                gnutls_privkey_deinit(pair->key);
                free(pair);
                pair = older;
        }
}

static const char *read_key(const char *file, gnutls_privkey_t key)
{
        gnutls_datum_t bytes;
        if (gnutls_load_file(file, &bytes) != 0)
                return "the key cannot be read";
        int result = gnutls_privkey_import_x509_raw(key, &bytes, GNUTLS_X509_FMT_PEM, NULL, 0);
        gnutls_memset(bytes.data, 0, bytes.size);
        gnutls_free(bytes.data);
        return result == 0 ? NULL : "the key is none in PEM";
}

static bool belong_together(const struct pair *pair)
{
        unsigned char ours[KEY_ID_SIZE], theirs[KEY_ID_SIZE];
        size_t our_size = sizeof ours, their_size = sizeof theirs;
        gnutls_pubkey_t public;
        if (gnutls_pubkey_init(&public) != 0)
                return false;
        bool is_same =
                gnutls_pubkey_import_privkey(public, pair->key, 0, 0) == 0 &&
                gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, ours, &our_size) == 0 &&
                gnutls_pubkey_get_key_id(pair->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, theirs, &their_size) == 0 &&
                our_size == their_size && memcmp(ours, theirs, our_size) == 0;
        gnutls_pubkey_deinit(public);
        return is_same;
}

/* NULL when it is filled, or why not. */
static const char *fill(struct pair *pair, const char *chain_file, const char *key_file)
{
        unsigned count = TLS_CHAIN_MAX;
        if (gnutls_privkey_init(&pair->key) != 0)
                return "out of memory";
        if (gnutls_pcert_list_import_x509_file(pair->chain, &count, chain_file, GNUTLS_X509_FMT_PEM, NULL, NULL, 0) !=
                0)
                return "the certificate cannot be read, or is none in PEM";
        pair->n_chain = count;
        const char *why = read_key(key_file, pair->key);
        return why != NULL ? why : belong_together(pair) ? NULL : "the key is not the certificate's";
}

static struct pair *read_pair(const struct tls *tls, const char **why)
{
        struct pair *pair = calloc(1, sizeof *pair);
        *why = pair == NULL ? "out of memory" : fill(pair, tls->chain_file, tls->key_file);
        if (*why == NULL)
                return pair;
        free_pairs(pair);
        return NULL;
}

status tls_new(const char *chain_file, const char *key_file, struct tls **out)
{
        const char *why = "TLS_CERTIFICATE and TLS_KEY go together";
        *out = NULL;
        if (*chain_file == '\0' && *key_file == '\0')
                return STATUS_OK;
        struct tls *tls = calloc(1, sizeof *tls);
        if (tls == NULL)
                return STATUS_UNAVAILABLE;
        tls->chain_file = chain_file;
        tls->key_file = key_file;
        pthread_mutex_init(&tls->lock, NULL);
        if (*chain_file != '\0' && *key_file != '\0')
                tls->pair = read_pair(tls, &why);
        if (tls->pair == NULL) {
                fprintf(stderr, "tls: %s\n", why); /* allow(fprintf): to whoever starts it */
                tls_free(tls);
                return STATUS_INVALID_ARGUMENT;
        }
        of_process = tls;
        *out = tls;
        return STATUS_OK;
}

void tls_free(struct tls *tls)
{
        if (tls == NULL)
                return;
        if (of_process == tls)
                of_process = NULL;
        free_pairs(tls->pair);
        pthread_mutex_destroy(&tls->lock);
        free(tls);
}

/* With the lock held. */
static void put_in_use(struct tls *tls, struct pair *pair)
{
        int64_t now = clock_now_us();
        tls->pair->replaced_us = now;
        pair->older = tls->pair;
        tls->pair = pair;
        for (struct pair **place = &pair->older; *place != NULL; place = &(*place)->older)
                if (now - (*place)->replaced_us > REPLACED_KEEP_S * INT64_C(1000000)) {
                        free_pairs(*place); /* those behind it are older still */
                        *place = NULL;
                        return;
                }
}

void tls_reload(struct tls *tls)
{
        const char *why;
        if (tls == NULL)
                return;
        struct pair *pair = read_pair(tls, &why);
        if (pair == NULL) {
                LOG(LOG_ERROR, "the new certificate is not used; the old one stays", log_text("reason", why));
                return;
        }
        pthread_mutex_lock(&tls->lock);
        put_in_use(tls, pair);
        pthread_mutex_unlock(&tls->lock);
        LOG(LOG_INFO, "the certificate was read again");
}

static int retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int n_authorities,
        const gnutls_pk_algorithm_t *algorithms, int n_algorithms, gnutls_pcert_st **chain, unsigned *n_chain,
        gnutls_privkey_t *key)
{
        struct tls *tls = of_process;
        (void)session, (void)authorities, (void)n_authorities, (void)algorithms, (void)n_algorithms;
        pthread_mutex_lock(&tls->lock);
        *chain = tls->pair->chain;
        *n_chain = tls->pair->n_chain;
        *key = tls->pair->key;
        pthread_mutex_unlock(&tls->lock);
        return 0;
}

void *tls_certificate_callback(void)
{
        static gnutls_certificate_retrieve_function2 *const callback = retrieve;
        return *(void *const *)&callback;
}

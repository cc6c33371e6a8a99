/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAY_S = 24 * 3600 };

static void require(int is_good)
{
        if (!is_good)
                abort();
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
        require(extension != NULL && X509_add_ext(certificate, extension, -1));
        X509_EXTENSION_free(extension);
}

static X509 *begin(const char *name, long serial, EVP_PKEY *key)
{
        X509 *certificate = X509_new();
        require(certificate != NULL && X509_set_version(certificate, 2) && X509_set_pubkey(certificate, key));
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S);
        X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S);
        X509_NAME_add_entry_by_txt(
                X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
        return certificate;
}

static void write_files(const char *file, X509 *certificate, EVP_PKEY *key)
{
        FILE *out = fopen(file, "we");
        require(out != NULL && PEM_write_X509(out, certificate) &&
                (key == NULL || PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL)));
        fclose(out);
}

void certificate_make(const char *host, const char *authority_file, const char *own_file)
{
        char names[128];
        EVP_PKEY *authority_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
        X509 *authority = begin("the test's authority", 1, authority_key);
        X509_set_issuer_name(authority, X509_get_subject_name(authority));
        add_extension(authority, NID_basic_constraints, "critical,CA:TRUE");
        require(X509_sign(authority, authority_key, EVP_sha256()));
        X509 *own = begin(host, 2, key);
        X509_set_issuer_name(own, X509_get_subject_name(authority));
        snprintf(names, sizeof names, "DNS:%s", host);
        add_extension(own, NID_subject_alt_name, names);
        require(X509_sign(own, authority_key, EVP_sha256()));
        write_files(authority_file, authority, NULL);
        write_files(own_file, own, key);
        X509_free(authority);
        X509_free(own);
        EVP_PKEY_free(authority_key);
        EVP_PKEY_free(key);
}

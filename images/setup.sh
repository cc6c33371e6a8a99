#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: setup.sh keys | roles | all
# What a platform has once, made by the functions of ./sfp (scripts/sfp.d). Harmless to repeat: what is there stays.
#   keys    secrets and certificates in KEEP (/keep), and what each program may know of them in PROGRAMS/<program>
#           (/programs), files called as variables, for CONFIG_DIR
#   roles   a role and a schema for each service, in the database of ADMIN_URL or, without it, of DATABASE_HOST
# The services are those whose directories are in PROGRAMS; a program's directory is mounted there alone.
set -eu
umask 022
here=$(dirname "$0")
DATA=${KEEP:-/keep} PROGRAMS=${PROGRAMS:-/programs} CERTS_HOSTS=${CERTS_HOSTS:-}
DATA_OPTION='' YES=1 REPLICAS=1 MESH=ipc REDIS=no
for part in say data url database certs environment; do
    # shellcheck source=/dev/null
    . "$here/sfp.d/$part.sh"
done

program_bases() { (cd "$PROGRAMS" && for name in sfp-gateway svc-*; do [ ! -d "$name" ] || echo "$name"; done); }
program_is_service() { case $1 in svc-*) return 0 ;; *) return 1 ;; esac; }

database_admin_url() {
    [ -z "${ADMIN_URL:-}" ] || { echo "$ADMIN_URL" && return; }
    echo "postgresql://$DATABASE_ADMIN:$(secret "$DATABASE_ADMIN.password" password)@${DATABASE_HOST:-postgres}/$DATABASE_NAME?connect_timeout=5"
}

# The variables of a program that nobody else may know, or that follow from such; a line each.
variables_of() {
    if program_is_service "$1"; then
        echo "DATABASE_URL=$(database_url_of "$1")"
        echo "DATA_KEYS=1:$(secret "$1.data-key" key)"
        echo "CURSOR_KEY=$(secret cursor-key key)"
        echo "MESH_CALLERS=$(environment_callers "${1#svc-}")"
        echo "PRINCIPAL_KEYS=$(secret principal-key key | "$DATA/bin/sfp-keys" public)"
    else
        echo "JWT_SECRET=$(secret jwt-secret key)"
        echo "PRINCIPAL_KEY=$(secret principal-key key)"
    fi
    echo "MESH_KEY=$(secret "$1.mesh-key" key)"
}

put() { # file, for its program alone
    data_give service "$1"
    chmod 0400 "$1"
}

hand_out() {
    variables_of "$1" | while IFS= read -r line; do
        printf '%s\n' "${line#*=}" >"$PROGRAMS/$1/${line%%=*}"
        put "$PROGRAMS/$1/${line%%=*}"
    done
    cp "$DATA/certs/$1.pem" "$PROGRAMS/$1/certificate.pem"
    put "$PROGRAMS/$1/certificate.pem"
    cp "$DATA/certs/ca.pem" "$PROGRAMS/$1/ca.pem"
    data_give service "$PROGRAMS/$1"
    chmod 0500 "$PROGRAMS/$1"
}

# The database's own password goes into DATABASE_KEEP, for the server that is still to be started.
make_keys() {
    mkdir -p "$DATA/secrets" "$DATA/bin"
    chmod 0700 "$DATA/secrets"
    ln -sfn /usr/bin/sfp-keys "$DATA/bin/sfp-keys" # where environment.sh looks for it
    [ -s "$DATA/certs/ca.pem" ] || certs_make "$DATA/certs" "$CERTS_HOSTS"
    certs_ensure "$DATA/certs"
    for name in $(program_bases); do hand_out "$name"; done
    [ -z "${DATABASE_KEEP:-}" ] || secret "$DATABASE_ADMIN.password" password >"$DATABASE_KEEP/password"
    say "keys: $(program_bases | wc -l) programs have theirs"
}

make_roles() {
    for PG_BIN in /usr/lib/postgresql/*/bin; do :; done
    url=$(database_admin_url)
    tries=60
    until url_psql "$url" -q -c 'SELECT 1' >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { url_psql "$url" -c 'SELECT 1' || die "The database does not answer"; }
        sleep 1
    done
    [ -n "${ADMIN_URL:-}" ] || database_grant_private "$url"
    for name in $(program_bases | grep '^svc-'); do database_grant_service "$name"; done |
        url_psql "$url" -q -o /dev/null -v ON_ERROR_STOP=1 || die "The database refused to create roles or schemas (above)"
    say "roles: each service has its schema"
}

case ${1:-} in
keys) make_keys ;;
roles) make_roles ;;
all) make_keys && make_roles ;;
*) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

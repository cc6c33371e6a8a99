#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a cluster in /var/lib/postgresql/data, unless there is one, with the password of POSTGRES_PASSWORD_FILE for
# "postgres" and the database POSTGRES_DB; then is the server, with the arguments given.
set -eu
data=/var/lib/postgresql/data
mkdir -p "$data" && chown postgres "$data" && chmod 0700 "$data"
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
if [ ! -e "$data/PG_VERSION" ]; then
    (umask 077 && cat "$POSTGRES_PASSWORD_FILE" >/tmp/password)
    chown postgres /tmp/password
    as_postgres initdb -D "$data" -U postgres --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust --locale=C.UTF-8 >/dev/null
    rm /tmp/password
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | as_postgres postgres --single -D "$data" postgres >/dev/null
    echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
fi
shift # "postgres"
exec setpriv --reuid postgres --regid postgres --clear-groups postgres -D "$data" -c 'listen_addresses=*' -c unix_socket_directories=/tmp "$@"

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Two PostgreSQL clusters for the failover tests: a primary, and a standby that has every commit before it is
# acknowledged. Both listen on sockets of one directory, the standby one port above.

PAIR_PORT=5432
PAIR_SYNC="ALTER SYSTEM SET synchronous_standby_names = '*'"

# pair_create DIR: makes both and starts them. Sets PAIR_URL, an administrator's URL of whichever is the primary, and
# PAIR_STANDBY_URL.
pair_create() {
    PAIR=$1 DATABASE_EXTERNAL=pair
    database_find_programs
    mkdir -p "$PAIR"
    chmod 0711 "$PAIR"
    data_give postgres "$PAIR"
    pair_password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    PAIR_URL="postgresql://postgres:$pair_password@/postgres?host=$PAIR,$PAIR&port=$PAIR_PORT,$((PAIR_PORT + 1))&target_session_attrs=read-write"
    PAIR_STANDBY_URL="postgresql://postgres:$pair_password@/postgres?host=$PAIR&port=$((PAIR_PORT + 1))"
    pair_create_primary && pair_start primary $PAIR_PORT && pair_create_standby && pair_start standby $((PAIR_PORT + 1)) &&
        url_psql "$PAIR_URL" -qAt -c "$PAIR_SYNC" -c 'SELECT pg_reload_conf()' >>"$PAIR/log" && pair_await_sync
}

# pair_run COMMAND...: as the user that PostgreSQL may run as.
pair_run() {
    # shellcheck disable=SC2046 # words on purpose
    (cd "$PAIR" && PGPASSWORD=$pair_password $(data_user postgres) "$@")
}

pair_create_primary() {
    (umask 077 && printf '%s\n' "$pair_password" >"$PAIR/password")
    data_give postgres "$PAIR/password"
    pair_run "$PG_BIN/initdb" -D primary -U postgres --pwfile=password --auth=scram-sha-256 --encoding=UTF8 \
        --locale=C.UTF-8 >>"$PAIR/log" 2>&1
}

pair_create_standby() {
    pair_run "$PG_BIN/pg_basebackup" -h "$PAIR" -p $PAIR_PORT -U postgres -D standby -R -X stream -C -S standby \
        --checkpoint=fast >>"$PAIR/log" 2>&1
}

# pair_start NAME PORT
pair_start() {
    pair_run "$PG_BIN/pg_ctl" -D "$1" -l "$PAIR/$1.log" -w -t 30 start -o \
        "-c listen_addresses= -c unix_socket_directories=$PAIR -c port=$2 -c max_connections=600 -c log_error_verbosity=terse" \
        >>"$PAIR/log" 2>&1
}

pair_await_sync() {
    tries=100
    until [ "$(url_psql "$PAIR_URL" -At -c 'SELECT sync_state FROM pg_stat_replication')" = sync ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

# Stops what runs of it, and takes it away.
pair_remove() {
    [ -n "${PAIR:-}" ] || return 0
    for name in primary standby; do
        pair_run "$PG_BIN/pg_ctl" -D "$name" -m immediate -w stop >/dev/null 2>&1 || :
    done
    rm -rf "$PAIR"
    PAIR=
}

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL: a private cluster in the data directory that listens on a unix socket only, or the one DATABASE_URL names.
# In either, a role and a schema of its own for every service; what a service may see is decided here.

DATABASE_NAME=sfp
DATABASE_ADMIN=postgres
DATABASE_VERSION_MIN=15

# Sets DATABASE_EXTERNAL (an URL, or empty for the private cluster) and PG_BIN. An external URL that has worked is
# remembered, so that a later call without it never falls back to an empty cluster; DATABASE_URL set to nothing does.
database_choose() {
    database_recall
    DATABASE_EXTERNAL=${DATABASE_URL-$DATABASE_EXTERNAL}
    [ -z "$DATABASE_EXTERNAL" ] || url_split "$DATABASE_EXTERNAL"
    database_find_programs
}

database_recall() {
    DATABASE_EXTERNAL=$(cat "$DATA/secrets/database-url" 2>/dev/null || :)
    database_find_programs
}

database_remember() { (umask 077 && printf '%s\n' "$DATABASE_EXTERNAL" >"$DATA/secrets/database-url"); }

# PostgreSQL's programs: of the cluster's own major version when there is one, else the newest.
database_find_programs() {
    if [ -z "$DATABASE_EXTERNAL" ] && [ -r "$DATA/pg/PG_VERSION" ]; then
        major=$(cat "$DATA/pg/PG_VERSION")
    else
        major=$(for at in /usr/lib/postgresql/*/bin/postgres; do
            at=${at%/bin/postgres} && echo "${at##*/}"
        done | sort -n | tail -n 1)
    fi
    PG_BIN=/usr/lib/postgresql/$major/bin
    [ -x "$PG_BIN/postgres" ] || PG_BIN=$(pg_config --bindir 2>/dev/null || :)
    [ -x "$PG_BIN/postgres" ] || die "PostgreSQL $major is missing: apt-get install postgresql-$major"
    case $major in '' | *[!0-9]*) return 0 ;; esac
    [ "$major" -ge $DATABASE_VERSION_MIN ] || die "PostgreSQL $DATABASE_VERSION_MIN or newer is needed, this is $major"
}

# database_admin_url: the administrator's URL. As a role: database_url_of SERVICE.
database_admin_url() {
    if [ -z "$DATABASE_EXTERNAL" ]; then
        echo "postgresql://$DATABASE_ADMIN:$(secret $DATABASE_ADMIN.password password)@/$DATABASE_NAME?host=$PGSOCK"
    else
        echo "$DATABASE_EXTERNAL"
    fi
}

database_url_of() {
    url_with_user "$(database_admin_url)" "sfp_${1#svc-}" "$(secret "$1.password" password)"
}

# Makes the private cluster, in a directory of another name until it is complete.
database_create() {
    [ -z "$DATABASE_EXTERNAL" ] && [ ! -e "$DATA/pg/PG_VERSION" ] || return 0
    rm -rf "$DATA/pg.new"
    mkdir -m 0700 "$DATA/pg.new"
    data_give postgres "$DATA/pg.new"
    password_file=$PGSOCK/.password
    rm -f "$password_file"
    (umask 077 && : >"$password_file")
    data_give postgres "$password_file"
    secret $DATABASE_ADMIN.password password >"$password_file"
    # shellcheck disable=SC2046 # words on purpose
    (cd "$DATA" && step "Creating the database cluster" "$DATA/log/initdb.log" \
        $(data_user postgres) "$PG_BIN/initdb" -D "$DATA/pg.new" -U $DATABASE_ADMIN --pwfile="$password_file" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums) || exit 1
    rm -f "$password_file"
    mv "$DATA/pg.new" "$DATA/pg"
}

# Connections: 16 workers of each of eight services, and what outboxes, consumers and jobs keep: 235 when all are busy.
# The service directory of PostgreSQL. Its log is terse because details of errors quote whole rows. A lock file left by a crash may name a process number that is somebody else's by
# now: it goes when no process works in the cluster's directory.
database_service() {
    [ -z "$DATABASE_EXTERNAL" ] || return 0
    supervisor_write postgres postgres <<END
if ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -qF -- "-> \$PWD/pg"; then
    echo "waiting: processes of an earlier server still work in \$PWD/pg"
    exit 1
fi
rm -f pg/postmaster.pid $PGSOCK/.s.PGSQL.5432.lock
exec $(data_user postgres) $PG_BIN/postgres -D "\$PWD/pg" -c listen_addresses= -c unix_socket_directories=$PGSOCK \\
    -c port=5432 -c max_connections=$((300 * REPLICAS)) -c password_encryption=scram-sha-256 -c logging_collector=off \\
    -c log_destination=stderr -c "log_line_prefix=%m [%p] %q%u@%d " \\
    -c log_error_verbosity=terse
END
    # A fast shutdown: SIGTERM would wait for the services' connections to go away by themselves.
    # shellcheck disable=SC2016 # expanded by that script
    supervisor_write_stop postgres 'kill -INT "$(cat supervise/pid)"'
}

database_wait() {
    [ -z "$DATABASE_EXTERNAL" ] || return 0
    tries=300
    until "$PG_BIN/pg_isready" -q -h "$PGSOCK"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || die "PostgreSQL does not start. Its last words:
$(tail -n 10 "$DATA/log/postgres/current")"
        sleep 0.1
    done
}

# database_grant SERVICE...: database, roles and schemas as they should be; harmless to repeat.
database_grant() {
    admin_url=$(database_admin_url)
    [ -n "$DATABASE_EXTERNAL" ] || database_grant_private "$admin_url"
    for service in "$@"; do
        database_grant_service "$service"
    done | url_psql "$admin_url" -q -o /dev/null -v ON_ERROR_STOP=1 ||
        die "The database refused to create roles or schemas (above): DATABASE_URL must name an account that may"
}

# The database itself, closed to roles that were not let in by name.
database_grant_private() {
    url_psql "${1%%/"$DATABASE_NAME"\?*}/postgres?${1#*\?}" -q -o /dev/null -v ON_ERROR_STOP=1 <<END || die "PostgreSQL refused (above)"
SELECT 'CREATE DATABASE $DATABASE_NAME' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$DATABASE_NAME') \gexec
REVOKE CONNECT ON DATABASE $DATABASE_NAME, postgres, template1 FROM PUBLIC;
\connect $DATABASE_NAME
REVOKE ALL ON SCHEMA public FROM PUBLIC;
END
}

# The password travels on psql's input: not in its arguments, which everybody can read.
database_grant_service() {
    cat <<END
SET client_min_messages = warning;
\set schema '${1#svc-}'
\set role 'sfp_${1#svc-}'
\set password '$(secret "$1.password" password)'
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SELECT format('GRANT %I TO CURRENT_USER', :'role') FROM pg_roles WHERE rolname = CURRENT_USER AND NOT rolsuper \gexec
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"role";
ALTER ROLE :"role" SET search_path = :"schema";
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role') \gexec
END
}

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The data directory: everything of one instance, and nothing outside it but sockets when its path is too long for them.
#   bin/ pg/ secrets/ certs/ env/<program>/ sv/<program>/ log/<program>/   port preset mesh replicas programs   run/ pgsock/

# Whoever runs the programs when root started them; "nonroot" of the container images.
SERVICE_UID=65532
SERVICE_GID=65532
# The longest path of a data directory that still leaves room for names of sockets (108 bytes in all).
DATA_PATH_MAX=60

# Sets DATA, touching nothing.
data_locate() {
    DATA=$(realpath -m -- "${DATA_OPTION:-$SFP_ROOT/var}")
    is_root || return 0
    data_fallback=/var/lib/sfp-$(printf %s "$DATA" | sha256sum | cut -c 1-12)
    if [ -O "$data_fallback" ] || ! data_is_reachable; then
        DATA_ASKED=$DATA
        DATA=$data_fallback
    fi
}

# Root's instances run as two other users: they must be able to enter every directory above this one.
data_is_reachable() {
    above=${DATA%/*}
    while [ ! -d "${above:-/}" ]; do above=${above%/*}; done
    setpriv --reuid "$SERVICE_UID" --regid "$SERVICE_GID" --clear-groups test -x "${above:-/}" 2>/dev/null
}

# Sets DATA to that of an instance that exists, or says how to make one.
data_open() {
    data_locate
    [ -e "$DATA/programs" ] || die "There is no instance in $DATA. Start one with: $(hint up)"
    data_check_owner
    data_recall
    data_socket_paths
}

data_check_owner() {
    owner=$(stat -c %U "$DATA")
    [ -O "$DATA" ] || die "$DATA belongs to $owner. Run this as $owner${SUDO_USER:+, not with sudo}, or choose another --data"
}

data_create() {
    data_locate
    data_recall
    mesh_is_known || die "--mesh is ipc or tls, not '$MESH'"
    case $REPLICAS in [1-9]) ;; *) die "--replicas is a number from 1 to 9, not '$REPLICAS'" ;; esac
    case $REDIS in yes | no) ;; *) die "--redis is yes or no, not '$REDIS'" ;; esac
    port_is_valid "$PORT" || die "--port $PORT is no port number: 1 to 65535"
    [ -z "${DATA_ASKED:-}" ] || say "Using $DATA: the users that run the programs cannot enter the directories above $DATA_ASKED"
    mkdir -p "$DATA" || die "$DATA cannot be created: choose another --data"
    data_check_owner
    chmod 0755 "$DATA"
    mkdir -p "$DATA/bin" "$DATA/sv" "$DATA/log"
    mkdir -p "$DATA/secrets" "$DATA/env"
    chmod 0700 "$DATA/secrets" "$DATA/env"
    data_lock
}

# One command at a time changes an instance.
data_lock() {
    exec 9>"$DATA/.lock"
    flock -n 9 || { say "Waiting for another sfp at work in $DATA" && flock 9; }
}

# The options of this call, else those of an earlier one, else the defaults.
data_recall() {
    PORT=${PORT_OPTION:-$(cat "$DATA/port" 2>/dev/null || echo 8000)}
    PRESET=${PRESET_OPTION:-$(cat "$DATA/preset" 2>/dev/null || echo dev)}
    MESH=${MESH_OPTION:-$(cat "$DATA/mesh" 2>/dev/null || echo ipc)}
    REPLICAS=${REPLICAS_OPTION:-$(cat "$DATA/replicas" 2>/dev/null || echo 1)}
    REDIS=${REDIS_OPTION:-$(cat "$DATA/redis-wanted" 2>/dev/null || echo no)}
}

data_remember() {
    echo "$PORT" >"$DATA/port"
    echo "$PRESET" >"$DATA/preset"
    echo "$MESH" >"$DATA/mesh"
    echo "$REPLICAS" >"$DATA/replicas"
    echo "$REDIS" >"$DATA/redis-wanted"
}

# data_sockets: makes run/ and pgsock/, in the data directory when its path is short and plain, else below /tmp with
# symbolic links to there. Sets RUN_DIR and PGSOCK to their real paths.
data_sockets() {
    sockets=$DATA
    case $DATA in *[!A-Za-z0-9/._+-]*) sockets= ;; esac
    [ ${#DATA} -le $DATA_PATH_MAX ] || sockets=
    if [ -z "$sockets" ]; then
        sockets=$(data_short_directory)
        [ -O "$sockets" ] || sockets=$(mktemp -d /tmp/sfp-XXXXXX)
        chmod 0711 "$sockets"
        ln -sfn "$sockets/run" "$DATA/run"
        ln -sfn "$sockets/pgsock" "$DATA/pgsock"
    fi
    mkdir -p "$sockets/run" "$sockets/pgsock"
    chmod 0700 "$sockets/run"
    chmod 0711 "$sockets/pgsock"
    data_give service "$sockets/run"
    data_give postgres "$sockets/pgsock"
    data_socket_paths
}

data_socket_paths() {
    RUN_DIR=$(readlink -m "$DATA/run")
    PGSOCK=$(readlink -m "$DATA/pgsock")
}

# The directory below /tmp that holds the sockets; empty when they are in the data directory.
data_short_directory() {
    [ ! -L "$DATA/run" ] || dirname "$(readlink "$DATA/run")"
}

data_sockets_remove() {
    short=$(data_short_directory)
    case $short in /tmp/sfp-??????) [ ! -O "$short" ] || rm -rf "$short" ;; esac
    [ -z "$short" ] || rm -f "$DATA/run" "$DATA/pgsock"
}

# data_user service|postgres: the words that run a command as that user; none when the caller is not root.
data_user() {
    ! is_root || case $1 in
    service) echo "chpst -u :$SERVICE_UID:$SERVICE_GID" ;;
    postgres) echo "chpst -u postgres" ;;
    esac
}

data_give() {
    ! is_root || case $1 in
    service) chown "$SERVICE_UID:$SERVICE_GID" "$2" ;;
    postgres) chown postgres:postgres "$2" ;;
    esac
}

# secret NAME KIND: the secret of that name, made when it is asked for the first time.
secret() {
    secret_file=$DATA/secrets/$1
    if [ ! -s "$secret_file" ]; then
        (umask 077 && secret_make "$2" >"$secret_file.new" && mv "$secret_file.new" "$secret_file")
    fi
    cat "$secret_file"
}

secret_make() {
    case $1 in
    key) head -c 32 /dev/urandom | base64 -w 0 ;;
    password) head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' ;;
    esac
}

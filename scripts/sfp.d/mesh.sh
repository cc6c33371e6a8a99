# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# How the programs of an instance reach each other: by unix sockets in run/ (ipc), or over TLS on loopback ports that are
# drawn once and kept in mesh-ports/ (tls). A service's address names all its replicas.

mesh_is_known() { [ "$MESH" = ipc ] || [ "$MESH" = tls ]; }

# What must be there before the programs are started.
mesh_prepare() {
    [ "$MESH" = tls ] || return 0
    mkdir -p "$DATA/mesh-ports" "$DATA/certs"
    for name in $(program_services); do mesh_port "$name" >/dev/null && mesh_port "$name.events" >/dev/null; done
    certs_ensure "$DATA/certs"
}

# mesh_port NAME: the port of one replica, or with .events behind its name that of its events.
mesh_port() {
    mesh_file=$DATA/mesh-ports/$1
    [ -s "$mesh_file" ] || port_free >"$mesh_file"
    cat "$mesh_file"
}

# mesh_url NAME: where one replica is found.
mesh_url() {
    case $MESH in
    ipc) echo "ipc://$RUN_DIR/$1.ipc" ;;
    tls) echo "tls+tcp://localhost:$(mesh_port "$1")" ;;
    esac
}

# mesh_environment NAME: its variables. One replica over ipc needs none: RUN_DIR says it all.
mesh_environment() {
    case $1 in *.[2-9]) echo "REPLICA=${1##*.}" ;; esac
    if [ "$MESH" = tls ]; then
        echo "MESH_TLS_CA=$DATA/certs/ca.pem"
        echo "MESH_TLS_CERTIFICATE=$DATA/certs/$(program_base "$1").pem"
        ! program_is_service "$1" || {
            echo "MESH_LISTEN=tls+tcp://127.0.0.1:$(mesh_port "$1")"
            echo "EVENTS_LISTEN=tls+tcp://127.0.0.1:$(mesh_port "$1.events")"
        }
    fi
    [ "$MESH$REPLICAS" = ipc1 ] || for mesh_service in $(program_bases | grep '^svc-'); do
        mesh_upper=$(echo "${mesh_service#svc-}" | tr '[:lower:]' '[:upper:]')
        echo "MESH_URL_$mesh_upper=$(mesh_urls "$mesh_service" '')"
        echo "EVENTS_ADDRESS_$mesh_upper=$(mesh_urls "$mesh_service" .events)"
    done
}

# mesh_urls SERVICE SUFFIX: those of all its replicas, by commas.
mesh_urls() {
    for mesh_replica in $(program_names | grep -x "$1\\(\\.[2-9]\\)\\{0,1\\}"); do
        mesh_url "$mesh_replica$2"
    done | paste -s -d , -
}

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# How the programs of an instance reach each other: by unix sockets in run/ (ipc), or over TLS on loopback ports that are
# drawn once and kept in mesh-ports/ (tls).

mesh_is_known() { [ "$MESH" = ipc ] || [ "$MESH" = tls ]; }

# What must be there before the programs are started.
mesh_prepare() {
    [ "$MESH" = tls ] || return 0
    mkdir -p "$DATA/mesh-ports" "$DATA/certs"
    for name in $(program_services); do mesh_port "$name" >/dev/null; done
    certs_ensure "$DATA/certs"
}

# mesh_port SERVICE: its port.
mesh_port() {
    mesh_file=$DATA/mesh-ports/$1
    [ -s "$mesh_file" ] || port_free >"$mesh_file"
    cat "$mesh_file"
}

# mesh_url SERVICE: where others find it.
mesh_url() {
    case $MESH in
    ipc) echo "ipc://$RUN_DIR/$1.ipc" ;;
    tls) echo "tls+tcp://localhost:$(mesh_port "$1")" ;;
    esac
}

# mesh_environment PROGRAM: its variables; with ipc RUN_DIR says it all.
mesh_environment() {
    [ "$MESH" = tls ] || return 0
    echo "MESH_TLS_CA=$DATA/certs/ca.pem"
    echo "MESH_TLS_CERTIFICATE=$DATA/certs/$1.pem"
    ! program_is_service "$1" || echo "MESH_LISTEN=tls+tcp://127.0.0.1:$(mesh_port "$1")"
    for mesh_service in $(program_services); do
        echo "MESH_URL_$(echo "${mesh_service#svc-}" | tr '[:lower:]' '[:upper:]')=$(mesh_url "$mesh_service")"
    done
}

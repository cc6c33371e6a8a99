# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A certificate authority for development, and a certificate for every program, for meshes over tls+tcp://. Each file
# <program>.pem holds a certificate and its key, as MESH_TLS_CERTIFICATE takes them; ca.pem is MESH_TLS_CA.

CERTS_DAYS=365

command_certs() {
    certs_dir='' certs_hosts=''
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || die "$1 needs a value. See: ./sfp certs --help"
        case $1 in
        --out) certs_dir=$2 ;;
        --host) certs_hosts="$certs_hosts $2" ;;
        --days) CERTS_DAYS=$2 ;;
        *) die "certs does not know '$1'. See: ./sfp certs --help" ;;
        esac
        shift 2
    done
    case $CERTS_DAYS in '' | *[!0-9]*) die "--days needs a number of days" ;; esac
    package_install base
    data_open
    : "${certs_dir:=$DATA/certs}"
    certs_make "$certs_dir" "$certs_hosts"
    for certs_name in $(program_bases) ops; do
        say "$certs_dir/$certs_name.pem  good until $(openssl x509 -in "$certs_dir/$certs_name.pem" -noout -enddate | cut -d= -f2)"
    done
    say "The authority is $certs_dir/ca.pem. Programs take up new certificates when they are started again."
}

# certs_make DIR HOSTS: the authority, if there is none yet, and new certificates. Each appears whole or not at all.
certs_make() {
    mkdir -p "$1" && chmod 0711 "$1"
    [ -s "$1/ca.pem" ] && [ -s "$1/ca.key" ] || certs_authority "$1"
    for certs_name in $(program_bases) ops; do certs_sign "$1" "$certs_name" "$2"; done
}

# certs_ensure DIR: certificates for the next days at least.
certs_ensure() {
    for certs_name in $(program_bases) ops; do
        openssl x509 -in "$1/$certs_name.pem" -noout -checkend $((7 * 86400)) >/dev/null 2>&1 && continue
        certs_make "$1" ''
        return
    done
}

certs_authority() {
    (umask 077 && certs_openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -subj '/CN=Social Features Platform, development' -keyout "$1/ca.key.new" -out "$1/ca.pem.new" \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign)
    mv "$1/ca.key.new" "$1/ca.key"
    chmod 0644 "$1/ca.pem.new"
    mv "$1/ca.pem.new" "$1/ca.pem"
}

# certs_sign DIR PROGRAM HOSTS: for its own name, as a Kubernetes service has it, and this host's.
certs_sign() {
    certs_names="DNS:$2,DNS:localhost,IP:127.0.0.1,IP:::1"
    for certs_host in $3; do
        case $certs_host in
        *[!0-9.]*) certs_names="$certs_names,DNS:$certs_host" ;;
        *) certs_names="$certs_names,IP:$certs_host" ;;
        esac
    done
    (
        umask 077
        certs_openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
            -keyout "$1/$2.key.new" -out "$1/$2.csr.new"
        printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE\n' \
            "$certs_names" >"$1/$2.ext.new"
        certs_openssl x509 -req -in "$1/$2.csr.new" -CA "$1/ca.pem" -CAkey "$1/ca.key" -days "$CERTS_DAYS" \
            -set_serial "0x$(head -c 8 /dev/urandom | od -An -v -tx1 | tr -d ' \n' | sed 's/^./1/')" -extfile "$1/$2.ext.new" -out "$1/$2.pem.new"
        cat "$1/$2.key.new" >>"$1/$2.pem.new"
    ) || exit 1
    data_give service "$1/$2.pem.new"
    mv "$1/$2.pem.new" "$1/$2.pem"
    rm -f "$1/$2.key.new" "$1/$2.csr.new" "$1/$2.ext.new"
}

certs_openssl() {
    certs_said=$(openssl "$@" 2>&1) || die "openssl $1 failed: $certs_said"
}

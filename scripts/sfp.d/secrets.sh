# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What an installation in a cluster must be given: two Secrets, as a file for each of their keys, and the statements that
# make roles and schemas in its database.
#   keys/ stores/ roles.sql   what is handed over     private/   what they are made from: to be kept, and shown to nobody



command_secrets() {
    secrets_out='' secrets_database='' secrets_redis='' secrets_namespace=default secrets_hosts=''
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || die "$1 needs a value. See: ./sfp secrets --help"
        case $1 in
        --out) secrets_out=$2 ;;
        --database) secrets_database=$2 ;;
        --redis-url) secrets_redis=$2 ;;
        --namespace) secrets_namespace=$2 ;;
        --host) secrets_hosts="$secrets_hosts $2" ;;
        --days) CERTS_DAYS=$2 ;;
        *) die "secrets does not know '$1'. See: ./sfp secrets --help" ;;
        esac
        shift 2
    done
    [ -n "$secrets_out" ] && [ -n "$secrets_database" ] || die "secrets needs --out DIR and --database URL. See: ./sfp secrets --help"
    case $secrets_namespace in *[!a-z0-9-]* | '') die "--namespace $secrets_namespace is no name of a namespace" ;; esac
    case $CERTS_DAYS in '' | *[!0-9]*) die "--days needs a number of days" ;; esac
    url_split "$secrets_database"
    package_install base
    build "${PRESET_OPTION:-dev}" sfp-keys
    secrets_open
    secrets_write
    secrets_tell
}

# The directory; what was drawn in an earlier run is taken again.
secrets_open() {
    mkdir -p "$secrets_out"
    chmod 0700 "$secrets_out"
    secrets_out=$(cd "$secrets_out" && pwd)
    DATA=$secrets_out/private
    mkdir -p "$DATA/secrets" "$DATA/certs" "$DATA/bin"
    cp "$BUILD/bin/sfp-keys" "$DATA/bin/sfp-keys"
    build_programs >"$DATA/programs"
}

secrets_write() (
    umask 077
    rm -rf "$secrets_out/keys" "$secrets_out/stores"
    mkdir "$secrets_out/keys" "$secrets_out/stores"
    [ -s "$DATA/certs/ca.pem" ] && [ -s "$DATA/certs/ca.key" ] || certs_authority "$DATA/certs"
    for secrets_program in $(program_bases); do secrets_of "$secrets_program"; done
    secret cursor-key key >"$secrets_out/keys/cursor-key"
    secret principal-key key >"$secrets_out/keys/principal-key"
    secret principal-key key | "$DATA/bin/sfp-keys" public | secrets_value >"$secrets_out/keys/principal-keys"
    secret jwt-secret key >"$secrets_out/keys/jwt-secret"
    cp "$DATA/certs/ca.pem" "$secrets_out/keys/ca.pem"
    [ -z "$secrets_redis" ] || printf %s "$secrets_redis" >"$secrets_out/stores/redis-url"
    for secrets_program in $(program_services); do database_grant_service "$secrets_program"; done >"$secrets_out/roles.sql"
)

# secrets_of PROGRAM: what is its own.
secrets_of() {
    certs_sign "$DATA/certs" "$1" "$1.$secrets_namespace $1.$secrets_namespace.svc $1.$secrets_namespace.svc.cluster.local $secrets_hosts"
    cp "$DATA/certs/$1.pem" "$secrets_out/keys/$1.pem"
    secret "$1.mesh-key" key >"$secrets_out/keys/$1.mesh-key"
    program_is_service "$1" || return 0
    environment_callers "${1#svc-}" | secrets_value >"$secrets_out/keys/$1.mesh-callers"
    printf '1:%s' "$(secret "$1.data-key" key)" >"$secrets_out/keys/$1.data-keys"
    url_with_user "$secrets_database" "sfp_${1#svc-}" "$(secret "$1.password" password)" | secrets_value >"$secrets_out/stores/$1.database-url"
}

# A line as a value: what is behind it would be part of a variable.
secrets_value() { tr -d '\n'; }

secrets_tell() {
    cat <<END
The two Secrets are in $secrets_out, and the statements for the database. Hand them over with:

  psql 'ADMINISTRATOR@$URL_HOST$URL_REST' -v ON_ERROR_STOP=1 -f $secrets_out/roles.sql
  kubectl -n $secrets_namespace create secret generic sfp-keys --from-file=$secrets_out/keys
  kubectl -n $secrets_namespace create secret generic sfp-stores --from-file=$secrets_out/stores

Keep $secrets_out/private safe, or take the directory away when the Secrets are kept elsewhere: without the data-keys
nobody reads what is sealed in the database. Run again with the same words it renews the certificates and nothing else.
END
}

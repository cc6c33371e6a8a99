# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Debian and Ubuntu packages. Only missing ones are installed, nothing of the system is started.

# What each set is made of. Those of `base` are needed; of the others, what a release does not have is left out. `build` is
# what compiling takes, on a machine or in an image.
package_set() {
    case $1 in
    base) echo "$(package_set build)" postgresql-common postgresql runit curl openssl ;;
    build)
        echo cmake ninja-build gcc pkg-config \
            protobuf-compiler protobuf-c-compiler libprotobuf-dev libprotobuf-c-dev \
            libnng-dev libmicrohttpd-dev libgnutls28-dev libpq-dev libhiredis-dev libssl-dev libpcre2-dev libwslay-dev libicu-dev libcjson-dev zlib1g-dev libbrotli-dev libzip-dev \
            wamerican check libcurl4-openssl-dev debian-archive-keyring ;;
    dev) echo clang-format-14 shellcheck zsh fish groff-base iproute2 libnats-dev nats-server ;;
    redis) echo redis-server ;;
    bench) echo wrk nginx-light g++ libgrpc++-dev protobuf-compiler-grpc fasttext jq ;;
    containers) echo podman buildah runc conmon netavark aardvark-dns catatonit iptables iproute2 uidmap mmdebstrap podman-compose ;;
    fuzz) echo clang libclang-rt-dev ;;
    esac
}

package_is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
package_is_available() { [ -n "$(apt-cache --quiet=0 madison "$1" 2>/dev/null)" ]; }

package_missing() {
    for package in "$@"; do package_is_installed "$package" || printf '%s ' "$package"; done
}

package_apt() {
    apt_env='DEBIAN_FRONTEND=noninteractive'
    set -- "$apt_env" apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
    if is_root; then env "$@"; else sudo env "$@"; fi
}

package_as_root() { if is_root; then "$@"; else sudo "$@"; fi; }

# package_install SET...
package_install() {
    if ! command -v apt-get >/dev/null; then
        [ -n "${PACKAGE_WARNED:-}" ] || warn "This is no Debian or Ubuntu: what is needed must be there already: $(package_set base)"
        PACKAGE_WARNED=1
        return 0
    fi
    missing=
    for set in "$@"; do
        # shellcheck disable=SC2046 # words on purpose
        missing="$missing$(package_missing $(package_set "$set"))"
    done
    [ -n "$missing" ] || return 0

    say "Missing packages: $missing"
    is_root || command -v sudo >/dev/null || die "Ask an administrator for: apt-get install --no-install-recommends $missing"
    confirm "Install them with apt?" || die "Install them first, or use --yes: apt-get install --no-install-recommends $missing"
    is_root || sudo -v || die "sudo refused"
    package_log=$(mktemp)
    step "Reading the package lists" "$package_log" package_apt update ||
        warn "going on with the package lists that are here"
    missing=$(package_wanted "$missing")
    package_quietly package_fetch "$missing" || exit 1
    package_tame "$missing"
    rm -f "$package_log"
}

# Of the missing packages, those to be had; dies when one of the base set is not.
package_wanted() {
    for package in $1; do
        if package_is_available "$package"; then
            printf '%s ' "$package"
        else
            case " $(package_set base) " in
            *" $package "*) die "This release has no package $package: Debian 12 or 13 or Ubuntu 24.04 is needed (Ubuntu: with 'universe')" ;;
            *) warn "left out: this release has no package $package" ;;
            esac
        fi
    done
}

# PostgreSQL's package would create and start a cluster of the system's: while it is installed a drop-in forbids that.
package_fetch() {
    no_cluster=/etc/postgresql-common/createcluster.d/sfp.conf
    # shellcheck disable=SC2086 # words on purpose
    case " $1 " in
    *" postgresql "*)
        package_log_install postgresql-common
        package_as_root mkdir -p "${no_cluster%/*}"
        echo 'create_main_cluster = false' | package_as_root tee "$no_cluster" >/dev/null
        package_status=0
        package_log_install $1 || package_status=$?
        package_as_root rm -f "$no_cluster"
        [ "$package_status" -eq 0 ] ;;
    *) package_log_install $1 ;;
    esac
}

# Nothing of the system's is started by the installation of what COMMAND... installs.
package_quietly() {
    policy=/usr/sbin/policy-rc.d policy_is_ours=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | package_as_root tee "$policy" >/dev/null
        package_as_root chmod 0755 "$policy"
        policy_is_ours=1
    fi
    quiet_status=0
    "$@" || quiet_status=$?
    [ -z "$policy_is_ours" ] || package_as_root rm -f "$policy"
    return "$quiet_status"
}

# Nor at the system's next start: the tests start a Redis of their own.
package_tame() {
    case " $1 " in
    *" redis-server "*)
        ! command -v systemctl >/dev/null || package_as_root systemctl --quiet disable redis-server 2>/dev/null || : ;;
    esac
}

package_log_install() {
    [ $# -gt 0 ] || return 0
    step "Installing $*" "$package_log" package_apt install -y --no-install-recommends "$@" || return 1
}

command_install() {
    sets=base
    for word in "$@"; do
        case $word in
        --dev | --bench | --fuzz) sets="$sets ${word#--}" ;;
        *) die "install does not know '$word'. See: ./sfp install --help" ;;
        esac
    done
    # shellcheck disable=SC2086 # words on purpose
    package_install $sets
}

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: fetch-nng.sh DIR
# Unpacks Debian 13's libnng-dev and libmbedtls-dev below DIR/root with an apt configuration of its own: the system's
# package lists and database stay untouched. Signatures are checked with Debian's archive keyring. Writes DIR/ready
# (the version) last; exits 1 with a line on stderr when the packages are not to be had.
set -eu
dir=$1
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${SFP_DEBIAN_MIRROR:-http://deb.debian.org/debian}
fail() { echo "fetch-nng: $*" >&2; exit 1; }

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "no apt on this system"
[ -r $keyring ] || fail "no $keyring (apt-get install debian-archive-keyring)"
rm -rf "$dir" && mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/debs"
echo "deb [signed-by=$keyring] $mirror trixie main" >"$dir/sources.list"
apt="apt-get -q -o Dir::Etc::sourcelist=$dir/sources.list -o Dir::Etc::sourceparts=/dev/null
     -o Dir::State::lists=$dir/lists -o Dir::Cache=$dir -o Dir::State::status=/dev/null -o APT::Sandbox::User=root
     -o Acquire::http::Timeout=20 -o Acquire::Retries=2 -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"
# shellcheck disable=SC2086 # the options are words on purpose
$apt update >"$dir/log" 2>&1 || fail "Debian 13's package list is out of reach (see $dir/log)"
# shellcheck disable=SC2086
(cd "$dir/debs" && $apt download libnng-dev libmbedtls-dev) >>"$dir/log" 2>&1 || fail "download failed (see $dir/log)"
for deb in "$dir"/debs/*.deb; do dpkg-deb -x "$deb" "$dir/root"; done
rm -rf "$dir/lists" "$dir/archives" "$dir"/*.bin
dpkg-deb -f "$dir"/debs/libnng-dev_*.deb Version >"$dir/ready"

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The classifier on the command line, through the program sfp-moderation. It needs no instance: one that is built is
# taken as it is, else it is built.

command_moderation() {
    build_locate "${PRESET_OPTION:-dev}"
    program=$BUILD/bin/sfp-moderation
    [ -x "$program" ] || {
        package_install base
        build "${PRESET_OPTION:-dev}" sfp-moderation
    } >&2
    exec "$program" "$@"
}

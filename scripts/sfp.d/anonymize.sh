# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The text engine on the command line, through the program sfp-anonymize. It needs no instance: one that is built is
# taken as it is, else it is built.

command_anonymize() {
    build_locate "${PRESET_OPTION:-dev}"
    program=$BUILD/bin/sfp-anonymize
    [ -x "$program" ] || {
        package_install base
        build "${PRESET_OPTION:-dev}" sfp-anonymize
    } >&2
    exec "$program" "$@"
}

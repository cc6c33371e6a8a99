# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The build tree of one preset: build/<preset>, made by CMake, which also writes there services.list, tools.list
# and tests.list.

# build_locate PRESET: sets BUILD. SFP_PROGRAMS=DIR uses what was built elsewhere: DIR/bin and DIR/services.list.
build_locate() { BUILD=${SFP_PROGRAMS:-$SFP_ROOT/build/$1}; }

# build PRESET [TARGET...]: builds it, or only those targets of it, and sets BUILD. "programs" is what people run, "benches"
# what measures them, "story" what the demo tells, "units" the unit tests.
build() {
    build_locate "$1"
    if [ -n "${SFP_PROGRAMS:-}" ]; then
        [ -r "$BUILD/services.list" ] || die "SFP_PROGRAMS=$SFP_PROGRAMS has no services.list"
        return 0
    fi
    build_is_known "$1" || die "There is no preset '$1'. CMakePresets.json has: $(build_presets | tr '\n' ' ')"
    mkdir -p "$BUILD"
    build_log=$BUILD/sfp-build.log
    exec 8>"$BUILD/.sfp-lock"
    flock -n 8 || { say "Waiting for another build of $1" && flock 8; }
    step "Building ($1)" "$build_log" build_run "$@" || exit 1
    exec 8>&-
}

build_presets() { sed -n 's/.*{"name": "\([a-z]*\)", "inherits".*/\1/p' "$SFP_ROOT/CMakePresets.json"; }
build_is_known() { build_presets | grep -qx -- "$1"; }

build_run() {
    cd "$SFP_ROOT" || return 1
    # A tree that was configured elsewhere (the repository has moved) is of no use.
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$BUILD/CMakeCache.txt" 2>/dev/null)
    [ -z "$home" ] || [ "$home" = "$SFP_ROOT" ] || rm -rf "$BUILD/CMakeCache.txt" "$BUILD/CMakeFiles"
    build_docs "build/$1" # in front of the configuration, which looks for it
    [ -f "$BUILD/build.ninja" ] && [ -f "$BUILD/CMakeCache.txt" ] || cmake --preset "$1" || return 1
    build_preset=$1
    shift
    cmake --build "build/$build_preset" ${1:+--target "$@"}
}

# swagger-ui for /docs, where npm gives it; asked for once a tree. Without it the gateway has a page of its own.
build_docs() {
    [ ! -e "$1/swagger-ui" ] || return 0
    mkdir -p "$1/swagger-ui"
    timeout 20 scripts/fetch-swagger-ui.sh "$1" || :
}

# The names of the programs that people run.
build_tools() { cat "$BUILD/tools.list"; }

# The names of all programs, in the order they are started.
build_programs() {
    grep . "$BUILD/services.list" || :
    echo sfp-gateway
}

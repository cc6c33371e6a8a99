# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The tests of the Helm chart: both Helms are built from the Go proxy by tests/chart/go.mod, which also has the judges (the
# types of Kubernetes, its pod security checks). Where Go or the proxy is absent they are left out, and that is said.

CHART_FETCH_SECONDS=180
CHART_BUILD_SECONDS=400
CHART_TEST_SECONDS=600
CHART_SCHEMAS=kubernetes-validate==1.37.0

# ./sfp test chart [-v]
command_test_chart() {
    chart_verbose=''
    for word in "$@"; do
        case $word in
        -v) chart_verbose=1 ;;
        *) die "test chart does not know '$word'. See: ./sfp test --help" ;;
        esac
    done
    package_install base
    build "${PRESET_OPTION:-dev}" programs
    chart_work=$(mktemp -d /tmp/sfp-chart-XXXXXX)
    trap 'rm -rf "$chart_work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    chart_run
}

chart_run() {
    command -v go >/dev/null || { chart_left_out "there is no Go" && return; }
    cd "$SFP_ROOT/tests/chart" || exit
    chart_log=$chart_work/log
    chart_fetch >"$chart_log" 2>&1 || { chart_refused && return; }
    chart_status=0
    step "Building Helm 3, Helm 4 and the tests" "$chart_log" chart_build || chart_status=$?
    case $chart_status in
    0) chart_judge ;;
    124) chart_left_out "they were not built within $CHART_BUILD_SECONDS s" ;;
    *) die "they do not build (above)" ;;
    esac
}

# Nothing failed, nothing was tested.
chart_left_out() {
    echo "The chart's tests are left out: $1"
    echo "0 passed, 0 failed, 1 skipped"
}

chart_fetch() {
    timeout "$CHART_FETCH_SECONDS" go list -deps -test -f '{{""}}' ./... && timeout "$CHART_FETCH_SECONDS" go list -deps -f '{{""}}' tool
}

# That a proxy does not answer, or Go is too old, is nobody's fault; a go.mod that does not say what is needed is ours.
chart_refused() {
    ! grep -E 'go\.sum entry|no required module|updates to go\.mod' "$chart_log" >&2 || die "tests/chart/go.mod is not complete: go mod tidy"
    chart_left_out "Go does not give what go.mod asks for: $(grep -v '^go: downloading' "$chart_log" | tail -n 1)"
}

# 124 when it takes too long.
chart_build() {
    for major in 3 4; do
        timeout "$CHART_BUILD_SECONDS" go build -ldflags '-s -w' -o "$chart_work/helm$major" "helm.sh/helm/v$major/cmd/helm" || return
    done
    timeout "$CHART_BUILD_SECONDS" go test -c -o "$chart_work/chart.test" .
}

# Sets KUBERNETES_VALIDATE where PyPI gives it: it brings the schemas of Kubernetes along. Without it one test skips itself.
chart_schemas() {
    KUBERNETES_VALIDATE=
    if { python3 -m venv "$chart_work/venv" && timeout "$CHART_FETCH_SECONDS" "$chart_work/venv/bin/pip" install -q "$CHART_SCHEMAS"; } >"$chart_log" 2>&1; then
        KUBERNETES_VALIDATE=$chart_work/venv/bin/kubernetes-validate
    else
        echo "The schemas of Kubernetes are left out: there is no python3-venv, or PyPI does not give $CHART_SCHEMAS"
    fi
    export KUBERNETES_VALIDATE
}

# Runs the tests. Every subtest counts; one program that died without a word is one failure.
chart_judge() {
    chart_schemas
    chart_status=0
    SFP_CHART=$SFP_ROOT/helm/social-features SFP_BUILD=$BUILD HELM=$chart_work/helm3,$chart_work/helm4 \
        timeout "$CHART_TEST_SECONDS" "$chart_work/chart.test" -test.v >"$chart_log" 2>&1 || chart_status=$?
    chart_passed=$(grep -c '^ *--- PASS' "$chart_log" || :)
    chart_failed=$(grep -c '^ *--- FAIL' "$chart_log" || :)
    chart_skipped=$(grep -c '^ *--- SKIP' "$chart_log" || :)
    [ "$chart_status" -eq 0 ] || [ "$chart_failed" -gt 0 ] || chart_failed=1
    chart_unkempt=$(gofmt -l .)
    [ -z "$chart_unkempt" ] || { echo "gofmt would lay out: $chart_unkempt" && chart_failed=$((chart_failed + 1)); }
    if [ "$chart_failed" -gt 0 ] || [ -n "$chart_verbose" ]; then
        grep -vE '^(=== |PASS$)' "$chart_log" || :
    else
        sed -n 's/^--- PASS: Test\([A-Za-z0-9]*\).*/ok    chart \1/p; s/^--- SKIP: Test\([A-Za-z0-9]*\).*/skip  chart \1/p' "$chart_log"
    fi
    echo "$chart_passed passed, $chart_failed failed, $chart_skipped skipped"
    [ "$chart_failed" -eq 0 ]
}

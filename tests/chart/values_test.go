// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Values that must be refused, and a word of what is said then.
var bad = map[string]struct{ values, word string }{
	"a word nobody knows":                  {"replicas: 2", "replicas"},
	"a service nobody knows":               {"services: {bank: {enabled: true}}", "bank"},
	"a misspelt value of a service":        {"services: {goals: {replicsa: 2}}", "replicsa"},
	"a misspelt value of all":              {"defaults: {resource: {}}", "resource"},
	"a setting that goals has not":         {"services: {goals: {settings: {MIN_KOHORT_SIZE: 2}}}", "MIN_KOHORT_SIZE"},
	"a setting of moderation for the feed": {"services: {feed: {settings: {HUMAN_REVIEW_QUEUE_SIZE: 2}}}", "HUMAN_REVIEW_QUEUE_SIZE"},
	"a setting of the gateway for all":     {"serviceSettings: {CORS_ORIGINS: a}", "CORS_ORIGINS"},
	"a secret in the open":                 {"services: {goals: {settings: {DATABASE_URL: postgresql://a@b/c}}}", "DATABASE_URL"},
	"the gateway's secret in the open":     {"gateway: {settings: {JWT_SECRET: abc}}", "JWT_SECRET"},
	"a setting of the chart's own":         {"serviceSettings: {MESH_LISTEN: tcp://0.0.0.0:1}", "MESH_LISTEN"},
	"a number that is none":                {"serviceSettings: {WORKERS: many}", "WORKERS"},
	"a truth that is none":                 {"services: {moderation: {settings: {ENABLE_AUTO_MODERATION: 3}}}", "ENABLE_AUTO_MODERATION"},
	"a negative number of replicas":        {"defaults: {replicas: -1}", "replicas"},
	"a grace that kills":                   {"defaults: {terminationGracePeriodSeconds: 5}", "terminationGracePeriodSeconds"},
	"a port that is none":                  {"mesh: {ports: {calls: 70000}}", "calls"},
	"an endpoint over http":                {"global: {endpoints: {goals: {mesh: 'http://a:1', events: 'tcp://a:2'}}}", "mesh"},
	"an endpoint without its events":       {"global: {endpoints: {goals: {mesh: 'tcp://a:1'}}}", "events"},
	"an endpoint with a password":          {"global: {endpoints: {goals: {mesh: 'tcp://u:p@a:1', events: 'tcp://a:2'}}}", "mesh"},
	"a broker with a password":             {"events: {url: 'nats://u:p@a:4222'}", "url"},
	"a collector with a password":          {"tracing: {endpoint: 'http://u:p@a:4318'}", "endpoint"},
	"cert-manager without an issuer":       {"mesh: {tls: {from: cert-manager}}", "name"},
	"certificates from nowhere":            {"mesh: {tls: {from: paper}}", "from"},
	"a route without a parent":             {"gateway: {httpRoute: {enabled: true}}", "parentRefs"},
	"an ingress without a host":            {"gateway: {ingress: {enabled: true}}", "hosts"},
	"a digest that is none":                {"gateway: {image: {digest: latest}}", "digest"},
	"a pod that is called as another":      {"services: {goals: {podLabels: {app.kubernetes.io/name: svc-feed}}}", "app.kubernetes.io/name"},
	"a label of the chart's own for all":   {"commonLabels: {helm.sh/chart: other}", "helm.sh/chart"},
	"a privileged pod":                     {"defaults: {securityContext: {privileged: true}}", "securityContext"},
}

func TestBadValuesAreRefused(t *testing.T) {
	for _, helm := range helms(t) {
		for name, c := range bad {
			t.Run(filepath.Base(helm)+"/"+strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "values.yaml")
				if err := os.WriteFile(file, []byte(c.values), 0o600); err != nil {
					t.Fatal(err)
				}
				_, err := template(t, helm, "-f", file, "--kube-version", kubeVersion)
				if err == nil {
					t.Fatal("it was taken")
				}
				if !strings.Contains(err.Error(), c.word) {
					t.Errorf("nothing is said of %s: %v", c.word, err)
				}
			})
		}
	}
}

func TestAnInstallationOfNothingIsRefused(t *testing.T) {
	_, err := template(t, helms(t)[0], "--kube-version", kubeVersion, "-f", filepath.Join(setting(t, "SFP_CHART"), "ci", "split-edge-values.yaml"), "--set", "gateway.enabled=false")
	if err == nil || !strings.Contains(err.Error(), "nothing is enabled") {
		t.Errorf("it was taken: %v", err)
	}
}

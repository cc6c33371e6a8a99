// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

// The files below a folder of the chart's files, by name.
func chartFiles(t *testing.T, folder, pattern string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(setting(t, "SFP_CHART"), "files", folder, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("the chart has no %s: %v", folder, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = text
	}
	return files
}

func TestEveryProgramIsScrapedOnce(t *testing.T) {
	r := renderingOf(t, "full")
	var monitor monitoring.ServiceMonitor
	if err := yaml.UnmarshalStrict(r.of("ServiceMonitor")[0].text, &monitor); err != nil {
		t.Fatal(err)
	}
	scraped := map[any]int{}
	for _, o := range r.of("Service") {
		labels := map[string]string{}
		for name, value := range o.at("metadata", "labels").(map[string]any) {
			labels[name] = value.(string)
		}
		if selects(t, &monitor.Spec.Selector, labels) {
			scraped[o.at("spec", "selector").(map[string]any)["app.kubernetes.io/name"]]++
		}
	}
	for _, program := range append(services(t), "sfp-gateway") {
		if scraped[program] != 1 {
			t.Errorf("%s is scraped %d times", program, scraped[program])
		}
	}
}

// Rules arrive as they were tried with promtool, each file an object.
func TestRulesArriveAsTheyWereTried(t *testing.T) {
	r := renderingOf(t, "full")
	files := chartFiles(t, "rules", "*.yaml")
	if n := len(r.of("PrometheusRule")); n != len(files) {
		t.Errorf("%d objects of %d files", n, len(files))
	}
	for name, text := range files {
		var want map[string]any
		if err := yaml.UnmarshalStrict(text, &want); err != nil {
			t.Fatal(err)
		}
		rule := r.find(t, "PrometheusRule", "demo-social-features-"+strings.TrimSuffix(name, ".yaml"))
		if !reflect.DeepEqual(rule.at("spec"), any(want)) {
			t.Errorf("%s is another", name)
		}
	}
}

// Dashboards, too, where Grafana's sidecar looks for them, and none is larger than an object of Kubernetes may be.
func TestDashboardsArriveAsTheyAre(t *testing.T) {
	r := renderingOf(t, "full")
	for name, text := range chartFiles(t, "dashboards", "*.json") {
		o := r.find(t, "ConfigMap", "demo-social-features-dashboard-"+strings.TrimSuffix(name, ".json"))
		var want, got any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := json.Unmarshal([]byte(o.textAt("data", name)), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is another: %v", name, err)
		}
		if o.textAt("metadata", "labels", "grafana_dashboard") != "1" || len(text) > 1<<20 {
			t.Errorf("%s is not found, or too large: %d bytes", name, len(text))
		}
	}
}

func TestNothingIsWatchedUnasked(t *testing.T) {
	r := renderingOf(t, "default")
	if n := len(r.of("PrometheusRule")) + len(r.of("ServiceMonitor")); n != 0 {
		t.Errorf("%d objects for an operator that may not be there", n)
	}
}

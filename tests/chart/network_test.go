// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"testing"

	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

func policies(t *testing.T, r rendering) []networking.NetworkPolicy {
	t.Helper()
	var all []networking.NetworkPolicy
	for _, o := range r.of("NetworkPolicy") {
		var policy networking.NetworkPolicy
		if err := yaml.UnmarshalStrict(o.text, &policy); err != nil {
			t.Fatal(err)
		}
		all = append(all, policy)
	}
	return all
}

func selects(t *testing.T, selector *meta.LabelSelector, pod map[string]string) bool {
	t.Helper()
	compiled, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Matches(labels.Set(pod))
}

func allows(ports []networking.NetworkPolicyPort, port string) bool {
	for _, p := range ports {
		if p.Port.String() == port {
			return true
		}
	}
	return len(ports) == 0
}

// True when a pod of labels `from`, of the same namespace, may come in at that port of `to`.
func mayEnter(t *testing.T, all []networking.NetworkPolicy, to, from map[string]string, port string) bool {
	t.Helper()
	for _, policy := range all {
		if !selects(t, &policy.Spec.PodSelector, to) {
			continue
		}
		for _, rule := range policy.Spec.Ingress {
			if !allows(rule.Ports, port) {
				continue
			}
			if len(rule.From) == 0 {
				return true
			}
			for _, peer := range rule.From {
				if peer.PodSelector != nil && peer.NamespaceSelector == nil && selects(t, peer.PodSelector, from) {
					return true
				}
			}
		}
	}
	return false
}

// True when a pod of labels `from` may go out to that port.
func mayLeave(t *testing.T, all []networking.NetworkPolicy, from map[string]string, port string) bool {
	t.Helper()
	for _, policy := range all {
		if !selects(t, &policy.Spec.PodSelector, from) {
			continue
		}
		for _, rule := range policy.Spec.Egress {
			if allows(rule.Ports, port) {
				return true
			}
		}
	}
	return false
}

func podLabels(t *testing.T, r rendering, name string) map[string]string {
	t.Helper()
	for _, p := range r.pods(t) {
		if p.name == name {
			return p.template.Labels
		}
	}
	t.Fatalf("there is no pod of %s", name)
	return nil
}

// A policy that selects every pod of the installation and allows nothing, in both directions.
func TestEverythingIsDeniedFirst(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		all := policies(t, r)
		if r.values == "small" {
			if len(all) > 0 {
				t.Error("it was switched off")
			}
			return
		}
		for _, p := range r.pods(t) {
			isDenied := false
			for _, policy := range all {
				spec := policy.Spec
				isDenied = isDenied || selects(t, &spec.PodSelector, p.template.Labels) && len(spec.PolicyTypes) == 2 &&
					len(spec.Ingress) == 0 && len(spec.Egress) == 0
			}
			if !isDenied {
				t.Errorf("%s is open", p.name)
			}
		}
	})
}

func TestWhoMayReachWhom(t *testing.T) {
	r := renderingOf(t, "default")
	all := policies(t, r)
	goals, gateway := podLabels(t, r, "demo-social-features-goals"), podLabels(t, r, "demo-social-features-gateway")
	tester, stranger := podLabels(t, r, "demo-social-features-test"), map[string]string{"app": "stranger"}
	cases := []struct {
		what     string
		to, from map[string]string
		port     string
		want     bool
	}{
		{"the gateway calls goals", goals, gateway, "calls", true},
		{"goals calls the gateway", gateway, goals, "calls", false},
		{"a stranger calls goals", goals, stranger, "calls", false},
		{"a stranger hears events", goals, stranger, "events", false},
		{"a stranger looks at the admin port", goals, stranger, "admin", false},
		{"the gateway hears events", goals, gateway, "events", true},
		{"the test pod calls goals", goals, tester, "calls", false},
		{"the test pod asks the gateway", gateway, tester, "http", true},
		{"anybody asks the gateway", gateway, stranger, "http", true},
		{"a stranger looks at the gateway's admin port", gateway, stranger, "admin", false},
	}
	for _, c := range cases {
		if mayEnter(t, all, c.to, c.from, c.port) != c.want {
			t.Errorf("%s: %v", c.what, !c.want)
		}
	}
	for port, want := range map[string]bool{"5432": true, "53": true, "7000": true, "6379": false, "443": false, "4222": false, "4318": false} {
		if mayLeave(t, all, goals, port) != want {
			t.Errorf("goals goes out to %s: %v", port, !want)
		}
	}
	if mayLeave(t, all, gateway, "5432") || mayLeave(t, all, tester, "5432") {
		t.Error("only services may reach a database")
	}
	if !mayLeave(t, all, tester, "http") {
		t.Error("the test pod does not reach the gateway")
	}
}

func TestWhatIsSwitchedOnIsReached(t *testing.T) {
	r := renderingOf(t, "full")
	all := policies(t, r)
	goals, gateway := podLabels(t, r, "demo-social-features-goals"), podLabels(t, r, "demo-social-features-gateway")
	for _, port := range []string{"5432", "6379", "4222", "4318"} {
		if !mayLeave(t, all, goals, port) {
			t.Errorf("goals does not reach %s", port)
		}
	}
	if !mayLeave(t, all, gateway, "443") || mayLeave(t, all, goals, "443") {
		t.Error("the issuer's keys are for the gateway to fetch, and for nobody else")
	}
	if mayEnter(t, all, gateway, map[string]string{"app": "stranger"}, "http") || !mayEnter(t, all, gateway, podLabels(t, r, "demo-social-features-test"), "http") {
		t.Error("only the edge and the test pod may ask the gateway")
	}
}

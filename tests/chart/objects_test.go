// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestEveryServiceIsHeadlessAndFindsItsPods(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, o := range r.of("Service") {
			selector, _ := o.at("spec", "selector").(map[string]any)
			var ports []string
			isUsers := o.textAt("metadata", "labels", "app.kubernetes.io/component") == "users"
			for _, p := range r.pods(t) {
				if hasAll(p.template.Labels, selector) {
					for _, port := range p.template.Spec.Containers[0].Ports {
						ports = append(ports, port.Name)
					}
				}
			}
			for _, port := range o.at("spec", "ports").([]any) {
				target := port.(map[string]any)["targetPort"].(string)
				if !contains(ports, target) {
					t.Errorf("%s: no pod has the port %s", o.name(), target)
				}
			}
			if (o.textAt("spec", "clusterIP") == "None") == isUsers {
				t.Errorf("%s: callers must find every pod, users must not", o.name())
			}
		}
	})
}

func hasAll(have map[string]string, want map[string]any) bool {
	for name, value := range want {
		if have[name] != value {
			return false
		}
	}
	return true
}

// A selector can never be changed afterwards, so nothing of a version may be in it.
func TestSelectorsHoldNoVersion(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, o := range r.of("Deployment") {
			for name := range o.at("spec", "selector", "matchLabels").(map[string]any) {
				if strings.Contains(name, "version") || strings.Contains(name, "chart") {
					t.Errorf("%s selects by %s", o.name(), name)
				}
			}
		}
	})
}

func TestEveryObjectSaysWhoseItIs(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, o := range r.objects {
			if o.name() == "demo-model-notes" { // one of the values' own
				continue
			}
			for _, label := range []string{"app.kubernetes.io/part-of", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "helm.sh/chart"} {
				if o.textAt("metadata", "labels", label) == "" {
					t.Errorf("%s %s has no label %s", o.kind(), o.name(), label)
				}
			}
		}
	})
}

// What is said of pods goes before what is said of everything.
func TestALabelIsThereOnce(t *testing.T) {
	for _, p := range renderingOf(t, "full").pods(t) {
		if p.kind == "Deployment" && p.template.Labels["team"] != "platform" {
			t.Errorf("%s is of team %s", p.name, p.template.Labels["team"])
		}
	}
}

// A budget for one replica would forbid to empty its node.
func TestASingleReplicaHasNoBudget(t *testing.T) {
	if n := len(renderingOf(t, "small").of("PodDisruptionBudget")); n != 0 {
		t.Errorf("%d budgets for single replicas", n)
	}
	full := renderingOf(t, "full")
	if n := len(full.of("PodDisruptionBudget")); n != 8 { // one service of nine programs has one replica
		t.Errorf("%d budgets", n)
	}
	if n := len(full.of("HorizontalPodAutoscaler")) + len(full.of("ScaledObject")); n != 8 {
		t.Errorf("%d autoscalers", n)
	}
}

// Who is scaled by a machine must not be scaled back by every upgrade.
func TestAScaledProgramSaysNoReplicas(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		scaled := map[string]bool{}
		for _, o := range append(r.of("HorizontalPodAutoscaler"), r.of("ScaledObject")...) {
			scaled[o.textAt("spec", "scaleTargetRef", "name")] = true
		}
		for _, o := range r.of("Deployment") {
			if (o.at("spec", "replicas") == nil) != scaled[o.name()] {
				t.Errorf("%s: replicas %v, scaled %v", o.name(), o.at("spec", "replicas"), scaled[o.name()])
			}
		}
	})
}

func TestASplitInstallationCallsTheOtherHalf(t *testing.T) {
	edge, half := renderingOf(t, "split-edge"), renderingOf(t, "split-services")
	if n := len(edge.of("Deployment")); n != 1 {
		t.Errorf("the edge has %d programs", n)
	}
	if n := len(half.of("Deployment")); n != len(services(t)) {
		t.Errorf("the other half has %d programs", n)
	}
	settings := edge.find(t, "ConfigMap", "demo-social-features-gateway")
	for _, service := range services(t) {
		upper := strings.ToUpper(strings.TrimPrefix(service, "svc-"))
		host := half.find(t, "Service", service).name()
		for setting, port := range map[string]int{"MESH_URL_": 7000, "EVENTS_ADDRESS_": 7001} {
			if got, want := settings.textAt("data", setting+upper), fmt.Sprintf("tls+tcp://%s.social.svc:%d", host, port); got != want {
				t.Errorf("%s%s is %q, not %q", setting, upper, got, want)
			}
		}
	}
}

// The name that callers dial is in the certificate, and the same as that of the headless Service.
func TestCertificatesCarryTheNameThatIsDialled(t *testing.T) {
	r := renderingOf(t, "full")
	for _, service := range services(t) {
		certificate := r.find(t, "Certificate", "demo-social-features-"+strings.TrimPrefix(service, "svc-")+"-mesh")
		names := certificate.at("spec", "dnsNames").([]any)
		if names[0] != r.find(t, "Service", service).name() {
			t.Errorf("%s has a certificate for %v", service, names)
		}
	}
	if address := r.find(t, "ConfigMap", "demo-social-features-goals").textAt("data", "MESH_ADDRESS"); address != "tls+tcp://svc-{service}:7000" {
		t.Errorf("services are dialled at %s", address)
	}
}

// An image is called as the program that it starts, and the Dockerfile has a target for each: its component's, or its own name.
func TestEveryImageIsBuilt(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range renderingOf(t, "default").pods(t) {
		c := p.template.Spec.Containers[0]
		image := regexp.MustCompile(`^localhost/social-features/([a-z-]+):`).FindStringSubmatch(c.Image)
		if image == nil {
			t.Fatalf("%s runs %s", p.name, c.Image)
		}
		stage := regexp.MustCompile(`(?s)\nFROM [^\n]* AS ` + strings.TrimPrefix(image[1], "sfp-") + `\n(.*?)(\n\n|$)`).FindSubmatch(file)
		if stage == nil || !strings.Contains(string(stage[1]), `ENTRYPOINT ["/usr/bin/`+image[1]+`"]`) {
			t.Errorf("the Dockerfile does not build %s", image[1])
		}
		if p.kind == "Deployment" && c.Name != image[1] {
			t.Errorf("%s is the image of %s", image[1], c.Name)
		}
	}
}

// What `helm test` asks for is a route of the gateway's.
func TestTheTestPodAsksForWhatThereIs(t *testing.T) {
	document, err := run(filepath.Join(setting(t, "SFP_BUILD"), "bin", "sfp-gateway"), "openapi")
	if err != nil {
		t.Fatal(err)
	}
	var openapi struct {
		Servers []struct{ URL string }
		Paths   map[string]struct{ Get any }
	}
	if err := yaml.Unmarshal([]byte(document), &openapi); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			if p.kind != "Pod" {
				continue
			}
			asked, err := url.Parse(p.template.Spec.Containers[0].Args[1])
			if err != nil {
				t.Fatal(err)
			}
			if openapi.Paths[strings.TrimPrefix(asked.Path, openapi.Servers[0].URL)].Get == nil {
				t.Errorf("there is no %s", asked.Path)
			}
			r.find(t, "Service", asked.Hostname())
		}
	})
}

func TestImagesAreThosePrograms(t *testing.T) {
	want := map[string]string{
		"default": "localhost/social-features/svc-feed:0.1.0",
		"full":    "registry.example.org/social-features/svc-feed@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	}
	for values, image := range want {
		for _, p := range renderingOf(t, values).pods(t) {
			if c := p.template.Spec.Containers[0]; c.Name == "svc-feed" && c.Image != image {
				t.Errorf("%s: %s", values, c.Image)
			}
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
)

// What a program says of one of its settings.
type row struct{ kind, standard string }

// Addresses of single services, which no table lists (common/endpoints.h).
var ofOneService = regexp.MustCompile(`^(MESH_URL|EVENTS_ADDRESS)_([A-Z]+)$`)

// The table of a program, from itself.
func table(t *testing.T, program string) map[string]row {
	t.Helper()
	text, err := run(filepath.Join(setting(t, "SFP_BUILD"), "bin", program), "--config-table")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]row{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		cells := strings.Split(line, " | ")
		rows[strings.Trim(cells[0], "|` ")] = row{cells[1], cells[2]}
	}
	return rows
}

func services(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(setting(t, "SFP_BUILD"), "services.list"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// What a pod is told without secrets, and what comes from one, as variable or as file of CONFIG_DIR: variable to "secret/key".
func environment(t *testing.T, r rendering, p pod) (plain, secret map[string]string) {
	t.Helper()
	plain, secret = map[string]string{}, map[string]string{}
	c := p.template.Spec.Containers[0]
	for _, from := range c.EnvFrom {
		data, _ := r.find(t, "ConfigMap", from.ConfigMapRef.Name).at("data").(map[string]any)
		for name, value := range data {
			plain[name] = fmt.Sprint(value)
		}
	}
	for _, variable := range c.Env {
		if variable.ValueFrom == nil || variable.ValueFrom.SecretKeyRef == nil {
			t.Errorf("%s: %s stands in the object itself", p.name, variable.Name)
			continue
		}
		reference := variable.ValueFrom.SecretKeyRef
		secret[variable.Name] = reference.Name + "/" + reference.Key
	}
	for _, source := range filesOf(p.template.Spec, plain["CONFIG_DIR"]) {
		for _, item := range source.Secret.Items {
			secret[item.Path] = source.Secret.Name + "/" + item.Key
		}
	}
	return plain, secret
}

// What is projected into a directory of the first container; nothing when it has none of that path.
func filesOf(spec core.PodSpec, directory string) []core.VolumeProjection {
	for _, mount := range spec.Containers[0].VolumeMounts {
		for _, volume := range spec.Volumes {
			if mount.MountPath == directory && volume.Name == mount.Name {
				return volume.Projected.Sources
			}
		}
	}
	return nil
}

func eachProgram(t *testing.T, check func(t *testing.T, r rendering, p pod, c core.Container)) {
	t.Helper()
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			if p.kind == "Deployment" {
				check(t, r, p, p.template.Spec.Containers[0])
			}
		}
	})
}

func TestEverySettingIsOneOfTheProgramsOwn(t *testing.T) {
	eachProgram(t, func(t *testing.T, r rendering, p pod, c core.Container) {
		rows := table(t, c.Name)
		plain, secret := environment(t, r, p)
		for name := range plain {
			if match := ofOneService.FindStringSubmatch(name); match != nil && contains(services(t), "svc-"+strings.ToLower(match[2])) {
				continue
			}
			if rows[name].kind == "" {
				t.Errorf("%s does not know %s", c.Name, name)
			} else if rows[name].kind == "secret" {
				t.Errorf("%s: %s is a secret and stands in a ConfigMap", c.Name, name)
			}
		}
		for name := range secret {
			if rows[name].kind == "" {
				t.Errorf("%s does not know %s", c.Name, name)
			}
		}
	})
}

func TestWhatMustBeSetIsSet(t *testing.T) {
	eachProgram(t, func(t *testing.T, r rendering, p pod, c core.Container) {
		plain, secret := environment(t, r, p)
		for name, row := range table(t, c.Name) {
			if row.standard == "must be set" && plain[name] == "" && secret[name] == "" {
				t.Errorf("%s is not told %s", c.Name, name)
			}
		}
	})
}

// Nobody has the key of another, nor its database.
func TestSecretsAreEachProgramsOwn(t *testing.T) {
	common := regexp.MustCompile(`/(cursor-key|principal-keys?|jwt-secret|redis-url|otlp-headers)$`)
	eachProgram(t, func(t *testing.T, r rendering, p pod, c core.Container) {
		_, secret := environment(t, r, p)
		for name, place := range secret {
			if !common.MatchString(place) && !strings.Contains(place, "/"+c.Name+".") {
				t.Errorf("%s has %s from %s", c.Name, name, place)
			}
		}
		if _, has := secret["PRINCIPAL_KEY"]; has != (c.Name == "sfp-gateway") {
			t.Errorf("%s vouches for users: %v", c.Name, has)
		}
	})
}

func TestEveryServiceIsInTheChart(t *testing.T) {
	var names []string
	for _, p := range renderingOf(t, "default").pods(t) {
		if p.kind == "Deployment" {
			names = append(names, p.template.Spec.Containers[0].Name)
		}
	}
	want := append(services(t), "sfp-gateway")
	sort.Strings(names)
	sort.Strings(want)
	if fmt.Sprint(names) != fmt.Sprint(want) {
		t.Errorf("the chart has %v, the platform %v", names, want)
	}
}

// What values say of a setting arrives as it was written, and what a service says goes before what all are told.
func TestSettingsArriveAsTheyWereWritten(t *testing.T) {
	r := renderingOf(t, "full")
	want := map[string]map[string]string{
		"demo-social-features-goals":      {"LOG_LEVEL": "debug", "WORKERS": "8", "CACHE_BYTES": "8388608", "OTEL_TRACES_SAMPLER_ARG": "0.1"},
		"demo-social-features-moderation": {"ENABLE_AUTO_MODERATION": "false", "WORKERS": "32"},
		"demo-social-features-anonymize":  {"DIFFERENTIAL_PRIVACY_EPSILON": "0.5", "MIN_COHORT_SIZE": "20"},
		"demo-social-features-gateway":    {"HTTP_CONNECTIONS_MAX": "1000000", "JWT_AUDIENCE": "social"},
	}
	for name, settings := range want {
		for setting, value := range settings {
			if got := r.find(t, "ConfigMap", name).textAt("data", setting); got != value {
				t.Errorf("%s: %s is %q, not %q", name, setting, got, value)
			}
		}
	}
}

func contains(list []string, word string) bool {
	for _, one := range list {
		if one == word {
			return true
		}
	}
	return false
}

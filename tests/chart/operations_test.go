// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// The walk-through of docs/operations.md, as far as it can be gone without a cluster.

func root(t *testing.T) string { return filepath.Join(setting(t, "SFP_CHART"), "..", "..") }

// Its part on the chart.
func operations(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?s)\n## Chart\n(.*?)\n## `).FindSubmatch(text)
	if part == nil {
		t.Fatal("docs/operations.md has no part on the chart")
	}
	return string(part[1])
}

// Its pieces of YAML are values that the chart takes.
func TestTheValuesInOperationsAreTaken(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(operations(t), -1)
	if len(blocks) == 0 {
		t.Fatal("there are none")
	}
	for _, block := range blocks {
		file := filepath.Join(t.TempDir(), "values.yaml")
		if err := os.WriteFile(file, []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, helm := range helms(t) {
			if _, err := template(t, helm, "-f", file, "--kube-version", kubeVersion); err != nil {
				t.Error(err)
			}
		}
	}
}

// Its names are those of the objects that its installation makes.
func TestTheNamesInOperationsAreThoseOfTheChart(t *testing.T) {
	text, err := run(helms(t)[0], "template", "social-features", setting(t, "SFP_CHART"), "-n", "social", "--kube-version", kubeVersion)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(service|deployment)/([a-z-]+)`).FindAllStringSubmatch(operations(t), -1) {
		kind := map[string]string{"service": "Service", "deployment": "Deployment"}[match[1]]
		if !regexp.MustCompile(`kind: ` + kind + `\nmetadata:\n  name: ` + match[2] + `\n`).MatchString(text) {
			t.Errorf("there is no %s %s", kind, match[2])
		}
	}
}

// What ./sfp secrets writes is what the pods ask for, key by key; no more is handed out.
func TestTheTwoSecretsHoldWhatIsAskedFor(t *testing.T) {
	out := t.TempDir()
	if _, err := run(filepath.Join(root(t), "sfp"), "secrets", "--yes", "--out", out, "--namespace", "social",
		"--database", "postgresql://db.example.org/social?sslmode=verify-full", "--redis-url", "redis://cache.example.org"); err != nil {
		t.Fatal(err)
	}
	var have []string
	for secret, directory := range map[string]string{"sfp-keys": "keys", "sfp-stores": "stores"} {
		files, err := os.ReadDir(filepath.Join(out, directory))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			have = append(have, secret+"/"+file.Name())
			checkValue(t, filepath.Join(out, directory, file.Name()))
		}
	}
	want := keysAskedFor(t, "--set", "redis.enabled=true")
	sort.Strings(have)
	if strings.Join(have, " ") != strings.Join(want, " ") {
		t.Errorf("written:\n%v\nasked for:\n%v", have, want)
	}
	checkRoles(t, out)
}

// What is a variable ends with its value; a line end behind it would be part of it.
func checkValue(t *testing.T, file string) {
	t.Helper()
	value, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(file, ".pem") && (len(value) == 0 || strings.ContainsAny(string(value), " \r\n")) {
		t.Errorf("%s is no value", filepath.Base(file))
	}
}

// All keys of all Secrets that an installation refers to, as "secret/key", sorted.
func keysAskedFor(t *testing.T, words ...string) []string {
	t.Helper()
	text, err := template(t, helms(t)[0], append(words, "--kube-version", kubeVersion)...)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	r := rendering{objects: objects}
	seen := map[string]bool{}
	for _, p := range r.pods(t) {
		if p.kind != "Deployment" {
			continue
		}
		_, secret := environment(t, r, p)
		for _, place := range secret {
			seen[place] = true
		}
		for _, volume := range p.template.Spec.Volumes {
			if volume.Secret != nil {
				for _, item := range volume.Secret.Items {
					seen[volume.Secret.SecretName+"/"+item.Key] = true
				}
			}
		}
	}
	var all []string
	for place := range seen {
		all = append(all, place)
	}
	sort.Strings(all)
	return all
}

// A service's address and its role have the same password, and nobody but its owner reads them.
func checkRoles(t *testing.T, out string) {
	t.Helper()
	roles, err := os.ReadFile(filepath.Join(out, "roles.sql"))
	if err != nil {
		t.Fatal(err)
	}
	url, err := os.ReadFile(filepath.Join(out, "stores", "svc-goals.database-url"))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`^postgresql://sfp_goals:([0-9a-f]{48})@db\.example\.org/social\?sslmode=verify-full$`).FindSubmatch(url)
	if match == nil || !strings.Contains(string(roles), "\\set password '"+string(match[1])+"'") {
		t.Error("svc-goals has an address that its role does not have")
	}
	if facts, err := os.Stat(out); err != nil || facts.Mode().Perm() != 0o700 {
		t.Errorf("others may enter: %v %v", facts.Mode(), err)
	}
}

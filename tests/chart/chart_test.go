// SPDX-License-Identifier: Apache-2.0

// The chart as Helm 3 and Helm 4 render it, for each file of values in its ci/, and what every such rendering must keep.
// ./sfp test chart sets what is read here: SFP_CHART, SFP_BUILD, and HELM, the programs by commas.
package chart

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

const kubeVersion = "1.34.0"

// An object of a rendering: its text, and the same as a tree.
type object struct {
	text []byte
	tree map[string]any
}

type rendering struct {
	helm, values string
	objects      []object
}

func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run ./sfp test chart", name)
	}
	return value
}

func helms(t *testing.T) []string { return strings.Split(setting(t, "HELM"), ",") }

// The files of values that come with the chart.
func valueFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(setting(t, "SFP_CHART"), "ci", "*-values.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the chart has no values to be tried with: %v", err)
	}
	return files
}

func run(program string, words ...string) (string, error) {
	command := exec.Command(program, words...)
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(program), strings.Join(words, " "), err, &out, &said)
	}
	return out.String(), nil
}

// helm template, by the release name "demo" in the namespace "social".
func template(t *testing.T, helm string, words ...string) (string, error) {
	t.Helper()
	return run(helm, append([]string{"template", "demo", setting(t, "SFP_CHART"), "-n", "social"}, words...)...)
}

func parse(text string) ([]object, error) {
	var objects []object
	for _, part := range strings.Split("\n"+text, "\n---") {
		var tree map[string]any
		if err := yaml.UnmarshalStrict([]byte(part), &tree); err != nil {
			return nil, fmt.Errorf("%w in\n%s", err, part)
		}
		if len(tree) > 0 {
			objects = append(objects, object{[]byte(part), tree})
		}
	}
	return objects, nil
}

var rendered struct {
	once sync.Once
	all  []rendering
	err  error
}

func renderAll(t *testing.T) ([]rendering, error) {
	var all []rendering
	for _, helm := range helms(t) {
		for _, values := range valueFiles(t) {
			text, err := template(t, helm, "-f", values, "--kube-version", kubeVersion)
			if err != nil {
				return nil, err
			}
			objects, err := parse(text)
			if err != nil {
				return nil, err
			}
			all = append(all, rendering{filepath.Base(helm), strings.TrimSuffix(filepath.Base(values), "-values.yaml"), objects})
		}
	}
	return all, nil
}

// Calls `check` with every rendering, as a test of its own.
func each(t *testing.T, check func(t *testing.T, r rendering)) {
	t.Helper()
	rendered.once.Do(func() { rendered.all, rendered.err = renderAll(t) })
	if rendered.err != nil || len(rendered.all) == 0 {
		t.Fatalf("nothing was rendered: %v", rendered.err)
	}
	for _, r := range rendered.all {
		t.Run(r.helm+"/"+r.values, func(t *testing.T) { check(t, r) })
	}
}

// One rendering, by the first Helm.
func renderingOf(t *testing.T, values string) rendering {
	t.Helper()
	rendered.once.Do(func() { rendered.all, rendered.err = renderAll(t) })
	for _, r := range rendered.all {
		if r.values == values {
			return r
		}
	}
	t.Fatalf("no rendering of %s: %v", values, rendered.err)
	return rendering{}
}

func (o object) kind() string { return o.textAt("kind") }
func (o object) name() string { return o.textAt("metadata", "name") }

// The value at a path of keys; nil when there is none.
func (o object) at(path ...string) any {
	var here any = o.tree
	for _, key := range path {
		tree, _ := here.(map[string]any)
		here = tree[key]
	}
	return here
}

func (o object) textAt(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

// The objects of one kind.
func (r rendering) of(kind string) []object {
	var some []object
	for _, o := range r.objects {
		if o.kind() == kind {
			some = append(some, o)
		}
	}
	return some
}

// The one object of that kind and name.
func (r rendering) find(t *testing.T, kind, name string) object {
	t.Helper()
	for _, o := range r.of(kind) {
		if o.name() == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return object{}
}

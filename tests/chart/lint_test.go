// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"path/filepath"
	"reflect"
	"testing"
)

func TestHelmLintHasNothingToSay(t *testing.T) {
	for _, helm := range helms(t) {
		for _, values := range valueFiles(t) {
			t.Run(filepath.Base(helm)+"/"+filepath.Base(values), func(t *testing.T) {
				if _, err := run(helm, "lint", "--strict", "--kube-version", kubeVersion, "-f", values, setting(t, "SFP_CHART")); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// What Helm 3 and Helm 4 make of the chart is the same, object by object.
func TestBothHelmsRenderTheSame(t *testing.T) {
	renderings := map[string]map[string]map[string]any{}
	each(t, func(t *testing.T, r rendering) {
		objects := map[string]map[string]any{}
		for _, o := range r.objects {
			objects[o.kind()+" "+o.name()] = o.tree
		}
		first, isKnown := renderings[r.values]
		if !isKnown {
			renderings[r.values] = objects
			return
		}
		if len(first) != len(objects) {
			t.Errorf("%d objects, and %d by the other", len(objects), len(first))
		}
		for name, tree := range objects {
			if !reflect.DeepEqual(first[name], tree) {
				t.Errorf("%s differs:\n%v\nand\n%v", name, tree, first[name])
			}
		}
	})
}

// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Against the JSON schemas that Kubernetes publishes, of the oldest version that the chart is for, a middle one and the newest: they
// know what the types do not, which fields there must be. KUBERNETES_VALIDATE is a program of that name, from PyPI.
func TestEveryObjectHasWhatItsSchemaAsksFor(t *testing.T) {
	validate := os.Getenv("KUBERNETES_VALIDATE")
	if validate == "" {
		t.Skip("PyPI does not give kubernetes-validate")
	}
	passed := regexp.MustCompile(` passed for resource `)
	for _, version := range []string{"1.29", "1.34", "1.37"} {
		for _, values := range valueFiles(t) {
			t.Run(version+"/"+filepath.Base(values), func(t *testing.T) {
				text, err := template(t, helms(t)[0], "-f", values, "--kube-version", version+".0")
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "rendering.yaml")
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				said, err := run(validate, "-k", version, "--strict", file)
				if err != nil {
					t.Error(err)
				} else if !passed.MatchString(said) {
					t.Errorf("nothing was looked at:\n%s", said)
				}
			})
		}
	}
}

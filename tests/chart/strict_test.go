// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

// The part of KEDA's ScaledObject that the chart may use; its own module brings half of the world along.
type scaledObject struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       struct {
		ScaleTargetRef struct {
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicaCount int `json:"minReplicaCount"`
		MaxReplicaCount int `json:"maxReplicaCount"`
		Advanced        struct {
			HorizontalPodAutoscalerConfig map[string]any `json:"horizontalPodAutoscalerConfig"`
		} `json:"advanced"`
		Triggers []struct {
			Type       string            `json:"type"`
			MetricType string            `json:"metricType"`
			Metadata   map[string]string `json:"metadata"`
		} `json:"triggers"`
	} `json:"spec"`
}

// A decoder that refuses fields which the types of an API do not have.
func strictDecoder(t *testing.T) runtime.Decoder {
	t.Helper()
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, monitoring.AddToScheme, gateway.Install, certmanager.AddToScheme} {
		if err := add(known); err != nil {
			t.Fatal(err)
		}
	}
	return serializer.NewCodecFactory(known, serializer.EnableStrict).UniversalDeserializer()
}

func decode(decoder runtime.Decoder, o object) error {
	if o.kind() == "ScaledObject" {
		return yaml.UnmarshalStrict(o.text, &scaledObject{})
	}
	_, _, err := decoder.Decode(o.text, nil, nil)
	return err
}

func TestEveryObjectIsOneThatKubernetesKnows(t *testing.T) {
	decoder := strictDecoder(t)
	each(t, func(t *testing.T, r rendering) {
		for _, o := range r.objects {
			if err := decode(decoder, o); err != nil {
				t.Errorf("%s %s: %v", o.kind(), o.name(), err)
			}
		}
	})
}

// The judge himself: what is misspelt would be found.
func TestAMisspeltFieldIsFound(t *testing.T) {
	wrong := object{text: []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicaz: 2}\n"), tree: map[string]any{}}
	if decode(strictDecoder(t), wrong) == nil {
		t.Error("replicaz was taken")
	}
}

func TestNoObjectIsThereTwice(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		seen := map[string]bool{}
		for _, o := range r.objects {
			name := o.textAt("apiVersion") + " " + o.kind() + " " + o.name()
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
	})
}

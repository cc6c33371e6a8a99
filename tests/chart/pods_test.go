// SPDX-License-Identifier: Apache-2.0
package chart

import (
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

type pod struct {
	name, kind string
	template   core.PodTemplateSpec
}

// Every pod of a rendering, those of Deployments and those by themselves.
func (r rendering) pods(t *testing.T) []pod {
	t.Helper()
	var pods []pod
	for _, o := range r.objects {
		p := pod{name: o.name(), kind: o.kind()}
		var err error
		switch p.kind {
		case "Deployment":
			var deployment apps.Deployment
			err = yaml.UnmarshalStrict(o.text, &deployment)
			p.template = deployment.Spec.Template
		case "Pod":
			var alone core.Pod
			err = yaml.UnmarshalStrict(o.text, &alone)
			p.template = core.PodTemplateSpec{ObjectMeta: alone.ObjectMeta, Spec: alone.Spec}
		default:
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		pods = append(pods, p)
	}
	if len(pods) == 0 {
		t.Fatal("there is no pod")
	}
	return pods
}

// By the checks that Kubernetes itself makes, at its newest version.
func TestEveryPodKeepsTheRestrictedStandard(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &p.template.ObjectMeta, &p.template.Spec))
			if !verdict.Allowed {
				t.Errorf("%s: %s: %s", p.name, verdict.ForbiddenReason(), verdict.ForbiddenDetail())
			}
		}
	})
}

func TestEveryContainerIsWithoutRightsAndWrites(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			spec := p.template.Spec
			if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
				t.Errorf("%s has a token of the cluster's", p.name)
			}
			if spec.EnableServiceLinks == nil || *spec.EnableServiceLinks {
				t.Errorf("%s is told of every service", p.name)
			}
			if spec.SecurityContext.RunAsUser == nil || *spec.SecurityContext.RunAsUser != 65532 {
				t.Errorf("%s is not 65532", p.name)
			}
			for _, c := range spec.Containers {
				if c.SecurityContext.ReadOnlyRootFilesystem == nil || !*c.SecurityContext.ReadOnlyRootFilesystem {
					t.Errorf("%s writes into its image", p.name)
				}
				if c.Resources.Requests.Cpu().IsZero() || c.Resources.Limits.Memory().IsZero() || !c.Resources.Limits.Cpu().IsZero() {
					t.Errorf("%s wants a request of CPU, a limit of memory, and no limit of CPU", p.name)
				}
			}
		}
	})
}

func TestEveryProgramHasItsThreeProbes(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			if p.kind != "Deployment" {
				continue
			}
			c := p.template.Spec.Containers[0]
			probes := map[string]*core.Probe{"/readyz of startup": c.StartupProbe, "/livez of life": c.LivenessProbe, "/readyz of readiness": c.ReadinessProbe}
			for what, probe := range probes {
				path := strings.Fields(what)[0]
				if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.String() != "admin" {
					t.Errorf("%s has not %s", p.name, what)
				}
			}
		}
	})
}

// A pod must have been told to stop, and have been let go, within its time of grace: 8 s for what runs, 1 s for what is to
// be published, DRAIN_LINGER_MS (3 s) for callers who ask now and then.
func TestPodsHaveTimeToLeave(t *testing.T) {
	each(t, func(t *testing.T, r rendering) {
		for _, p := range r.pods(t) {
			var before int64
			if hook := p.template.Spec.Containers[0].Lifecycle; hook != nil {
				before = hook.PreStop.Sleep.Seconds
			}
			grace := p.template.Spec.TerminationGracePeriodSeconds
			if p.kind == "Deployment" && (grace == nil || *grace < before+15) {
				t.Errorf("%s is killed while it leaves", p.name)
			}
		}
	})
}

// The sleeping hook came with Kubernetes 1.30; before, an object with it would be refused.
func TestOldKubernetesGetsNoSleepingHook(t *testing.T) {
	for version, want := range map[string]bool{"1.29.0": false, "1.30.0": true} {
		text, err := template(t, helms(t)[0], "--kube-version", version)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "preStop") != want {
			t.Errorf("Kubernetes %s: preStop is there: %v", version, !want)
		}
	}
}

{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* root: the programs of the platform, whichever release of this namespace they are of, and those named by hand. Without
app.kubernetes.io/name, which a test pod has not, nobody is one. */}}
{{- define "sfp.meshPeers" -}}
- podSelector:
    matchLabels: {app.kubernetes.io/part-of: social-features-platform}
    matchExpressions: [{key: app.kubernetes.io/name, operator: Exists}]
{{- with .Values.networkPolicy.meshPeers }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What things are called. A program is `gateway` or the name of a service; its binary, its image and its certificate are
sfp-gateway or svc-NAME. */}}

{{- define "sfp.fullname" -}}
{{- $base := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $base .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $base | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* (root, program): of its objects */}}
{{- define "sfp.objectName" -}}
{{- printf "%s-%s" (include "sfp.fullname" (index . 0)) (index . 1) -}}
{{- end -}}

{{/* program: of its binary */}}
{{- define "sfp.binary" -}}
{{- if eq . "gateway" -}}sfp-gateway{{- else -}}svc-{{ . }}{{- end -}}
{{- end -}}

{{/* (root, program): of its headless Service, by which it is found and which its certificate carries */}}
{{- define "sfp.host" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- if eq $name "gateway" -}}{{ include "sfp.objectName" . }}-pods{{- else -}}{{ $root.Values.mesh.prefix }}{{ $name }}{{- end -}}
{{- end -}}

{{- define "sfp.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sfp.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* root: what selects all pods of this installation; nothing in it ever changes */}}
{{- define "sfp.selector" -}}
app.kubernetes.io/part-of: social-features-platform
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* (root, component): what selects the pods of one program */}}
{{- define "sfp.selectorOf" -}}
{{ include "sfp.selector" (index . 0) }}
app.kubernetes.io/name: {{ index . 1 | eq "gateway" | ternary "sfp-gateway" (printf "svc-%s" (index . 1)) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* root: labels of every object */}}
{{- define "sfp.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (root, component): metadata but the name; component "" is the installation as a whole */}}
{{- define "sfp.metadata" -}}
{{- $root := index . 0 -}}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- if index . 1 }}
  {{- include "sfp.selectorOf" . | nindent 2 }}
  {{- else }}
  {{- include "sfp.selector" $root | nindent 2 }}
  {{- end }}
  {{- include "sfp.labels" $root | nindent 2 }}
{{- with $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

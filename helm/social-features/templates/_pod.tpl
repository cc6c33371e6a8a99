{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* The pod of a program, under the restricted pod security standard. */}}

{{- define "sfp.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "sfp.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* (root, program): it and the others of its kind, apart by zone and by host */}}
{{- define "sfp.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "sfp.selectorOf" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{/* (root, program, its values): the files of the mesh's certificates, as one directory */}}
{{- define "sfp.meshVolume" -}}
{{- $root := index . 0 -}}{{- $binary := include "sfp.binary" (index . 1) -}}
- name: mesh
  secret:
    {{- if eq $root.Values.mesh.tls.from "secret" }}
    secretName: {{ (index . 2).secrets.keys }}
    defaultMode: 0440
    items:
      - {key: ca.pem, path: ca.pem}
      - {key: {{ $binary }}.pem, path: own.pem}
    {{- else }}
    secretName: {{ include "sfp.objectName" . }}-mesh
    defaultMode: 0440
    items:
      - {key: ca.crt, path: ca.pem}
      - {key: tls-combined.pem, path: own.pem}
    {{- end }}
{{- end -}}

{{/* (root, program, its values): all volumes */}}
{{- define "sfp.volumes" -}}
{{- $root := index . 0 -}}{{- $isGateway := eq (index . 1) "gateway" -}}
- name: run
  emptyDir: {medium: Memory, sizeLimit: 1Mi}
{{- if eq (index . 2).secrets.as "files" }}
{{ include "sfp.secretVolume" . }}
{{- end }}
{{- if ne $root.Values.mesh.tls.from "none" }}
{{ include "sfp.meshVolume" . }}
{{- end }}
{{- if and $isGateway $root.Values.gateway.tls.secretName }}
- name: https
  secret: {secretName: {{ $root.Values.gateway.tls.secretName }}, defaultMode: 0440}
{{- end }}
{{- with (index . 2).extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sfp.volumeMounts" -}}
{{- $root := index . 0 -}}{{- $isGateway := eq (index . 1) "gateway" -}}
- {name: run, mountPath: /run/sfp}
{{- if eq (index . 2).secrets.as "files" }}
- {name: secrets, mountPath: /etc/sfp/secrets, readOnly: true}
{{- end }}
{{- if ne $root.Values.mesh.tls.from "none" }}
- {name: mesh, mountPath: /etc/sfp/mesh, readOnly: true}
{{- end }}
{{- if and $isGateway $root.Values.gateway.tls.secretName }}
- {name: https, mountPath: /etc/sfp/https, readOnly: true}
{{- end }}
{{- with (index . 2).extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (root, program): its ports */}}
{{- define "sfp.containerPorts" -}}
{{- $ports := (index . 0).Values.mesh.ports -}}
- {name: admin, containerPort: 9090}
{{- if eq (index . 1) "gateway" }}
- {name: http, containerPort: 8000}
{{- else }}
- {name: calls, containerPort: {{ int $ports.calls }}}
- {name: events, containerPort: {{ int $ports.events }}}
{{- end }}
{{- end -}}

{{/* (path, timing) */}}
{{- define "sfp.probe" -}}
httpGet: {path: {{ index . 0 }}, port: admin}
{{ toYaml (index . 1) }}
{{- end -}}

{{/* (root, program, its values) */}}
{{- define "sfp.container" -}}
{{- $root := index . 0 -}}{{- $program := index . 2 -}}
name: {{ include "sfp.binary" (index . 1) }}
image: {{ include "sfp.image" . | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
securityContext:
  {{- include "sfp.containerSecurity" . | nindent 2 }}
ports:
  {{- include "sfp.containerPorts" . | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ include "sfp.objectName" . }}}
{{- if eq $program.secrets.as "environment" }}
env:
  {{- include "sfp.secretVariables" . | trim | nindent 2 }}
{{- end }}
startupProbe:
  {{- include "sfp.probe" (list "/readyz" $program.startupProbe) | nindent 2 }}
livenessProbe:
  {{- include "sfp.probe" (list "/livez" $program.livenessProbe) | nindent 2 }}
readinessProbe:
  {{- include "sfp.probe" (list "/readyz" $program.readinessProbe) | nindent 2 }}
{{- if and (gt (int $program.preStopSeconds) 0) (semverCompare ">=1.30-0" $root.Capabilities.KubeVersion.Version) }}
lifecycle: {preStop: {sleep: {seconds: {{ int $program.preStopSeconds }}}}}
{{- end }}
resources:
  {{- toYaml $program.resources | nindent 2 }}
volumeMounts:
  {{- include "sfp.volumeMounts" . | nindent 2 }}
{{- end -}}

{{/* (root, program, its values) */}}
{{- define "sfp.podSpec" -}}
{{- $root := index . 0 -}}{{- $program := index . 2 -}}
serviceAccountName: {{ include "sfp.serviceAccount" $root }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int $program.terminationGracePeriodSeconds }}
securityContext:
  {{- include "sfp.podSecurity" . | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $program.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with index $program $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
topologySpreadConstraints:
  {{- if $program.topologySpreadConstraints }}
  {{- toYaml $program.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- include "sfp.spread" . | trim | nindent 2 }}
  {{- end }}
volumes:
  {{- include "sfp.volumes" . | nindent 2 }}
containers:
  - {{ include "sfp.container" . | nindent 4 | trim }}
{{- end -}}

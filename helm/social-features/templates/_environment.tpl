{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What a program finds in its environment. Every name is one of its table (--config-table), which the tests check. */}}

{{/* root: tls+tcp or tcp */}}
{{- define "sfp.scheme" -}}
{{- if eq .Values.mesh.tls.from "none" -}}tcp{{- else -}}tls+tcp{{- end -}}
{{- end -}}

{{/* (root, program, its values): what is no secret, as a ConfigMap has it. What the values say of a setting comes last. */}}
{{- define "sfp.settings" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}{{- $program := index . 2 -}}
{{- $mesh := $root.Values.mesh -}}
{{- $scheme := include "sfp.scheme" $root -}}
{{- $out := dict
    "RUN_DIR" "/run/sfp"
    "ADMIN_ADDRESS" ":9090"
    "MESH_ADDRESS" (printf "%s://%s{service}:%v" $scheme $mesh.prefix (int $mesh.ports.calls))
    "EVENTS_ADDRESS" (printf "%s://%s{service}:%v" $scheme $mesh.prefix (int $mesh.ports.events)) -}}
{{- if eq $program.secrets.as "files" -}}{{- $_ := set $out "CONFIG_DIR" "/etc/sfp/secrets" -}}{{- end -}}
{{- if ne $mesh.tls.from "none" -}}
{{- $_ := set $out "MESH_TLS_CA" "/etc/sfp/mesh/ca.pem" -}}
{{- $_ := set $out "MESH_TLS_CERTIFICATE" "/etc/sfp/mesh/own.pem" -}}
{{- end -}}
{{- with $root.Values.events.url -}}{{- $_ := set $out "EVENTS_URL" . -}}{{- end -}}
{{- with $root.Values.tracing.endpoint -}}
{{- $_ := set $out "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}
{{- $_ := set $out "OTEL_RESOURCE_ATTRIBUTES" (printf "k8s.namespace.name=%s,k8s.deployment.name=%s" $root.Release.Namespace (include "sfp.objectName" (list $root $name))) -}}
{{- end -}}
{{- range $service, $place := $root.Values.global.endpoints -}}
{{- with $place.mesh -}}{{- $_ := set $out (printf "MESH_URL_%s" (upper $service)) . -}}{{- end -}}
{{- with $place.events -}}{{- $_ := set $out (printf "EVENTS_ADDRESS_%s" (upper $service)) . -}}{{- end -}}
{{- end -}}
{{- $said := default dict $program.settings -}}
{{- if eq $name "gateway" -}}
{{- $_ := set $out "HTTP_ADDRESS" ":8000" -}}
{{- if $root.Values.gateway.tls.secretName -}}
{{- $_ := set $out "TLS_CERTIFICATE" "/etc/sfp/https/tls.crt" -}}
{{- $_ := set $out "TLS_KEY" "/etc/sfp/https/tls.key" -}}
{{- end -}}
{{- else -}}
{{- $_ := set $out "MESH_LISTEN" (printf "%s://0.0.0.0:%v" $scheme (int $mesh.ports.calls)) -}}
{{- $_ := set $out "EVENTS_LISTEN" (printf "%s://0.0.0.0:%v" $scheme (int $mesh.ports.events)) -}}
{{- $said = include "sfp.over" (list $root.Values.serviceSettings $said) | fromJson -}}
{{- end -}}
{{- range $key, $value := $said -}}
{{- $_ := set $out $key (include "sfp.text" $value) -}}
{{- end -}}
{{- toYaml $out -}}
{{- end -}}

{{/* (root, program, its values): the secret settings, as JSON: variable to {name, key} of its Secret */}}
{{- define "sfp.secretSettings" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- $keys := (index . 2).secrets.keys -}}{{- $stores := (index . 2).secrets.stores -}}
{{- $binary := include "sfp.binary" $name -}}
{{- $out := dict "MESH_KEY" (dict "name" $keys "key" (printf "%s.mesh-key" $binary)) -}}
{{- if eq $name "gateway" -}}
{{- $_ := set $out "PRINCIPAL_KEY" (dict "name" $keys "key" "principal-key") -}}
{{- if $root.Values.gateway.sharedTokens -}}
{{- $_ := set $out "JWT_SECRET" (dict "name" $keys "key" "jwt-secret") -}}
{{- end -}}
{{- else -}}
{{- $_ := set $out "MESH_CALLERS" (dict "name" $keys "key" (printf "%s.mesh-callers" $binary)) -}}
{{- $_ := set $out "PRINCIPAL_KEYS" (dict "name" $keys "key" "principal-keys") -}}
{{- $_ := set $out "DATA_KEYS" (dict "name" $keys "key" (printf "%s.data-keys" $binary)) -}}
{{- $_ := set $out "CURSOR_KEY" (dict "name" $keys "key" "cursor-key") -}}
{{- $_ := set $out "DATABASE_URL" (dict "name" $stores "key" (printf "%s.database-url" $binary)) -}}
{{- end -}}
{{- if $root.Values.redis.enabled -}}
{{- $_ := set $out "REDIS_URL" (dict "name" $stores "key" "redis-url") -}}
{{- end -}}
{{- if $root.Values.tracing.headers -}}
{{- $_ := set $out "OTEL_EXPORTER_OTLP_HEADERS" (dict "name" $stores "key" "otlp-headers") -}}
{{- end -}}
{{- toJson $out -}}
{{- end -}}

{{/* (root, program, its values): them as variables of the container, by reference */}}
{{- define "sfp.secretVariables" -}}
{{- range $variable, $place := include "sfp.secretSettings" . | fromJson }}
- name: {{ $variable }}
  valueFrom: {secretKeyRef: {name: {{ $place.name }}, key: {{ $place.key }}}}
{{- end }}
{{- end -}}

{{/* (root, program, its values): them as files of one directory (CONFIG_DIR), in no list of a container's environment */}}
{{- define "sfp.secretVolume" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $variable, $place := include "sfp.secretSettings" . | fromJson }}
      - secret: {name: {{ $place.name }}, items: [{key: {{ $place.key }}, path: {{ $variable }}}]}
      {{- end }}
{{- end -}}

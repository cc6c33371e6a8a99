{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* Which programs are installed, and what is said of each. */}}

{{/* root: the names of those installed, as JSON */}}
{{- define "sfp.programs" -}}
{{- $names := list -}}
{{- if .Values.gateway.enabled -}}{{- $names = append $names "gateway" -}}{{- end -}}
{{- range $name := keys .Values.services | sortAlpha -}}
{{- if (index $.Values.services $name).enabled -}}{{- $names = append $names $name -}}{{- end -}}
{{- end -}}
{{- if not $names -}}{{- fail "nothing is enabled: neither the gateway nor a service" -}}{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/* (root, program): what is said of it, over the defaults, as JSON. `hasOthers`: it has more than one replica at times. */}}
{{- define "sfp.program" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- $own := eq $name "gateway" | ternary $root.Values.gateway (index $root.Values.services $name) -}}
{{- $program := include "sfp.over" (list $root.Values.defaults $own) | fromJson -}}
{{- $secrets := include "sfp.over" (list $root.Values.secrets (default dict $program.secrets)) | fromJson -}}
{{- $_ := set $program "secrets" $secrets -}}
{{- $least := $program.autoscaling.enabled | ternary $program.autoscaling.minReplicas $program.replicas -}}
{{- $_ := set $program "hasOthers" (gt (int $least) 1) -}}
{{- toJson $program -}}
{{- end -}}

{{/* (below, above): both as one, as JSON; what is said above counts, be it false, 0 or empty, and lists are not joined */}}
{{- define "sfp.over" -}}
{{- $out := deepCopy (index . 0) -}}
{{- range $key, $value := index . 1 -}}
{{- $under := get $out $key -}}
{{- if and (kindIs "map" $value) (kindIs "map" $under) -}}
{{- $_ := set $out $key (include "sfp.over" (list $under $value) | fromJson) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $_ := set $out $key $value -}}
{{- end -}}
{{- end -}}
{{- toJson $out -}}
{{- end -}}

{{/* (root, program, its values): the image */}}
{{- define "sfp.image" -}}
{{- $root := index . 0 -}}{{- $own := index (index . 2) "image" -}}
{{- $registry := default $root.Values.image.registry $own.registry -}}
{{- $path := default $root.Values.image.path $own.path -}}
{{- $name := default (include "sfp.binary" (index . 1)) $own.name -}}
{{- $tag := $own.tag | default $root.Values.image.tag | default $root.Chart.AppVersion -}}
{{- $place := list $registry $path $name | compact | join "/" -}}
{{- if $own.digest -}}{{ $place }}@{{ $own.digest }}{{- else -}}{{ $place }}:{{ $tag }}{{- end -}}
{{- end -}}

{{/* a value of a setting, as a program reads it: whole numbers stay whole */}}
{{- define "sfp.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{- printf "%.0f" . -}}{{- else -}}{{- toString . -}}{{- end -}}
{{- end -}}

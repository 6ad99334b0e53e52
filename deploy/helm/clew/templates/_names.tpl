{{- define "clew.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "clew.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := include "clew.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "clew.selector" -}}
app.kubernetes.io/name: {{ include "clew.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "clew.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "clew.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "clew.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "clew.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* "yes" where PostgreSQL is the store. */}}
{{- define "clew.postgres" -}}
{{- if or .Values.database.existingSecret .Values.database.url }}yes{{ end }}
{{- end }}

{{/* "yes" where there is, or may be, more than one node. */}}
{{- define "clew.several" -}}
{{- if or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled }}yes{{ end }}
{{- end }}

{{/* "yes" where the nodes only work on runs: they answer no clients. */}}
{{- define "clew.workerOnly" -}}
{{- if eq (get .Values.settings "CLEW_ROLE" | default "all") "worker" }}yes{{ end }}
{{- end }}

{{/* By digest where there is one: it says more than a tag. */}}
{{- define "clew.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "clew.databaseSecret" -}}
{{- default (printf "%s-database" (include "clew.fullname" .)) .Values.database.existingSecret }}
{{- end }}

{{/* The name of a file of the project as a key of a ConfigMap, which may have no slash. */}}
{{- define "clew.fileKey" -}}
{{- replace "/" "__" . }}
{{- end }}

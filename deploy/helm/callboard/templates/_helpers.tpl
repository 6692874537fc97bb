{{- define "callboard.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "callboard.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "callboard.labels" -}}
{{ include "callboard.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "callboard.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "callboard.secret" -}}
{{ required "existingSecret is missing: name a Secret with DATABASE_URL, CALLBOARD_ADMIN_KEY and CALLBOARD_ENCRYPTION_KEYS" .Values.existingSecret }}
{{- end }}

{{- define "callboard.publicUrl" -}}
{{ required "publicUrl is missing: name the https address at which providers reach the api" .Values.publicUrl }}
{{- end }}

{{- /* Of a pod: nothing of it runs as root, and no token of the cluster is in it. */ -}}
{{- define "callboard.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Of a container: it writes to no file. */ -}}
{{- define "callboard.container" -}}
image: {{ include "callboard.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- /* The Deployment of a role: of "root", "role" ("api" or "worker") and "own", its values. */ -}}
{{- define "callboard.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "callboard.name" .root }}-{{ .role }}
  labels:
    {{- include "callboard.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  {{- if not .own.autoscaling.enabled }}
  replicas: {{ .own.replicas }}
  {{- end }}
  # The new pod is ready before an old one goes.
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector:
    matchLabels:
      {{- include "callboard.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  template:
    metadata:
      labels:
        {{- include "callboard.labels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
      annotations:
        # A change of the variables replaces the pods; after a change of the Secret: kubectl rollout restart.
        checksum/config: {{ toYaml .root.Values.config | cat (include "callboard.publicUrl" .root) | sha256sum }}
        {{- with .own.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "callboard.pod" .root | nindent 6 }}
      serviceAccountName: {{ include "callboard.name" .root }}
      # The pause before the stop, the 25 seconds that the service gives to calls under way, and some.
      terminationGracePeriodSeconds: 40
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "callboard.selector" .root | nindent 14 }}
              app.kubernetes.io/component: {{ .role }}
      {{- with .own.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .own.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .own.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .role }}
          {{- include "callboard.container" .root | nindent 10 }}
          env:
            - { name: CALLBOARD_ROLE, value: {{ .role }} }
          envFrom:
            - configMapRef: { name: {{ include "callboard.name" .root }} }
            - secretRef: { name: {{ include "callboard.secret" .root }} }
          ports:
            - { name: http, containerPort: 3000 }
          resources: {{- toYaml .own.resources | nindent 12 }}
          # A start waits for the migrations of another process, if it meets them.
          startupProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 5
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          # It asks the database, which may need a moment: one late answer takes nobody away.
          readinessProbe:
            httpGet: { path: /health/ready, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 3
          {{- if eq .role "api" }}
          lifecycle:
            # Until every proxy has heard that this pod goes, calls still come to it.
            preStop: { exec: { command: [sleep, '5'] } }
          {{- end }}
{{- end }}

{{- define "callboard.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "callboard.name" .root }}-{{ .role }}
  labels: {{- include "callboard.labels" .root | nindent 4 }}
spec:
  {{- toYaml .own.podDisruptionBudget | nindent 2 }}
  selector:
    matchLabels:
      {{- include "callboard.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
{{- end }}

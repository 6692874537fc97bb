// Callboard on Azure Container Apps: an api, workers scaled by the age of what waits, and the migrations as a job. The environment,
// the database, the Key Vault and the identity are yours: docs/deploy-azure.md says how each has to be.

@description('Resource id of the Container Apps environment.')
param environmentId string

@description('The image, with its tag.')
param image string

@description('Server of the registry, such as example.azurecr.io.')
param registry string

@description('Resource id of a user-assigned identity with the roles AcrPull, on the registry, and Key Vault Secrets User.')
param identityId string

@description('Of the Key Vault, such as https://example.vault.azure.net')
param vaultUri string

@description('Where providers and people reach the api, https.')
param publicUrl string

@description('Variables of docs/configuration.md that are secrets, each in the vault by its name with - for _. DATABASE_URL is of the role of the service.')
param secrets array = ['DATABASE_URL', 'CALLBOARD_ADMIN_KEY', 'CALLBOARD_ENCRYPTION_KEYS']

@description('Other variables, by name.')
param variables object = {}

@description('The role of DATABASE_URL, which owns no table; the owner is in the vault as OWNER-DATABASE-URL.')
param serviceRole string = 'callboard_service'

@description('Only the job, to run it before the rest of the release comes.')
param migrateOnly bool = false

param location string = resourceGroup().location
param maxWorkers int = 12

@description('Workers are as many as this goes into the age of the oldest message that could be sent.')
param secondsPerWorker int = 30

var identity = { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
var registries = [{ server: registry, identity: identityId }]
var vault = [
  for name in secrets: {
    name: toLower(replace(name, '_', '-'))
    keyVaultUrl: '${vaultUri}/secrets/${replace(name, '_', '-')}'
    identity: identityId
  }
]
var scalingSecret = {
  name: 'scaling-database-url'
  keyVaultUrl: '${vaultUri}/secrets/SCALING-DATABASE-URL'
  identity: identityId
}
var fromVault = [for name in secrets: { name: name, secretRef: toLower(replace(name, '_', '-')) }]
var given = [for item in items(variables): { name: item.key, value: item.value }]
var common = concat(fromVault, given, [
  { name: 'PUBLIC_URL', value: publicUrl }
  { name: 'CALLBOARD_SANDBOX', value: 'off' }
])

// Of every container: a start waits for the migrations of another process, if it meets them.
var probes = [
  {
    type: 'Startup'
    httpGet: { path: '/health/live', port: 3000 }
    periodSeconds: 30
    failureThreshold: 10
  }
  {
    type: 'Liveness'
    httpGet: { path: '/health/live', port: 3000 }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  }
  {
    type: 'Readiness'
    httpGet: { path: '/health/ready', port: 3000 }
    periodSeconds: 5
    timeoutSeconds: 5
    failureThreshold: 3
  }
]

// Scheduled messages, held campaigns and resting lanes do not count.
var oldest = '''
select coalesce(extract(epoch from now() - min(since)), 0)::float8
from lane, lateral lane_waits_since(lane.id) as since
where state = 'active' and rest_until <= now()
'''

resource api 'Microsoft.App/containerApps@2024-03-01' = if (!migrateOnly) {
  name: 'callboard-api'
  location: location
  identity: identity
  properties: {
    environmentId: environmentId
    configuration: {
      activeRevisionsMode: 'Single'
      registries: registries
      secrets: vault
      ingress: { external: true, targetPort: 3000, transport: 'http', allowInsecure: false }
    }
    template: {
      terminationGracePeriodSeconds: 40
      containers: [
        {
          name: 'api'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(common, [{ name: 'CALLBOARD_ROLE', value: 'api' }])
          probes: probes
        }
      ]
      scale: {
        minReplicas: 2
        maxReplicas: 8
        rules: [{ name: 'calls', http: { metadata: { concurrentRequests: '50' } } }]
      }
    }
  }
}

resource worker 'Microsoft.App/containerApps@2024-03-01' = if (!migrateOnly) {
  name: 'callboard-worker'
  location: location
  identity: identity
  properties: {
    environmentId: environmentId
    configuration: {
      activeRevisionsMode: 'Single'
      registries: registries
      secrets: concat(vault, [scalingSecret])
    }
    template: {
      terminationGracePeriodSeconds: 40
      containers: [
        {
          name: 'worker'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(common, [{ name: 'CALLBOARD_ROLE', value: 'worker' }])
          probes: probes
        }
      ]
      scale: {
        minReplicas: 2
        maxReplicas: maxWorkers
        rules: [
          {
            name: 'oldest-message'
            custom: {
              type: 'postgresql'
              metadata: { query: oldest, targetQueryValue: string(secondsPerWorker) }
              auth: [{ secretRef: scalingSecret.name, triggerParameter: 'connection' }]
            }
          }
        ]
      }
    }
  }
}

resource migrate 'Microsoft.App/jobs@2024-03-01' = {
  name: 'callboard-migrate'
  location: location
  identity: identity
  properties: {
    environmentId: environmentId
    configuration: {
      triggerType: 'Manual'
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      replicaTimeout: 3600
      replicaRetryLimit: 1
      registries: registries
      secrets: concat(vault, [
        {
          name: 'owner-database-url'
          keyVaultUrl: '${vaultUri}/secrets/OWNER-DATABASE-URL'
          identity: identityId
        }
      ])
    }
    template: {
      containers: [
        {
          name: 'migrate'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          args: ['node', '--enable-source-maps', 'dist/bundle/main.migrate.js', '--grant-to', serviceRole]
          env: [
            { name: 'DATABASE_URL', secretRef: 'owner-database-url' }
            { name: 'CALLBOARD_ADMIN_KEY', secretRef: 'callboard-admin-key' }
            { name: 'CALLBOARD_ENCRYPTION_KEYS', secretRef: 'callboard-encryption-keys' }
          ]
        }
      ]
    }
  }
}

output apiHost string = migrateOnly ? '' : api.properties.configuration.ingress.fqdn

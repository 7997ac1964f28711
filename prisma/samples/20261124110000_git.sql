PRAGMA foreign_keys=OFF;
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" DATETIME,
    "refreshTokenExpiresAt" DATETIME,
    "scope" TEXT,
    "password" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "AddOn" (
    "topologyId" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "version" TEXT,
    "namespace" TEXT,
    "poolId" TEXT,

    PRIMARY KEY ("topologyId", "clusterId", "id"),
    CONSTRAINT "AddOn_topologyId_clusterId_fkey" FOREIGN KEY ("topologyId", "clusterId") REFERENCES "Cluster" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "ApiToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "scopesJson" TEXT NOT NULL,
    "topologiesJson" TEXT,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,
    "lastUsedFrom" TEXT,
    CONSTRAINT "ApiToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "AuditEntry" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "from" TEXT,
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "objectKind" TEXT NOT NULL,
    "objectId" TEXT NOT NULL,
    "topologyId" TEXT,
    "beforeJson" TEXT,
    "afterJson" TEXT,
    "note" TEXT NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL
);
CREATE TABLE "AuditTouch" (
    "topologyId" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,

    PRIMARY KEY ("topologyId", "object", "seq")
) WITHOUT ROWID;
CREATE TABLE "Cluster" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kubernetes" TEXT NOT NULL,
    "podCidr" TEXT NOT NULL,
    "serviceCidr" TEXT NOT NULL,
    "endpointAddress" TEXT,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "Cluster_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "ClusterMember" (
    "topologyId" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "vmId" TEXT NOT NULL,
    "role" TEXT NOT NULL,

    PRIMARY KEY ("topologyId", "clusterId", "vmId", "role"),
    CONSTRAINT "ClusterMember_topologyId_clusterId_fkey" FOREIGN KEY ("topologyId", "clusterId") REFERENCES "Cluster" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Connection" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "tokenId" TEXT NOT NULL,
    "fingerprint" TEXT,
    "dialerJson" TEXT NOT NULL,
    "helmPath" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "stateJson" TEXT NOT NULL
, "subject" TEXT, "caPem" TEXT);
CREATE TABLE "Disk" (
    "topologyId" TEXT NOT NULL,
    "vmId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "sizeGib" INTEGER,
    "storageId" TEXT,
    "use" TEXT,
    "mount" TEXT,

    PRIMARY KEY ("topologyId", "vmId", "id"),
    CONSTRAINT "Disk_topologyId_vmId_fkey" FOREIGN KEY ("topologyId", "vmId") REFERENCES "Vm" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "GitCommit" (
    "topologyId" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "revision" INTEGER,
    "problemsJson" TEXT NOT NULL DEFAULT '[]',
    "note" TEXT NOT NULL DEFAULT '',
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("topologyId", "commit"),
    CONSTRAINT "GitCommit_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "GitLink" ("topologyId") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "GitLink" (
    "topologyId" TEXT NOT NULL PRIMARY KEY,
    "url" TEXT NOT NULL,
    "branch" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "auth" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "caPem" TEXT,
    "publicKey" TEXT,
    "hostKey" TEXT,
    "offeredHostKey" TEXT,
    "commitOn" TEXT NOT NULL,
    "intervalS" INTEGER NOT NULL,
    "autoApply" BOOLEAN NOT NULL,
    "stateJson" TEXT NOT NULL,
    "knownCommit" TEXT,
    "knownText" TEXT,
    "knownRevision" INTEGER,
    "seenCommit" TEXT,
    "fetchedAt" DATETIME,
    "pushedAt" DATETIME,
    "askedAt" DATETIME,
    "dueAt" DATETIME NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "choiceJson" TEXT,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "GitLink_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "GitOutbox" (
    "topologyId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "commit" TEXT,
    "branch" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("topologyId", "revision"),
    CONSTRAINT "GitOutbox_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "GitLink" ("topologyId") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Host" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "connectionId" TEXT,
    "node" TEXT NOT NULL,
    "address" TEXT,
    "cpuThreads" INTEGER,
    "memoryMib" INTEGER,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "Host_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Identity" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "connectionId" TEXT,
    "topologyId" TEXT,
    "objectId" TEXT,
    "name" TEXT NOT NULL,
    "pinned" TEXT,
    "expected" TEXT,
    "offered" TEXT,
    "offeredKey" TEXT,
    "seenAt" DATETIME
);
CREATE TABLE "IpPool" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "IpPool_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Job" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "topologyId" TEXT,
    "connectionId" TEXT,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "goalJson" TEXT,
    "revision" INTEGER,
    "planJson" TEXT,
    "planHash" TEXT,
    "status" TEXT NOT NULL,
    "outcome" TEXT,
    "by" TEXT NOT NULL,
    "queuedAt" DATETIME NOT NULL,
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    "worker" TEXT,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "leaseUntil" DATETIME,
    "cancelAsked" BOOLEAN NOT NULL DEFAULT false,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "stepsDone" INTEGER NOT NULL DEFAULT 0,
    "stepsTotal" INTEGER NOT NULL DEFAULT 0,
    "lastSeq" INTEGER NOT NULL DEFAULT 0,
    "objectsJson" TEXT NOT NULL DEFAULT '[]',
    "argsJson" TEXT
);
CREATE TABLE "JobEvent" (
    "jobId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "type" TEXT NOT NULL,
    "dataJson" TEXT NOT NULL,

    PRIMARY KEY ("jobId", "seq"),
    CONSTRAINT "JobEvent_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "LayoutPosition" (
    "topologyId" TEXT NOT NULL,
    "lens" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "x" REAL NOT NULL,
    "y" REAL NOT NULL,

    PRIMARY KEY ("topologyId", "lens", "item"),
    CONSTRAINT "LayoutPosition_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Nic" (
    "topologyId" TEXT NOT NULL,
    "vmId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "networkId" TEXT NOT NULL,
    "poolId" TEXT,
    "address" TEXT,
    "mac" TEXT,

    PRIMARY KEY ("topologyId", "vmId", "id"),
    CONSTRAINT "Nic_topologyId_vmId_fkey" FOREIGN KEY ("topologyId", "vmId") REFERENCES "Vm" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Observation" (
    "topologyId" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "json" TEXT NOT NULL
);
CREATE TABLE "OidcIdentity" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastUsedAt" DATETIME,

    PRIMARY KEY ("issuer", "subject"),
    CONSTRAINT "OidcIdentity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Passkey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "publicKey" BLOB NOT NULL,
    "counter" INTEGER NOT NULL,
    "transports" TEXT NOT NULL,
    "backedUp" BOOLEAN NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastUsedAt" DATETIME,
    CONSTRAINT "Passkey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "RecoveryCode" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "usedAt" DATETIME,
    CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Revision" (
    "topologyId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "parent" INTEGER,
    "hash" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "deployable" BOOLEAN NOT NULL,

    PRIMARY KEY ("topologyId", "number"),
    CONSTRAINT "Revision_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "SealedSecret" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "by" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "expiresAt" DATETIME NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'browser',
    "method" TEXT NOT NULL DEFAULT 'password',
    "confirmedAt" DATETIME,
    "lastSeenAt" DATETIME,
    CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "json" TEXT NOT NULL
);
CREATE TABLE "StepDuration" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "seconds" REAL NOT NULL,
    "at" DATETIME NOT NULL
);
CREATE TABLE "Storage" (
    "topologyId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sizeGib" INTEGER,

    PRIMARY KEY ("topologyId", "hostId", "id"),
    CONSTRAINT "Storage_topologyId_hostId_fkey" FOREIGN KEY ("topologyId", "hostId") REFERENCES "Host" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Template" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "vmid" INTEGER,
    "hostId" TEXT,
    "os" TEXT NOT NULL,
    "release" TEXT NOT NULL,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "Template_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Ticket" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "purpose" TEXT NOT NULL,
    "userId" TEXT,
    "dataJson" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);
CREATE TABLE "Topology" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "headRevision" INTEGER NOT NULL,
    "appliedRevision" INTEGER,
    "createdAt" DATETIME NOT NULL
);
CREATE TABLE "TopologyGrant" (
    "topologyId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("topologyId", "userId"),
    CONSTRAINT "TopologyGrant_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "TopologyGrant_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "username" TEXT,
    "displayUsername" TEXT,
    "role" TEXT NOT NULL DEFAULT 'member',
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "breakGlass" BOOLEAN NOT NULL DEFAULT false,
    "totpSealed" TEXT,
    "totpSince" DATETIME,
    "totpLastStep" INTEGER
);
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);
CREATE TABLE "Vlan" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cidr" TEXT NOT NULL,
    "tag" INTEGER,
    "gateway" TEXT,
    "bridge" TEXT,
    "mtu" INTEGER,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "Vlan_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "Vm" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hostId" TEXT,
    "vmid" INTEGER,
    "templateId" TEXT,
    "sizeId" TEXT,
    "cpus" INTEGER,
    "memoryMib" INTEGER,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "Vm_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "VmSize" (
    "topologyId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cpus" INTEGER NOT NULL,
    "memoryMib" INTEGER NOT NULL,
    "diskGib" INTEGER NOT NULL,

    PRIMARY KEY ("topologyId", "id"),
    CONSTRAINT "VmSize_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
    "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
    "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);
INSERT INTO "Account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "password", "createdAt", "updatedAt") VALUES ('sample', 'sample', 'credential', 'sample', 'Account accessToken', 'Account refreshToken', 'Account idToken', 1763942400000, 1763942400000, 'Account scope', 'Account password', 1763942400000, 1763942400000);
INSERT INTO "AddOn" ("topologyId", "clusterId", "id", "enabled", "version", "namespace", "poolId") VALUES ('sample', 'sample', 'sample', 0, 'AddOn version', 'AddOn namespace', 'sample');
INSERT INTO "ApiToken" ("id", "userId", "name", "hash", "prefix", "scopesJson", "topologiesJson", "createdAt", "expiresAt", "lastUsedAt", "lastUsedFrom") VALUES ('sample', 'sample', 'ApiToken name', 'ApiToken hash', 'ApiToken prefix', '{}', '{}', 1763942400000, 1763942400000, 1763942400000, 'ApiToken lastUsedFrom');
INSERT INTO "AuditEntry" ("seq", "at", "actorId", "actorName", "via", "from", "action", "outcome", "objectKind", "objectId", "topologyId", "beforeJson", "afterJson", "note", "prevHash", "hash") VALUES (1, 1763942400000, 'sample', 'AuditEntry actorName', 'AuditEntry via', 'AuditEntry from', 'AuditEntry action', 'AuditEntry outcome', 'AuditEntry objectKind', 'sample', 'sample', '{}', '{}', 'AuditEntry note', '0000000000000000000000000000000000000000000000000000000000000000', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO "AuditTouch" ("topologyId", "object", "seq") VALUES ('sample', 'AuditTouch object', 1);
INSERT INTO "Cluster" ("topologyId", "id", "name", "kubernetes", "podCidr", "serviceCidr", "endpointAddress") VALUES ('sample', 'sample', 'Cluster name', 'Cluster kubernetes', 'Cluster podCidr', 'Cluster serviceCidr', 'Cluster endpointAddress');
INSERT INTO "ClusterMember" ("topologyId", "clusterId", "vmId", "role") VALUES ('sample', 'sample', 'sample', 'ClusterMember role');
INSERT INTO "Connection" ("id", "name", "kind", "url", "tokenId", "fingerprint", "dialerJson", "helmPath", "createdAt", "stateJson", "subject", "caPem") VALUES ('sample', 'Connection name', 'proxmox', 'https://pve1.lan:8006', 'sample', 'Connection fingerprint', '{"kind":"direct"}', 'Connection helmPath', 1763942400000, '{"state":"absent","at":1763942400000}', 'Connection subject', 'Connection caPem');
INSERT INTO "Disk" ("topologyId", "vmId", "id", "position", "kind", "sizeGib", "storageId", "use", "mount") VALUES ('sample', 'sample', 'sample', 1, 'Disk kind', 1, 'sample', 'Disk use', 'Disk mount');
INSERT INTO "GitCommit" ("topologyId", "commit", "direction", "outcome", "author", "subject", "revision", "problemsJson", "note", "at") VALUES ('sample', 'GitCommit commit', 'GitCommit direction', 'GitCommit outcome', 'GitCommit author', 'GitCommit subject', 1, '{}', 'GitCommit note', 1763942400000);
INSERT INTO "GitLink" ("topologyId", "url", "branch", "path", "auth", "username", "caPem", "publicKey", "hostKey", "offeredHostKey", "commitOn", "intervalS", "autoApply", "stateJson", "knownCommit", "knownText", "knownRevision", "seenCommit", "fetchedAt", "pushedAt", "askedAt", "dueAt", "failures", "choiceJson", "createdAt") VALUES ('sample', 'GitLink url', 'GitLink branch', 'GitLink path', 'GitLink auth', 'sample', 'GitLink caPem', 'GitLink publicKey', 'GitLink hostKey', 'GitLink offeredHostKey', 'GitLink commitOn', 1, 0, '{}', 'GitLink knownCommit', 'GitLink knownText', 1, 'GitLink seenCommit', 1763942400000, 1763942400000, 1763942400000, 1763942400000, 1, '{}', 1763942400000);
INSERT INTO "GitOutbox" ("topologyId", "revision", "state", "commit", "branch", "attempts", "lastError", "at") VALUES ('sample', 1, 'GitOutbox state', 'GitOutbox commit', 'GitOutbox branch', 1, 'GitOutbox lastError', 1763942400000);
INSERT INTO "Host" ("topologyId", "id", "name", "role", "connectionId", "node", "address", "cpuThreads", "memoryMib") VALUES ('sample', 'sample', 'Host name', 'Host role', 'sample', 'Host node', 'Host address', 1, 1);
INSERT INTO "Identity" ("id", "kind", "connectionId", "topologyId", "objectId", "name", "pinned", "expected", "offered", "offeredKey", "seenAt") VALUES ('sample', 'Identity kind', 'sample', 'sample', 'sample', 'Identity name', 'Identity pinned', 'Identity expected', 'Identity offered', 'Identity offeredKey', 1763942400000);
INSERT INTO "IpPool" ("topologyId", "id", "name", "networkId", "from", "to", "purpose") VALUES ('sample', 'sample', 'IpPool name', 'sample', 'IpPool from', 'IpPool to', 'IpPool purpose');
INSERT INTO "Job" ("id", "topologyId", "connectionId", "kind", "title", "goalJson", "revision", "planJson", "planHash", "status", "outcome", "by", "queuedAt", "startedAt", "endedAt", "worker", "epoch", "leaseUntil", "cancelAsked", "errorCode", "errorMessage", "stepsDone", "stepsTotal", "lastSeq", "objectsJson", "argsJson") VALUES ('sample', 'sample', 'sample', 'refresh', 'Job title', '{}', 1, '{}', 'Job planHash', 'succeeded', 'succeeded', 'Job by', 1763942400000, 1763942400000, 1763942400000, 'Job worker', 1, 1763942400000, 0, 'Job errorCode', 'Job errorMessage', 1, 1, 1, '{}', '{}');
INSERT INTO "JobEvent" ("jobId", "seq", "epoch", "at", "type", "dataJson") VALUES ('sample', 1, 1, 1763942400000, 'queued', '{"by":"ada"}');
INSERT INTO "LayoutPosition" ("topologyId", "lens", "item", "x", "y") VALUES ('sample', 'LayoutPosition lens', 'LayoutPosition item', 1.5, 1.5);
INSERT INTO "Nic" ("topologyId", "vmId", "id", "position", "networkId", "poolId", "address", "mac") VALUES ('sample', 'sample', 'sample', 1, 'sample', 'sample', 'Nic address', 'Nic mac');
INSERT INTO "Observation" ("topologyId", "at", "json") VALUES ('sample', 1763942400000, '{}');
INSERT INTO "OidcIdentity" ("issuer", "subject", "userId", "createdAt", "lastUsedAt") VALUES ('OidcIdentity issuer', 'OidcIdentity subject', 'sample', 1763942400000, 1763942400000);
INSERT INTO "Passkey" ("id", "userId", "name", "publicKey", "counter", "transports", "backedUp", "createdAt", "lastUsedAt") VALUES ('sample', 'sample', 'Passkey name', '[object ArrayBuffer]', 1, 'Passkey transports', 0, 1763942400000, 1763942400000);
INSERT INTO "RecoveryCode" ("id", "userId", "hash", "usedAt") VALUES ('sample', 'sample', 'RecoveryCode hash', 1763942400000);
INSERT INTO "Revision" ("topologyId", "number", "parent", "hash", "text", "author", "message", "at", "deployable") VALUES ('sample', 1, 1, '65b1a2dfa68c50345d8532d41007f728234604033a6ab3533d2f2fe6f38f456b', 'drawbridge: 1
name: Small lab
hosts:
  pve1:
    role: proxmox
    connection: lab
    cpuThreads: 16
    memoryMib: 65536
    storages:
      local-lvm: { kind: lvmthin, sizeGib: 900 }
      local: { kind: dir, sizeGib: 90, content: [iso, import] }
networks:
  lan: { cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1 }
pools:
  machines: { network: lan, from: 10.9.0.50, to: 10.9.0.60, purpose: vms }
sizes:
  small: { cpus: 2, memoryMib: 2048, diskGib: 20 }
templates:
  jammy:
    os: ubuntu
    release: "22.04"
    host: pve1
    image: { url: https://images.example/jammy.img }
vms:
  # keep me
  web:
    role: plain
    host: pve1
    template: jammy
    size: small
    nics:
      lan: { network: lan, pool: machines }
    disks:
      root: { kind: system, storage: local-lvm }
      data: { kind: data, sizeGib: 50, storage: local-lvm, use: plain, mount: /data }
clusters:
  main:
    kubernetes: "1.29"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    controlPlanes: [web]
    workers: []
    addOns:
      metallb: { pool: machines }
', 'Revision author', 'Revision message', 1763942400000, 0);
INSERT INTO "SealedSecret" ("name", "sealed", "at", "by", "version") VALUES ('SealedSecret name', 'SealedSecret sealed', 1763942400000, 'SealedSecret by', 1);
INSERT INTO "Session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "kind", "method", "confirmedAt", "lastSeenAt") VALUES ('sample', 1763942400000, 'Session token', 1763942400000, 1763942400000, 'Session ipAddress', 'Session userAgent', 'sample', 'Session kind', 'Session method', 1763942400000, 1763942400000);
INSERT INTO "Setting" ("key", "json") VALUES ('panel.id', '"abcdefgh"');
INSERT INTO "StepDuration" ("id", "kind", "seconds", "at") VALUES (1, 'StepDuration kind', 1.5, 1763942400000);
INSERT INTO "Storage" ("topologyId", "hostId", "id", "kind", "sizeGib") VALUES ('sample', 'sample', 'sample', 'Storage kind', 1);
INSERT INTO "Template" ("topologyId", "id", "name", "vmid", "hostId", "os", "release") VALUES ('sample', 'sample', 'Template name', 1, 'sample', 'Template os', 'Template release');
INSERT INTO "Ticket" ("hash", "purpose", "userId", "dataJson", "createdAt", "expiresAt") VALUES ('Ticket hash', 'Ticket purpose', 'sample', '{}', 1763942400000, 1763942400000);
INSERT INTO "Topology" ("id", "name", "headRevision", "appliedRevision", "createdAt") VALUES ('sample', 'Topology name', 1, 1, 1763942400000);
INSERT INTO "TopologyGrant" ("topologyId", "userId", "role", "by", "at") VALUES ('sample', 'sample', 'TopologyGrant role', 'TopologyGrant by', 1763942400000);
INSERT INTO "User" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "username", "displayUsername", "role", "disabled", "breakGlass", "totpSealed", "totpSince", "totpLastStep") VALUES ('sample', 'User name', 'User email', 0, 'User image', 1763942400000, 1763942400000, 'ada', 'Ada', 'admin', 0, 0, 'User totpSealed', 1763942400000, 1);
INSERT INTO "Verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt") VALUES ('sample', 'Verification identifier', 'Verification value', 1763942400000, 1763942400000, 1763942400000);
INSERT INTO "Vlan" ("topologyId", "id", "name", "cidr", "tag", "gateway", "bridge", "mtu") VALUES ('sample', 'sample', 'Vlan name', 'Vlan cidr', 1, 'Vlan gateway', 'Vlan bridge', 1);
INSERT INTO "Vm" ("topologyId", "id", "name", "role", "hostId", "vmid", "templateId", "sizeId", "cpus", "memoryMib") VALUES ('sample', 'sample', 'Vm name', 'Vm role', 'sample', 1, 'sample', 'sample', 1, 1);
INSERT INTO "VmSize" ("topologyId", "id", "name", "cpus", "memoryMib", "diskGib") VALUES ('sample', 'sample', 'VmSize name', 1, 1, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124000000_first', '2cc5fac256052cf87d35d48c08fe72d40f0a22954b95761261ab502b8ab68067', 1763942400000, '20261124000000_first', NULL, NULL, 1763942400000, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124010000_connection_subject', '0913d0399d57c73daabd5105dcd5e9bac261b49fca2fb69f666f69d2c975c942', 1763942400000, '20261124010000_connection_subject', NULL, NULL, 1763942400000, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124020000_people_and_audit', '1d623f26d69d92be220ac16b944df7b047bb0d4f2426fff7fafe66f8a4d47ca0', 1763942400000, '20261124020000_people_and_audit', NULL, NULL, 1763942400000, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124060000_audit_objects', '66fddc1467e3394b2187383572b1e1a3f8e9c735c4a5a9b5018f56324311025c', 1763942400000, '20261124060000_audit_objects', NULL, NULL, 1763942400000, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124090000_identities', 'e6183792c6d3a5134ace0ef2770e0d4e5098a376f763f88897c3001bb972f979', 1763942400000, '20261124090000_identities', NULL, NULL, 1763942400000, 1);
INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count") VALUES ('20261124110000_git', 'f36b75701044a505e5e95f4cd593207f8004764bcd278606e9beb3dd5f0cf7e5', 1763942400000, '20261124110000_git', NULL, NULL, 1763942400000, 1);
CREATE INDEX "Account_userId_idx" ON "Account"("userId");
CREATE UNIQUE INDEX "ApiToken_hash_key" ON "ApiToken"("hash");
CREATE INDEX "ApiToken_userId_idx" ON "ApiToken"("userId");
CREATE INDEX "AuditEntry_action_seq_idx" ON "AuditEntry"("action", "seq");
CREATE INDEX "AuditEntry_actorId_seq_idx" ON "AuditEntry"("actorId", "seq");
CREATE INDEX "AuditEntry_actorName_seq_idx" ON "AuditEntry"("actorName", "seq");
CREATE INDEX "AuditEntry_objectKind_objectId_seq_idx" ON "AuditEntry"("objectKind", "objectId", "seq");
CREATE INDEX "AuditEntry_topologyId_seq_idx" ON "AuditEntry"("topologyId", "seq");
CREATE INDEX "GitCommit_topologyId_at_idx" ON "GitCommit"("topologyId", "at");
CREATE INDEX "GitOutbox_state_topologyId_idx" ON "GitOutbox"("state", "topologyId");
CREATE INDEX "Host_connectionId_node_idx" ON "Host"("connectionId", "node");
CREATE INDEX "Identity_connectionId_idx" ON "Identity"("connectionId");
CREATE INDEX "Identity_topologyId_objectId_idx" ON "Identity"("topologyId", "objectId");
CREATE INDEX "IpPool_topologyId_networkId_idx" ON "IpPool"("topologyId", "networkId");
CREATE INDEX "Job_queuedAt_idx" ON "Job"("queuedAt");
CREATE INDEX "Job_status_queuedAt_idx" ON "Job"("status", "queuedAt");
CREATE INDEX "Job_topologyId_queuedAt_idx" ON "Job"("topologyId", "queuedAt");
CREATE INDEX "Nic_address_idx" ON "Nic"("address");
CREATE INDEX "Nic_mac_idx" ON "Nic"("mac");
CREATE INDEX "OidcIdentity_userId_idx" ON "OidcIdentity"("userId");
CREATE INDEX "Passkey_userId_idx" ON "Passkey"("userId");
CREATE UNIQUE INDEX "RecoveryCode_hash_key" ON "RecoveryCode"("hash");
CREATE INDEX "RecoveryCode_userId_idx" ON "RecoveryCode"("userId");
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");
CREATE INDEX "Session_userId_idx" ON "Session"("userId");
CREATE INDEX "StepDuration_kind_at_idx" ON "StepDuration"("kind", "at");
CREATE INDEX "Template_vmid_idx" ON "Template"("vmid");
CREATE INDEX "Ticket_expiresAt_idx" ON "Ticket"("expiresAt");
CREATE INDEX "TopologyGrant_userId_idx" ON "TopologyGrant"("userId");
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");
CREATE INDEX "Vm_vmid_idx" ON "Vm"("vmid");
CREATE TRIGGER "AuditEntry_follows" BEFORE INSERT ON "AuditEntry"
WHEN NEW."seq" <> COALESCE((SELECT MAX("seq") FROM "AuditEntry"), 0) + 1
    OR NEW."prevHash" <> COALESCE(
        (SELECT "hash" FROM "AuditEntry" ORDER BY "seq" DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log follows the last one');
END;
CREATE TRIGGER "AuditEntry_no_delete" BEFORE DELETE ON "AuditEntry"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER "AuditEntry_no_update" BEFORE UPDATE ON "AuditEntry"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER "AuditTouch_no_delete" BEFORE DELETE ON "AuditTouch"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER "AuditTouch_no_update" BEFORE UPDATE ON "AuditTouch"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

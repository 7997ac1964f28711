-- CreateTable
CREATE TABLE "Topology" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "headRevision" INTEGER NOT NULL,
    "appliedRevision" INTEGER,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
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

-- CreateTable
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

-- CreateTable
CREATE TABLE "Storage" (
    "topologyId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sizeGib" INTEGER,

    PRIMARY KEY ("topologyId", "hostId", "id"),
    CONSTRAINT "Storage_topologyId_hostId_fkey" FOREIGN KEY ("topologyId", "hostId") REFERENCES "Host" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateTable
CREATE TABLE "ClusterMember" (
    "topologyId" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "vmId" TEXT NOT NULL,
    "role" TEXT NOT NULL,

    PRIMARY KEY ("topologyId", "clusterId", "vmId", "role"),
    CONSTRAINT "ClusterMember_topologyId_clusterId_fkey" FOREIGN KEY ("topologyId", "clusterId") REFERENCES "Cluster" ("topologyId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
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

-- CreateTable
CREATE TABLE "LayoutPosition" (
    "topologyId" TEXT NOT NULL,
    "lens" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "x" REAL NOT NULL,
    "y" REAL NOT NULL,

    PRIMARY KEY ("topologyId", "lens", "item"),
    CONSTRAINT "LayoutPosition_topologyId_fkey" FOREIGN KEY ("topologyId") REFERENCES "Topology" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
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
);

-- CreateTable
CREATE TABLE "SealedSecret" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "by" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Observation" (
    "topologyId" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "json" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "json" TEXT NOT NULL
);

-- CreateTable
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

-- CreateTable
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

-- CreateTable
CREATE TABLE "StepDuration" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "seconds" REAL NOT NULL,
    "at" DATETIME NOT NULL
);

-- CreateTable
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
    "role" TEXT NOT NULL DEFAULT 'viewer'
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "expiresAt" DATETIME NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,
    CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
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

-- CreateTable
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "Host_connectionId_node_idx" ON "Host"("connectionId", "node");

-- CreateIndex
CREATE INDEX "IpPool_topologyId_networkId_idx" ON "IpPool"("topologyId", "networkId");

-- CreateIndex
CREATE INDEX "Template_vmid_idx" ON "Template"("vmid");

-- CreateIndex
CREATE INDEX "Vm_vmid_idx" ON "Vm"("vmid");

-- CreateIndex
CREATE INDEX "Nic_address_idx" ON "Nic"("address");

-- CreateIndex
CREATE INDEX "Nic_mac_idx" ON "Nic"("mac");

-- CreateIndex
CREATE INDEX "Job_status_queuedAt_idx" ON "Job"("status", "queuedAt");

-- CreateIndex
CREATE INDEX "Job_topologyId_queuedAt_idx" ON "Job"("topologyId", "queuedAt");

-- CreateIndex
CREATE INDEX "Job_queuedAt_idx" ON "Job"("queuedAt");

-- CreateIndex
CREATE INDEX "StepDuration_kind_at_idx" ON "StepDuration"("kind", "at");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");



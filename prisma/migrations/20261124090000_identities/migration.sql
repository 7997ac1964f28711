-- AlterTable
ALTER TABLE "Connection" ADD COLUMN "caPem" TEXT;

-- CreateTable
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

-- CreateIndex
CREATE INDEX "Identity_connectionId_idx" ON "Identity"("connectionId");

-- CreateIndex
CREATE INDEX "Identity_topologyId_objectId_idx" ON "Identity"("topologyId", "objectId");

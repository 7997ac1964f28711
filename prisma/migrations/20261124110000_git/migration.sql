-- CreateTable
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

-- CreateTable
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

-- CreateTable
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

-- CreateIndex
CREATE INDEX "GitOutbox_state_topologyId_idx" ON "GitOutbox"("state", "topologyId");

-- CreateIndex
CREATE INDEX "GitCommit_topologyId_at_idx" ON "GitCommit"("topologyId", "at");


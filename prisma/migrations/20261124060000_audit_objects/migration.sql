-- CreateTable
CREATE TABLE "AuditTouch" (
    "topologyId" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,

    PRIMARY KEY ("topologyId", "object", "seq")
) WITHOUT ROWID;

-- CreateIndex
CREATE INDEX "AuditEntry_actorName_seq_idx" ON "AuditEntry"("actorName", "seq");

CREATE TRIGGER "AuditTouch_no_update" BEFORE UPDATE ON "AuditTouch"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER "AuditTouch_no_delete" BEFORE DELETE ON "AuditTouch"
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- An entry has the next number and the last one's hash, or is none: two writers cannot fork the
-- chain, and INSERT OR REPLACE, which asks no delete trigger, replaces nothing.
CREATE TRIGGER "AuditEntry_follows" BEFORE INSERT ON "AuditEntry"
WHEN NEW."seq" <> COALESCE((SELECT MAX("seq") FROM "AuditEntry"), 0) + 1
    OR NEW."prevHash" <> COALESCE(
        (SELECT "hash" FROM "AuditEntry" ORDER BY "seq" DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log follows the last one');
END;

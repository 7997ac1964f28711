-- AlterTable
ALTER TABLE "Connection" ADD COLUMN "othersJson" TEXT NOT NULL DEFAULT '[]';

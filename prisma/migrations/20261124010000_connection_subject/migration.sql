-- AlterTable
ALTER TABLE "Connection" ADD COLUMN "subject" TEXT;

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['{app,components,lib,workers,scripts}/**/*.test.{ts,tsx}'],
    // Suites that start servers or run long live in `npm test` and `test:deep`, not in `check`.
    exclude: ['**/*.lab.test.ts', '**/*.deep.test.ts', 'node_modules/**'],
    testTimeout: 20_000,
  },
})

import { defineConfig } from 'vitest/config'

// `unit` needs nothing but Node. `wire` talks to one ephemeral stack that its global set-up starts; its files run in
// parallel and stay apart by making users of their own.
export default defineConfig({
  test: {
    // The tests mostly wait for the stack, so there are more of them at a time than cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{stack,tests,bench,supabase}/**/*.unit.test.ts'],
        },
      },
      {
        test: {
          name: 'wire',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/*.unit.test.ts'],
          globalSetup: 'tests/support/global-setup.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config'

const UNIT = '**/*.unit.test.ts'
// Of `expect.poll`; a second, the default, is lost on a busy machine.
const PATIENT = { poll: { timeout: 20_000, interval: 20 } }
const PROPERTIES = 'tests/support/properties.ts'

export default defineConfig({
  test: {
    // The tests mostly wait for a stack, so there are more of them at a time than cores.
    maxWorkers: 3,
    projects: [
      // Needs nothing but Node.
      {
        test: {
          name: 'unit',
          setupFiles: PROPERTIES,
          expect: PATIENT,
          testTimeout: 30_000,
          include: [`{stack,tests,bench,checks,supabase}/${UNIT}`],
        },
      },
      // Talks to one ephemeral stack that the set-up starts. The files run in parallel and stay apart by making users of
      // their own.
      {
        test: {
          name: 'wire',
          setupFiles: PROPERTIES,
          expect: PATIENT,
          include: ['tests/**/*.test.ts'],
          exclude: [UNIT, 'tests/stack/**'],
          globalSetup: 'tests/support/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // Starts and kills stacks of its own.
      {
        test: {
          name: 'stack',
          setupFiles: PROPERTIES,
          expect: PATIENT,
          include: ['tests/stack/**/*.test.ts'],
          exclude: [UNIT],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

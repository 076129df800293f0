import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ImportAnswer } from '../../supabase/functions/imports/contract.ts'
import { Athlete, Broken } from './any/athlete.ts'
import { anyFile } from './any/files.ts'

/** How many files are tried: `IMPORTED_FILES=1000 npx vitest run tests/imports/any-file` tries many more. */
const FILES = Number(process.env.IMPORTED_FILES ?? 15)

const said = ({ counts, remarks, names, from, to, source }: ImportAnswer) => ({
  ...{ counts, remarks, from, to, source },
  names: names.map(({ name, how, sets, skip }) => ({ name, how, sets, skip })),
})

test(`any of ${FILES} files comes in as it was foretold, comes in once, and goes without a trace`, async () => {
  await using sql = Object.assign(Athlete.connect(), { [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) })
  const seen = { imported: 0, duplicates: 0, failed: 0, broken: 0 }
  const property = fc.asyncProperty(anyFile, anyFile, fc.nat({ max: 16 }), (earlier, file, breaksAfter) =>
    Athlete.visit(sql, async (athlete) => {
      await athlete.imports(earlier)
      const before = await athlete.training()
      const foretold = await athlete.imports(file, { dry_run: true })
      expect(await athlete.training()).toEqual(before)

      const whole = await athlete.tries(async (self) => {
        const answer = await self.imports(file)
        return { answer: said(answer), report: await self.report(answer.id), looks: await self.looks() }
      })
      expect(whole.answer).toEqual(said(foretold))
      expect(whole.report.filter(([, outcome]) => outcome === 'imported')).toHaveLength(foretold.counts.imported)
      expect(whole.report).toHaveLength(foretold.counts.lines)

      const id = crypto.randomUUID()
      const broken = await athlete.imports(file, { id }, breaksAfter).catch((cause: unknown) => cause)
      if (broken instanceof Error && !(broken instanceof Broken)) throw broken
      await athlete.imports(file, { id })
      expect(await athlete.report(id)).toEqual(whole.report)
      expect(await athlete.looks()).toEqual(whole.looks)

      const again = await athlete.imports(file)
      expect(again.counts).toMatchObject({ imported: 0, workouts: 0 })
      expect(await athlete.looks()).toEqual(whole.looks)
      await athlete.undoes(again.id)
      expect(await athlete.repaired()).toEqual(
        Object.fromEntries(Object.keys(await athlete.repaired()).map((table) => [table, 0])),
      )

      await athlete.undoes(id)
      expect(await athlete.training()).toEqual(before)
      seen.imported += foretold.counts.imported
      seen.duplicates += foretold.counts.duplicates
      seen.failed += foretold.counts.failed
      seen.broken += Number(broken instanceof Broken)
    }),
  )
  await fc.assert(property, { numRuns: FILES, endOnFailure: FILES > 100 })

  // The files are worth something: they come upon all of it.
  expect(seen.imported).toBeGreaterThan(FILES)
  expect(Object.values(seen).every((count) => count > 0)).toBe(true)
}, 600_000)

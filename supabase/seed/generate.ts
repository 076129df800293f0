// Writes reference.sql, the data that production needs too, from the exercise library.
// With --check it writes nothing and fails when the file is not current.
import { readFile, writeFile } from 'node:fs/promises'
import { readLibrary, readTranslations } from './library.ts'
import { renderReference } from './reference.ts'

const REFERENCE = new URL('./reference.sql', import.meta.url)

const exercises = await readLibrary()
const translations = await readTranslations(exercises)
const text = renderReference(exercises, translations)
if (!process.argv.includes('--check')) {
  await writeFile(REFERENCE, text)
  console.log(`reference.sql: ${exercises.length} exercises, ${translations.length} translations`)
} else if ((await readFile(REFERENCE, 'utf8').catch(() => '')) !== text) {
  console.error('supabase/seed/reference.sql is not what the exercise library makes: run npm run fix.')
  process.exitCode = 1
}

import { z } from 'zod'
import { AppError } from '../_shared/errors.ts'

const Rows = z.array(z.record(z.string(), z.unknown()))
/** The rows of a table of an archive. */
export type Rows = z.infer<typeof Rows>

/** Tables of which a column is a document: there a number is a number, however long. */
export const DOCUMENTS: ReadonlySet<string> = new Set(['template_versions', 'imports', 'prescriptions'])

// A number of more digits than JSON.parse keeps; strings are matched so that what is in them is not.
const LONG_NUMBER = /-?\d[\d.]{15,}/
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?/g
// What no text in the database can hold: the null character, and half of a pair.
const NOT_TEXT = /\0|\p{Surrogate}/u

/**
 * The rows that a file of an archive holds; long numbers as texts of all their digits, unless it `hasDocuments`.
 * Throws archive_unreadable for what is no list of rows.
 */
export function readRows(path: string, content: Uint8Array, hasDocuments: boolean): Rows {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    const exact =
      !hasDocuments && LONG_NUMBER.test(text)
        ? text.replaceAll(STRING_OR_LONG_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`))
        : text
    return Rows.parse(text.includes('\\u') ? JSON.parse(exact, textsOnly) : JSON.parse(exact))
  } catch (cause) {
    throw new AppError('archive_unreadable', { cause, details: `${path} is no list of rows.` })
  }
}

function textsOnly(key: string, value: unknown): unknown {
  if (NOT_TEXT.test(key) || (typeof value === 'string' && NOT_TEXT.test(value))) throw new Error('no text')
  return value
}

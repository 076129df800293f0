import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decodeText } from '../../supabase/functions/imports/decode.ts'
import { type PlacedFile, placeSets, type Units } from '../../supabase/functions/imports/place.ts'
import { type ReadFile, type ReadOptions, readSets } from '../../supabase/functions/imports/read.ts'
import { readTable } from '../../supabase/functions/imports/table.ts'

/** The export `name` of the folder beside this file. */
export const exportFile = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`files/${name}.csv`, import.meta.url)))

/** What an export says, line by line. */
export const readText = (text: string, options: ReadOptions = {}): ReadFile => readSets(readTable(text), options)

/** What an export of the folder says, line by line. */
export const readExport = async (name: string, options: ReadOptions = {}): Promise<ReadFile> =>
  readText(decodeText(await exportFile(name)), options)

/** The sets of an export at their places. */
export async function placeExport(name: string, units: Units = {}): Promise<PlacedFile> {
  const { source, sets } = await readExport(name)
  return placeSets(source, sets, units)
}

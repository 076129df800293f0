import { z } from 'zod'
import { Archive, textStream } from './archive.ts'
import { type ExportPlan, ListedFile } from './contract.ts'
import { csvLine, WORKOUT_COLUMNS } from './csv.ts'
import type { AccountGateway, ExportGateway } from './gateway.ts'

const CSV = 'csv:'
const BUCKET = 'bucket:'
// The mark by which spreadsheets know UTF-8.
const BYTE_ORDER_MARK = String.fromCodePoint(65279)

interface Gateways {
  readonly copy: ExportGateway
  readonly account: AccountGateway
}

const CsvRows = z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])))

/**
 * Everything that is held of a person as a ZIP, written while it is read.
 * Rejects as the database does when the copy cannot be taken; a fault after that ends the stream with it, before the
 * manifest, so that half an archive cannot be taken for one.
 */
export async function exportAccount(gateways: Gateways): Promise<ReadableStream<Uint8Array>> {
  const plan = await gateways.copy.begin()
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const written = write(gateways, plan, new Archive(writable))
  written
    .catch((cause: unknown) => writable.abort(cause))
    .then(() => gateways.copy.end(plan.export_id))
    // Whoever reads the stream has been told; the copy goes with the next export or by its age.
    .catch(() => undefined)
  return readable
}

async function write({ copy, account }: Gateways, plan: ExportPlan, archive: Archive): Promise<void> {
  const missing: string[] = []
  for (const [relation, pages] of grouped(plan)) {
    const rows = pages.reduce((sum, page) => sum + page.rows, 0)
    const texts = () => pageTexts(copy, plan.export_id, pages)
    if (relation.startsWith(CSV)) {
      await archive.add(`csv/${relation.slice(CSV.length)}.csv`, textStream(csvTexts(texts())), { rows })
    } else if (relation.startsWith(BUCKET)) {
      missing.push(...(await addFiles(account, archive, relation.slice(BUCKET.length), texts())))
    } else {
      await archive.add(`data/${relation.replace('.', '/')}.json`, textStream(jsonTexts(texts())), { rows })
    }
  }
  const { user_id, taken_at } = plan
  await archive.close({ format: 'fitai-account', version: 1, taken_at, user_id, missing })
}

async function addFiles(
  account: AccountGateway,
  archive: Archive,
  bucket: string,
  texts: AsyncIterable<string>,
): Promise<readonly string[]> {
  const missing: string[] = []
  for await (const text of texts)
    for (const { name, type } of z.array(ListedFile).parse(JSON.parse(`[${text}]`))) {
      const path = `files/${bucket}/${name}`
      const content = await account.file(bucket, name)
      if (content) await archive.add(path, content, { type: type ?? 'application/octet-stream' })
      else missing.push(path)
    }
  return missing
}

function grouped({ pages }: ExportPlan): ReadonlyMap<string, ExportPlan['pages']> {
  const found = new Map<string, ExportPlan['pages']>()
  for (const page of pages) found.set(page.relation, [...(found.get(page.relation) ?? []), page])
  return found
}

async function* pageTexts(copy: ExportGateway, exportId: string, pages: ExportPlan['pages']) {
  for (const { page } of pages) yield await copy.page(exportId, page)
}

async function* jsonTexts(pages: AsyncIterable<string>) {
  let before = '[\n'
  for await (const page of pages) {
    yield before + page
    before = ',\n'
  }
  yield '\n]\n'
}

async function* csvTexts(pages: AsyncIterable<string>) {
  yield BYTE_ORDER_MARK + csvLine(WORKOUT_COLUMNS)
  for await (const page of pages)
    yield CsvRows.parse(JSON.parse(`[${page}]`))
      .map(csvLine)
      .join('')
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { authUrl, databaseUrl, type StackContext } from '../context.ts'
import type { HttpService } from '../service.ts'
import { Tokens } from '../tokens.ts'
import { Buckets } from './buckets.ts'
import { StorageDatabase } from './database.ts'
import { ObjectFiles } from './files.ts'
import { Listing } from './listing.ts'
import { Objects } from './objects.ts'
import { createRoutes } from './routes.ts'
import { Signatures } from './signatures.ts'

const SCHEMA = new URL('./schema.sql', import.meta.url)

/**
 * The Storage API on hosted's tables: row-level security decides as the caller, the bytes lie below the data folder.
 * Resumable uploads, the S3 protocol, and vector and analytics buckets are answered with NotSupported.
 */
export class Storage implements HttpService {
  readonly name = 'storage'
  readonly needs = ['postgres']
  readonly #context: StackContext
  #database: StorageDatabase | undefined
  #answer: ((request: Request) => Response | Promise<Response>) | undefined

  constructor(context: StackContext) {
    this.#context = context
  }

  async prepare(): Promise<void> {
    const admin = postgres(databaseUrl(this.#context, 'supabase_admin'), { max: 1, onnotice: () => undefined })
    try {
      await admin.unsafe(await readFile(SCHEMA, 'utf8')).simple()
    } finally {
      await admin.end()
    }
  }

  /** Opens the folder, deletes what a crash left in it, and creates the buckets of `config.toml`. */
  async start(): Promise<void> {
    const { config, dataDir, keys } = this.#context
    const files = new ObjectFiles(join(dataDir, 'storage'))
    const database = new StorageDatabase(databaseUrl(this.#context, 'supabase_storage_admin'))
    this.#database = database
    const largest = config.storage.file_size_limit
    const buckets = new Buckets(database, files, largest)
    await files.open()
    await buckets.seed(config.storage.buckets)
    await files.sweep(await database.versions())
    this.#answer = createRoutes({
      buckets,
      database,
      files,
      largest,
      listing: new Listing(database),
      log: this.#context.log.child({ service: 'storage' }),
      objects: new Objects(database, files),
      signatures: new Signatures(keys.jwtSecret),
      tokens: new Tokens(keys, authUrl(this.#context)),
    })
  }

  async ready(): Promise<boolean> {
    return this.#answer !== undefined
  }

  async stop(): Promise<void> {
    this.#answer = undefined
    await this.#database?.close()
    this.#database = undefined
  }

  async fetch(request: Request): Promise<Response> {
    return this.#answer?.(request) ?? Response.json({ message: 'Storage is not running.' }, { status: 503 })
  }
}

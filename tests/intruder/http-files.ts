import type { SupabaseClient } from '@supabase/supabase-js'
import { BUCKETS, ruleOf } from './buckets.ts'
import { owners } from './http-rows.ts'
import { about } from './model.ts'
import { relation, type Verdict } from './verdict.ts'
import type { Wire } from './wire.ts'

/** A picture of one dot. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
)
const AS_PNG = { contentType: 'image/png' }

type Bucket = ReturnType<SupabaseClient['storage']['from']>

/** Has every viewer list, sign, put, replace and remove a file of theirs and of others in every bucket, over HTTP. */
export async function decideFilesOverHttp(wire: Wire, verdict: Verdict): Promise<void> {
  const { world } = wire
  const service = wire.service()
  for (const [name, model] of Object.entries(BUCKETS)) {
    const own = service.storage.from(name)
    for (const owner of world.society.people.keys()) await put(own, world.fill(model.path, owner))
    for (const [turn, viewer] of world.viewers.entries()) {
      const bucket = wire.client(viewer).storage.from(name)
      for (const owner of owners(world, viewer, turn + name.length)) {
        const path = world.fill(model.path, owner)
        const fact = about(owner)
        const kind = `${relation(world, viewer, fact)}, in ${name} over HTTP, may`
        const finds = model.select(viewer, fact, world.society)
        const writes = model.write(viewer, fact, world.society)
        const replaces = ruleOf(model, 'update')(viewer, fact, world.society)
        verdict.compare(`${kind} list`, await lists(bucket, path), finds)
        verdict.compare(`${kind} sign`, (await bucket.createSignedUrl(path, 60)).error === null, finds)
        verdict.compare(`${kind} put`, await puts(bucket, `${path}.png`), writes)
        verdict.compare(`${kind} replace`, (await bucket.update(path, PNG, AS_PNG)).error === null, replaces)
        verdict.compare(`${kind} remove`, await removes(bucket, path), writes && finds)
        await own.remove([`${path}.png`])
        await put(own, path)
      }
    }
  }
}

async function put(bucket: Bucket, path: string): Promise<void> {
  const { error } = await bucket.upload(path, PNG, { ...AS_PNG, upsert: true })
  if (error) throw error
}

const puts = async (bucket: Bucket, path: string): Promise<boolean> =>
  (await bucket.upload(path, PNG, AS_PNG)).error === null

async function lists(bucket: Bucket, path: string): Promise<boolean> {
  const [folder = '', file] = path.split('/')
  const { data } = await bucket.list(folder)
  return data?.some(({ name }) => name === file) ?? false
}

async function removes(bucket: Bucket, path: string): Promise<boolean> {
  const { data } = await bucket.remove([path])
  return (data?.length ?? 0) > 0
}

import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Caller } from './caller.ts'
import { StorageProblem } from './errors.ts'
import { bucketName, locationOf, objectKey } from './keys.ts'
import type { Place } from './objects.ts'
import { demandCaller, jsonBody, type Parts, pathAfter } from './request.ts'
import { fromBase64, readUpload } from './upload.ts'

const Transfer = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationBucket: z.string().nullish(),
  destinationKey: z.string(),
  copyMetadata: z.boolean().default(true),
})
const Removal = z.object({ prefixes: z.array(z.string()).min(1).max(1000) })

/** Routes that write: uploads, signed or not, moves, copies and deletions. */
export function writeRoutes(app: Hono, parts: Parts): void {
  transferRoutes(app, parts)
  signedUploadRoutes(app, parts)
  app.post('/object/*', (c) => upload(c, parts, c.req.header('x-upsert') === 'true', 'storage.object.upload'))
  app.put('/object/*', (c) => upload(c, parts, true, 'storage.object.upload_update'))
  app.delete('/object/:bucket', async (c) => {
    const caller = await demandCaller(c, parts)
    const bucket = bucketName(c.req.param('bucket'))
    const { prefixes } = await jsonBody(c, Removal)
    return c.json(await parts.objects.remove(caller, 'storage.object.delete_many', bucket, prefixes))
  })
  app.delete('/object/*', async (c) => {
    const caller = await demandCaller(c, parts)
    const place = locationOf(pathAfter(c, '/object/'))
    await parts.objects.findUnchecked(place)
    const deleted = await parts.objects.remove(caller, 'storage.object.delete', place.bucket, [place.name])
    if (deleted.length === 0) throw new StorageProblem('AccessDenied')
    return c.json({ message: 'Successfully deleted' })
  })
}

async function upload(c: Context, parts: Parts, upsert: boolean, operation: string): Promise<Response> {
  const caller = await demandCaller(c, parts)
  const place = locationOf(pathAfter(c, '/object/'))
  const id = await receive(c, parts, { place, owner: caller.owner, upsert, check: { caller, operation } })
  return c.json({ Id: id, Key: `${place.bucket}/${place.name}` })
}

async function receive(
  c: Context,
  parts: Parts,
  options: {
    readonly place: Place
    readonly owner: string | undefined
    readonly upsert: boolean
    /** Whose rights are asked; not those of a signed URL, which were when it was signed. */
    readonly check?: { readonly caller: Caller; readonly operation: string }
  },
): Promise<string> {
  const { place, owner, upsert, check } = options
  const bucket = await parts.database.bucket(place.bucket)
  const file = await readUpload(c.req.raw, bucket, parts.largest)
  const metadata = {
    mimetype: file.mimetype,
    ...(file.declaredLength === undefined ? {} : { contentLength: file.declaredLength }),
  }
  if (check) await parts.objects.mayWrite(check.caller, check.operation, { ...place, owner, upsert, metadata })
  return parts.objects.store(place, { owner, upsert }, file)
}

function signedUploadRoutes(app: Hono, parts: Parts): void {
  app.post('/object/upload/sign/*', async (c) => {
    const caller = await demandCaller(c, parts)
    const place = locationOf(pathAfter(c, '/object/upload/sign/'))
    const upsert = c.req.header('x-upsert') === 'true'
    const { owner } = caller
    await parts.database.bucket(place.bucket)
    await parts.objects.mayWrite(caller, 'storage.object.sign_upload_url', { ...place, owner, upsert, metadata: {} })
    const url = `${place.bucket}/${place.name}`
    const token = await parts.signatures.signUpload(url, owner, upsert)
    return c.json({ url: `/object/upload/sign/${url}?token=${token}`, token })
  })
  app.put('/object/upload/sign/*', async (c) => {
    const place = locationOf(pathAfter(c, '/object/upload/sign/'))
    const url = `${place.bucket}/${place.name}`
    const { owner, upsert } = await parts.signatures.verifyUpload(c.req.query('token') ?? '', url)
    await receive(c, parts, { place, owner, upsert })
    return c.json({ Key: url })
  })
}

function transferRoutes(app: Hono, parts: Parts): void {
  const places = (body: z.infer<typeof Transfer>): { readonly from: Place; readonly to: Place } => ({
    from: { bucket: bucketName(body.bucketId), name: objectKey(body.sourceKey) },
    to: { bucket: bucketName(body.destinationBucket ?? body.bucketId), name: objectKey(body.destinationKey) },
  })
  app.post('/object/move', async (c) => {
    const caller = await demandCaller(c, parts)
    const { from, to } = places(await jsonBody(c, Transfer))
    const moved = await parts.objects.move(caller, from, to)
    return c.json({ message: 'Successfully moved', Id: moved.id, Key: moved.name })
  })
  app.post('/object/copy', async (c) => {
    const caller = await demandCaller(c, parts)
    const body = await jsonBody(c, Transfer)
    const { from, to } = places(body)
    const upsert = c.req.header('x-upsert') === 'true'
    const userMetadata = body.copyMetadata ? undefined : fromBase64(c.req.header('x-metadata') ?? null)
    const copied = await parts.objects.copy(caller, from, { ...to, upsert, userMetadata })
    return c.json({ ...copied, Id: copied.id, Key: `${to.bucket}/${to.name}` })
  })
}

import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { callerOf } from './caller.ts'
import type { StoredObject } from './database.ts'
import { StorageProblem } from './errors.ts'
import { bucketName, locationOf, objectKey } from './keys.ts'
import { ListQuery, ListV2Query } from './listing.ts'
import type { Place } from './objects.ts'
import { demandCaller, jsonBody, type Parts, parsed, pathAfter } from './request.ts'
import { describeObject, serveImage, serveObject, type Wish } from './serve.ts'
import { Transform } from './transform.ts'

const Expiry = z.object({ expiresIn: z.int().min(1), transform: Transform.optional() })
const Expiries = z.object({ expiresIn: z.int().min(1), paths: z.array(z.string()).min(1).max(1000) })

/** Routes that read: objects, images, information, lists, and signed URLs. */
export function readRoutes(app: Hono, parts: Parts): void {
  infoRoutes(app, parts)
  imageRoutes(app, parts)
  listRoutes(app, parts)
  signRoutes(app, parts)
  objectRoutes(app, parts)
}

const wishOf = (c: Context): Wish => ({ request: c.req.raw, download: c.req.query('download') })

function objectRoutes(app: Hono, parts: Parts): void {
  app.get('/object/public/*', async (c) =>
    serveObject(parts.files, await publicObject(parts, locationOf(pathAfter(c, '/object/public/'))), wishOf(c)),
  )
  app.get('/object/authenticated/*', async (c) => {
    await demandCaller(c, parts)
    return serveObject(parts.files, await readableObject(c, parts, '/object/authenticated/'), wishOf(c))
  })
  app.get('/object/sign/*', async (c) => {
    const { object, expires } = await signedObject(c, parts, '/object/sign/')
    return serveObject(parts.files, object, { ...wishOf(c), expires })
  })
  app.get('/object/*', async (c) => serveObject(parts.files, await readableObject(c, parts, '/object/'), wishOf(c)))
}

function infoRoutes(app: Hono, parts: Parts): void {
  app.get('/object/info/public/*', async (c) =>
    describeObject(await publicObject(parts, locationOf(pathAfter(c, '/object/info/public/')))),
  )
  app.get('/object/info/authenticated/*', async (c) => {
    await demandCaller(c, parts)
    return describeObject(
      await readableObject(c, parts, '/object/info/authenticated/', 'object.get_authenticated_info'),
    )
  })
  app.get('/object/info/*', async (c) =>
    describeObject(await readableObject(c, parts, '/object/info/', 'object.get_authenticated_info')),
  )
}

function imageRoutes(app: Hono, parts: Parts): void {
  const transform = (c: Context): Transform => parsed(Transform, c.req.query())
  app.get('/render/image/public/*', async (c) => {
    const object = await publicObject(parts, locationOf(pathAfter(c, '/render/image/public/')))
    return serveImage(parts.files, object, { ...wishOf(c), transform: transform(c) })
  })
  app.get('/render/image/authenticated/*', async (c) => {
    await demandCaller(c, parts)
    const object = await readableObject(c, parts, '/render/image/authenticated/', 'storage.render.image_authenticated')
    return serveImage(parts.files, object, { ...wishOf(c), transform: transform(c) })
  })
  app.get('/render/image/sign/*', async (c) => {
    const signed = await signedObject(c, parts, '/render/image/sign/')
    // What was signed is one rendering, not the right to any.
    if (!signed.transform) throw new StorageProblem('InvalidSignature')
    return serveImage(parts.files, signed.object, {
      ...wishOf(c),
      transform: signed.transform,
      expires: signed.expires,
    })
  })
}

function listRoutes(app: Hono, parts: Parts): void {
  app.post('/object/list/*', async (c) => {
    const caller = await demandCaller(c, parts)
    const bucket = bucketName(pathAfter(c, '/object/list/'))
    return c.json(await parts.listing.level(caller, bucket, await jsonBody(c, ListQuery)))
  })
  app.post('/object/list-v2/*', async (c) => {
    const caller = await demandCaller(c, parts)
    const bucket = bucketName(pathAfter(c, '/object/list-v2/'))
    return c.json(await parts.listing.page(caller, bucket, await jsonBody(c, ListV2Query)))
  })
}

function signRoutes(app: Hono, parts: Parts): void {
  const { objects, signatures } = parts
  app.post('/object/sign/:bucket', async (c) => {
    const caller = await demandCaller(c, parts)
    const bucket = bucketName(c.req.param('bucket'))
    const { expiresIn, paths } = await jsonBody(c, Expiries)
    const readable = await objects.readable(caller, bucket, paths)
    const signed = paths.map(async (path) => {
      if (!readable.has(path))
        return { error: 'Either the object does not exist or you do not have access to it', path, signedURL: null }
      const token = await signatures.signDownload(`${bucket}/${path}`, expiresIn)
      return { error: null, path, signedURL: `/object/sign/${bucket}/${path}?token=${token}` }
    })
    return c.json(await Promise.all(signed))
  })
  app.post('/object/sign/*', async (c) => {
    const caller = await demandCaller(c, parts)
    const place = locationOf(pathAfter(c, '/object/sign/'))
    const { expiresIn, transform } = await jsonBody(c, Expiry)
    await objects.find(caller, 'storage.object.sign', place)
    const url = `${place.bucket}/${objectKey(place.name)}`
    const token = await signatures.signDownload(url, expiresIn, transform)
    return c.json({ signedURL: `/${transform ? 'render/image' : 'object'}/sign/${url}?token=${token}` })
  })
}

// A bucket that is not public looks absent to who comes without asking.
async function publicObject(parts: Parts, place: Place): Promise<StoredObject> {
  const bucket = await parts.database.bucket(place.bucket)
  if (!bucket.public) throw new StorageProblem('NoSuchBucket')
  return parts.objects.findUnchecked(place)
}

// As the caller, except in public buckets, where no policy is asked. A token that does not hold is as good as none, so
// that an old session does not hide what everybody sees.
async function readableObject(
  c: Context,
  parts: Parts,
  prefix: string,
  operation = 'storage.object.get_authenticated',
): Promise<StoredObject> {
  const place = locationOf(pathAfter(c, prefix))
  const caller = await callerOf(c.req.raw, parts.tokens, true)
  const bucket = await parts.database.bucket(place.bucket)
  if (bucket.public) return parts.objects.findUnchecked(place)
  if (!caller.authenticated) throw new StorageProblem('NoSuchBucket')
  return parts.objects.find(caller, operation, place)
}

async function signedObject(
  c: Context,
  parts: Parts,
  prefix: string,
): Promise<{ readonly object: StoredObject; readonly expires: Date; readonly transform: Transform | undefined }> {
  const place = locationOf(pathAfter(c, prefix))
  const token = c.req.query('token') ?? ''
  const { exp, transform } = await parts.signatures.verifyDownload(token, `${place.bucket}/${place.name}`)
  // A rendering that was signed does not open the original.
  if (transform && !prefix.startsWith('/render')) throw new StorageProblem('InvalidSignature')
  return { object: await parts.objects.findUnchecked(place), expires: new Date(exp * 1000), transform }
}

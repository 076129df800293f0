import { Hono } from 'hono'
import { BucketChange, BucketQuery, NewBucket } from './buckets.ts'
import { problemOf, StorageProblem } from './errors.ts'
import { readRoutes } from './read-routes.ts'
import { demandCaller, jsonBody, type Parts, parsed } from './request.ts'
import { writeRoutes } from './write-routes.ts'

const ABSENT = ['/upload/resumable', '/s3', '/vector', '/iceberg', '/cdn']

/** The Storage API's routes; every failure is answered in its shape. */
export function createRoutes(parts: Parts): (request: Request) => Response | Promise<Response> {
  const app = new Hono()
  app.onError((cause) => {
    const problem = problemOf(cause)
    if (problem.code === 'InternalError') parts.log.error('a request failed', { cause: String(problem.cause) })
    return problem.toResponse()
  })
  app.notFound((c) => {
    const { path } = c.req
    const absent =
      ABSENT.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)) || path.endsWith('/lifecycle')
    return absent
      ? new StorageProblem('NotSupported').toResponse()
      : Response.json(
          { statusCode: '404', error: 'Not Found', message: `Route ${c.req.method}:${path} not found` },
          { status: 404 },
        )
  })
  app.get('/status', (c) => c.body(null, 200))
  bucketRoutes(app, parts)
  readRoutes(app, parts)
  writeRoutes(app, parts)
  return (request) => app.fetch(request)
}

function bucketRoutes(app: Hono, parts: Parts): void {
  const { buckets } = parts
  app.get('/bucket', async (c) =>
    c.json(await buckets.list(await demandCaller(c, parts), parsed(BucketQuery, c.req.query()))),
  )
  app.post('/bucket', async (c) => {
    const caller = await demandCaller(c, parts)
    const bucket = await jsonBody(c, NewBucket)
    await buckets.create(caller, bucket)
    return c.json({ name: bucket.name })
  })
  app.get('/bucket/:id', async (c) => c.json(await buckets.get(await demandCaller(c, parts), c.req.param('id'))))
  app.put('/bucket/:id', async (c) => {
    const caller = await demandCaller(c, parts)
    await buckets.update(caller, c.req.param('id'), await jsonBody(c, BucketChange))
    return c.json({ message: 'Successfully updated' })
  })
  app.delete('/bucket/:id', async (c) => {
    await buckets.remove(await demandCaller(c, parts), c.req.param('id'))
    return c.json({ message: 'Successfully deleted' })
  })
  app.post('/bucket/:id/empty', async (c) => {
    await buckets.empty(await demandCaller(c, parts), c.req.param('id'))
    return c.json({ message: 'Empty bucket has been queued. Completion may take up to an hour.' })
  })
}

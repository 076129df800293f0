import type { Hono } from 'hono'
import { readBytes } from '../_shared/body.ts'
import type { Env } from '../_shared/env.ts'
import { adminClient, createApp } from '../_shared/http.ts'
import { exportAccount } from './export.ts'
import { AccountGateway, ArchiveGateway, eraseFiles } from './gateway.ts'
import { restoreAccount } from './restore.ts'

const LARGEST_BYTES = 20 * 1024 * 1024

/**
 * `GET /export` gives the person everything that is held of them, as a ZIP, and `POST /import` takes that into an
 * empty account. `DELETE /` has the account erased when its grace
 * period is over; the backend calls `POST /erase-files` then.
 */
export function createAccount(env: Env): Hono {
  const { app, route } = createApp('account', env)
  app.get(
    '/export',
    route.user(async ({ db }) => {
      const archive = await exportAccount(new AccountGateway(db))
      const name = `fitai-export-${new Date().toISOString().slice(0, 10)}.zip`
      return new Response(archive, {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
        },
      })
    }),
  )
  app.post(
    '/import',
    route.user(async ({ request, user, db }) => {
      const gateways = { archive: new ArchiveGateway(adminClient(env)), account: new AccountGateway(db) }
      return Response.json(await restoreAccount(await readBytes(request, LARGEST_BYTES), user.id, gateways))
    }),
  )
  app.delete(
    '/',
    route.user(async ({ db }) => Response.json(await new AccountGateway(db).leave(), { status: 202 })),
  )
  app.post(
    '/erase-files',
    route.service(async ({ admin }) => Response.json({ files: await eraseFiles(admin) })),
  )
  return app
}

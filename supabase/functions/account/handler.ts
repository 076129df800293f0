import type { Hono } from 'hono'
import type { Env } from '../_shared/env.ts'
import { createApp } from '../_shared/http.ts'
import { exportAccount } from './export.ts'
import { AccountGateway } from './gateway.ts'

/** `GET /export` gives the person everything that is held of them, as a ZIP. */
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
  return app
}

import type { Hono } from 'hono'
import { readBody, readBytes } from '../_shared/body.ts'
import type { Env } from '../_shared/env.ts'
import { adminClient, createApp } from '../_shared/http.ts'
import { checkAvatars, showAvatar } from './avatar.ts'
import { AvatarGateway } from './avatar-gateway.ts'
import { AvatarChoice } from './contract.ts'
import { exportAccount } from './export.ts'
import { AccountGateway, ArchiveGateway, ExportGateway, eraseFiles } from './gateway.ts'
import { PostOffice } from './post-office.ts'
import { restoreAccount } from './restore.ts'
import { sendWelcomes } from './welcome.ts'
import { WelcomeGateway } from './welcome-gateway.ts'

const LARGEST_BYTES = 20 * 1024 * 1024

/**
 * `GET /export` gives the person everything that is held of them, as a ZIP, and `POST /import` takes that into an
 * empty account. `POST /avatar` shows an upload on the person's card. `DELETE /` has the account erased when its grace
 * period is over. The backend calls `POST /erase-files` then, `POST /check-avatars` when a card shows a file that nobody has
 * looked into, `POST /discard-avatars` when it shows something else, and `POST /send-welcome-mails` when some are due.
 */
export function createAccount(env: Env): Hono {
  const { app, route } = createApp('account', env)
  app.get(
    '/export',
    route.user(async ({ user, db }) => {
      const copy = new ExportGateway(adminClient(env), user.id)
      const archive = await exportAccount({ copy, account: new AccountGateway(db) })
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
      const admin = adminClient(env)
      const gateways = {
        archive: new ArchiveGateway(admin, user.id),
        account: new AccountGateway(db),
        avatars: new AvatarGateway(admin),
      }
      return Response.json(await restoreAccount(await readBytes(request, LARGEST_BYTES), user.id, gateways))
    }),
  )
  app.post(
    '/avatar',
    route.user(async ({ request, user }) => {
      const { path } = await readBody(AvatarChoice, request)
      await showAvatar(new AvatarGateway(adminClient(env)), user.id, path)
      return Response.json({ avatar_path: path })
    }),
  )
  app.delete(
    '/',
    route.user(async ({ db }) => Response.json(await new AccountGateway(db).leave(), { status: 202 })),
  )
  app.post(
    '/erase-files',
    route.service(async ({ admin }) => Response.json({ files: await eraseFiles(admin, 'files_to_erase') })),
  )
  app.post(
    '/check-avatars',
    route.service(async ({ admin }) => Response.json({ files: await checkAvatars(new AvatarGateway(admin)) })),
  )
  app.post(
    '/discard-avatars',
    route.service(async ({ admin }) => Response.json({ files: await eraseFiles(admin, 'discarded_avatars') })),
  )
  app.post(
    '/send-welcome-mails',
    route.service(async ({ admin }) => {
      const mails = await sendWelcomes(new WelcomeGateway(admin), PostOffice.open(env.mailServer))
      return Response.json({ mails })
    }),
  )
  return app
}

import type { Hono } from 'hono'
import { readBody } from '../_shared/body.ts'
import type { Env } from '../_shared/env.ts'
import { createApp } from '../_shared/http.ts'
import { ImportAnswer, ImportRow, UndoOptions } from './contract.ts'
import { ImportGateway } from './gateway.ts'
import { importFile } from './import.ts'
import { readUpload } from './upload.ts'

/** `POST /` brings in the export of another app, or says what that would come to; `POST /:id/undo` takes it back. */
export function createImports(env: Env): Hono {
  const { app, route } = createApp('imports', env)
  app.post(
    '/',
    route.user(async ({ request, user, db }) => {
      const upload = await readUpload(request)
      const answer = ImportAnswer.parse(await importFile(new ImportGateway(db), user.id, upload))
      return Response.json(answer, { status: answer.status === 'running' ? 202 : 200 })
    }),
  )
  app.post(
    '/:id/undo',
    route.user(async ({ request, pathId, db }) => {
      const id = pathId()
      const options = await readBody(UndoOptions, request)
      const row = ImportRow.parse(await new ImportGateway(db).undo(id, options.keep_changed))
      return Response.json(row, { status: row.status === 'undone' ? 200 : 202 })
    }),
  )
  return app
}

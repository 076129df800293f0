import type { Hono } from 'hono'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { readBody } from '../_shared/body.ts'
import type { Env } from '../_shared/env.ts'
import { createApp } from '../_shared/http.ts'

const Deletion = z.strictObject({ reason: z.string() })
const Leaving = z.object({ user_id: z.guid(), status: z.literal('leaving'), final_at: z.string() })

/** `DELETE /users/:id` has an account erased; whether the caller is an admin is for the database to say. */
export function createAdmin(env: Env): Hono {
  const { app, route } = createApp('admin', env)
  app.delete(
    '/users/:id',
    route.user(async ({ request, pathId, db }) => {
      const user_id = pathId()
      const { reason } = await readBody(Deletion, request)
      const leaving = await answer(Leaving, db.rpc('admin_delete_user', { user_id, reason }))
      return Response.json(leaving, { status: 202 })
    }),
  )
  return app
}

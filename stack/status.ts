import { z } from 'zod'
import { apiUrl, databaseUrl, type StackContext } from './context.ts'

/** The shape of what `npm run status -- --json` prints. */
export const StackStatus = z.object({
  api_url: z.string(),
  db_url: z.string(),
  publishable_key: z.string(),
  secret_key: z.string(),
  anon_key: z.string(),
  service_role_key: z.string(),
  jwt_secret: z.string(),
  mailbox_url: z.string(),
})

/** All that a client or a test needs to reach a stack. */
export type StackStatus = Readonly<z.infer<typeof StackStatus>>

/** How to reach the stack of `context`. */
export function statusOf(context: StackContext): StackStatus {
  const { keys, ports } = context
  return {
    api_url: apiUrl(context),
    db_url: databaseUrl(context, 'postgres'),
    publishable_key: keys.publishableKey,
    secret_key: keys.secretKey,
    anon_key: keys.anonKey,
    service_role_key: keys.serviceRoleKey,
    jwt_secret: keys.jwtSecret,
    mailbox_url: `http://127.0.0.1:${ports.mailbox}`,
  }
}

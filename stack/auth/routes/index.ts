import { Hono } from 'hono'
import type { Keys } from '../../keys.ts'
import { publicJwks } from '../../tokens.ts'
import { requireAdmin } from '../caller.ts'
import { AuthError } from '../errors.ts'
import type { AuthParts } from '../parts.ts'
import { adminGenerateLink, adminInvite } from './admin-links.ts'
import { adminCreateUser, adminDeleteUser, adminGetUser, adminListUsers, adminUpdateUser } from './admin-users.ts'
import { challengeFactor, enrolFactor, removeFactor, verifyFactor } from './factors.ts'
import { otp, reauthenticate, recover, resend } from './mails.ts'
import { authorize, authorizeLinking, callback, unlink } from './oauth.ts'
import { settingsOf } from './settings.ts'
import { signUp } from './signup.ts'
import { token } from './token.ts'
import { getUser, logout, putUser } from './user.ts'
import { verifyByCode, verifyByLink } from './verify.ts'

/** Every route of Auth, without the prefix that the gateway takes off. */
export function createRoutes(parts: AuthParts, keys: Keys): Hono {
  const app = new Hono()

  app.get('/health', (c) => c.json({ version: 'embedded', name: 'GoTrue', description: 'Auth of the embedded stack' }))
  app.get('/settings', (c) => c.json(settingsOf(parts.settings)))
  app.get('/.well-known/jwks.json', (c) => c.json(publicJwks(keys), 200, { 'cache-control': 'public, max-age=600' }))

  app.post('/signup', (c) => signUp(parts, c.req.raw))
  app.post('/token', (c) => token(parts, c.req.raw))
  app.get('/verify', (c) => verifyByLink(parts, c.req.raw))
  app.post('/verify', (c) => verifyByCode(parts, c.req.raw))
  app.get('/authorize', (c) => authorize(parts, c.req.raw))
  app.get('/user/identities/authorize', (c) => authorizeLinking(parts, c.req.raw))
  app.delete('/user/identities/:id', (c) => unlink(parts, c.req.raw, c.req.param('id')))
  app.get('/callback', (c) => callback(parts, c.req.raw))
  app.post('/recover', (c) => recover(parts, c.req.raw))
  app.post('/resend', (c) => resend(parts, c.req.raw))
  app.on('POST', ['/otp', '/magiclink'], (c) => otp(parts, c.req.raw))
  app.get('/user', (c) => getUser(parts, c.req.raw))
  app.put('/user', (c) => putUser(parts, c.req.raw))
  app.get('/reauthenticate', (c) => reauthenticate(parts, c.req.raw))
  app.post('/logout', (c) => logout(parts, c.req.raw))

  app.post('/factors', (c) => enrolFactor(parts, c.req.raw))
  app.post('/factors/:id/challenge', (c) => challengeFactor(parts, c.req.raw, c.req.param('id')))
  app.post('/factors/:id/verify', (c) => verifyFactor(parts, c.req.raw, c.req.param('id')))
  app.delete('/factors/:id', (c) => removeFactor(parts, c.req.raw, c.req.param('id')))

  for (const path of ['/admin/*', '/invite'])
    app.use(path, async (c, next) => {
      await requireAdmin(parts, c.req.raw)
      await next()
    })
  app.post('/invite', (c) => adminInvite(parts, c.req.raw))
  app.get('/admin/users', (c) => adminListUsers(parts, c.req.raw))
  app.post('/admin/users', (c) => adminCreateUser(parts, c.req.raw))
  app.get('/admin/users/:id', (c) => adminGetUser(parts, c.req.param('id')))
  app.put('/admin/users/:id', (c) => adminUpdateUser(parts, c.req.raw, c.req.param('id')))
  app.delete('/admin/users/:id', (c) => adminDeleteUser(parts, c.req.raw, c.req.param('id')))
  app.post('/admin/generate_link', (c) => adminGenerateLink(parts, c.req.raw))

  refuseTheRest(app)
  return app
}

// What GoTrue has and this Auth has not is refused in GoTrue's words for a feature that is turned off.
function refuseTheRest(app: Hono): void {
  app.all('/sso/*', () => {
    throw new AuthError(404, 'saml_provider_disabled', 'SAML 2.0 is disabled')
  })
  app.post('/sso', () => {
    throw new AuthError(404, 'saml_provider_disabled', 'SAML 2.0 is disabled')
  })
  app.all('/passkeys/*', () => {
    throw new AuthError(404, 'passkey_disabled', 'Passkeys are disabled')
  })
  app.notFound((c) =>
    new AuthError(404, 'unknown', `This Auth has no ${c.req.method} ${c.req.path.slice(0, 100)}`).toResponse(c.req.raw),
  )
}

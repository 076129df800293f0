import { readFile } from 'node:fs/promises'
import type { AuthSettings } from './settings.ts'
import { escapeHtml, htmlToText, parseTemplate, type Template } from './template.ts'

/** The mails that Auth sends, by the names of their templates in `config.toml`. */
export type MailKind = 'confirmation' | 'invite' | 'magic_link' | 'recovery' | 'email_change' | 'reauthentication'

/** The mails that tell of a change, by the names of `[auth.email.notification]`. */
export type NoticeKind =
  | 'password_changed'
  | 'email_changed'
  | 'identity_linked'
  | 'mfa_factor_enrolled'
  | 'mfa_factor_unenrolled'

/** Subject and body of one kind of mail. */
export interface MailTemplate {
  readonly subject: Template
  readonly body: Template
}

const link = (title: string, text: string, label: string): string =>
  `<h2>${title}</h2><p>${text}</p><p><a href="{{ .ConfirmationURL }}">${label}</a></p><p>Or enter the code: {{ .Token }}</p>`

const DEFAULTS: Readonly<Record<MailKind, { readonly subject: string; readonly body: string }>> = {
  confirmation: {
    subject: 'Confirm your email address',
    body: link('Confirm your email address', 'Follow the link below to finish signing up.', 'Confirm email address'),
  },
  invite: {
    subject: "You've been invited",
    body: link("You've been invited", 'Follow the link below to accept.', 'Accept invitation'),
  },
  magic_link: {
    subject: 'Your sign-in link',
    body: link('Your sign-in link', 'Follow the link below to sign in.', 'Sign in'),
  },
  recovery: {
    subject: 'Reset your password',
    body: link('Reset your password', 'Follow the link below to choose a new password.', 'Reset password'),
  },
  email_change: {
    subject: 'Confirm your new email address',
    body: link(
      'Confirm your new email address',
      'Follow the link below to confirm {{ .NewEmail }} as your new email address.',
      'Confirm new email address',
    ),
  },
  reauthentication: {
    subject: '{{ .Token }} is your verification code',
    body: '<h2>Your verification code</h2><p>{{ .Token }}</p>',
  },
}

const notice = (subject: string, text: string): { readonly subject: string; readonly body: string } => ({
  subject,
  body: `<h2>${subject}</h2><p>${text}</p>`,
})

const NOTICES: Readonly<Record<NoticeKind, { readonly subject: string; readonly body: string }>> = {
  password_changed: notice('Your password was changed', 'The password of {{ .Email }} was changed.'),
  email_changed: notice('Your email address was changed', 'The address {{ .OldEmail }} was changed to {{ .Email }}.'),
  identity_linked: notice('A way to sign in was added', '{{ .Provider }} was linked to the account of {{ .Email }}.'),
  mfa_factor_enrolled: notice('A second factor was added', 'A second factor was added for {{ .Email }}.'),
  mfa_factor_unenrolled: notice('A second factor was removed', 'A second factor was removed for {{ .Email }}.'),
}

/** Reads the templates of the notices that the project has turned on. Rejects as `readTemplates` does. */
export async function readNotices(
  notices: AuthSettings['notices'],
): Promise<Readonly<Partial<Record<NoticeKind, MailTemplate>>>> {
  const read = async (kind: NoticeKind): Promise<Partial<Record<NoticeKind, MailTemplate>>> =>
    notices[kind] ? { [kind]: await readOne(`notification.${kind}`, notices[kind], NOTICES[kind]) } : {}
  return {
    ...(await read('password_changed')),
    ...(await read('email_changed')),
    ...(await read('identity_linked')),
    ...(await read('mfa_factor_enrolled')),
    ...(await read('mfa_factor_unenrolled')),
  }
}

/**
 * Reads the project's templates, with plain ones where it has none.
 * Rejects, naming the template, for a file that is missing or that cannot be read.
 */
export async function readTemplates(
  templates: AuthSettings['templates'],
): Promise<Readonly<Record<MailKind, MailTemplate>>> {
  const read = (kind: MailKind): Promise<MailTemplate> => readOne(`template.${kind}`, templates[kind], DEFAULTS[kind])
  return {
    confirmation: await read('confirmation'),
    invite: await read('invite'),
    magic_link: await read('magic_link'),
    recovery: await read('recovery'),
    email_change: await read('email_change'),
    reauthentication: await read('reauthentication'),
  }
}

/** A mail of this template: its subject, and its body as HTML, where every value is text, and as text. */
export function renderMail(
  { subject, body }: MailTemplate,
  data: Readonly<Record<string, unknown>>,
): { readonly subject: string; readonly html: string; readonly text: string } {
  const html = body.render(data, escapeHtml)
  return { subject: subject.render(data), html, text: htmlToText(html) }
}

async function readOne(
  name: string,
  own: AuthSettings['templates'][string] | undefined,
  fallback: { readonly subject: string; readonly body: string },
): Promise<MailTemplate> {
  const body = own?.path === undefined ? fallback.body : await readFile(own.path, 'utf8')
  return {
    subject: parseTemplate(own?.subject ?? fallback.subject, `[auth.email.${name}] subject`),
    body: parseTemplate(body, own?.path ?? name),
  }
}

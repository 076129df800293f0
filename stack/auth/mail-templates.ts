import { readFile } from 'node:fs/promises'
import type { AuthSettings } from './settings.ts'
import { parseTemplate, type Template } from './template.ts'

/** The mails that Auth sends, by the names of their templates in `config.toml`. */
export type MailKind = 'confirmation' | 'invite' | 'magic_link' | 'recovery' | 'email_change' | 'reauthentication'

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

/**
 * Reads the project's templates, with plain ones where it has none.
 * Rejects, naming the template, for a file that is missing or that cannot be read.
 */
export async function readTemplates(
  templates: AuthSettings['templates'],
): Promise<Readonly<Record<MailKind, MailTemplate>>> {
  const read = async (kind: MailKind): Promise<MailTemplate> => {
    const own = templates[kind]
    const fallback = DEFAULTS[kind]
    const body = own?.path === undefined ? fallback.body : await readFile(own.path, 'utf8')
    return {
      subject: parseTemplate(own?.subject ?? fallback.subject, `[auth.email.template.${kind}] subject`),
      body: parseTemplate(body, own?.path ?? kind),
    }
  }
  return {
    confirmation: await read('confirmation'),
    invite: await read('invite'),
    magic_link: await read('magic_link'),
    recovery: await read('recovery'),
    email_change: await read('email_change'),
    reauthentication: await read('reauthentication'),
  }
}

import { describe, expect, test } from 'vitest'
import { type MailTemplate, readNotices, readTemplates, renderMail } from '../../stack/auth/mail-templates.ts'
import { readSettings } from '../../stack/auth/settings.ts'
import { readConfig } from '../../stack/config.ts'
import { generateKeys } from '../../stack/keys.ts'
import { createLog } from '../../stack/log.ts'
import { welcomeMail } from '../../supabase/functions/account/welcome-mail.ts'

const projectDir = process.cwd()
const config = await readConfig(projectDir)
const ports = { gateway: 1, postgres: 2, mailbox: 3, smtp: 4 }
const context = { config, ports, projectDir, dataDir: '', keys: await generateKeys(), log: createLog(() => undefined) }
const { templates, notices } = readSettings(context)

const LINK = 'http://127.0.0.1:1/auth/v1/verify?token=abc&type=signup&redirect_to=fitai%3A%2F%2Fhome'
const ana = {
  ConfirmationURL: LINK,
  Token: '472915',
  Email: 'ana@example.test',
  NewEmail: 'anna@example.test',
  SendingTo: 'ana@example.test',
  OldEmail: 'old@example.test',
  Provider: 'google',
  Data: { first_name: 'Ana', username: 'ana' },
}
const HOSTILE = `"><img src=x onerror=alert(1)><script>'</script>{{ .Token }}<a href="https://evil.example">`
const mallory = {
  ...Object.fromEntries(Object.keys(ana).map((name) => [name, HOSTILE])),
  ConfirmationURL: LINK,
  Token: '472915',
  Data: { first_name: HOSTILE, username: HOSTILE },
}

const ofAuth =
  (template: MailTemplate | undefined) =>
  (data: Readonly<Record<string, unknown>>): ReturnType<typeof welcomeMail> => {
    if (!template) throw new Error('a mail without a template')
    return renderMail(template, data)
  }
const mails = Object.entries({ ...(await readTemplates(templates)), ...(await readNotices(notices)) })
const RENDERED: readonly (readonly [kind: string, render: ReturnType<typeof ofAuth>])[] = [
  ...mails.map(([kind, template]) => [kind, ofAuth(template)] as const),
  ['welcome', ({ Email }) => welcomeMail(String(Email))],
]

/** What each says: whose account or address it is about, a link, a code, and what to do when it was not you. */
const SAYS: Readonly<Record<string, { about?: string; link?: boolean; code?: boolean; otherwise: string }>> = {
  confirmation: { about: ana.Email, link: true, code: true, otherwise: 'If you did not sign up, ignore this mail' },
  invite: { about: ana.Email, link: true, code: true, otherwise: 'If you did not expect this, ignore this mail' },
  magic_link: { link: true, code: true, otherwise: 'If you did not ask to sign in, ignore this mail' },
  recovery: { about: ana.Email, link: true, code: true, otherwise: 'If it was not you, ignore this mail' },
  email_change: { about: ana.NewEmail, link: true, code: true, otherwise: 'If it was not you, do not agree' },
  reauthentication: { code: true, otherwise: 'If it was not you, tell it to nobody, and sign out of all devices' },
  password_changed: { about: ana.Email, otherwise: 'If it was not you, ask for a new password' },
  email_changed: { about: ana.OldEmail, otherwise: 'If it was not you, write to us' },
  identity_linked: { about: ana.Provider, otherwise: 'If it was not you, remove it' },
  mfa_factor_enrolled: { about: ana.Email, otherwise: 'If it was not you, choose a new password' },
  mfa_factor_unenrolled: { about: ana.Email, otherwise: 'If it was not you, choose a new password' },
  welcome: { about: ana.Email, otherwise: 'If you did not sign up, somebody used your address' },
}

const tagsOf = (html: string): readonly string[] =>
  [...html.matchAll(/<\/?([a-z0-9]+)[^>]*>/gi)].map(([, name]) => name ?? '')
const hrefsOf = (html: string): readonly string[] =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))

test('there is a row for every mail, and the project names subject and file of all of Auth’s', () => {
  expect(RENDERED.map(([kind]) => kind).toSorted()).toEqual(Object.keys(SAYS).toSorted())
  expect(mails).toHaveLength(11)
  for (const [kind] of mails) {
    const named = { ...templates, ...notices }[kind]
    expect([kind, named?.subject, named?.path]).toEqual([
      kind,
      expect.stringMatching(/FitAI/),
      expect.stringMatching(/\.html$/),
    ])
  }
})

describe.each(RENDERED)('the mail %s', (kind, render) => {
  const says = SAYS[kind]
  const { subject, html, text } = render(ana)

  test('is a page with a language and a title, and a subject of ours', () => {
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en">/)
    expect(html).toMatch(/<title>[^<]+<\/title>/)
    expect(html).toMatch(/<h1[^>]*>[^<]+<\/h1>/)
    expect(subject).toContain('FitAI')
  })

  test('can be read without HTML: every link, the code, and what to do when it was not you', () => {
    expect(hrefsOf(html)).toEqual(says?.link ? [LINK] : [])
    if (says?.link) expect(text.split(/\s/)).toContain(LINK)
    if (says?.code) expect(text.split('\n')).toContain(ana.Token)
    else expect(text).not.toContain(ana.Token)
    expect(text).toContain(says?.otherwise)
    expect(text).toContain(says?.about ?? '')
    expect(text).not.toMatch(/[<>]|&\w+;|\{\{|undefined/)
    // The same words in both, in whatever order they are set.
    const words = (source: string): readonly string[] => source.match(/[a-z]{4,}/gi) ?? []
    const body = html.slice(html.indexOf('<body'))
    for (const word of words(body.replace(/<[^>]*>/g, ' '))) expect(text).toContain(word)
  })

  test('loads nothing and tells nobody that it was read', () => {
    expect(html).not.toMatch(
      /<(img|script|link|iframe|object|embed|video|audio|form|base)\b|\bsrc\s*=|url\(|@import|srcset/i,
    )
    expect(html.replaceAll(LINK.replaceAll('&', '&amp;'), '')).not.toMatch(/\w+:\/\//)
  })

  test('shows what people chose as text, whatever it is', () => {
    const hostile = render(mallory)
    expect(tagsOf(hostile.html)).toEqual(tagsOf(html))
    expect(hrefsOf(hostile.html)).toEqual(hrefsOf(html))
    expect(hostile.html).not.toContain('"><img')
    expect(hostile.subject).toBe(subject)
    // What the code is stands where the template says, and nowhere else.
    expect(hostile.html.split(ana.Token)).toHaveLength(html.split(ana.Token).length)
  })

  test('says nothing of what somebody wrote about themselves', () => {
    const silent = render({ ...ana, Data: {} })
    expect(silent).toEqual(render({ ...ana, Data: mallory.Data }))
  })
})

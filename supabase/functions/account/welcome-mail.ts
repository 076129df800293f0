const SUBJECT = 'Welcome to FitAI'

const GREETING = 'Your address is confirmed, and your account is ready. Three things to begin with:'

const STEPS = [
  [
    'Do a workout.',
    'Start an empty one and log your sets as you go, or choose a plan that fits your days and your equipment.',
  ],
  [
    'Bring your history.',
    'A CSV export of Strong, Hevy or FitNotes brings your old sets in, and your records with them.',
  ],
  ['Decide who sees what.', 'Everybody, your friends, or nobody but you: the app has it under privacy.'],
] as const

const SAFETY =
  'If you did not sign up, somebody used your address: ask for a new password in the app, which signs them out, and delete the account under settings.'

const sentTo = (address: string): string => `This mail went to ${address} once, because the address was confirmed.`

/** The mail that welcomes whoever has confirmed `address`: no links, no pictures, nothing that tells us whether it was read. */
export function welcomeMail(address: string): {
  readonly subject: string
  readonly html: string
  readonly text: string
} {
  const steps = STEPS.map(([what, how], index) => `${index + 1}. ${what} ${how}`)
  return {
    subject: SUBJECT,
    html: page(escapeHtml(address)),
    text: [SUBJECT, GREETING, ...steps, `${sentTo(address)} ${SAFETY}`].join('\n\n'),
  }
}

function page(address: string): string {
  const steps = STEPS.map(([what, how]) => `        <li style="margin: 0 0 12px"><strong>${what}</strong> ${how}</li>`)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${SUBJECT}</title>
  </head>
  <body style="margin: 0; padding: 24px; background: #f4f4f5; font-family: system-ui, sans-serif; font-size: 16px; line-height: 1.5; color: #18181b">
    <div style="max-width: 480px; margin: 0 auto; padding: 32px; background: #ffffff; border-radius: 12px">
      <h1 style="margin: 0 0 16px; font-size: 22px">${SUBJECT}</h1>
      <p style="margin: 0 0 16px">${GREETING}</p>
      <ol style="margin: 0 0 16px; padding: 0 0 0 20px">
${steps.join('\n')}
      </ol>
      <p style="margin: 24px 0 0; font-size: 14px; color: #71717a">${sentTo(address)} ${SAFETY}</p>
    </div>
  </body>
</html>
`
}

const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

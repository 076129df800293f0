import type { Json } from '../json.ts'
import type { AuthSettings } from '../settings.ts'

const PROVIDERS = [
  ...['apple', 'azure', 'bitbucket', 'discord', 'facebook', 'figma', 'fly', 'github', 'gitlab', 'google', 'kakao'],
  ...['keycloak', 'linkedin', 'linkedin_oidc', 'notion', 'phone', 'slack', 'slack_oidc', 'snapchat', 'spotify'],
  ...['twitch', 'twitter', 'workos', 'zoom'],
]

/** `GET /settings`: what a sign-in form may offer. Providers that this stack cannot serve are not on offer. */
export function settingsOf(settings: AuthSettings): Json {
  return {
    external: {
      ...Object.fromEntries(PROVIDERS.map((name) => [name, settings.providers.some((own) => own.name === name)])),
      anonymous_users: settings.anonymousEnabled,
      email: settings.emailEnabled,
    },
    disable_signup: !settings.signUpEnabled,
    mailer_autoconfirm: !settings.confirmEmail,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
    passkeys_enabled: false,
  }
}

/** GoTrue's words for what went wrong; clients branch on them. */
export type AuthErrorCode =
  | 'anonymous_provider_disabled'
  | 'bad_code_verifier'
  | 'bad_json'
  | 'bad_jwt'
  | 'bad_oauth_callback'
  | 'bad_oauth_state'
  | 'conflict'
  | 'email_exists'
  | 'email_not_confirmed'
  | 'email_provider_disabled'
  | 'flow_state_expired'
  | 'flow_state_not_found'
  | 'identity_already_exists'
  | 'identity_not_found'
  | 'insufficient_aal'
  | 'invalid_credentials'
  | 'manual_linking_disabled'
  | 'mfa_challenge_expired'
  | 'mfa_factor_name_conflict'
  | 'mfa_factor_not_found'
  | 'mfa_ip_address_mismatch'
  | 'mfa_phone_enroll_not_enabled'
  | 'mfa_totp_enroll_not_enabled'
  | 'mfa_totp_verify_not_enabled'
  | 'mfa_verification_failed'
  | 'mfa_webauthn_enroll_not_enabled'
  | 'no_authorization'
  | 'not_admin'
  | 'otp_disabled'
  | 'otp_expired'
  | 'over_email_send_rate_limit'
  | 'over_request_rate_limit'
  | 'passkey_disabled'
  | 'phone_provider_disabled'
  | 'provider_disabled'
  | 'provider_email_needs_verification'
  | 'reauthentication_needed'
  | 'reauthentication_not_valid'
  | 'refresh_token_already_used'
  | 'refresh_token_not_found'
  | 'request_entity_too_large'
  | 'same_password'
  | 'saml_provider_disabled'
  | 'session_expired'
  | 'session_not_found'
  | 'signup_disabled'
  | 'single_identity_not_deletable'
  | 'too_many_enrolled_mfa_factors'
  | 'unexpected_failure'
  | 'unknown'
  | 'user_already_exists'
  | 'user_banned'
  | 'user_not_found'
  | 'validation_failed'
  | 'weak_password'
  | 'web3_provider_disabled'

const VERSION_HEADER = 'x-supabase-api-version'
const VERSION = '2024-01-01'

/** The only error that reaches a client as itself; anything else is rendered as `unexpected_failure`. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly status: number
  readonly code: AuthErrorCode
  /** Why a password was too weak. */
  readonly reasons: readonly string[] | undefined

  constructor(
    status: number,
    code: AuthErrorCode,
    message: string,
    more: { readonly reasons?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.status = status
    this.code = code
    this.reasons = more.reasons
  }

  /** Renders the error in the shape that the client's API version asks for. */
  toResponse(request: Request): Response {
    const asked = request.headers.get(VERSION_HEADER) ?? ''
    const weak = this.reasons === undefined ? {} : { weak_password: { reasons: this.reasons } }
    const headers = { 'x-sb-error-code': this.code }
    if (/^\d{4}-\d{2}-\d{2}$/.test(asked) && asked >= VERSION)
      return Response.json(
        { code: this.code, message: this.message, ...weak },
        { status: this.status, headers: { ...headers, [VERSION_HEADER]: VERSION } },
      )
    return Response.json(
      { code: this.status, error_code: this.code, msg: this.message, ...weak },
      { status: this.status, headers },
    )
  }
}

/** A request that asks for something impossible. */
export const invalid = (message: string): AuthError => new AuthError(400, 'validation_failed', message)

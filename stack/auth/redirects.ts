import { isIP } from 'node:net'
import type { AuthSettings } from './settings.ts'

/**
 * Where a link of a mail leads in the end: `redirect_to` or the referrer where the project allows it, else the site.
 */
export function redirectTarget(request: Request, settings: AuthSettings): string {
  const asked = [
    request.headers.get('redirect_to') ?? new URL(request.url).searchParams.get('redirect_to'),
    request.headers.get('referer'),
  ]
  return asked.find((url) => url !== null && isAllowedRedirect(url, settings)) ?? settings.siteUrl
}

/** Whether the project lets a link lead to `target`: on its own site, or where `additional_redirect_urls` says. */
export function isAllowedRedirect(target: string, settings: Pick<AuthSettings, 'siteUrl' | 'redirectUrls'>): boolean {
  if (!URL.canParse(target) || !URL.canParse(settings.siteUrl)) return false
  // An address written as one number hides where it leads.
  if (/^\w+:\/\/\d+(?:[:/?#]|$)/.test(target)) return false
  const url = new URL(target)
  const site = new URL(settings.siteUrl)
  // A native app that is called back on this machine cannot know its port beforehand (RFC 8252, 7.3).
  const anyPort = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === site.protocol && url.hostname === site.hostname && (anyPort || url.port === site.port))
    return true
  const address = url.hostname.replace(/^\[|\]$/g, '')
  const isWeb = /^https?:$/.test(url.protocol)
  if (isIP(address) !== 0) {
    if (!(isIP(address) === 4 ? address.startsWith('127.') : address === '::1')) return false
    // The scheme of an app says who gets the tokens, whatever host follows it.
    if (isWeb) return true
  } else if (isWeb && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(address)) return false
  const [withoutFragment = ''] = target.split('#')
  return settings.redirectUrls.some((pattern) => globToRegExp(pattern).test(withoutFragment))
}

/** A pattern of `additional_redirect_urls`: `*` and `?` stop at `.` and `/`, `**` does not; `[ab]` and `{a,b}` choose. */
export function globToRegExp(glob: string): RegExp {
  let source = ''
  let depth = 0
  for (const [token] of glob.matchAll(/\*\*|\\.|\[[^\]]+\]|./gs)) {
    if (token === '**') source += '.*'
    else if (token === '*') source += '[^./]*'
    else if (token === '?') source += '[^./]'
    else if (token.length > 1 && token.startsWith('[')) source += token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
    else if (token === '{') {
      depth += 1
      source += '(?:'
    } else if (token === '}' && depth > 0) {
      depth -= 1
      source += ')'
    } else if (token === ',' && depth > 0) source += '|'
    else source += token.replace(/^\\/, '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^${source}${')'.repeat(depth)}$`, 's')
}

import { describe, expect, test } from 'vitest'
import { globToRegExp, isAllowedRedirect } from '../../stack/auth/redirects.ts'

const settings = {
  siteUrl: 'https://fitai.test',
  redirectUrls: ['https://*.fitai.test/**', 'fitai://**', 'https://app.test/{in,out}', 'https://app.test/page-[0-9]?'],
}

describe('a redirect', () => {
  test.each([
    'https://fitai.test',
    'https://fitai.test/any/path?x=1#y',
    'https://app.fitai.test/a/b.html',
    'https://app.fitai.test/a#https://evil.test',
    'fitai://reset/password',
    'https://app.test/in',
    'https://app.test/out',
    'https://app.test/page-1x',
  ])('to %s is allowed', (url) => expect(isAllowedRedirect(url, settings)).toBe(true))

  test.each([
    '',
    'fitai.test',
    'http://fitai.test',
    'https://fitai.test:8443',
    'https://fitai.test@evil.test/',
    'https://evil.test/https://fitai.test',
    'https://fitai.test.evil.test',
    'https://a.b.fitai.test/',
    'https://app.test/inside',
    'https://app.test/page-ax',
    'https://app.test/page-1/',
    'http://2130706433/',
    'http://10.0.0.1/',
    'javascript:alert(1)',
    'data:text/html,x',
  ])('to %j is not', (url) => expect(isAllowedRedirect(url, settings)).toBe(false))

  test('to this machine may name any port, for an app that is called back', () => {
    expect(isAllowedRedirect('http://127.0.0.1:49152/done', settings)).toBe(true)
    expect(isAllowedRedirect('http://[::1]:49152/done', settings)).toBe(true)
    expect(isAllowedRedirect('http://localhost:49152/done', { ...settings, siteUrl: 'http://localhost:3000' })).toBe(
      true,
    )
    expect(isAllowedRedirect('http://localhost:49152/done', settings)).toBe(false)
  })

  test.each(['127.0.0.1', '[::1]'])(
    'to an app needs the app’s scheme in the list, whatever comes after: %s',
    (host) => {
      expect(isAllowedRedirect(`evilapp://${host}/done`, settings)).toBe(false)
      expect(isAllowedRedirect(`fitai://${host}/done`, settings)).toBe(true)
    },
  )
})

test('a glob’s other characters stand for themselves', () => {
  expect(globToRegExp('a.b+c(d)').test('a.b+c(d)')).toBe(true)
  expect(globToRegExp('a.b').test('axb')).toBe(false)
  expect(globToRegExp('a,b}').test('a,b}')).toBe(true)
  expect(globToRegExp('[!a]').test('b')).toBe(true)
  expect(globToRegExp('[!a]').test('a')).toBe(false)
})

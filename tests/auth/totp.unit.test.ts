import { describe, expect, test } from 'vitest'
import { codeOf, newSecret, otpauthUri, stepAt, stepOfCode } from '../../stack/auth/totp.ts'

// The secret of RFC 6238, appendix B, '12345678901234567890' in base 32.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('a code', () => {
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i s is that of the RFC', (seconds, code) => {
    expect(codeOf(SECRET, stepAt(seconds * 1000))).toBe(code)
  })

  test('is taken within one step of now, and not beyond', () => {
    const now = 1_234_567_890_000
    const present = stepAt(now)
    const taken = [-2, -1, 0, 1, 2].map((off) => stepOfCode(SECRET, codeOf(SECRET, present + off), now))
    expect(taken).toEqual([undefined, present - 1, present, present + 1, undefined])
    expect(stepOfCode(SECRET, '12345', now)).toBeUndefined()
  })
})

test('secrets are 160 random bits in base 32', () => {
  const secrets = Array.from({ length: 100 }, newSecret)
  expect(new Set(secrets).size).toBe(100)
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
})

test('the address says what an authenticator app asks for', () => {
  const uri = new URL(otpauthUri(SECRET, 'FitAI app', 'ana@example.test'))
  expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp'])
  expect(decodeURIComponent(uri.pathname)).toBe('/FitAI app:ana@example.test')
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    algorithm: 'SHA1',
    digits: '6',
    issuer: 'FitAI app',
    period: '30',
    secret: SECRET,
  })
})

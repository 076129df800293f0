import { type Check, type Finding, lineAt } from './source.ts'

const PATTERNS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a JSON web token', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g },
  { what: 'a Supabase secret key', pattern: /\bsb_secret_[\w-]{16,}/g },
  { what: 'a Supabase access token', pattern: /\bsbp_[0-9a-f]{32,}/g },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  { what: 'a Stripe secret', pattern: /\b(?:sk|rk)_(?:live|test)_\w{16,}|\bwhsec_\w{16,}/g },
  { what: 'a key of a model provider', pattern: /\bsk-(?:ant-|proj-)?[\w-]{24,}/g },
  { what: 'a token of a code host', pattern: /\b(?:gh[opsu]_\w{30,}|github_pat_\w{30,}|npm_\w{30,})/g },
  { what: 'a cloud key', pattern: /\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b/g },
  // Placeholders are not passwords, names under `example` lead nowhere, and what runs on this machine has published ones.
  {
    what: 'a URL with a password',
    pattern:
      /\b[a-z][a-z+]*:\/\/[^\s:/@'"`$[<{]+:[^\s/@'"`$[<{]+@(?!127\.0\.0\.1|localhost)[\w.-]+(?<!\bexample(?:\.\w+)?)\b(?![\w.-])/g,
  },
  { what: "a path of somebody's machine", pattern: /(?<![\w.~-])\/(?:home|Users|root|work)\/[\w.-]+/g },
]

/** No secret, and no path or registry of the machine it was written on, is in a file of the project. */
export const secrets: Check = {
  name: 'secrets',
  run(files) {
    return files.flatMap(({ path, text }) => [
      ...PATTERNS.flatMap(({ what, pattern }) =>
        // The match itself is not printed: the report would be the next place to leak it.
        [...text.matchAll(pattern)].map(
          ({ index }): Finding => ({ path, line: lineAt(text, index), rule: 'secret', message: `looks like ${what}` }),
        ),
      ),
      ...(path.endsWith('package-lock.json') ? registries(path, text) : []),
    ])
  },
}

function registries(path: string, text: string): readonly Finding[] {
  return [...text.matchAll(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)[a-z+]+:\/\//g)].map(({ index }) => ({
    path,
    line: lineAt(text, index),
    rule: 'registry',
    message: 'is fetched from elsewhere than the npm registry',
  }))
}

import { posix } from 'node:path'
import { z } from 'zod'
import { type Check, type Finding, lineAt, type SourceFile } from './source.ts'

const README = 'README.md'
const README_LINES = 90
const Package = z.looseObject({ scripts: z.record(z.string(), z.string()).default({}) })

/** What the documents point to is there: files, headings and npm scripts. The README stays on one page. */
export const docs: Check = {
  name: 'documents',
  run(files) {
    const known = knownPaths(files)
    const scripts = scriptsOf(files)
    return files
      .filter(({ path }) => path.endsWith('.md'))
      .flatMap((file) => [
        ...readmeLength(file),
        ...deadLinks(file, files, known),
        ...missingPaths(file, known),
        ...missingScripts(file, scripts),
      ])
  },
}

function readmeLength({ path, text }: SourceFile): readonly Finding[] {
  const lines = text.trimEnd().split('\n').length
  if (path !== README || lines <= README_LINES) return []
  return [{ path, line: README_LINES + 1, rule: 'readme-length', message: `has ${lines} lines of ${README_LINES}` }]
}

function deadLinks(file: SourceFile, files: readonly SourceFile[], known: ReadonlySet<string>): readonly Finding[] {
  return [...withoutCode(file.text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(({ index, 1: target = '' }) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const place =
      path === '' ? file.path : posix.normalize(posix.join(posix.dirname(file.path), path)).replace(/\/$/, '')
    const finding = { path: file.path, line: lineAt(file.text, index), rule: 'dead-link' }
    if (!known.has(place)) return [{ ...finding, message: `${target} is not there` }]
    const text = files.find((candidate) => candidate.path === place)?.text ?? ''
    return anchor === undefined || anchorsOf(text).includes(anchor)
      ? []
      : [{ ...finding, message: `${place} has no heading for #${anchor}` }]
  })
}

/** A path in backquotes that begins with a folder of the project and could be a file or folder of it. */
function missingPaths({ path, text }: SourceFile, known: ReadonlySet<string>): readonly Finding[] {
  return [...text.matchAll(/`((?:stack|supabase|tests|bench|demo|checks|docs|\.ci)\/[\w./-]*)`/g)].flatMap(
    ({ index, 1: place = '' }) =>
      known.has(place.replace(/\/$/, ''))
        ? []
        : [{ path, line: lineAt(text, index), rule: 'dead-path', message: `${place} is not there` }],
  )
}

function missingScripts({ path, text }: SourceFile, scripts: readonly string[]): readonly Finding[] {
  return [...text.matchAll(/\bnpm (?:run (?:--?[\w-]+ )*([\w:]+[\w:-]*)|(start|stop|test)\b)/g)].flatMap(
    ({ index, 1: run, 2: short = '' }) => {
      const name = run ?? short
      if (scripts.includes(name)) return []
      return [{ path, line: lineAt(text, index), rule: 'dead-script', message: `package.json has no script ${name}` }]
    },
  )
}

function knownPaths(files: readonly SourceFile[]): ReadonlySet<string> {
  const paths = new Set<string>(['.'])
  for (const { path } of files) for (let place = path; place !== '.'; place = posix.dirname(place)) paths.add(place)
  return paths
}

function scriptsOf(files: readonly SourceFile[]): readonly string[] {
  const manifest = files.find(({ path }) => path === 'package.json')
  return Object.keys(Package.parse(JSON.parse(manifest?.text ?? '{}')).scripts)
}

/** The names that GitHub gives the headings of a document. */
function anchorsOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/^#+\s+(.+)$/gm)].map(({ 1: heading = '' }) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** `text` with what stands in fences blanked, so that lines keep their numbers. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '))
}

/** What a mail's template may mention, by the name after the dot; `Data` is the user's metadata. */
type TemplateData = Readonly<Record<string, unknown>>

const ACTION = /\{\{\s*(.*?)\s*\}\}/gs
const PATH = /^\.\w+(?:\.\w+)*$/

type Node = { readonly text: string } | { readonly path: string } | Branch
interface Branch {
  readonly condition: string
  readonly whenSet: Node[]
  readonly otherwise: Node[]
}

/** A mail template, read once: `{{ .Name }}`, `{{ .Data.member }}` and `{{ if .Name }}…{{ else }}…{{ end }}`. */
export interface Template {
  /** Fills the template in; `escape` is applied to every value. */
  render(data: TemplateData, encode?: (value: string) => string): string
}

/** Reads the part of Go's template language that mails need. Throws, naming `name`, for anything else. */
export function parseTemplate(source: string, name: string): Template {
  const root: Node[] = []
  const open: { readonly branch: Branch; nodes: Node[] }[] = []
  let end = 0
  for (const match of source.matchAll(ACTION)) {
    const innermost = open.at(-1)
    const nodes = innermost?.nodes ?? root
    nodes.push({ text: source.slice(end, match.index) })
    end = match.index + match[0].length
    const action = match[1] ?? ''
    const condition = /^if\s+(\S+)$/.exec(action)?.[1]
    if (PATH.test(action)) nodes.push({ path: action })
    else if (condition !== undefined && PATH.test(condition)) {
      const branch: Branch = { condition, whenSet: [], otherwise: [] }
      nodes.push(branch)
      open.push({ branch, nodes: branch.whenSet })
    } else if (action === 'else' && innermost) innermost.nodes = innermost.branch.otherwise
    else if (action === 'end' && innermost) open.pop()
    else throw new Error(`${name}: this stack's mails do not know {{ ${action} }}`)
  }
  if (open.length > 0) throw new Error(`${name}: {{ if }} without {{ end }}`)
  root.push({ text: source.slice(end) })
  return { render: (data, encode = (value) => value) => renderNodes(root, data, encode) }
}

function renderNodes(nodes: readonly Node[], data: TemplateData, encode: (value: string) => string): string {
  return nodes
    .map((node) => {
      if ('text' in node) return node.text
      if ('path' in node) return encode(textOf(lookUp(node.path, data)))
      const value = lookUp(node.condition, data)
      const holds = value !== undefined && value !== null && value !== '' && value !== false && value !== 0
      return renderNodes(holds ? node.whenSet : node.otherwise, data, encode)
    })
    .join('')
}

function lookUp(path: string, data: TemplateData): unknown {
  let value: unknown = data
  for (const member of path.slice(1).split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, member)
        ? Reflect.get(value, member)
        : undefined
  return value
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** Writes `value` so that it is text wherever it stands in HTML, quoted attributes included. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

/** The words of an HTML mail for those who read text: links are written out, blocks become lines. */
export function htmlToText(html: string): string {
  return html
    .replace(/<(head|style|script|title)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)<\/a>/gi, (_, href: string, label: string) =>
      label.trim() === href ? href : `${label.trim()}: ${href}`,
    )
    .replace(/<br\s*\/?>|<\/(p|div|h[1-6]|li|tr|table|ul|ol)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(amp|lt|gt|quot|nbsp));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? (NAMED[name] ?? '') : String.fromCodePoint(Number(code)),
    )
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }

import { describe, expect, test } from 'vitest'
import { escapeHtml, htmlToText, parseTemplate } from '../../stack/auth/template.ts'

const render = (source: string, data = {}): string => parseTemplate(source, 'mail').render(data, escapeHtml)

describe('a template', () => {
  test('is filled in with what it mentions', () => {
    expect(render('Hi {{ .Email }}, {{.Token}}!', { Email: 'a@b.test', Token: '123456' })).toBe('Hi a@b.test, 123456!')
    expect(render('{{ .Data.shoe }} {{ .Data.none.deep }}', { Data: { shoe: 1 } })).toBe('1 ')
    expect(render('{{ .Data.constructor }}{{ .__proto__ }}', { Data: {} })).toBe('')
  })

  test('writes values as text, whatever they hold', () => {
    expect(render('<a href="{{ .X }}">', { X: '"><script>&\'' })).toBe('<a href="&#34;&gt;&lt;script&gt;&amp;&#39;">')
    expect(render('{{ .X }}', { X: '{{ .Y }}', Y: 'no' })).toBe('{{ .Y }}')
  })

  test('chooses by what is set, also one choice within another', () => {
    const source = '{{ if .A }}a{{ if .B }}b{{ else }}c{{ end }}d{{ else }}e{{ if .B }}f{{ end }}{{ end }}g'
    expect(render(source, { A: 1, B: 1 })).toBe('abdg')
    expect(render(source, { A: 1 })).toBe('acdg')
    expect(render(source, { B: 'x' })).toBe('efg')
    expect(render(source, { A: '', B: false })).toBe('eg')
  })

  test.each([
    '{{ range .X }}',
    '{{ .X | upper }}',
    '{{ end }}',
    '{{ else }}',
    '{{ if .X }}',
    '{{ if and .X .Y }}{{ end }}',
  ])('is refused by name when it asks for more: %s', (source) =>
    expect(() => parseTemplate(source, 'confirmation.html')).toThrow('confirmation.html'),
  )
})

test('a mail as text keeps words and links and nothing else', () => {
  const html = `<html><head><title>t</title><style>p{}</style></head><body><!-- no --><h1>Hi &amp; welcome</h1>
    <p>One<br>two</p><p><a style="x" href="http://x.test/?a=1&amp;b=2">Go</a> <a href="http://y.test">http://y.test</a></p></body></html>`
  expect(htmlToText(html)).toBe('Hi & welcome\nOne\ntwo\nGo: http://x.test/?a=1&b=2 http://y.test')
})

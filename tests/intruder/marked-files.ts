import { PNG } from './http-files.ts'
import type { Wire } from './wire.ts'

/** A file of somebody's with a text in it that is found again; without a bucket it was read and not kept. */
export interface Marked {
  readonly owner: string
  readonly source: 'a file of Storage' | 'a file that was imported'
  readonly bucket?: string
  readonly path: string
  readonly text: string
}

const LETTERS = 'ghijklmnopqrstuv'

const newText = (): string =>
  `zq${[...crypto.randomUUID().replaceAll('-', '')]
    .map((digit) => LETTERS[Number.parseInt(digit, 16)])
    .join('')
    .slice(0, 20)}qz`

/** Puts a picture with a text behind it into each bucket, for everybody. Rejects when one is refused. */
export async function upload(wire: Wire): Promise<readonly Marked[]> {
  const { world } = wire
  const storage = wire.service().storage
  const files = [...world.society.people.keys()].flatMap((owner) =>
    ['avatars/{owner}', 'exercise-media/{own_exercise}'].map((folder): Marked => {
      const [bucket = '', name = ''] = world.fill(folder, owner).split('/')
      return { owner, source: 'a file of Storage', bucket, path: `${name}/${crypto.randomUUID()}.png`, text: newText() }
    }),
  )
  for (const { bucket = '', path, text } of files) {
    const content = Buffer.concat([PNG, Buffer.from(text)])
    const { error } = await storage.from(bucket).upload(path, content, { contentType: 'image/png', metadata: { text } })
    if (error) throw error
  }
  return files
}

/** Brings in the export of another app as the athlete of the wire, with a text in its notes. Rejects when it is refused. */
export async function brought(wire: Wire, token: string): Promise<Marked> {
  const text = newText()
  const lines = [
    'Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps,Distance,Seconds,Notes,Workout Notes,RPE',
    `2025-03-03 18:00:00,Push,1h,Bench Press (Barbell),1,100,5,0,0,${text},${text},8`,
    `2025-03-04 18:00:00,Push,1h,Bench Press (Barbell),1,100,x,0,0,${text},,8`,
  ]
  // One at a time: that of the world is over.
  await wire.sql`update public.imports set status = 'completed', finished_at = now() where user_id = ${wire.athlete}`
  const body = new FormData()
  body.set('file', new Blob([lines.join('\n')], { type: 'text/csv' }), 'export.csv')
  body.set('options', JSON.stringify({ timezone: 'UTC' }))
  const response = await wire.ask(token, '/functions/v1/imports', { method: 'POST', body })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return { owner: wire.athlete, source: 'a file that was imported', path: 'export.csv', text }
}

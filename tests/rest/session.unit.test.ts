import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Session } from '../../stack/rest/session.ts'
import { StorageDatabase } from '../../stack/storage/database.ts'

// A server of Postgres' protocol that takes more than a second to answer, as one on a busy machine does. The first question
// is the driver's own, about types.
const ANSWER_MS = 1_100
const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const READY = message('Z', Buffer.from('I'))
const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]))
const NOTHING = [message('1', Buffer.alloc(0)), message('2', Buffer.alloc(0)), message('n', Buffer.alloc(0))]
const DONE = message('C', Buffer.from('SELECT 0\0'))

let questions = 0
let server: Server
let url: string
beforeAll(async () => {
  server = createServer(answerLate)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `postgresql://anybody@127.0.0.1:${typeof address === 'object' ? address?.port : 0}/any`
})
afterAll(() => server.close())

function answerLate(socket: Socket): void {
  let greeted = false
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    if (!greeted) {
      greeted = true
      socket.write(Buffer.concat([AUTHENTICATED, READY]))
    } else if (data[0] !== 'X'.charCodeAt(0)) {
      questions += 1
      setTimeout(() => socket.write(Buffer.concat([...NOTHING, DONE, READY])), ANSWER_MS)
    }
  })
}

/** Resolves when the server has been asked once more. */
function question(): Promise<void> {
  const before = questions
  return expect.poll(() => questions).toBeGreaterThan(before)
}

// A rejection that nobody handles fails the run by itself.
test('a session that is closed while it connects refuses nothing behind the back of who asked', async () => {
  const session = new Session(url)
  const asked = session.query('select').catch((cause: unknown) => cause)
  await question()
  await session.close()
  await asked
  await expect(session.query('select')).rejects.toThrow('Database client error')
})

test('nor does the pool of Storage', async () => {
  const database = new StorageDatabase(url)
  const asked = database.versions().catch((cause: unknown) => cause)
  await question()
  await database.close()
  expect(await asked).toBeDefined()
})

import { describe, expect, test } from 'vitest'
import { decode, encode, encodeBroadcast, MalformedFrame } from '../../stack/realtime/codec.ts'
import { frame } from '../../stack/realtime/frame.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

describe('golden vectors, client to server', () => {
  test('a JSON broadcast', () => {
    const message = decode('2.0.0', hex('0301010d02000131327265616c74696d653a726f6f6dc3a97b2261223a317d'), true)
    expect(message).toMatchObject({ joinRef: '1', ref: '2', topic: 'realtime:room', event: 'broadcast' })
    expect(message.payload).toEqual({
      kind: 'broadcast',
      broadcast: { event: 'é', encoding: 'json', body: Buffer.from('{"a":1}'), metadata: undefined },
    })
  })

  test('a binary broadcast', () => {
    const { payload } = decode('2.0.0', hex('0301010d03000031327265616c74696d653a726f6f6d62696edead'), true)
    expect(payload).toMatchObject({ broadcast: { event: 'bin', encoding: 'binary', body: hex('dead') } })
  })

  test('a broadcast to be kept', () => {
    const bytes = '0301010d01160131327265616c74696d653a726f6f6d707b2270657273697374223a7b2274746c223a36307d7d7b7d'
    const { payload } = decode('2.0.0', hex(bytes), true)
    expect(payload).toMatchObject({
      broadcast: { event: 'p', metadata: { persist: { ttl: 60 } }, body: Buffer.from('{}') },
    })
  })

  test('a generic push', () => {
    const bytes = Buffer.concat([Buffer.from([0, 0, 1, 7, 9]), Buffer.from('5phoenixheartbeat')])
    expect(decode('2.0.0', bytes, true)).toMatchObject({
      joinRef: null,
      ref: '5',
      topic: 'phoenix',
      event: 'heartbeat',
    })
  })
})

describe('golden vectors, server to client', () => {
  test('a JSON broadcast with the id of its row', () => {
    const encoded = encodeBroadcast('2.0.0', 'realtime:room', {
      event: 'msg',
      encoding: 'json',
      body: Buffer.from('{"a":1}'),
      metadata: { id: '006554ce-d22d-469c-877a-88bef47214a3' },
    })
    const text = 'realtime:roommsg{"id":"006554ce-d22d-469c-877a-88bef47214a3"}{"a":1}'
    expect(encoded).toEqual(Buffer.concat([hex('040d032d01'), Buffer.from(text)]))
  })

  test('a binary broadcast', () => {
    const encoded = encodeBroadcast('2.0.0', 'realtime:room', { event: 'msg', encoding: 'binary', body: hex('0102') })
    expect(encoded).toEqual(hex('040d0300007265616c74696d653a726f6f6d6d73670102'))
  })
})

describe('text', () => {
  const message = { joinRef: '1', ref: '2', topic: 't', event: 'e', payload: { a: 1 } }

  test('version 2 is an array of five, version 1 an object without join_ref', () => {
    expect(encode('2.0.0', message)).toBe('["1","2","t","e",{"a":1}]')
    expect(encode('1.0.0', message)).toBe('{"topic":"t","event":"e","payload":{"a":1},"ref":"2"}')
  })

  test('both are read', () => {
    const read = { joinRef: '1', ref: '2', topic: 't', event: 'e', payload: { kind: 'json', value: { a: 1 } } }
    expect(decode('2.0.0', Buffer.from('["1","2","t","e",{"a":1},"more"]'), false)).toEqual(read)
    const object = Buffer.from('{"topic":"t","event":"e","payload":{"a":1},"ref":"2","join_ref":"1"}')
    expect(decode('1.0.0', object, false)).toEqual(read)
  })

  test('a field that no size byte can count makes a broadcast text', () => {
    const event = 'e'.repeat(256)
    const encoded = encodeBroadcast('2.0.0', 'realtime:room', { event, encoding: 'json', body: Buffer.from('{}') })
    expect(JSON.parse(String(encoded))).toEqual([
      null,
      null,
      'realtime:room',
      'broadcast',
      { event, payload: {}, type: 'broadcast' },
    ])
  })

  test('bytes cannot be said in version 1', () => {
    expect(encodeBroadcast('1.0.0', 't', { event: 'e', encoding: 'binary', body: hex('00') })).toBeUndefined()
  })
})

describe('malformed frames', () => {
  test.each([
    ['2.0.0', 'not json'],
    ['2.0.0', '["1","2","t","e"]'],
    ['2.0.0', '{"topic":"t"}'],
    ['2.0.0', '["1","2",3,"e",{}]'],
    ['1.0.0', '{"topic":"t","event":"e","ref":"1"}'],
    ['1.0.0', '[]'],
    ['1.0.0', 'null'],
  ] as const)('%s %s', (version, text) => {
    expect(() => decode(version, Buffer.from(text), false)).toThrow(MalformedFrame)
  })

  test.each(['', '03', '0301010d0200', '030101ff02000131', '09010203', '0300000000027b'])('binary %s', (bytes) => {
    expect(() => decode('2.0.0', hex(bytes), true)).toThrow(MalformedFrame)
  })
})

describe('frames', () => {
  test.each([
    [0, '8200'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
  ])('a payload of %i bytes', (length, header) => {
    const framed = frame(Buffer.alloc(length, 1))
    expect(framed.subarray(0, header.length / 2)).toEqual(hex(header))
    expect(framed.length).toBe(header.length / 2 + length)
  })

  test('text counts bytes', () => {
    expect(frame('é')).toEqual(hex('8102c3a9'))
  })
})

import { expect, test } from 'vitest'
import { freePorts } from '../../stack/ports.ts'

test('stacks that start at once never choose the same port', async () => {
  const chosen = await Promise.all(Array.from({ length: 60 }, () => freePorts(0)))
  const ports = chosen.flatMap(({ gateway, postgres, mailbox, smtp }) => [gateway, postgres, mailbox, smtp])
  expect(new Set(ports).size).toBe(240)
})

test('a port that is given is kept', async () => {
  const { gateway } = await freePorts(0)
  expect((await freePorts(gateway)).gateway).toBe(gateway)
})

import { afterEach, beforeAll, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { call, listen, refusal } from '../workouts/training.ts'

let ana: User
let ben: User
let eve: User

beforeAll(async () => {
  ;[ana, ben, eve] = await Promise.all([createUser('ana'), createUser('ben'), createUser('eve')])
})
afterEach(async () => {
  await Promise.all([ana, ben, eve].map(({ client }) => client.removeAllChannels()))
})

// Said to all of one's own devices, after everything else: what was not heard before it was not said.
const sayLast = ({ client, id }: User) =>
  client.from('preferences').update({ units: 'imperial' }).eq('user_id', id).throwOnError()

test('who is asked and who is accepted hear of it; who is declined or blocked brings about nothing', async () => {
  const [hers, his, eves] = await Promise.all([ana, ben, eve].map((user) => listen(user, `user:${user.id}`)))
  if (!hers || !his || !eves) throw new Error('three listen')
  await expect(listen(eve, `user:${ana.id}`)).rejects.toThrow('Unauthorized')

  await call(ben.client, 'send_friend_request', { user_id: ana.id })
  const asked = await hers.wait('friend:request')
  expect(asked.user_id).toBe(ben.id)
  const { data: card } = await ana.client.from('profiles').select('username').eq('user_id', asked.user_id)
  expect(card).toHaveLength(1)
  await call(ben.client, 'send_friend_request', { user_id: ana.id })
  await call(ana.client, 'respond_friend_request', { user_id: ben.id, accept: true })
  expect(await his.wait('friend:accepted')).toMatchObject({ user_id: ana.id, friendship_id: asked.friendship_id })

  await call(eve.client, 'send_friend_request', { user_id: ben.id })
  await his.wait('friend:request')
  await call(ben.client, 'respond_friend_request', { user_id: eve.id, accept: false })

  await ana.client.rpc('block_user', { user_id: ben.id }).throwOnError()
  expect((await refusal(ben.client, 'send_friend_request', { user_id: ana.id })).code).toBe('user_not_found')

  await Promise.all([ana, ben, eve].map(sayLast))
  await Promise.all([hers, his, eves].map((ears) => ears.wait('sync:preferences')))
  expect(hers.names()).toEqual(['friend:request', 'sync:preferences'])
  expect(his.names()).toEqual(['friend:accepted', 'friend:request', 'sync:preferences'])
  expect(eves.names()).toEqual(['sync:preferences'])
})

test('two who ask each other are friends, and the first hears so', async () => {
  const ears = await listen(eve, `user:${eve.id}`)

  await call(eve.client, 'send_friend_request', { user_id: ana.id })
  await call(ana.client, 'send_friend_request', { user_id: eve.id })

  expect(await ears.wait('friend:accepted')).toMatchObject({ user_id: ana.id })
})

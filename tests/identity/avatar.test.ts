import { expect, test } from 'vitest'
import { anonClient, createUser } from '../support/clients.ts'

const picture = (bytes = 4, type = 'image/png') => new Blob([new Uint8Array(bytes)], { type })

test('an avatar is uploaded to one’s own folder, shown on the card, replaced, and taken away', async () => {
  const { client, id } = await createUser('ana')
  const bucket = client.storage.from('avatars')
  const show = (avatar_path: string | null) => client.from('profiles').update({ avatar_path }).eq('user_id', id)

  expect((await show(`${id}/one.png`)).error).toMatchObject({ code: 'avatar_not_found' })
  expect((await bucket.upload(`${id}/one.png`, picture())).error).toBeNull()
  expect((await show(`${id}/one.png`)).error).toBeNull()

  const { data: card } = await anonClient().from('profiles').select('avatar_path').eq('user_id', id).single()
  const address = anonClient().storage.from('avatars').getPublicUrl(card?.avatar_path).data.publicUrl
  expect((await fetch(address)).status).toBe(200)

  expect((await bucket.upload(`${id}/two.png`, picture())).error).toBeNull()
  expect((await show(`${id}/two.png`)).error).toBeNull()
  expect((await bucket.remove([`${id}/one.png`])).error).toBeNull()
  expect((await fetch(address)).status).toBeGreaterThanOrEqual(400)
  expect((await show(null)).error).toBeNull()
})

test.each<[string, (id: string) => readonly [string, Blob]]>([
  ['of another type', (id) => [`${id}/a.svg`, picture(4, 'image/svg+xml')]],
  ['of more than 2 MB', (id) => [`${id}/a.png`, picture(2 * 1024 * 1024 + 1)]],
  ['in a folder below', (id) => [`${id}/b/a.png`, picture()]],
  ['of a name that no card can point to', (id) => [`${id}/a b.png`, picture()]],
  ['in no folder', () => ['a.png', picture()]],
])('a picture %s is refused', async (_, upload) => {
  const { client, id } = await createUser('ana')
  const [path, file] = upload(id)

  expect((await client.storage.from('avatars').upload(path, file)).error).not.toBeNull()
  expect((await client.storage.from('avatars').upload(`${id}/a.png`, picture())).error).toBeNull()
})

test('nobody else writes, lists or removes it', async () => {
  const ana = await createUser('ana')
  const ben = await createUser('ben')
  const path = `${ana.id}/me.png`
  expect((await ana.client.storage.from('avatars').upload(path, picture())).error).toBeNull()

  for (const client of [ben.client, anonClient()]) {
    const bucket = client.storage.from('avatars')
    expect((await bucket.upload(path, picture(8), { upsert: true })).error).not.toBeNull()
    expect((await bucket.upload(`${ana.id}/other.png`, picture())).error).not.toBeNull()
    expect((await bucket.list(ana.id)).data ?? []).toEqual([])
    await bucket.remove([path])
  }
  expect((await ben.client.from('profiles').update({ avatar_path: path }).eq('user_id', ben.id)).error).not.toBeNull()
  expect((await ana.client.storage.from('avatars').list(ana.id)).data?.map(({ name }) => name)).toEqual(['me.png'])
})

import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { UploadedAvatar } from './contract.ts'

const BUCKET = 'avatars'

/** What avatars ask of the database and of Storage, as the backend. Every method rejects with the database's refusal. */
export class AvatarGateway {
  readonly #admin: SupabaseClient

  constructor(admin: SupabaseClient) {
    this.#admin = admin
  }

  /** The upload at `path`, which is in the folder of this user. */
  async uploaded(userId: string, path: string): Promise<UploadedAvatar> {
    return answer(UploadedAvatar, this.#admin.rpc('uploaded_avatar', { user_id: userId, path }))
  }

  /** The bytes of a file; undefined where there is none any more. */
  async content(path: string): Promise<Uint8Array | undefined> {
    const { data } = await this.#admin.storage.from(BUCKET).download(path)
    return data ? new Uint8Array(await data.arrayBuffer()) : undefined
  }

  /** Has the card of this user show that very file. */
  async show(userId: string, path: string, { object_id, version }: UploadedAvatar): Promise<void> {
    await answer(z.null(), this.#admin.rpc('show_avatar', { user_id: userId, path, object_id, version }))
  }

  /** Deletes a file. Rejects when Storage does not. */
  async remove(path: string): Promise<void> {
    const { error } = await this.#admin.storage.from(BUCKET).remove([path])
    if (error) throw error
  }
}

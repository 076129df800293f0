import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { answer } from '../_shared/answer.ts'
import { AvatarsToCheck, type AvatarToCheck, UploadedAvatar } from './contract.ts'

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

  /** The bytes of a file. Rejects when Storage does not give them. */
  async content(path: string): Promise<Uint8Array> {
    const { data, error } = await this.#admin.storage.from(BUCKET).download(path)
    if (error) throw error
    return new Uint8Array(await data.arrayBuffer())
  }

  /** Has the card of this user show that very file. */
  async show(userId: string, path: string, { object_id, version }: UploadedAvatar): Promise<void> {
    await answer(z.null(), this.#admin.rpc('show_avatar', { user_id: userId, path, object_id, version }))
  }

  /** What cards show and nobody has looked into, the first of it. */
  async toCheck(): Promise<readonly AvatarToCheck[]> {
    return answer(AvatarsToCheck, this.#admin.rpc('avatars_to_check', { limit: 20 }))
  }

  /** Says of a file that a card shows whether it is a picture; one that is not leaves the card, and is deleted. */
  async judge({ object_id, version }: UploadedAvatar, isPicture: boolean): Promise<void> {
    await answer(z.null(), this.#admin.rpc('judge_avatar', { object_id, version, is_picture: isPicture }))
  }

  /** Deletes a file. Rejects when Storage does not. */
  async remove(path: string): Promise<void> {
    const { error } = await this.#admin.storage.from(BUCKET).remove([path])
    if (error) throw error
  }
}

import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { StorageProblem } from './errors.ts'
import { Transform } from './transform.ts'

const Download = z.object({
  scope: z.literal('download'),
  url: z.string(),
  exp: z.number(),
  transform: Transform.optional(),
})
const Upload = z.object({
  scope: z.literal('upload'),
  url: z.string(),
  owner: z.string().optional(),
  upsert: z.boolean(),
})

const UPLOAD_SECONDS = 2 * 3600

/** What a signed URL allows: one object, until it expires. */
export type SignedDownload = z.infer<typeof Download>
/** What a signed upload URL allows: to write one object as the one who had it signed. */
export type SignedUpload = z.infer<typeof Upload>

/** Signs and checks the tokens of signed URLs. */
export class Signatures {
  readonly #key: Uint8Array

  constructor(jwtSecret: string) {
    // A key of its own: no session is a signed URL, and no signed URL is a session.
    this.#key = createHmac('sha256', jwtSecret).update('signed storage URLs').digest()
  }

  async signDownload(url: string, expiresIn: number, transform?: Transform): Promise<string> {
    return this.#sign({ url, scope: 'download', ...(transform ? { transform } : {}) }, expiresIn)
  }

  async signUpload(url: string, owner: string | undefined, upsert: boolean): Promise<string> {
    return this.#sign({ url, scope: 'upload', upsert, ...(owner ? { owner } : {}) }, UPLOAD_SECONDS)
  }

  /** What `token` allows for `url`. Rejects with InvalidJWT, or with InvalidSignature when it is for something else. */
  async verifyDownload(token: string, url: string): Promise<SignedDownload> {
    return checked(Download.safeParse(await this.#payload(token)).data, url)
  }

  /** As `verifyDownload`, for an upload. */
  async verifyUpload(token: string, url: string): Promise<SignedUpload> {
    return checked(Upload.safeParse(await this.#payload(token)).data, url)
  }

  async #sign(payload: Record<string, unknown>, expiresIn: number): Promise<string> {
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(this.#key)
  }

  async #payload(token: string): Promise<unknown> {
    try {
      return (await jwtVerify(token, this.#key, { algorithms: ['HS256'] })).payload
    } catch (cause) {
      throw new StorageProblem('InvalidJWT', cause instanceof Error ? cause.message : undefined, { cause })
    }
  }
}

function checked<T extends { readonly url: string }>(signed: T | undefined, url: string): T {
  if (signed?.url !== url) throw new StorageProblem('InvalidSignature')
  return signed
}

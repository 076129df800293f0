import { StorageProblem } from './errors.ts'

// Hosted's sets: what S3 calls safe, and what it handles with care.
const KEY = /^[A-Za-z0-9_/!.*'() &$=@;:+,?-]{1,1024}$/
const BUCKET = /^[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}$/

/** The name of an object. Throws InvalidKey for what no URL could reach again: a dot segment or an empty one. */
export function objectKey(name: string): string {
  const segments = name.split('/')
  if (!KEY.test(name) || segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new StorageProblem('InvalidKey', `Invalid key: ${name}`)
  return name
}

/** The name of a bucket. Throws InvalidBucketName. */
export function bucketName(name: string): string {
  if (!BUCKET.test(name) || name === '.' || name === '..') throw new StorageProblem('InvalidBucketName')
  return name
}

/** The bucket and the object that the rest of a request's path names. Throws when either is not a name. */
export function locationOf(path: string): { readonly bucket: string; readonly name: string } {
  const slash = path.indexOf('/')
  if (slash < 1) throw new StorageProblem('InvalidKey', `Invalid key: ${path}`)
  return { bucket: bucketName(path.slice(0, slash)), name: objectKey(path.slice(slash + 1)) }
}

/** `owner` where the deprecated column can hold it. */
export function uuidOf(owner: string | undefined): string | null {
  return owner !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(owner) ? owner : null
}

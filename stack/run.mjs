// Runs a TypeScript entry of the project, after installing what is missing: `node stack/run.mjs <file.ts> [arguments]`.
// Plain JavaScript without dependencies, because on a fresh clone there is nothing else yet.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const marker = join(root, 'node_modules', '.installed-lock')
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')

if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lock) {
  console.error('Installing packages (once)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(marker, lock)
}

const [entry, ...args] = process.argv.slice(2)
if (entry?.endsWith('.ts')) {
  const file = join(root, entry)
  process.argv = [process.argv[0], file, ...args]
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(file).href)
} else if (entry !== undefined) {
  const { status } = spawnSync(join(root, 'node_modules', '.bin', entry), args, { cwd: root, stdio: 'inherit' })
  process.exit(status ?? 1)
}

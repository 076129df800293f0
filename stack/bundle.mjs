// Makes one module of a TypeScript entry and what it imports of this project, and imports it: `npm start` is ready in half
// the time that a loader needs, which asks a thread of its own about each of the packages' hundreds of files.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, stop } from 'esbuild'

const KEPT = 3

/** Imports the TypeScript file `entry`, by way of what is built of it below `directory`. */
export async function importBundled(entry, directory) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    // What is imported when it is needed stays so.
    splitting: true,
    outdir: directory,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [packagesStay, filesKnowWhereTheyLie],
  })
  await stop()
  const hash = createHash('sha256')
  for (const { path, hash: content } of outputFiles) hash.update(path).update(content)
  const built = join(directory, hash.digest('hex').slice(0, 16))
  if (!(await stat(built).catch(() => undefined))) await keep(built, outputFiles)
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(join(built, basename(entry).replace(/\.ts$/, '.js'))).href)
}

// By a rename, because two starts may build at the same moment.
async function keep(built, outputFiles) {
  const aside = `${built}.${process.pid}`
  await mkdir(aside, { recursive: true })
  for (const { path, contents } of outputFiles) await writeFile(join(aside, basename(path)), contents)
  await rename(aside, built).catch(() => rm(aside, { recursive: true, force: true }))
  const directory = dirname(built)
  const others = (await readdir(directory)).map((name) => join(directory, name)).filter((path) => path !== built)
  const ages = await Promise.all(
    others.map(async (path) => ({ path, at: (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs })),
  )
  for (const { path } of ages.sort((a, b) => b.at - a.at).slice(KEPT - 1))
    await rm(path, { recursive: true, force: true })
}

/** Packages are imported where npm put them, wherever the bundle lies. */
const packagesStay = {
  name: 'packages-stay',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: import.meta.resolve(path), external: true },
    )
  },
}

/** A file that reads its neighbours goes on finding them. */
const filesKnowWhereTheyLie = {
  name: 'files-know-where-they-lie',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
      return { contents, loader: 'ts' }
    })
  },
}

import type { SupabaseClient } from '@supabase/supabase-js'
import type { Hono } from 'hono'
import type { Env } from '../_shared/env.ts'
import { adminClient, createApp } from '../_shared/http.ts'
import { type Metric, renderMetrics } from './metrics.ts'

const PROBE_TIMEOUT_MS = 2_000
const PROBE_LASTS_MS = 1_000
const COUNTED = ['profiles', 'exercises', 'workouts', 'workout_sets'] as const

/** What a look at the database found. */
interface Probe {
  readonly up: boolean
  readonly milliseconds: number
}

/** `GET /` says whether the backend works; `GET /metrics` gives its figures to the backend's own scraper. */
export function createHealth(env: Env): Hono {
  const { app, route } = createApp('health', env)
  const probe = createProbe(adminClient(env))
  app.get(
    '/',
    route.none(async () => {
      const { up, milliseconds } = await probe()
      const body = {
        status: up ? 'ok' : 'unavailable',
        database: { status: up ? 'ok' : 'unavailable', latency_ms: milliseconds },
        version: env.version,
        time: new Date().toISOString(),
      }
      return Response.json(body, { status: up ? 200 : 503, headers: { 'cache-control': 'no-store' } })
    }),
  )
  app.get(
    '/metrics',
    route.service(async (context) => {
      const metrics = await measure(context.admin, await probe())
      return new Response(renderMetrics(metrics), { headers: { 'content-type': 'text/plain; version=0.0.4' } })
    }),
  )
  return app
}

// Anybody may ask, and as often as they like; the database is asked once a second.
function createProbe(admin: SupabaseClient): () => Promise<Probe> {
  let current: Promise<Probe> | undefined
  return () => {
    current ??= probeDatabase(admin).finally(() => {
      setTimeout(() => {
        current = undefined
      }, PROBE_LASTS_MS)
    })
    return current
  }
}

// One row by its key through the Data API: the gateway, the API, the pool and the database all have to work for it.
async function probeDatabase(admin: SupabaseClient): Promise<Probe> {
  const began = performance.now()
  const { error } = await admin
    .from('exercises')
    .select('id')
    .limit(1)
    .abortSignal(AbortSignal.timeout(PROBE_TIMEOUT_MS))
  if (error) console.error(JSON.stringify({ probe: 'database', code: error.code, message: error.message }))
  return { up: error === null, milliseconds: Math.round(performance.now() - began) }
}

async function measure(admin: SupabaseClient, { up, milliseconds }: Probe): Promise<readonly Metric[]> {
  const counts = up ? await Promise.all(COUNTED.map((table) => countRows(admin, table))) : []
  return [
    {
      name: 'fitai_database_up',
      help: 'Whether the database answers.',
      type: 'gauge',
      samples: [{ value: Number(up) }],
    },
    {
      name: 'fitai_database_latency_seconds',
      help: 'How long the database took to answer one row.',
      type: 'gauge',
      samples: [{ value: milliseconds / 1000 }],
    },
    {
      name: 'fitai_rows',
      help: 'Rows by table; an estimate when there are many.',
      type: 'gauge',
      samples: counts.flat(),
    },
  ]
}

async function countRows(admin: SupabaseClient, table: string): Promise<Metric['samples']> {
  const { count } = await admin.from(table).select('*', { count: 'estimated', head: true })
  return count === null ? [] : [{ labels: { table }, value: count }]
}

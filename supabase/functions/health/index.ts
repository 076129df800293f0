import process from 'node:process'
import { readEnv } from '../_shared/env.ts'
import { createHealth } from './handler.ts'

const app = createHealth(readEnv((name) => process.env[name]))

export default { fetch: app.fetch }

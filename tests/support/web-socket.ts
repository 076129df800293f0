// Node 20 has no WebSocket of its own; supabase-js takes the global one wherever there is one, as on a phone.
import { WebSocket } from 'ws'

if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket })

/**
 * Lets every warning of this process through. Lite puts a filter before `process.emitWarning` that takes all warnings for
 * texts and throws for one that is an Error, out of whatever Node or a package was doing; such a warning goes around it.
 * Has to be called after Lite is imported; may be called again.
 */
export function passWarnings(): void {
  if (process.emitWarning === passing) return
  const emitWarning: (warning: string, ...rest: readonly never[]) => void = process.emitWarning.bind(process)
  const pass = (warning: string | Error, ...rest: readonly never[]): void => {
    if (typeof warning === 'string') emitWarning(warning, ...rest)
    else if (warning.name !== 'DeprecationWarning' || process.noDeprecation !== true)
      // As Node does it: not within what is being warned of.
      process.nextTick(() => process.emit('warning', warning))
  }
  passing = pass
  process.emitWarning = pass
}

let passing: object | undefined

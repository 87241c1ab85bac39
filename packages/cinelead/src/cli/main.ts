// The `cinelead` command's first file: runs the command line and ends quietly when a pipe closes (0) or on Ctrl-C (130).
import { runProgram } from './program.ts'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0) // the reader of a pipe has seen enough
    throw error
  })
}
process.on('SIGINT', () => {
  if (process.listenerCount('SIGINT') === 1) process.exit(130) // a verb that ends by itself (serve) listens too
})
await runProgram(process.argv.slice(2))

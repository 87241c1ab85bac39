// Holds the pages to what is there: every relative link in a Markdown file names a file, a folder or a heading that exists.
// Hands on: findLinkFaults, headingAnchors.
import { realpathSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listProjectFiles, readText } from './tracked.mjs'

const LINK = /!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g

const withoutCode = (text) =>
  text
    .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))

/** The anchors that a page's headings get: lower case, punctuation dropped, spaces as hyphens (GitHub's rule). */
export function headingAnchors(text) {
  const headings = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  return new Set(
    [...headings].map(([, title]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  )
}

/** Each relative link that leads nowhere. */
export function findLinkFaults(root) {
  const files = listProjectFiles(root)
  // What git has, not what lies about: an empty folder is not in a clone.
  const isThere = (aim) => aim === '.' || files.includes(aim) || files.some((file) => file.startsWith(`${aim.replace(/\/$/, '')}/`))
  return files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const text = readText(root, file) ?? ''
      return [...withoutCode(text).matchAll(LINK)].flatMap((match) => {
        const target = match[1]
        if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
        const line = text.slice(0, match.index).split('\n').length
        const [path, anchor] = decodeURI(target).split('#')
        const aim = path === '' ? file : posix.normalize(posix.join(dirname(file), path))
        if (aim.startsWith('..')) return [{ file, line, message: `links to ${target}, which is outside the project` }]
        if (!isThere(aim)) return [{ file, line, message: `links to ${target}, which is not there` }]
        if (!anchor || !aim.endsWith('.md')) return []
        return headingAnchors(readText(root, aim) ?? '').has(anchor)
          ? []
          : [{ file, line, message: `links to ${target}, a heading that is not there` }]
      })
    })
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  const faults = findLinkFaults(join(dirname(fileURLToPath(import.meta.url)), '..'))
  for (const { file, line, message } of faults) process.stdout.write(`${file}:${line} ${message}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

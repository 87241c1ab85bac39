// Text into HTML without surprises: everything that comes from data is escaped, markup is marked as such.

/** Markup that is already safe. */
export type Html = { readonly html: string }

type Content = Html | string | number | undefined | false | readonly Content[]

/** Marks a string as markup; only for strings this room made. */
export function raw(markup: string): Html {
  return { html: markup }
}

/** A template whose holes are escaped unless they are markup; lists are joined. */
export function html(parts: TemplateStringsArray, ...holes: Content[]): Html {
  return raw(parts.map((part, i) => part + (i < holes.length ? textOf(holes[i]) : '')).join(''))
}

/** Escapes what HTML would read as markup, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content))
  return 'html' in content ? content.html : content.map(textOf).join('')
}

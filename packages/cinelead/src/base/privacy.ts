// Keeps participant numbers out of whatever a person or a log may see. UK Biobank's eids are 7 digits; any free-standing
// run of 7 digits in a message, a path or a file name is treated as one.
// Hands on: redact, hasParticipantNumber.
//
// Source: UK Biobank's participant identifier ("eid", 7 digits); field.md 23.5 lists the leaks this guards against.

/** A number, or one of the project's own keys (cohort/subject.ts), whose hexadecimal digits may hold seven decimal ones by chance. */
const EID_OR_KEY = /\bs-[0-9a-f]{12}\b|(?<!\d)\d{7}(?!\d)/g
const isKey = (found: string) => found.startsWith('s-')

/**
 * The text with every participant number replaced.
 *
 * @param text        A message, path or file name.
 * @param subjectOf   Gives the project's own key of a number; without it, or where it gives `undefined`, the number becomes `<subject>`.
 * @returns           The same text without any free-standing run of 7 digits; the project's keys stay whole.
 * @example           redact('reading 9000001_20209_2_0.zip') // 'reading <subject>_20209_2_0.zip'
 */
export function redact(text: string, subjectOf?: (eid: string) => string | undefined): string {
  return text.replace(EID_OR_KEY, (found) => (isKey(found) ? found : (subjectOf?.(found) ?? '<subject>')))
}

/** Whether the text holds something that looks like a participant number. */
export function hasParticipantNumber(text: string): boolean {
  return (text.match(EID_OR_KEY) ?? []).some((found) => !isKey(found))
}

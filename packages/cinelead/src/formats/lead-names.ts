// One spelling for the names of ECG leads, whatever a recorder called them.
// Hands on: leadName (any spelling to ours), isStandardLead.
import { type StandardLead, standardLeads } from './recording.ts'

// Frank's and Nehb's leads are kept beside the twelve: formats carry them and a user may want them.
const spelt = new Map<string, string>(standardLeads.map((name) => [name.toUpperCase(), name]))
for (const [alias, name] of [
  ['1', 'I'],
  ['2', 'II'],
  ['3', 'III'],
  ['D1', 'I'],
  ['D2', 'II'],
  ['D3', 'III'],
  ['DI', 'I'],
  ['DII', 'II'],
  ['DIII', 'III'],
  ['L1', 'I'],
  ['L2', 'II'],
  ['L3', 'III'],
  ['LI', 'I'],
  ['LII', 'II'],
  ['LIII', 'III'],
  ['R', 'aVR'],
  ['L', 'aVL'],
  ['F', 'aVF'],
  ['C1', 'V1'],
  ['C2', 'V2'],
  ['C3', 'V3'],
  ['C4', 'V4'],
  ['C5', 'V5'],
  ['C6', 'V6'],
  ['-AVR', '-aVR'],
  ['AVRNEG', '-aVR'],
  ['X', 'X'],
  ['Y', 'Y'],
  ['Z', 'Z'],
  ['VX', 'X'],
  ['VY', 'Y'],
  ['VZ', 'Z'],
]) {
  spelt.set(alias, name)
}

/**
 * A lead's name in the house's spelling; a name nobody knows comes back trimmed and short, without control characters.
 *
 * Takes `avr`, `AVR`, `Lead aVR`, `ECG aVR`, `MDC_ECG_LEAD_AVR`, `D1`, `C1` and the like.
 */
export function leadName(text: string): string {
  // A lead's name is a label of at most 16 characters; anything longer is not one and is cut.
  const label = Array.from(text.slice(0, 64))
    .filter((character) => character >= ' ')
    .join('')
    .trim()
  const bare = label
    .toUpperCase()
    .replace(/^MDC_ECG_(LEAD_)?/, '')
    .replace(/^(ECG|EKG|LEAD|ABLEITUNG)[\s_:-]+/, '')
    .replace(/^(LEAD|ECG)[\s_:-]+/, '')
    .replace(/[\s_.]+/g, '')
  // ECGV1, EKGaVR: nothing between. Not ECG1, which is a channel's number.
  const glued = /^(?:ECG|EKG|LEAD)(I{1,3}|AV[RLF]|V[1-6])$/.exec(bare)?.[1]
  return spelt.get(glued ?? bare) ?? label.slice(0, 16)
}

/** True for the twelve standard leads in the house's spelling. */
export function isStandardLead(name: string): name is StandardLead {
  return (standardLeads as readonly string[]).includes(name)
}

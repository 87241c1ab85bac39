// JSON has no NaN: inside this room's own files it travels as a text that nothing else writes.
// Hands on: nanAsText (for JSON.stringify), textAsNan (for JSON.parse).

const NAN_TEXT = '#NaN'

export function nanAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && Number.isNaN(value) ? NAN_TEXT : value
}

export function textAsNan(_key: string, value: unknown): unknown {
  return value === NAN_TEXT ? Number.NaN : value
}

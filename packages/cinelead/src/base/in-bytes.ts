// Sizes in messages. Seven digits in a row are kept out of them as a participant's number (base/privacy).

/** A number of bytes, exact, its thousands set apart: `1,234,567 bytes`. */
export const inBytes = (count: number): string => `${count.toLocaleString('en-US')} bytes`

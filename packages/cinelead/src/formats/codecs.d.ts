// The shape of four packages that ship no types, as far as this room uses them.
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const create: (options: { print(): void; printErr(): void }) => Promise<{ JpegLSDecoder: new () => never }>
  export default create
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const create: (options: { print(): void; printErr(): void }) => Promise<{ J2KDecoder: new () => never }>
  export default create
}

declare module 'dcmjs' {
  class DicomDict {
    constructor(meta: Record<string, unknown>)
    dict: Record<string, unknown>
    write(): ArrayBuffer
  }
  const dcmjs: { data: { DicomDict: typeof DicomDict } }
  export default dcmjs
}

declare module 'jpeg-lossless-decoder-js' {
  class Decoder {
    frame: { dimX: number; dimY: number; numComp: number; precision: number }
    decompress(buffer: ArrayBuffer, offset: number, sizeBytes: number): ArrayBuffer
  }

  export { Decoder }
}

/** The one error of this layer: bytes or text that cannot be read, or a value that cannot be written. */

export type CodecFormat = 'bencode' | 'metainfo' | 'xmlrpc' | 'scgi' | 'ini' | 'peer-wire';

/** `message` is one sentence that says what is wrong, with the byte offset where one is known. */
export class CodecError extends Error {
  readonly format: CodecFormat;

  constructor(format: CodecFormat, message: string) {
    super(message);
    this.name = 'CodecError';
    this.format = format;
  }
}

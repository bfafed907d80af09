/** A code block of a document. */
export interface Block {
  file: string;
  language: string;
  text: string;
  line: number;
}

export const blocks: Block[];

/** The one block of `file` that contains `part`. */
export function block(file: string, part: string): Block;

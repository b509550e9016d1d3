/** What the grammar understands of the shell's language. Whatever else a text holds makes it not understood. */

export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  /** An unquoted `*`, `?` or `[`. */
  | { readonly kind: "glob"; readonly text: string }
  /**
   * `many`: it may become any number of words, since it is unquoted or `$@`. `whole`: it is the value itself, without
   * a default, a trim or a count.
   */
  | { readonly kind: "variable"; readonly name: string; readonly many: boolean; readonly whole: boolean }
  | { readonly kind: "substitution"; readonly body: Script; readonly many: boolean };

export type Word = readonly Piece[];

/** A pipeline is the list of its commands; `&&`, `||`, `;` and `!` between and before them decide nothing here. */
export type Pipeline = readonly Command[];
export type Script = readonly Pipeline[];

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export type Command =
  | {
      readonly kind: "simple";
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      /** Files read through `<`. Output goes nowhere but to the streams and /dev/null, or the text is not understood. */
      readonly inputs: readonly Word[];
    }
  | {
      readonly kind: "for";
      readonly name: string;
      readonly words: readonly Word[];
      readonly body: Script;
      readonly inputs: readonly Word[];
    }
  | { readonly kind: "while"; readonly condition: Script; readonly body: Script; readonly inputs: readonly Word[] }
  /** `if`, `case`, `{ }` and `( )`: each part may run once; `words` are what `case` compares. */
  | {
      readonly kind: "parts";
      readonly words: readonly Word[];
      readonly parts: readonly Script[];
      readonly inputs: readonly Word[];
    };

/** A text that the grammar does not take. It never leaves this folder: its class is `unknown`. */
export class NotUnderstood extends Error {}

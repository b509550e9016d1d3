/** What a command leaves behind. Output is latin1: each byte its own character. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export const said = (code: number, stdout = "", stderr = ""): Said => ({ stdout, stderr, code });

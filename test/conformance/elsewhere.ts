/** T's of the specification that this suite does not try, each with who answers for it. */
export const elsewhere: readonly { readonly id: string; readonly why: string }[] = [
  {
    id: "T29",
    why: "platform detection is the auditor's; that a container without a shell is `no-shell` is part of T28",
  },
  { id: "T36", why: "about the toolbox, which is another way than the session tried here" },
  { id: "T37", why: "about the toolbox, which is another way than the session tried here" },
  { id: "T38", why: "about the toolbox, which is another way than the session tried here" },
];

import type { ControlStatus } from "#contract/finding.ts";
import { html, Markup } from "./markup.ts";

/** One shape a status, so that none is told by colour alone. 16 × 16, drawn with the colour of the text. */
const shapes: Readonly<Record<ControlStatus, string>> = {
  failed: `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" class="cut"/>`,
  error: `<path d="M8 1.2 15.2 14H.8z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 6v3.6M8 11.6v.2" class="cut"/>`,
  not_reviewed: `<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.4v.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>`,
  passed: `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8.3l2.2 2.2 4.2-4.8" class="cut"/>`,
  not_applicable: `<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5 8h6" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>`,
};

/** The shapes, once a page. */
export function iconSymbols(): Markup {
  const symbols = Object.entries(shapes).map(
    ([status, shape]) => html`<symbol id="icon-${status}" viewBox="0 0 16 16">${Markup.trusted(shape)}</symbol>`,
  );
  return html`<svg width="0" height="0" class="symbols" aria-hidden="true">${symbols}</svg>`;
}

/** A status's shape. The word must stand beside it. */
export function icon(status: ControlStatus): Markup {
  return html`<svg class="icon ${status}" width="16" height="16" aria-hidden="true"><use href="#icon-${status}"/></svg>`;
}

/** The page's policy lets only those style elements in that carry this answer's nonce (`control/http/web.py`). */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// What Radix locks scrolling with asks for it by this name.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = NONCE;

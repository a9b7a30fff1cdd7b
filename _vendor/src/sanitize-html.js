/** Never called: PageManager in main.js shows descriptions as plain text and overrides the only caller. */
export default function sanitize() {
  throw new Error('HTML in widget descriptions is not supported on static pages');
}

/**
 * Makes every file that a page loads from this folder out of the packages in package-lock.json:
 * widgets.js, widgets.css, icons.woff2, math.woff2, LICENSES and SHA256SUMS. Run it with `npm ci && npm run build`.
 */
import { build, analyzeMetafile } from 'esbuild';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));

// Font Awesome's code points for the icons that the theme's templates and ipywidgets' Play use.
const ICONS = {
  'angle-left': 0xf104, 'angle-right': 0xf105, 'angle-down': 0xf107, 'arrow-up': 0xf062, bars: 0xf0c9, check: 0xf00c,
  'chevron-down': 0xf078, 'chevron-right': 0xf054, 'circle-half-stroke': 0xf042, code: 0xf121, download: 0xf019,
  expand: 0xf065, file: 0xf15b, 'file-lines': 0xf15c, 'file-pdf': 0xf1c1, home: 0xf015, lightbulb: 0xf0eb,
  list: 0xf03a, 'magnifying-glass': 0xf002, moon: 0xf186, outdent: 0xf03b, pause: 0xf04c, pencil: 0xf303,
  play: 0xf04b, repeat: 0xf363, retweet: 0xf079, stop: 0xf04d, sun: 0xf185, xmark: 0xf00d,
  // the signs before the titles of admonitions, and after a link that leaves the book
  bell: 0xf0f3, 'circle-check': 0xf058, 'circle-exclamation': 0xf06a, 'circle-info': 0xf05a, 'circle-xmark': 0xf057,
  'external-link': 0xf35d, share: 0xf064, 'triangle-exclamation': 0xf071,
};

// What a chapter's equations may contain: text, Greek, operators, arrows, delimiters, and the mathematical alphabets
// italic, bold, script and double-struck (upper and lower case). MathML shows a single letter as its italic.
const MATH = [
  [0x20, 0x7e], [0xa0, 0xa0], [0xac, 0xac], [0xb1, 0xb1], [0xb7, 0xb7], [0xd7, 0xd7], [0xf7, 0xf7], [0x131, 0x131],
  [0x2c6, 0x2c7], [0x2d8, 0x2dc], [0x300, 0x30c], [0x391, 0x3f6], [0x2010, 0x2026], [0x2032, 0x2037], [0x203e, 0x203e],
  [0x2061, 0x2064], [0x20d6, 0x20d7], [0x2102, 0x2102], [0x210b, 0x2118], [0x211b, 0x211d], [0x2124, 0x2124],
  [0x212c, 0x2134], [0x2190, 0x2199], [0x21a6, 0x21a6], [0x21d0, 0x21d5], [0x2200, 0x222b], [0x2234, 0x2235],
  [0x223c, 0x223d], [0x2243, 0x2248], [0x224d, 0x224d], [0x2254, 0x2254], [0x2260, 0x2265], [0x226a, 0x226b],
  [0x2282, 0x2287], [0x2295, 0x2299], [0x22a4, 0x22a5], [0x22c0, 0x22c6], [0x22ee, 0x22f1], [0x2308, 0x230b],
  [0x23b4, 0x23b5], [0x23dc, 0x23df], [0x25a0, 0x25a1], [0x27e8, 0x27e9], [0x27f5, 0x27fa], [0x2a00, 0x2a02],
  [0x1d400, 0x1d467], [0x1d49c, 0x1d4b5], [0x1d538, 0x1d56b], [0x1d6a4, 0x1d6a5], [0x1d6e2, 0x1d71b],
];

const FONT_AWESOME = 'node_modules/@fortawesome/fontawesome-free';
const STIX = 'node_modules/@fontsource/stix-two-math';
// Packages that anywidget's own build has already copied into its one file.
const EMBEDDED = ['node_modules/solid-js', 'node_modules/@lukeed/uuid'];

/**
 * anywidget ships as an AMD module; we need its factory, so its last line becomes an ES export. It also gives a widget
 * only two seconds to start: on a slow machine a page with many explorers needs longer.
 */
const anywidget = {
  name: 'anywidget',
  setup({ onLoad }) {
    onLoad({ filter: /anywidget[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(/^define\(\[[^\]]*\], (\w+)\);$/m, 'export default $1;');
      if (contents === source) throw new Error('anywidget no longer ends in define([...], factory)');
      const patient = contents.replace(/AbortSignal\.timeout\(2e3\)/, 'AbortSignal.timeout(6e4)');
      if (patient === contents) throw new Error('anywidget no longer has its limit of two seconds');
      return { contents: patient };
    });
  },
};

async function bundle() {
  const { metafile } = await build({
    entryPoints: [{ in: 'src/main.js', out: 'widgets' }, { in: 'src/widgets.css', out: 'widgets' }],
    outdir: '.',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none', // they are in LICENSES
    metafile: true,
    alias: {
      jquery: './src/jquery.js',
      'lodash/isEqual': 'underscore/modules/isEqual.js',
      'sanitize-html': './src/sanitize-html.js',
      '@lumino/widgets': './src/lumino-widgets.js',
    },
    plugins: [anywidget],
  });
  if (process.argv.includes('--analyze')) console.log(await analyzeMetafile(metafile));
  return Object.keys(metafile.inputs);
}

async function subset(source, codePoints, target) {
  const text = String.fromCodePoint(...codePoints);
  await writeFile(target, await subsetFont(await readFile(source), text, { targetFormat: 'woff2' }));
}

/** Name, version and licence text of every package of which something is in our files. */
async function licences(inputs) {
  const folders = inputs.map((path) => path.match(/.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const bundled = [...new Set(folders.filter(Boolean)), ...EMBEDDED, FONT_AWESOME, STIX].sort();
  const sections = [];
  for (const folder of bundled) {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    // Two families leave the text out of their packages: it is in src/licences, named after the npm scope.
    const text = await readFile(file ? `${folder}/${file}` : `src/licences/${name.match(/@([^/]+)/)[1]}.txt`, 'utf8');
    sections.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  await writeFile('LICENSES', sections.join(`\n${'='.repeat(80)}\n\n`));
}

async function checksums(files) {
  const lines = [];
  for (const file of files) lines.push(`${createHash('sha256').update(await readFile(file)).digest('hex')}  ${file}\n`);
  await writeFile('SHA256SUMS', lines.join(''));
}

const inputs = await bundle();
await subset(`${FONT_AWESOME}/webfonts/fa-solid-900.ttf`, Object.values(ICONS), 'icons.woff2');
const points = MATH.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
await subset(`${STIX}/files/stix-two-math-latin-400-normal.woff2`, points, 'math.woff2');
await licences(inputs);
await checksums(['LICENSES', 'icons.woff2', 'math.woff2', 'widgets.css', 'widgets.js']);

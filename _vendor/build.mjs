/**
 * Makes every file that a page loads from this folder out of the packages in package-lock.json:
 * widgets.js, widgets.css, protobuf.js, icons.woff2, math.woff2, LICENSES and SHA256SUMS. Run it with
 * `npm ci && npm run build`.
 */
import { build, analyzeMetafile } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
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

// What equations and headings contain: text, the italic alphabet, in which MathML shows a single letter, and the signs
// that are used. Another sign is another entry: tests/test_vendor.py says which one is missing.
const MATH = [
  [0x20, 0x7e], [0xa0, 0xa0], [0xac, 0xac], [0xb1, 0xb1], [0xb7, 0xb7], [0xd7, 0xd7], [0xf7, 0xf7], [0x394, 0x394],
  [0x3b4, 0x3b4], [0x3c3, 0x3c3], [0x2013, 0x2014], [0x2018, 0x2019], [0x201c, 0x201d], [0x2026, 0x2026],
  [0x2032, 0x2032], [0x2061, 0x2064], [0x210e, 0x210e], [0x211d, 0x211d], [0x2190, 0x2193], [0x2208, 0x2208],
  [0x220f, 0x220f], [0x2211, 0x2212], [0x2217, 0x2217], [0x221a, 0x221a], [0x221e, 0x221e], [0x2248, 0x2248],
  [0x2260, 0x2260], [0x2264, 0x2265], [0x22c5, 0x22c5], [0x22ef, 0x22ef], [0x2308, 0x230b], [0x23df, 0x23df],
  [0x27f6, 0x27f6], [0x1d434, 0x1d467], [0x1d6e5, 0x1d6e5], [0x1d6ff, 0x1d6ff], [0x1d70e, 0x1d70e],
];

const FONT_AWESOME = 'node_modules/@fortawesome/fontawesome-free';
const STIX = 'node_modules/@fontsource/stix-two-math';
// Where convlib, which a notebook has without this folder, keeps a copy of protobuf.js.
const IN_PACKAGE = '../convlib/widgets/vendored/protobuf.js';
// Packages that anywidget's own build has already copied into its one file.
const EMBEDDED = ['node_modules/solid-js', 'node_modules/@lukeed/uuid'];

/**
 * anywidget ships as an AMD module; we need its factory, so its last line becomes an ES export. It also gives a widget
 * only two seconds to start: on a slow machine a page with many explorers needs longer. A page of the book names its
 * modules, which one file of the site holds (_ext/lean_explorers.py).
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
      const LOAD = 'async function loadEsm(esm) {';
      const bundled = patient.replace(LOAD, `${LOAD} if (globalThis.convlibModules?.[esm]) return { default: convlibModules[esm] };`);
      if (bundled === patient) throw new Error('anywidget no longer has a function loadEsm');
      return { contents: bundled };
    });
  },
};

async function bundle() {
  const { metafile } = await build({
    entryPoints: [
      { in: 'src/main.js', out: 'widgets' },
      { in: 'src/widgets.css', out: 'widgets' },
      { in: 'src/bootstrap.js', out: 'bootstrap' },
      { in: 'src/protobuf.js', out: 'protobuf' },
    ],
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
await copyFile('protobuf.js', IN_PACKAGE);
await checksums([
  IN_PACKAGE, 'LICENSES', 'bootstrap.js', 'icons.woff2', 'math.woff2', 'protobuf.js', 'widgets.css', 'widgets.js',
]);

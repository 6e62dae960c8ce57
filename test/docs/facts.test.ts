import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import packageFacts from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
const SOURCES = globSync(['{src,test,bin}/**/*.ts', 'oxlint.config.ts'], { cwd: ROOT });

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What is said in a text, less what was not to be found. */
function untrue(path: string, pattern: RegExp, isTrue: (...found: string[]) => boolean): string[] {
  return [...read(path).matchAll(pattern)]
    .filter(([, ...found]) => !isTrue(...found))
    .map(([said]) => `${path}: ${said}`);
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return words.trim().replaceAll(' ', '-');
}

it('README.md has at most 260 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(260);
});

/** What the providers are known by cites files of their repositories. */
const OF_OURS = PAGES.filter((page) => !page.startsWith('docs/providers/'));

it.each(OF_OURS)('%s: every path of this repository is there', (page) => {
  const paths = /`((?:src|test|docs|bin|fixtures)\/[^\s`<*…]*)`/g;
  expect(untrue(page, paths, (path = '') => existsSync(join(ROOT, path)))).toEqual([]);
});

it.each(PAGES)('%s: every link leads somewhere', (page) => {
  const isThere = (path = '', anchor?: string): boolean => {
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file))) return false;
    const headings = [...(anchor === undefined ? '' : read(file)).matchAll(/^#+ (.*)$/gm)];
    return (
      anchor === undefined || headings.some(([, heading = '']) => anchorOf(heading) === anchor)
    );
  };
  expect(untrue(page, /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g, isThere)).toEqual([]);
});

it.each(PAGES)('%s: every script of npm is there', (page) => {
  const { scripts } = packageFacts;
  expect(untrue(page, /npm run ([\w:-]+)/g, (name = '') => Object.hasOwn(scripts, name))).toEqual(
    [],
  );
});

it('every page that a comment cites is there, and so is its section', () => {
  const cited = /(docs\/[\w/-]+\.md)(?: (\d+(?:\.\d+)?)(?: and (\d+(?:\.\d+)?))?)?/g;
  const citations = SOURCES.flatMap((source) => untrue(source, cited, isCited));
  expect(citations).toEqual([]);
});

function hasSection(page: string, section: string): boolean {
  return new RegExp(`^##+ ${section.replace('.', String.raw`\.`)}\\.? `, 'm').test(read(page));
}

function isCited(page = '', ...sections: (string | undefined)[]): boolean {
  if (!existsSync(join(ROOT, page))) return false;
  return sections.every((section) => section === undefined || hasSection(page, section));
}

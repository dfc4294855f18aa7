// The packaged extension in a whole VS Code (code-server, driven by Chromium): what `crawl lsp` answers arrives on the screen.
//
// Needs code-server and a browser, each by its command or path: CODE_SERVER (default `code-server`), CHROMIUM
// (`/usr/bin/chromium`), CRAWL (`crawl`); and the packages of `npm install` with `npm install --no-save playwright-core`.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const extension = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { CODE_SERVER = 'code-server', CHROMIUM = '/usr/bin/chromium', CRAWL = 'crawl' } = process.env;
const SCRIPT = 'let page=crawl("https://example.com/",timout:"5s");\nprint(page.title);\n';

const folder = mkdtempSync(path.join(tmpdir(), 'crawl-vscode-'));
const at = (...names) => path.join(folder, ...names);
const places = ['--user-data-dir', at('data'), '--extensions-dir', at('extensions'), '--config', at('config.yaml')];
let server, browser, page;

const listening = (child) => new Promise((done, fail) => {
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
    const address = /listening on (http:\S+)/.exec(said);
    if (address) done(address[1]);
  });
  child.on('exit', (code) => fail(new Error(`code-server ended with ${code}:\n${said}`)));
});

before(async () => {
  mkdirSync(at('data', 'User'), { recursive: true });
  mkdirSync(at('work'));
  writeFileSync(at('config.yaml'), 'auth: none\n');
  writeFileSync(at('work', 'shop.crawl'), SCRIPT);
  const settings = { 'crawl.path': CRAWL, 'security.workspace.trust.enabled': false, 'workbench.startupEditor': 'none' };
  writeFileSync(at('data', 'User', 'settings.json'), JSON.stringify(settings));
  execFileSync('npm', ['run', 'package', '--', '--out', at('crawl.vsix')], { cwd: extension, stdio: 'pipe' });
  execFileSync(CODE_SERVER, [...places, '--install-extension', at('crawl.vsix')], { stdio: 'pipe' });
  server = spawn(CODE_SERVER, [...places, '--auth', 'none', '--bind-addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await listening(server);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(`${address}?folder=${encodeURIComponent(at('work'))}`);
  await page.getByRole('treeitem', { name: 'shop.crawl' }).dblclick({ timeout: 60_000 });
  await page.locator('.view-line').first().waitFor({ timeout: 30_000 });
});

after(async () => {
  await browser?.close();
  server?.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('diagnostics arrive as one types', async () => {
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
  await page.keyboard.press('F8');
  const marker = page.locator('.peekview-widget, .zone-widget').first();
  await marker.waitFor({ timeout: 20_000 });
  assert.match(await marker.innerText(), /has no option .timout.[\s\S]*timeout/);
  await page.keyboard.press('Escape');
});

test('hover tells of a builtin', async () => {
  await page.locator('.view-line').first().getByText('crawl', { exact: true }).first().hover();
  const hover = page.locator('.monaco-hover:visible').first();
  await hover.waitFor({ timeout: 20_000 });
  assert.match(await hover.innerText(), /crawl\(url\?/);
});

test('completion offers the options of a call', async () => {
  await page.locator('.view-line').nth(1).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('crawl(wait_');
  await page.keyboard.press('Control+Space');
  const offered = page.locator('.suggest-widget .monaco-list-row');
  await offered.filter({ hasText: 'wait_for' }).first().waitFor({ timeout: 20_000 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+K');
});

test('a quick fix and formatting mend the file', async () => {
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  const fix = page.locator('.action-widget').getByText(/timeout/).first();
  await fix.waitFor({ timeout: 20_000 });
  await page.keyboard.press('Enter');
  await page.locator('.squiggly-error').first().waitFor({ state: 'detached', timeout: 30_000 });
  await page.keyboard.press('Control+Shift+I');
  await page.keyboard.press('Control+s');
  const wanted = 'let page = crawl("https://example.com/", timeout: "5s");\nprint(page.title);\n';
  for (let tries = 0; tries < 100 && readFileSync(at('work', 'shop.crawl'), 'utf8') !== wanted; tries += 1) {
    await page.waitForTimeout(100);
  }
  assert.equal(readFileSync(at('work', 'shop.crawl'), 'utf8'), wanted);
});

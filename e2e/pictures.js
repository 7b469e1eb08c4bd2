// Takes the pictures of the README: `npm --prefix e2e run pictures`.
import { mkdirSync } from 'node:fs';
import { start } from './harness.js';

const folder = new URL('../docs/pictures/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const shop = await start({ demo: 'whole' });
try {
  const { page } = shop;
  await page.goto(shop.sign_in);
  await page.getByRole('img', { name: 'What moved: beans' }).locator('svg').waitFor();
  await page.screenshot({ path: `${folder}home.png` });
  await page.goto(`${shop.listening}/console/members/customer:C-000000`);
  await page.locator('.timeline > li').first().waitFor();
  await page.screenshot({ path: `${folder}member.png` });
  await page.goto(`${shop.listening}/console/program`);
  await page.getByText('Nothing is wrong', { exact: true }).waitFor();
  await page.screenshot({ path: `${folder}program.png` });
} finally {
  await shop.end();
}

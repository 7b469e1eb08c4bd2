// What is asked of members and what comes of it: a manager makes a survey, a member answers on their pages, a low
// score opens a case, an agent answers it by a letter that a real mail server takes, makes it good within a budget
// and solves it; the figures show it all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';
import { startMail } from '../smtp.js';

let mail;
let shop;
let page;
let member;
const ana = 'ana.asked@example.com';
const bo = 'bo.asked@example.com';

const MORE = `
[activity.letters]
consent = "keep"

[activity.survey]
fields = { recommend = { type = "int", least = 0, most = 10 }, survey = "text" }

[[earn]]
id   = "answers"
on   = "survey"
give = { beans = 7 }

[insight]
recommend = "survey.recommend"
`;

const console_ = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name, on = page) => on.getByRole('heading', { name, exact: true });
const button = (name, on = page) => on.getByRole('button', { name, exact: true });
const dialogue = () => page.getByRole('dialog');

async function beans() {
  const own = await ask(shop, 'GET', `/v1/members/email:${ana}/balance`);
  const { available, pending } = own.points.find((points) => points.points === 'beans');
  return { available: Number(available), pending: Number(pending) };
}

async function isSound(where, on = page) {
  assert.deepEqual(await violations(on), [], where);
  assert.deepEqual(shop.complaints, [], where);
  // SHOTS names a folder for pictures of every page, to be looked at by a person.
  if (process.env.SHOTS) await on.screenshot({ path: `${process.env.SHOTS}/${where.replace(/\W+/g, '-')}.png`, fullPage: true });
}

async function fits(where, on = page) {
  const before = on.viewportSize();
  await on.setViewportSize({ width: 390, height: 800 });
  // What is beside the page moves away first.
  await on
    .waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, { timeout: 5000 })
    .catch(() => assert.fail(`${where} is wider than a phone`));
  if (process.env.SHOTS) await on.screenshot({ path: `${process.env.SHOTS}/${where.replace(/\W+/g, '-')}-390.png`, fullPage: true });
  await on.emulateMedia({ colorScheme: 'dark' });
  await isSound(`${where} dark`, on);
  await on.emulateMedia({ colorScheme: 'light' });
  await on.setViewportSize(before);
}

before(async () => {
  mail = await startMail();
  shop = await start({ mail });
  page = shop.page;
  if (process.env.PATIENCE) shop.context.setDefaultTimeout(Number(process.env.PATIENCE));
  const text = await (await fetch(`${shop.listening}/v1/programs/1/text`, { headers: { Authorization: `Bearer ${shop.key}` } })).text();
  await ask(shop, 'POST', '/v1/programs', text + MORE);
  await ask(shop, 'PUT', '/v1/message-settings', {
    address: shop.listening,
    cap_most: 0,
    cap_days: 7,
    quiet_from: '',
    quiet_until: '',
    when_uncertain: 'leave',
    channels: { email: { consent: 'letters' } },
  });
  for (const [email, name] of [
    [ana, 'Ana Asked'],
    [bo, 'Bo Asked'],
  ])
    await ask(shop, 'POST', '/v1/members', { identities: [{ kind: 'email', value: email }], attributes: { name } });
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
  await mail?.end();
});

test('a manager makes a survey, and is told where it would lead back', async () => {
  await console_('/surveys');
  await page.getByText('There are no surveys yet').waitFor();
  await isSound('no surveys');
  await button('Make a survey').click();
  await dialogue().getByLabel(/^Name/).fill('After a visit');
  await dialogue().getByLabel(/^Id/).first().fill('visit');
  // The second question always goes on with the first: nobody would come to an end.
  const second = dialogue().getByRole('group', { name: 'Question 2' });
  await button('Always go on elsewhere', second).click();
  await second.getByRole('combobox', { name: 'goes on with' }).click();
  await page.getByRole('option', { name: 'recommend', exact: true }).click();
  await button('Save', dialogue()).click();
  await dialogue().getByText(/recommend → why → recommend/).first().waitFor();
  await isSound('a survey that leads back');
  await second.getByRole('button', { name: 'Remove', exact: true }).first().click();
  await dialogue().getByRole('checkbox', { name: 'By letter' }).check();
  await button('Save', dialogue()).click();
  await page.getByRole('link', { name: 'After a visit' }).waitFor();
  await isSound('surveys');
  await fits('surveys');
});

test('a member is asked, and answers on their pages', async () => {
  await page.getByRole('link', { name: 'After a visit' }).click();
  await heading('After a visit').waitFor();
  await button('Ask members').click();
  await dialogue().getByLabel('Or to one member').fill(`email:${ana}`);
  await button('Ask members', dialogue()).click();
  await page.getByText('They are being asked.').waitFor();
  const context = await shop.browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' });
  member = await context.newPage();
  await member.goto(`${shop.listening}/portal/demo/#/`);
  await member.getByLabel('E-mail address').fill(ana);
  await member.keyboard.press('Enter');
  const code = /\b(\d{6})\b/.exec((await mail.letter(ana)).text)[1];
  await member.getByLabel('Code', { exact: true }).fill(code);
  await button('Sign in', member).click();
  const terms = member.getByLabel(/I accept the terms/);
  await terms.or(heading('Hello, Ana Asked', member)).first().waitFor();
  if (await terms.isVisible()) {
    await terms.check();
    await member.getByRole('button', { name: /Accept|Join/ }).click();
  }
  await member.getByRole('link', { name: 'A survey waits for your answer' }).click();
  await heading('How are we doing?', member).waitFor();
  await isSound('a survey of a member', member);
  await fits('a survey of a member', member);
  await member.getByRole('radio', { name: '3', exact: true }).check();
  await button('Go on', member).click();
  await member.getByLabel('What is the main reason?').fill('The coffee was cold and too expensive');
  await isSound('the second question', member);
  await button('Go on', member).click();
  await member.getByRole('status').filter({ hasText: 'Thank you!' }).waitFor();
  await member.getByText('Nobody asks you anything just now.').waitFor();
  // What is earned comes in two weeks.
  assert.equal((await beans()).pending, 7, 'the answer gave points');
});

test('a link in a letter chooses a score, and books nothing before the button is pressed', async () => {
  await ask(shop, 'POST', '/v1/events', { type: 'activity', source: 'e2e', id: 'allow-bo', customer: { kind: 'email', value: bo }, name: 'letters', fields: { given: true, channel: 'web', origin: 'e2e', version: '1' } });
  await ask(shop, 'POST', '/v1/surveys/visit/askings', { member: `email:${bo}` });
  const letter = await mail.letter(bo);
  assert.match(letter.head, /List-Unsubscribe: /);
  const html = Buffer.from(letter.text.replace(/=\r\n/g, ''), 'utf8').toString();
  const link = /https?:\/\/[^\s"<>]+\/survey\/[\w.]+/.exec(html)[0];
  const asked = await fetch(`${link}?score=9`);
  assert.equal(asked.status, 200);
  const waits = async () => (await ask(shop, 'GET', '/v1/surveys/visit/figures')).answered;
  assert.equal(await waits(), 1, 'whatever follows a link answers nothing');
  const context = await shop.browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'de-DE', reducedMotion: 'reduce' });
  const reader = await context.newPage();
  await reader.goto(`${link}?score=9`);
  assert.ok(await reader.getByRole('radio', { name: '9', exact: true }).isChecked());
  await isSound('a page of a link', reader);
  await fits('a page of a link', reader);
  await button('Weiter', reader).click();
  await reader.getByRole('textbox').fill('Nette Bedienung');
  await button('Weiter', reader).click();
  await reader.getByText('Ihre Antworten sind angekommen.').waitFor();
  await isSound('thanks', reader);
  assert.equal(await waits(), 2);
  await reader.goto(link);
  await reader.getByText('Ihre Antworten sind angekommen.').waitFor();
  await context.close();
});

test('the low score opened a case: an agent answers by letter, and the member answers back', async () => {
  await ask(shop, 'PUT', '/v1/case-settings', { hours: ['', '', '', '', '', '', ''], answer_minutes: 60, solve_minutes: 600, budget: 100, recovered_days: 60 });
  await console_('/cases');
  await page.getByRole('cell', { name: 'Low score' }).waitFor();
  await isSound('the queue');
  await fits('the queue');
  await page.getByRole('link', { name: 'How are we doing?' }).click();
  await page.getByText('The coffee was cold and too expensive').waitFor();
  await button('Assign').click();
  await dialogue().getByRole('combobox', { name: 'Whose it is' }).click();
  await page.getByRole('option', { name: 'Me', exact: true }).click();
  await button('Assign', dialogue()).click();
  await page.getByText('It is saved.').waitFor();
  await page.getByLabel(/^What you say/).fill('We are sorry, Ana. The next one is on us.');
  await button('Send the answer').click();
  const letter = await mail.letter(ana);
  assert.match(letter.text, /The next one is on us/);
  const id = /Message-ID: (<[^>]+>)/i.exec(letter.head)[1];
  await page.getByText(/The member’s turn/).first().waitFor();
  await isSound('a case');
  await fits('a case');
  // Ana's mail program answers; whoever receives the shop's mail sends it on, twice.
  const raw = `From: Ana <${ana}>\r\nTo: club@beans.example\r\nSubject: Re: coffee\r\nMessage-ID: <1@example.com>\r\nIn-Reply-To: ${id}\r\n\r\nThat is kind!\r\n\r\nOn Monday Bean Club wrote:\r\n> We are sorry\r\n`;
  assert.equal((await ask(shop, 'POST', '/v1/cases/inbound', { raw })).before, false);
  assert.equal((await ask(shop, 'POST', '/v1/cases/inbound', { raw })).before, true);
  await page.reload();
  await page.getByText('That is kind!', { exact: true }).waitFor();
  await member.goto(`${shop.listening}/portal/demo/#/cases`);
  await member.getByText('The next one is on us', { exact: false }).waitFor();
  await isSound('cases of a member', member);
  await fits('cases of a member', member);
});

test('it is made good within the budget, solved, and the figures show it', async () => {
  await button('Give points').click();
  await dialogue().getByText(/100 beans are left/).waitFor();
  await dialogue().getByLabel(/^How many beans/).fill('40');
  await dialogue().getByLabel(/^Reason/).fill('A cold coffee');
  await isSound('points for a case');
  await button('Give points', dialogue()).click();
  await page.getByText('The points are given.').waitFor();
  assert.equal((await beans()).available, 40);
  await button('Solve').click();
  await button('Solve', dialogue()).click();
  await page.getByText('It is solved.').waitFor();
  await button('Open again').waitFor();
  await console_('/cases?of=report');
  await page.getByRole('cell', { name: 'Solved', exact: true }).waitFor();
  await isSound('how cases went');
  await fits('how cases went');
  await console_('/surveys/visit?by=way');
  await heading('How likely is it that you would recommend us?').waitFor();
  // One promoter and one detractor of two who were asked.
  await page.getByText('100%').first().waitFor();
  await heading('What texts are about').waitFor();
  await page.getByText('Nette Bedienung').waitFor();
  await isSound('figures of a survey');
  await fits('figures of a survey');
  const metric = await ask(shop, 'GET', '/v1/surveys/visit/figures');
  assert.equal(metric.questions[0].figure.value, 0);
  assert.deepEqual([metric.asked, metric.answered], [2, 2]);
});

test('a member writes by themselves, and what was set stays', async () => {
  await member.getByLabel('What it is about').fill('My points');
  await member.getByLabel('What happened').fill('They are not there.');
  await button('Send', member).first().click();
  await member.getByRole('status').filter({ hasText: 'It has arrived' }).waitFor();
  await console_('/cases');
  await page.getByRole('cell', { name: 'The member wrote' }).waitFor();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('Points an agent may give in a month').waitFor();
  await isSound('what is promised');
  await fits('what is promised');
  await console_('/surveys');
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('A member is asked once in so many days').waitFor();
  await isSound('settings of surveys');
  await fits('settings of surveys');
});

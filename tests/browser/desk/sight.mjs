// What people need of a page: texts that stand out from their ground, nothing that is wider than the window, and nothing in
// the way of who does not see it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Waits until this field holds this value: a page may take a moment to follow what was done. */
export async function holds(field, value) {
  const element = await field.elementHandle();
  const wanted = ([one, value]) => one.value === value;
  await field.page().waitForFunction(wanted, [element, value]).catch(async (error) => {
    throw new Error(`it holds ${await field.inputValue()}, not ${value}`, { cause: error });
  });
}

/** The boxes of these, all of one moment, once they stand still. */
export async function boxes(...locators) {
  let before;
  for (let i = 0; i < 100; i++) {
    const elements = await Promise.all(locators.map((locator) => locator.elementHandle()));
    const now = await locators[0].page().evaluate((each) => new Promise((seen) => {
      const look = () => seen(each.map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return one.isConnected && { x, y, width, height };
      }));
      requestAnimationFrame(() => requestAnimationFrame(look));
    }), elements);
    const same = JSON.stringify(now) === before;
    if (same && now.every(Boolean)) return now;
    before = JSON.stringify(now);
  }
  throw new Error(`they do not stand still: ${before}`);
}

/** Every visible text whose contrast is below WCAG AA. */
export function faintTexts(page) {
  return page.evaluate(() => {
    // A canvas turns any way of writing a colour into figures.
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const figures = (colour) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], under) => [r, g, b].map((part, at) => part * a + under[at] * (1 - a));
    const ground = (element) => {
      const own = figures(getComputedStyle(element).backgroundColor);
      if (own[3] === 1) return own.slice(0, 3);
      return over(own, element.parentElement ? ground(element.parentElement) : [255, 255, 255]);
    };
    const light = (rgb) => {
      const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const element = walker.currentNode.parentElement;
      if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const style = getComputedStyle(element);
      const under = ground(element);
      const [one, other] = [light(over(figures(style.color), under)), light(under)];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const large = parseFloat(style.fontSize) >= 24;
      if (contrast < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)}: ${contrast.toFixed(2)}`);
    }
    return faint;
  });
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that is serious or critical. */
export async function barriers(page) {
  // Not as a script of the page, which its policy would not let in.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], preload: false });
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(' | ')}`);
  });
}

export const isTooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

/** Every control without a name that a screen reader could say. */
export const nameless = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, input, select, textarea')]
      .filter((control) => control.checkVisibility())
      .filter((control) => !(control.ariaLabel || control.labels?.[0]?.textContent || control.textContent.trim()))
      .map((control) => control.outerHTML.slice(0, 120)),
  );

// What a person does at the desk, and where they look.

/** `page` tells which page is meant at the moment. */
export function hands(page) {
  return {
    async signIn(token) {
      await page().getByLabel('Token', { exact: true }).fill(token);
      await page().getByRole('button', { name: 'Sign in' }).click();
    },
    async write(text) {
      await page().getByRole('textbox', { name: 'Message' }).fill(text);
      await page().keyboard.press('Enter');
    },
    /** Sets or lifts conditions of the list. */
    async filter(...labels) {
      const conditions = page().locator('.conditions');
      if (!(await conditions.isVisible())) await page().getByRole('button', { name: /^Filters/ }).click();
      for (const label of labels) await conditions.getByLabel(label, { exact: true }).click();
      await page().getByRole('button', { name: /^Filters/ }).click();
    },
    row: (id) => page().locator(`button.row[data-conversation="${id}"]`),
    action: (name) => page().locator('.actions').getByRole('button', { name, exact: true }),
    message: (text) => page().locator('.messages > li', { hasText: text }),
    connection: (word) => page().locator('.connection').filter({ hasText: word }).waitFor(),
  };
}

// Every row is as high as every other, so that where a row stands is a product, and no row is ever measured.

/** By the width of the list, as styles/list.css has it. */
export const rowHeightOf = (width: number) => (width >= 900 ? 44 : width >= 560 ? 68 : 96);

// Two conversations, for the examples to look at.
import { open, write } from './floor.mjs';

for (const text of ['Where is my order?', 'Where is my parcel?']) await write(await open(), text);

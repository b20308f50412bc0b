// relay-compiler over schema.graphql: every connection with @connection, every type with an id with @refetchable.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { buildSchema, isInterfaceType, isObjectType, getNamedType } from 'graphql';

const schema = buildSchema(readFileSync('../../schema.graphql', 'utf8'));
const lists = readFileSync('relay/src/lists.ts', 'utf8');
const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
for (const type of types) {
  for (const field of Object.values(type.getFields())) {
    if (!getNamedType(field.type).name.endsWith('Connection')) continue;
    const paged = new RegExp(`fragment \\w+ on ${type.name}\\b[^\`]*\\b${field.name}\\([^\`]*@connection\\(`);
    assert(paged.test(lists), `relay/src/lists.ts does not page ${type.name}.${field.name} with @connection`);
  }
}
const node = schema.getType('Node');
assert(isInterfaceType(node));
for (const { name } of schema.getPossibleTypes(node)) {
  const again = new RegExp(`fragment \\w+ on ${name}\\s+@refetchable`);
  assert(again.test(lists), `relay/src/lists.ts does not fetch ${name} again with @refetchable`);
}
mkdirSync('relay/generated', { recursive: true });
try {
  const options = { cwd: 'relay', stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('node', ['../node_modules/relay-compiler/cli.js', 'relay.config.json', '--noWatchman'], options);
  const made = readdirSync('relay/generated').length;
  assert(made > 20, `relay-compiler made ${made} files`);
  console.log(`relay-compiler: ${made} files`);
} finally {
  rmSync('relay/generated', { recursive: true });
}

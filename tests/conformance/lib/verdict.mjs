// Whether the server and graphql-js judge a document alike.
//
// Three differences are known, of the server's library, which refuses what the specification allows: an ID
// written as a whole number beyond 64 bits (no id of this server is a number), a variable that
// is used for nothing but @skip or @include at a `__typename`, as one that is not used, and descriptions of
// operations, fragments and variables, which the edition of September 2025 has added.

import { GraphQLError, getOperationAST, parse, specifiedRules, validate } from 'graphql';

const ID_EXPECTED = /expected type "ID"$/;
const NOT_USED = /^Variable "\$\w+" is not used by operation/;
const AT_TYPENAME = /__typename\s*@\s*(skip|include)\s*\(\s*if\s*:\s*\$/;
const BEYOND_64_BITS = /(?<![\w."])-?\d{19,}(?![\w."])/;

/** What the server did not refuse, or must not have refused; undefined where they agree. */
export function disagreement(schema, { query, operationName, variables }, body, codes) {
  const executed = 'data' in body;
  const { document, fault } = read(query, operationName);
  if (fault) return executed ? { kind: 'executed though invalid', why: fault } : undefined;
  if (executed) return excess(schema, document);
  if (codes.has('LIMIT_EXCEEDED') || validate(schema, document).length > 0) return undefined;
  const [{ message }] = body.errors;
  if (ID_EXPECTED.test(message) && BEYOND_64_BITS.test(query)) return { known: 'ID beyond 64 bits' };
  if (NOT_USED.test(message) && AT_TYPENAME.test(query)) return { known: 'variable at __typename' };
  if (/^Syntax error: /.test(message) && isDescribed(document)) return { known: 'descriptions in a document' };
  return { kind: 'refused though valid', why: `${JSON.stringify(body.errors)} ${JSON.stringify(variables)}` };
}

/** Whether anything in it has a description. */
const isDescribed = ({ definitions }) =>
  definitions.some(({ description, variableDefinitions = [] }) =>
    [description, ...variableDefinitions.map((one) => one.description)].some(Boolean),
  );

function read(query, operationName) {
  try {
    const document = parse(query);
    // Which operation is meant is no rule of validation, but of the request.
    if (getOperationAST(document, operationName)) return { document };
    return { fault: 'No such operation.' };
  } catch (error) {
    if (error instanceof GraphQLError) return { fault: error.message };
    throw error;
  }
}

/** The rule that a document broke that was executed. */
function excess(schema, document) {
  for (const rule of specifiedRules) {
    const [broken] = validate(schema, document, [rule]);
    if (broken) return { kind: 'executed though invalid', why: `${rule.name}: ${broken.message}` };
  }
  return undefined;
}

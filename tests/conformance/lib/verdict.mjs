// Whether the server and graphql-js judge a document alike.
//
// One difference is known, of the server's library: an ID written as a whole number beyond 64 bits is
// refused, which the specification allows. No id of this server is a number.

import { GraphQLError, getOperationAST, parse, specifiedRules, validate } from 'graphql';

const BEYOND_64_BITS = /(?<![\w."])-?\d{19,}(?![\w."])/;

/** What the server did not refuse, or must not have refused; undefined where they agree. */
export function disagreement(schema, { query, operationName, variables }, body, codes) {
  const executed = 'data' in body;
  const { document, fault } = read(query, operationName);
  if (fault) return executed ? { kind: 'executed though invalid', why: fault } : undefined;
  if (executed) return excess(schema, document);
  if (codes.has('LIMIT_EXCEEDED') || validate(schema, document).length > 0) return undefined;
  const [{ message }] = body.errors;
  if (/expected type "ID"$/.test(message) && BEYOND_64_BITS.test(query)) return { known: 'ID beyond 64 bits' };
  return { kind: 'refused though valid', why: `${JSON.stringify(body.errors)} ${JSON.stringify(variables)}` };
}

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

// Whether the server and graphql-js judge a document alike.
//
// Known differences, all of the server's parser, none of which a client's printer makes:
// - a keyword may run into the name after it (`queryName` for `query Name`);
// - arguments of @skip and @include are judged when they are used, not by the type of their variable;
// - no white space within a type (`ID !`, `[ ID ]`), which lib/mutate.mjs therefore never writes.

import { GraphQLError, getOperationAST, parse, validate } from 'graphql';

const KNOWN = [
  /Unexpected Name "(query|mutation|subscription|fragment)\w+"/,
  /of type "Boolean" used in position expecting type "Boolean!"/,
  /^Boolean cannot represent a non boolean value/,
];

/** What the server must not have executed, or must not have refused; undefined where they agree. */
export function disagreement(schema, { query, operationName, variables }, body, codes) {
  const executed = 'data' in body;
  const faults = judged(schema, query, operationName);
  const grave = faults.filter(({ message }) => !KNOWN.some((known) => known.test(message)));
  if (grave.length > 0 && executed) {
    return { kind: 'executed though invalid', why: grave[0].message };
  }
  if (faults.length === 0 && !executed && !codes.has('LIMIT_EXCEEDED')) {
    return { kind: 'refused though valid', why: JSON.stringify(body.errors) };
  }
  return undefined;
}

function judged(schema, query, operationName) {
  try {
    const document = parse(query);
    // Which operation is meant is no rule of validation, but of the request.
    if (!getOperationAST(document, operationName)) return [new GraphQLError('No such operation.')];
    return validate(schema, document);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

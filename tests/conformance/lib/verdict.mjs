// Whether the server and graphql-js judge a document alike.
//
// Known differences, all of the server's library:
// - its parser lets a keyword run into the name after it (`queryName` for `query Name`), and takes no
//   white space within a type (`ID !`, `[ ID ]`), which lib/mutate.mjs therefore never writes;
// - it does not apply the rules of `LENIENT` everywhere. What such a document does is what its parts
//   say, by the same checks of rights and input as any other; each is counted in the report.

import { GraphQLError, getOperationAST, parse, specifiedRules, validate } from 'graphql';

const KEYWORD_RUNS_ON = /Unexpected Name "(query|mutation|subscription|fragment)\w+"/;

const LENIENT = {
  // A nullable variable where a value is needed: refused when the value is missing, not before.
  VariablesInAllowedPositionRule: /./,
  // An input field twice: the last one counts.
  UniqueInputFieldNamesRule: /./,
  // Two fields under one key that another field of the same key hides.
  OverlappingFieldsCanBeMergedRule: /./,
  // A selection below `__typename`, which has nothing below it.
  ScalarLeafsRule: /^Field "__typename" must not have a selection/,
  // The argument of @skip and @include is judged when it is used.
  ValuesOfCorrectTypeRule: /^Boolean cannot represent a non boolean value/,
};

/** What the server did not refuse, or must not have refused; undefined where they agree. */
export function disagreement(schema, { query, operationName, variables }, body, codes) {
  const executed = 'data' in body;
  const { document, fault } = read(query, operationName);
  if (fault) {
    if (!executed) return undefined;
    if (KEYWORD_RUNS_ON.test(fault)) return { known: 'keyword runs on' };
    return { kind: 'executed though invalid', why: fault };
  }
  if (executed) return excess(schema, document);
  if (codes.has('LIMIT_EXCEEDED') || validate(schema, document).length > 0) return undefined;
  // -0 is a whole number, as which an Int or an ID may be written, and is none for the server.
  if (/expected type "(ID|Int)"$/.test(body.errors[0].message) && /-0\b/.test(query)) return { known: 'minus zero' };
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
  let known;
  const breaks = (rule) => validate(schema, document, [specifiedRules.find(({ name }) => name === rule)]).length > 0;
  // Of an input field that comes twice only the last value is judged.
  const hidden = (rule) => rule === 'ValuesOfCorrectTypeRule' && breaks('UniqueInputFieldNamesRule');
  for (const rule of specifiedRules) {
    for (const { message } of validate(schema, document, [rule])) {
      if (!LENIENT[rule.name]?.test(message) && !hidden(rule.name)) {
        return { kind: 'executed though invalid', why: `${rule.name}: ${message}` };
      }
      known = { known: rule.name };
    }
  }
  return known;
}

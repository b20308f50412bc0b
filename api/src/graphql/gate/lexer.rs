//! Counts tokens and brackets before the parser runs.
//!
//! The parser recurses with every bracket, so brackets have to be counted by something that does
//! not. One pass over the bytes, no allocation. Invariant: whatever the parser accepts has no more tokens
//! and no deeper brackets than were counted. What is wrong with the text is left to the parser, but for
//! a block string without an end: the parser would go on behind its first two quotes, as if they were
//! an empty string, and find what was not counted.

use std::ops::Range;

/// What a document's text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Lexical tokens; commas and comments are none.
    pub(super) tokens: u64,
    /// The most brackets that are open at once.
    pub(super) nesting: u64,
    /// Where a block string begins that does not end, in bytes.
    pub(super) unended: Option<usize>,
}

/// Counts.
pub(super) fn scan(text: &str) -> Scan {
    let mut found = Scan::default();
    let mut open: u64 = 0;
    let bytes = text.as_bytes();
    for token in tokens(text) {
        let rest = &bytes[token.start..];
        found.tokens += 1 + literals_before(&rest[..token.len()]);
        match rest[0] {
            b'{' | b'(' | b'[' => {
                open += 1;
                found.nesting = found.nesting.max(open);
            }
            b'}' | b')' | b']' => open = open.saturating_sub(1),
            b'"' if rest.starts_with(QUOTES) && block_end(bytes, token.start).is_none() => {
                found.unended = Some(token.start);
            }
            _ => {}
        }
    }
    found
}

/// Where each token of the text is, in bytes.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            at = match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => {
                    at += 1;
                    continue;
                }
                b'#' => {
                    at = skip(bytes, at, |byte| byte != b'\n' && byte != b'\r');
                    continue;
                }
                b'"' => string_end(bytes, at),
                b'.' => skip(bytes, at, |byte| byte == b'.'),
                b'-' | b'0'..=b'9' => number_end(bytes, at),
                byte if is_word(byte) => skip(bytes, at, is_word),
                _ => at + 1,
            };
            return Some(start..at.min(bytes.len()));
        }
        None
    })
}

/// What a name is made of.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How many values the parser reads in this word before the last one: to it `nulltruea` is three.
fn literals_before(word: &[u8]) -> u64 {
    let (mut rest, mut found) = (word, 0);
    let begins = |rest: &[u8]| {
        let literals: [&[u8]; 3] = [b"true", b"false", b"null"];
        let literal = literals.into_iter().find(|each| rest.starts_with(each))?;
        Some(literal.len())
    };
    while let Some(length) = begins(rest).filter(|length| *length < rest.len()) {
        (rest, found) = (&rest[length..], found + 1);
    }
    found
}

/// Where the number that starts here ends. A sign goes on with it only after the exponent's `e`:
/// the parser reads `1-1` as two, and `00` too.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    let first = if bytes[start] == b'-' { at } else { start };
    if bytes.get(first) == Some(&b'0') && bytes.get(first + 1).is_some_and(u8::is_ascii_digit) {
        return first + 1;
    }
    while let Some(&byte) = bytes.get(at) {
        let goes_on = match byte {
            b'0'..=b'9' | b'.' | b'e' | b'E' => true,
            b'+' | b'-' => matches!(bytes[at - 1], b'e' | b'E'),
            _ => false,
        };
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

fn skip(bytes: &[u8], from: usize, while_: impl Fn(u8) -> bool) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| !while_(*byte))
        .map_or(bytes.len(), |length| from + length)
}

/// Where the string that starts here ends; an unfinished one ends with its line, or the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    if bytes[start..].starts_with(QUOTES) {
        return block_end(bytes, start).unwrap_or(bytes.len());
    }
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\r' | b'\n' => return at,
            // The escaped character goes with the backslash.
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What a block string begins and ends with.
const QUOTES: &[u8] = b"\"\"\"";

/// Where the block string that starts here ends, if it does.
fn block_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut rest = &bytes[start + QUOTES.len()..];
    while !rest.is_empty() {
        if let Some(end) = rest.strip_prefix(QUOTES) {
            return Some(bytes.len() - end.len());
        }
        // An escaped end goes with its backslash.
        rest = match rest[1..].strip_prefix(QUOTES) {
            Some(escaped) if rest[0] == b'\\' => escaped,
            _ => &rest[1..],
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
    use async_graphql_value::Value;
    use proptest::collection;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::spelling::for_parser;
    use super::*;

    #[test]
    fn tokens_are_names_numbers_strings_and_punctuation() {
        let found = scan("query A($x: Int! = -1.5e3) { a(b: [1, 2], c: \"} {\") ...F }");
        assert_eq!(
            found,
            Scan {
                tokens: 27,
                nesting: 3,
                unended: None,
            }
        );
    }

    #[test]
    fn tokens_need_nothing_between_them() {
        assert_eq!(scan("{a...F...F}").tokens, 7);
        assert_eq!(scan("[1-1-1e+5-1]").tokens, 6);
        assert_eq!(scan("[0001-000.50]").tokens, 9);
        assert_eq!(scan("[truefalsenullnullable nul]").tokens, 8);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let text = "{ a(x: \"\"\"{{{ \\\"\"\" {{{\"\"\", y: \"\\\"{{\") # {{{{{\n b }";
        assert_eq!(scan(text).nesting, 2);
    }

    #[test]
    fn an_unfinished_string_ends_with_its_line() {
        for text in ["\"", "\"\\", "{ a(b: \"\n", "\u{feff}{a} \"b c"] {
            let found = scan(text);
            assert_eq!(found.unended, None, "{text}");
        }
        assert_eq!(scan("{ a(b: \"[\n[[").nesting, 4);
    }

    #[test]
    fn a_block_string_that_does_not_end_is_named() {
        for (text, unended) in [
            ("\"\"\"", Some(0)),
            ("{ a(b: \"\"\"c\" [[[", Some(7)),
            ("{ \"\"\"\\\"\"\"", Some(2)),
            ("\"\"\"a\"\"\" \"\"\"\"", Some(8)),
            ("\"\"\"\"\"\"", None),
            ("\"\"\"a\\\"\"\"b\"\"\"", None),
            ("# \"\"\"", None),
            ("\"\\\"\\\"\\\"\"", None),
        ] {
            assert_eq!(scan(text).unended, unended, "{text}");
        }
    }

    #[test]
    fn closing_brackets_alone_do_not_wrap_around() {
        assert_eq!(scan("}}}}{").nesting, 1);
    }

    /// Texts that are made of what parsers stumble over.
    fn soups() -> impl Strategy<Value = String> {
        let pieces = vec![
            "\"\"\"", "\"\"", "\"", "\\", "\\\"\"\"", "\n", "a", "$a", "0", "00", "-0", "1.5",
            "1e1", "true", "null", "false", "A", "[", "]", "{a:", "}", "#", ",", "{a}", "...",
            "@a", "(a:", ")", ":", "!",
        ];
        let soup = collection::vec(select(pieces), 0..24).prop_map(|pieces| pieces.concat());
        let places = vec![
            ("{a(b:[", "])}"),
            ("{a(b:[", "]) a a {a}}"),
            ("{a ", "}"),
            ("query(", "){a}"),
        ];
        (select(places), soup).prop_map(|((before, after), soup)| format!("{before}{soup}{after}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        /// What is not counted is not bounded.
        #[test]
        fn the_parser_finds_no_more_than_was_counted(text in soups()) {
            let found = scan(&text);
            let parsed = parse_query(for_parser(&text)).ok().filter(|_| found.unended.is_none());
            if let Some(document) = parsed {
                let (nodes, levels) = size(&document);
                prop_assert!(nodes <= found.tokens, "{nodes} nodes, {found:?}");
                prop_assert!(levels <= found.nesting, "{levels} levels, {found:?}");
            }
        }
    }

    /// Fields, spreads, arguments, values and directives; and brackets within brackets.
    fn size(document: &ExecutableDocument) -> (u64, u64) {
        let (mut nodes, mut levels) = (0, 0);
        for (_, operation) in document.operations.iter() {
            for variable in &operation.node.variable_definitions {
                nodes += 1;
                if let Some(value) = &variable.node.default_value {
                    add(
                        value_size(&value.node.clone().into_value()),
                        &mut nodes,
                        1,
                        &mut levels,
                    );
                }
            }
            set_size(
                &operation.node.selection_set.node,
                1,
                &mut nodes,
                &mut levels,
            );
        }
        (nodes, levels)
    }

    fn add((more, inside): (u64, u64), nodes: &mut u64, at: u64, levels: &mut u64) {
        *nodes += more;
        *levels = (*levels).max(at + inside);
    }

    fn set_size(set: &SelectionSet, at: u64, nodes: &mut u64, levels: &mut u64) {
        *levels = (*levels).max(at);
        for selection in &set.items {
            *nodes += 1;
            let (directives, arguments, below) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    (
                        &field.directives,
                        field.arguments.as_slice(),
                        Some(&field.selection_set),
                    )
                }
                Selection::FragmentSpread(spread) => (&spread.node.directives, &[][..], None),
                Selection::InlineFragment(inline) => (
                    &inline.node.directives,
                    &[][..],
                    Some(&inline.node.selection_set),
                ),
            };
            *nodes += directives.len() as u64;
            let theirs = directives.iter().flat_map(|each| &each.node.arguments);
            for (_, value) in arguments.iter().chain(theirs) {
                *nodes += 1;
                add(value_size(&value.node), nodes, at + 1, levels);
            }
            if let Some(below) = below.filter(|below| !below.node.items.is_empty()) {
                set_size(&below.node, at + 1, nodes, levels);
            }
        }
    }

    fn value_size(value: &Value) -> (u64, u64) {
        let sizes: Vec<(u64, u64)> = match value {
            Value::List(values) => values.iter().map(value_size).collect(),
            Value::Object(fields) => fields.values().map(value_size).collect(),
            _ => return (1, 0),
        };
        let inside = sizes.iter().map(|(_, levels)| *levels).max().unwrap_or(0);
        (
            1 + sizes.iter().map(|(nodes, _)| nodes).sum::<u64>(),
            inside + 1,
        )
    }
}

//! Counts tokens and brackets before the parser runs.
//!
//! The parser recurses with every bracket, so brackets have to be counted by something that does
//! not. One pass over the bytes, no allocation; what is wrong with the text is left to the parser.

use std::ops::Range;

/// What a document's text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Lexical tokens; commas and comments are none.
    pub(super) tokens: u64,
    /// The most brackets that are open at once.
    pub(super) nesting: u64,
}

/// Counts.
pub(super) fn scan(text: &str) -> Scan {
    let mut found = Scan::default();
    let mut open: u64 = 0;
    for token in tokens(text) {
        found.tokens += 1;
        match text.as_bytes()[token.start] {
            b'{' | b'(' | b'[' => {
                open += 1;
                found.nesting = found.nesting.max(open);
            }
            b'}' | b')' | b']' => open = open.saturating_sub(1),
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

/// Where the number that starts here ends. A sign goes on with it only after the exponent's `e`:
/// the parser reads `1-1` as two.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
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
    if bytes[start..].starts_with(b"\"\"\"") {
        let mut at = start + 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_names_numbers_strings_and_punctuation() {
        let found = scan("query A($x: Int! = -1.5e3) { a(b: [1, 2], c: \"} {\") ...F }");
        assert_eq!(
            found,
            Scan {
                tokens: 27,
                nesting: 3
            }
        );
    }

    #[test]
    fn tokens_need_nothing_between_them() {
        assert_eq!(scan("{a...F...F}").tokens, 7);
        assert_eq!(scan("[1-1-1e+5-1]").tokens, 6);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let text = "{ a(x: \"\"\"{{{ \\\"\"\" {{{\"\"\", y: \"\\\"{{\") # {{{{{\n b }";
        assert_eq!(scan(text).nesting, 2);
    }

    #[test]
    fn an_unfinished_string_ends_without_a_panic() {
        for text in [
            "\"",
            "\"\\",
            "\"\"\"",
            "\"\"\"\\\"\"",
            "{ a(b: \"\n) }",
            "\u{feff}{a}",
        ] {
            scan(text);
        }
    }

    #[test]
    fn closing_brackets_alone_do_not_wrap_around() {
        assert_eq!(scan("}}}}{").nesting, 1);
    }
}

//! Two spellings that the language allows and the parser refuses, written as the parser takes them.
//!
//! Within the type of a variable the parser takes nothing between the tokens (`[ ID ! ]`), and `-0` is no
//! whole number to the library. What stands between the tokens of a type is moved behind it, and
//! `-0` becomes ` 0`. Invariants: the text keeps its length and its lines, so every place that an error
//! names is one of the original, but for places within such a type; one pass, linear in the text.
//!
//! What it must not do: change a text that the parser reads as it is meant.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Range;

use super::lexer;

/// The text as the parser takes it; almost always as it is.
pub(super) fn for_parser(text: &str) -> Cow<'_, str> {
    let mut tokens = lexer::tokens(text).peekable();
    let mut written = String::new();
    // Up to where the text is written out.
    let mut done = 0;
    // How much of `$name:` has come.
    let mut seen = 0;
    while let Some(token) = tokens.next() {
        let word = &text.as_bytes()[token.clone()];
        let next = text.as_bytes().get(token.end);
        if word == b"-0" && !next.is_some_and(u8::is_ascii_digit) {
            written.push_str(&text[done..token.start]);
            written.push_str(" 0");
            done = token.end;
        }
        seen = match (seen, word) {
            (_, b"$") => 1,
            (1, word) if word.first().is_some_and(|byte| lexer::is_word(*byte)) => 2,
            (2, b":") => {
                let (parts, end) = of_type(text, &mut tokens);
                if let Some(begin) = parts.first().map(|part| part.start)
                    && parts.iter().map(Range::len).sum::<usize>() < end - begin
                {
                    written.push_str(&text[done..begin]);
                    written.extend(parts.iter().map(|part| &text[part.clone()]));
                    written.extend(parts.windows(2).map(|two| &text[two[0].end..two[1].start]));
                    done = end;
                }
                0
            }
            _ => 0,
        };
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(&text[done..]);
    Cow::Owned(written)
}

/// The tokens of the type that comes next, and where it ends.
fn of_type(
    text: &str,
    tokens: &mut Peekable<impl Iterator<Item = Range<usize>>>,
) -> (Vec<Range<usize>>, usize) {
    let (mut parts, mut end, mut named) = (Vec::new(), 0, false);
    while let Some(token) = tokens.next_if(|token| match text.as_bytes()[token.start] {
        b'[' => !named,
        b']' | b'!' => named,
        byte => !named && lexer::is_word(byte) && !byte.is_ascii_digit(),
    }) {
        named |= lexer::is_word(text.as_bytes()[token.start]);
        end = token.end;
        parts.push(token);
    }
    (parts, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_within_a_type_comes_behind_it() {
        for (text, expected) in [
            ("($a: ID !) {", "($a: ID! ) {"),
            ("($a: [ ID ! ] !) {", "($a: [ID!]!    ) {"),
            ("($a :[\n  ID,\n]=[1]) {", "($a :[ID]\n  ,\n=[1]) {"),
            ("($a: [ID # b\n]$b:Int !) {", "($a: [ID] # b\n$b:Int! ) {"),
            ("($a: ID ! @b) {", "($a: ID!  @b) {"),
        ] {
            assert_eq!(for_parser(text), expected);
            assert_eq!(text.len(), expected.len());
        }
    }

    #[test]
    fn minus_zero_is_zero() {
        assert_eq!(
            for_parser("{ a(b: -0, c: [1 -0]) }"),
            "{ a(b:  0, c: [1  0]) }"
        );
    }

    #[test]
    fn any_other_text_stays_as_it_is() {
        for text in [
            "",
            "query($a: [ID!]! = [ \"b\" ], $c: Int) { d(e: $a f: $c) }",
            "{ a(b: \"$c: ID ! -0\" d: -0.5 e: -0e1 f: -01) } # $c: ID ! -0",
            "{ a(b: \"\"\"$c: [ ID ] \"\"\") }",
            "($a: ",
            "($a: ! ID",
            "($a: ID ID !",
            "$",
        ] {
            assert!(
                matches!(for_parser(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }
}

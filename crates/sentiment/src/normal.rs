//! A message made plain for the models: lower case, cut into tokens.
//!
//! Case, repeated letters, numbers, links and mentions carry what a model can use without their
//! exact form: "SOOOO late, 45 min" and "soo late, 20 min" are the same to it. Training and
//! scoring share this file and `features`; a change here needs new weights.

use crate::language_of::is_other_script;

/// How much of a message is read, in bytes: more tells no more.
const READ: usize = 1_200;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// A number, whatever its value, written `0`.
    Number,
    /// A link, written `@`.
    Link,
    /// `!`, `?` or a row of them.
    Mark,
    /// `.`, `,` and what else ends a clause.
    Pause,
    /// An emoticon of punctuation, such as `:-)`.
    Emoticon,
    /// One emoji.
    Emoji,
}

/// One token: where it stands in the plain text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    from: usize,
    to: usize,
    /// What it is.
    pub kind: Kind,
}

/// A message made plain. Reuse one for many messages to spare its memory.
#[derive(Debug, Default)]
pub struct Plain {
    text: String,
    tokens: Vec<Token>,
    shouted: usize,
    words: usize,
}

impl Plain {
    /// Makes a text plain.
    pub fn of(text: &str) -> Self {
        let mut plain = Self::default();
        plain.read(text);
        plain
    }

    /// Replaces what is here by another text.
    pub fn read(&mut self, text: &str) {
        self.text.clear();
        self.tokens.clear();
        (self.shouted, self.words) = (0, 0);
        let text = &text[..text.floor_char_boundary(READ)];
        for piece in text.split_whitespace() {
            self.piece(piece);
        }
    }

    /// The tokens with their text.
    pub fn tokens(&self) -> impl ExactSizeIterator<Item = (&str, Kind)> {
        self.tokens
            .iter()
            .map(|token| (&self.text[token.from..token.to], token.kind))
    }

    /// The words alone.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens()
            .filter(|(_, kind)| *kind == Kind::Word)
            .map(|(text, _)| text)
    }

    /// The whole text, when most of its letters are of another script than the Latin one.
    pub fn other_script(&self) -> Option<&str> {
        if self.text.is_ascii() {
            return None;
        }
        let letters = || self.text.chars().filter(|c| c.is_alphabetic());
        let other = letters().filter(|c| is_other_script(*c)).count();
        (other * 2 > letters().count()).then_some(&self.text)
    }

    /// Whether most of it is written in capitals.
    pub fn is_shouted(&self) -> bool {
        self.shouted >= 2 && self.shouted * 2 > self.words
    }

    fn piece(&mut self, piece: &str) {
        if is_emoticon(piece) {
            return self.push(Kind::Emoticon, |text| text.push_str(&piece.to_lowercase()));
        }
        if piece.contains("://") || piece.starts_with("www.") || is_address(piece) {
            return self.push(Kind::Link, |text| text.push('@'));
        }
        if piece.starts_with('@') {
            return;
        }
        let mut rest = piece;
        while let Some(c) = rest.chars().next() {
            let length = if is_letter(c) {
                run(rest, |c| is_letter(c) || is_joint(c))
            } else if c.is_numeric() {
                run(rest, |c| c.is_numeric() || matches!(c, '.' | ',' | ':'))
            } else if is_mark(c) {
                run(rest, is_mark)
            } else {
                c.len_utf8()
            };
            let (part, after) = rest.split_at(length);
            self.part(part, c);
            rest = after;
        }
    }

    fn part(&mut self, part: &str, first: char) {
        if is_letter(first) {
            self.word(part.trim_end_matches(is_joint));
        } else if first.is_numeric() {
            self.push(Kind::Number, |text| text.push('0'));
        } else if is_mark(first) {
            let question = part.contains(['?', '？']);
            let many = part.chars().nth(1).is_some();
            self.push(Kind::Mark, |text| {
                text.push(if question { '?' } else { '!' });
                if many {
                    text.push('!');
                }
            });
        } else if is_emoji(first) {
            self.push(Kind::Emoji, |text| text.push(first));
        } else if matches!(first, '.' | ',' | ';' | ':' | '…' | '(' | ')') {
            self.push(Kind::Pause, |text| text.push(','));
        }
    }

    fn word(&mut self, word: &str) {
        self.words += 1;
        let mut letters = word.chars();
        let capital = |c: Option<char>| c.is_some_and(char::is_uppercase);
        self.shouted += usize::from(capital(letters.next()) && capital(letters.next()));
        self.push(Kind::Word, |text| {
            let (mut last, mut times) = ('\0', 0);
            for c in word.chars().flat_map(char::to_lowercase) {
                let c = if is_joint(c) { '\'' } else { c };
                times = if c == last { times + 1 } else { 1 };
                last = c;
                // No word of the languages read here has a letter three times in a row.
                if times <= 2 {
                    text.push(c);
                }
            }
        });
    }

    fn push(&mut self, kind: Kind, write: impl FnOnce(&mut String)) {
        let from = self.text.len();
        write(&mut self.text);
        let to = self.text.len();
        self.text.push(' ');
        self.tokens.push(Token { from, to, kind });
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}')
}

/// What joins the letters of one word: all are written as a straight apostrophe.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '´' | '`')
}

fn is_mark(c: char) -> bool {
    matches!(c, '!' | '?' | '！' | '？')
}

fn is_address(piece: &str) -> bool {
    piece
        .find('@')
        .is_some_and(|at| at > 0 && piece[at..].contains('.'))
}

fn is_emoticon(piece: &str) -> bool {
    let short = piece.len() <= 4 && piece.chars().nth(1).is_some();
    piece == "<3" || (short && piece.starts_with([':', ';', '=']))
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

//! A message cut into words, emoticons and emoji.
//!
//! Links, addresses and anything with a digit are left out: they tell neither feeling nor
//! language. Clauses end at any punctuation, sentences at `.`, `!`, `?` and a line break.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with apostrophes and hyphens inside.
    Word,
    /// An emoticon of punctuation, such as `:-)`.
    Emoticon,
    /// An emoji.
    Emoji,
}

/// One token.
#[derive(Debug)]
pub(super) struct Token {
    /// In lower case, apostrophes straight.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// A word of capitals, two at least.
    pub(super) shouted: bool,
    /// Which clause of the text, counted from 0.
    pub(super) clause: usize,
    /// Which sentence of the text, counted from 0.
    pub(super) sentence: usize,
}

/// A message in tokens.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    /// Sentences that end in a question mark, ascending.
    questions: Vec<usize>,
    /// Exclamation marks in the whole text.
    pub(super) exclamations: usize,
}

/// Cuts a text.
pub(super) fn tokens(text: &str) -> Tokens {
    let mut cut = Cut::default();
    for line in text.lines() {
        for piece in line.split_whitespace() {
            cut.piece(piece);
        }
        cut.end_sentence();
    }
    cut.done
}

impl Tokens {
    /// The words, as far as they are words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.all
            .iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text.as_str())
    }

    /// Whether this sentence ends in a question mark.
    pub(super) fn is_question(&self, sentence: usize) -> bool {
        self.questions.binary_search(&sentence).is_ok()
    }
}

#[derive(Default)]
struct Cut {
    done: Tokens,
    clause: usize,
    sentence: usize,
}

impl Cut {
    fn piece(&mut self, piece: &str) {
        if is_emoticon(piece) {
            self.push(piece.to_lowercase(), Kind::Emoticon, false);
            return;
        }
        if is_reference(piece) {
            // Of "order 4411?" the mark still counts.
            self.mark(piece.chars().next_back().unwrap_or(' '));
            return;
        }
        let mut from = 0;
        for (at, c) in piece.char_indices() {
            if is_inside_word(c) {
                continue;
            }
            self.word(&piece[from..at]);
            from = at + c.len_utf8();
            if is_emoji(c) {
                self.push(c.to_string(), Kind::Emoji, false);
            } else {
                self.mark(c);
            }
        }
        self.word(&piece[from..]);
    }

    fn word(&mut self, text: &str) {
        let text = text.trim_matches(|c: char| !c.is_alphabetic());
        if text.is_empty() {
            return;
        }
        let mut letters = text.chars().filter(|c| c.is_alphabetic());
        let shouted = text.chars().nth(1).is_some() && letters.all(char::is_uppercase);
        let lower = text.to_lowercase().replace(['’', '‘', 'ʼ', '´', '`'], "'");
        self.push(lower, Kind::Word, shouted);
    }

    fn push(&mut self, text: String, kind: Kind, shouted: bool) {
        let (clause, sentence) = (self.clause, self.sentence);
        self.done.all.push(Token {
            text,
            kind,
            shouted,
            clause,
            sentence,
        });
    }

    fn mark(&mut self, c: char) {
        match c {
            '!' | '！' => {
                self.done.exclamations += 1;
                self.end_sentence();
            }
            '?' | '？' => {
                if self.in_sentence() {
                    self.done.questions.push(self.sentence);
                }
                self.end_sentence();
            }
            '.' | '…' | '。' => self.end_sentence(),
            ',' | ';' | ':' | '(' | ')' | '–' | '—' | '"' | '“' | '”' => self.clause += 1,
            _ => {}
        }
    }

    /// Whether the sentence has a token yet: "?!" ends one sentence, not two.
    fn in_sentence(&self) -> bool {
        self.done
            .all
            .last()
            .is_some_and(|token| token.sentence == self.sentence)
    }

    fn end_sentence(&mut self) {
        if self.in_sentence() {
            self.sentence += 1;
            self.clause += 1;
        }
    }
}

fn is_inside_word(c: char) -> bool {
    // Marks that join to a letter belong to it, in scripts that have them.
    c.is_alphabetic()
        || matches!(
            c,
            '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '-' | '\u{300}'..='\u{36f}'
        )
}

/// A link, an address, an amount, an order number.
fn is_reference(piece: &str) -> bool {
    piece.contains("://")
        || piece.starts_with("www.")
        || piece.contains('@')
        || piece.chars().any(char::is_numeric)
}

fn is_emoticon(piece: &str) -> bool {
    let short = piece.len() <= 5 && piece.chars().nth(1).is_some();
    piece == "<3" || piece == "</3" || (short && piece.starts_with([':', ';', '=']))
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

//! From the text of a question to its tokens: words, phrases, operators, fields and ranges, each with its
//! position. Never decides what belongs together: the parser does.

use super::near::{self, Distance};
use super::words::{
    check_pattern, ends_word, is_wildcard, precedes_word, read, read_switches, shorten,
    stray_brace, trim, unsearchable,
};
use super::{
    DateSpan, Form, NumberField, NumberSpan, ParseError, TextField, Unit, Word, later, searchable,
};

/// The kinds of operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    And,
    Or,
    Not,
}

/// How operators are written; in lower case these are ordinary words.
const OPERATORS: [(&str, Op); 6] = [
    ("EN", Op::And),
    ("OF", Op::Or),
    ("NIET", Op::Not),
    ("AND", Op::And),
    ("OR", Op::Or),
    ("NOT", Op::Not),
];

/// So far is looked back from a comma to see whether it stands in a number.
const LONGEST_NUMBER: usize = 40;

/// The operator that `word` is, and its name.
pub(super) fn operator(word: &str) -> Option<(&'static str, Op)> {
    OPERATORS.into_iter().find(|(name, _)| *name == word)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// Between the parts of a quorum.
    Comma,
    /// An operator and how it was written.
    Op(Op, &'static str),
    Near(Distance),
    /// `n VAN (`, with the parenthesis.
    Quorum(usize),
    Word(Word),
    Phrase(String),
    Field(TextField),
    Format,
    Date(DateSpan),
    Number(NumberField, NumberSpan),
    /// `binnen:zin`, without the parenthesis that must follow.
    Within(Unit),
}

/// A token and its position in code points.
#[derive(Clone, Debug)]
pub(super) struct Lexed {
    pub token: Token,
    pub at: usize,
}

/// What a name before a colon stands for.
enum Name {
    Text(TextField),
    Format,
    Date,
    Number(NumberField),
    Within,
    Unknown,
}

const KNOWN_FIELDS: &str = "titel:, van:, aan:, pad:, type:, datum:, grootte:, paginas: en binnen:";

/// Whether `c` opens or closes a phrase. Word processors replace straight quotes by the others.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '„' | '“' | '”' | '‟' | '«' | '»' | '＂')
}

pub(super) fn is_boundary(c: char) -> bool {
    c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '{' | '}')
}

/// The tokens of `text`.
pub(super) fn lex(text: &str) -> Result<Vec<Lexed>, ParseError> {
    let chars: Vec<char> = text.chars().collect();
    if let Some(at) = chars
        .iter()
        .position(|&c| c.is_control() && !c.is_whitespace())
    {
        return Err(ParseError::new(
            at,
            "Hier staat een onzichtbaar stuurteken. Haal het weg en typ de vraag opnieuw.",
        ));
    }
    let mut lexer = Lexer {
        chars,
        next: 0,
        tokens: Vec::new(),
        groups: Vec::new(),
        quorums: 0,
    };
    while let Some(&c) = lexer.chars.get(lexer.next) {
        match c {
            '(' => lexer.open()?,
            ')' => lexer.close(),
            ',' if lexer.separates(lexer.next) => {
                lexer.push(Token::Comma, lexer.next, lexer.next + 1);
            }
            '{' | '}' => return Err(stray_brace(c, lexer.next)),
            c if c.is_whitespace() => lexer.next += 1,
            c if is_quote(c) => lexer.phrase()?,
            _ => lexer.piece()?,
        }
    }
    Ok(lexer.tokens)
}

pub(super) struct Lexer {
    pub(super) chars: Vec<char>,
    next: usize,
    tokens: Vec<Lexed>,
    /// The parentheses that are open: whether each is that of a quorum.
    groups: Vec<bool>,
    /// How many of those are quorums.
    quorums: usize,
}

impl Lexer {
    fn push(&mut self, token: Token, at: usize, next: usize) {
        self.tokens.push(Lexed { token, at });
        self.next = next;
    }

    pub(super) fn text(&self, from: usize, to: usize) -> String {
        self.chars[from..to].iter().collect()
    }

    /// The first position from `from` on where `found` holds.
    pub(super) fn find(&self, from: usize, found: impl Fn(char) -> bool) -> Option<usize> {
        self.chars[from..]
            .iter()
            .position(|&c| found(c))
            .map(|i| from + i)
    }

    /// Whether a comma at `at` separates the parts of a quorum. Elsewhere it is punctuation; in a number it belongs
    /// to it, also when the number has wildcards.
    fn separates(&self, at: usize) -> bool {
        self.quorums > 0 && self.chars[at] == ',' && !self.in_number(at)
    }

    /// Whether the comma at `at` stands within a number: `1,5`, `1.250.00*,00`.
    fn in_number(&self, at: usize) -> bool {
        let of_number = |c: char| c.is_ascii_digit() || is_wildcard(c);
        let behind = self.chars.get(at + 1).copied();
        if behind.is_some_and(|c| c.is_ascii_digit())
            && at > 0
            && self.chars[at - 1].is_ascii_digit()
        {
            return true;
        }
        // With a wildcard at its side it does when all of the word before it is figures.
        let before = self.chars[..at].iter().rev().take(LONGEST_NUMBER);
        let before = before.take_while(|&&c| c != ':' && !is_boundary(c));
        let mut last = None;
        let mut figures = false;
        for &c in before {
            last = last.or(Some(c));
            match c {
                '.' | ',' => {}
                c if of_number(c) => figures |= c.is_ascii_digit(),
                _ => return false,
            }
        }
        figures && last.is_some_and(of_number) && behind.is_some_and(of_number)
    }

    /// Where the piece that begins at `from` ends.
    pub(super) fn piece_end(&self, from: usize) -> usize {
        (from..self.chars.len())
            .find(|&at| is_boundary(self.chars[at]) || self.separates(at))
            .unwrap_or(self.chars.len())
    }

    fn open(&mut self) -> Result<(), ParseError> {
        let quorum = self.take_quorum()?;
        self.groups.push(quorum.is_some());
        if let Some((at_least, at)) = quorum {
            self.quorums += 1;
            self.push(Token::Quorum(at_least), at, self.next + 1);
        } else {
            self.push(Token::Open, self.next, self.next + 1);
        }
        Ok(())
    }

    fn close(&mut self) {
        if self.groups.pop() == Some(true) {
            self.quorums -= 1;
        }
        self.push(Token::Close, self.next, self.next + 1);
    }

    /// Takes `n VAN` back, when that is what stands before this parenthesis.
    fn take_quorum(&mut self) -> Result<Option<(usize, usize)>, ParseError> {
        let [.., number, van] = self.tokens.as_slice() else {
            return Ok(None);
        };
        let (Token::Word(word), at) = (&number.token, number.at) else {
            return Ok(None);
        };
        let plain_number =
            word.form == Form::Woordvorm && word.text.bytes().all(|b| b.is_ascii_digit());
        if !plain_number || van.token != Token::Word("VAN".into()) {
            return Ok(None);
        }
        let Ok(at_least) = word.text.parse() else {
            return Err(ParseError::new(
                at,
                format!("{} is te groot om te tellen.", shorten(&word.text)),
            ));
        };
        self.tokens.truncate(self.tokens.len() - 2);
        Ok(Some((at_least, at)))
    }

    fn phrase(&mut self) -> Result<(), ParseError> {
        let at = self.next;
        let Some(end) = self.find(at + 1, is_quote) else {
            return Err(ParseError::new(
                at,
                "Dit aanhalingsteken wordt niet gesloten. Zet er een achter de frase.",
            ));
        };
        let written = self.text(at + 1, end);
        let phrase = written.split_whitespace().collect::<Vec<_>>().join(" ");
        if phrase.is_empty() {
            return Err(ParseError::new(
                at,
                "Tussen deze aanhalingstekens staat niets. Zet er een of meer woorden in.",
            ));
        }
        if let Some(tilde) = self.find(at + 1, |c| c == '~').filter(|&i| i < end) {
            return Err(later::fuzzy_phrase(tilde));
        }
        check_pattern(&written, at + 1)?;
        if !searchable(&phrase) {
            return Err(unsearchable(&phrase, at));
        }
        if self.chars.get(end + 1) == Some(&'~') {
            return Err(later::slop(end + 1));
        }
        self.push(Token::Phrase(phrase), at, end + 1);
        Ok(())
    }

    /// Everything up to a space, quote, parenthesis or brace: an operator, a field or a word.
    fn piece(&mut self) -> Result<(), ParseError> {
        let end = self.piece_end(self.next);
        let written = self.text(self.next, end);
        if let Some((name, op)) = operator(&written) {
            self.push(Token::Op(op, name), self.next, end);
            return Ok(());
        }
        if trim(&written) == written
            && let Some(distance) = near::operator(&written, self.next)
        {
            self.push(Token::Near(distance?), self.next, end);
            return Ok(());
        }
        let at = self
            .find(self.next, |c| !precedes_word(c))
            .unwrap_or(end)
            .min(end);
        let letters_end = self.find(at, |c| !c.is_alphabetic()).unwrap_or(end);
        if letters_end > at
            && letters_end < end
            && self.chars[letters_end] == ':'
            && self.field(at, letters_end, end)?
        {
            return Ok(());
        }
        self.word(&written, at, end)
    }

    /// The word in `written`, which ends at `end`; without the punctuation before it, it begins at `at`.
    fn word(&mut self, written: &str, at: usize, end: usize) -> Result<(), ParseError> {
        let next = self.chars.get(end).copied();
        // Nothing but punctuation is refused as it is written.
        let (text, at) = match trim(written) {
            "" => (written, self.next),
            text => (text, at),
        };
        let mut word = read(text, at, next)?;
        let mut end = end;
        if next == Some('{') && word.form == Form::Woordvorm {
            (word.switches, end) = read_switches(&self.chars, end)?;
            // Punctuation behind the switches is that of the sentence.
            while self.chars.get(end).is_some_and(|&c| ends_word(c)) && !self.separates(end) {
                end += 1;
            }
        }
        self.push(Token::Word(word), at, end);
        Ok(())
    }

    /// Takes the field whose name is `at..colon`; false when the colon only ends a word.
    fn field(&mut self, at: usize, colon: usize, end: usize) -> Result<bool, ParseError> {
        let name = self.text(at, colon);
        let known = field_name(&name);
        if matches!(known, Name::Unknown) {
            let glued = self
                .chars
                .get(end)
                .is_some_and(|&c| is_quote(c) || c == '(');
            let text_follows = self.chars[colon..end].iter().any(|&c| !ends_word(c))
                || (glued && end == colon + 1);
            return if text_follows {
                Err(self.unknown_field(&name, at, colon))
            } else {
                Ok(false)
            };
        }
        if let Some(Lexed {
            token: Token::Field(_) | Token::Format,
            at: outer,
        }) = self.tokens.last()
            && self
                .find(*outer, |c| c == ':')
                .is_some_and(|i| i + 1 == self.next)
        {
            return Err(nested_field(&name, at));
        }
        if self
            .chars
            .get(colon + 1)
            .is_none_or(|&c| c.is_whitespace() || c == ')')
        {
            return Err(ParseError::new(
                colon,
                format!(
                    "Na {}: moet direct tekst komen, zonder spatie.",
                    name.to_lowercase()
                ),
            ));
        }
        let from = colon + 1;
        match known {
            Name::Text(field) => self.push(Token::Field(field), at, from),
            Name::Format => self.push(Token::Format, at, from),
            Name::Number(field) => {
                let (span, end) = self.number(field, from)?;
                self.push(Token::Number(field, span), at, end);
            }
            Name::Date => {
                let (span, end) = self.date(from)?;
                self.push(Token::Date(span), at, end);
            }
            Name::Within | Name::Unknown => self.within(at, from)?,
        }
        Ok(true)
    }

    /// The unit at `from`, behind `binnen:`.
    fn within(&mut self, at: usize, from: usize) -> Result<(), ParseError> {
        let end = self.piece_end(from);
        let name = self.text(from, end).to_lowercase();
        let unit = Unit::ALL.into_iter().find(|unit| unit.name() == name);
        let open = self.find(end, |c| !c.is_whitespace());
        let opened = open.is_some_and(|open| self.chars[open] == '(');
        let Some(unit) = unit.filter(|_| opened) else {
            let what = if unit.is_some() {
                "Hier ontbreekt een groep tussen haakjes.".to_owned()
            } else {
                format!(
                    "Na binnen: hoort zin, alinea, pagina of familie; {} kan niet.",
                    shorten(&name)
                )
            };
            return Err(ParseError::new(
                from,
                format!(
                    "{what} Schrijf bijvoorbeeld binnen:zin(subsidie EN afgewezen) of binnen:familie(factuur EN bijlage)."
                ),
            ));
        };
        self.push(Token::Within(unit), at, end);
        Ok(())
    }

    fn unknown_field(&self, name: &str, at: usize, colon: usize) -> ParseError {
        if self.chars[colon + 1..].starts_with(&['/', '/']) {
            return ParseError::new(
                at,
                "Zet een webadres tussen aanhalingstekens: \"https://...\".",
            );
        }
        ParseError::new(
            at,
            format!(
                "Het veld {}: bestaat niet. De velden zijn {KNOWN_FIELDS}. Hoort de dubbele punt bij de tekst, zet die \
                 dan tussen aanhalingstekens.",
                shorten(name)
            ),
        )
    }
}

/// The error for a field within a field.
pub(super) fn nested_field(name: &str, at: usize) -> ParseError {
    ParseError::new(
        at,
        format!(
            "Het veld {}: kan niet binnen een ander veld staan. Zet de velden naast elkaar, met EN of OF ertussen.",
            name.to_lowercase()
        ),
    )
}

fn field_name(name: &str) -> Name {
    match name.to_lowercase().as_str() {
        "titel" => Name::Text(TextField::Titel),
        "van" => Name::Text(TextField::Van),
        "aan" => Name::Text(TextField::Aan),
        "pad" => Name::Text(TextField::Pad),
        "type" => Name::Format,
        "datum" => Name::Date,
        "grootte" => Name::Number(NumberField::Grootte),
        "paginas" => Name::Number(NumberField::Paginas),
        "binnen" => Name::Within,
        _ => Name::Unknown,
    }
}

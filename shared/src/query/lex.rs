//! From the text of a question to its tokens: words, phrases, operators, fields and dates, each with its
//! position. Never decides what belongs together: the parser does.

use super::{DateSpan, ParseError, TextField, later, searchable};
use crate::PartialDate;

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// An operator and how it was written.
    Op(Op, &'static str),
    Word(String),
    Phrase(String),
    Field(TextField),
    Format,
    Date(DateSpan),
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
    Within,
    Unknown,
}

const KNOWN_FIELDS: &str = "titel:, van:, aan:, pad:, type: en datum:";
const DATE_FORMS: &str = "Schrijf een datum als 2019, 2019-06 of 2019-06-30, en een periode als \
                          [2019 TO 2021-06], met * voor een open begin of eind.";

/// Whether `c` opens or closes a phrase. Word processors replace straight quotes by the others.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '„' | '“' | '”' | '‟' | '«' | '»' | '＂')
}

/// Ends a sentence or a part of it and is no part of the word before it.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ',' | ';' | '.' | '!' | ':' | '…')
}

/// The same before a word; `!` is not among them, because other programs read it as NIET.
fn precedes_word(c: char) -> bool {
    ends_word(c) && c != '!'
}

pub(super) fn is_boundary(c: char) -> bool {
    c.is_whitespace() || is_quote(c) || c == '(' || c == ')'
}

/// The word without punctuation at its ends.
pub(super) fn trim(word: &str) -> &str {
    word.trim_start_matches(precedes_word)
        .trim_end_matches(ends_word)
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
    };
    while let Some(&c) = lexer.chars.get(lexer.next) {
        match c {
            '(' => lexer.push(Token::Open, lexer.next, lexer.next + 1),
            ')' => lexer.push(Token::Close, lexer.next, lexer.next + 1),
            c if c.is_whitespace() => lexer.next += 1,
            c if is_quote(c) => lexer.phrase()?,
            _ => lexer.piece()?,
        }
    }
    Ok(lexer.tokens)
}

struct Lexer {
    chars: Vec<char>,
    next: usize,
    tokens: Vec<Lexed>,
}

impl Lexer {
    fn push(&mut self, token: Token, at: usize, next: usize) {
        self.tokens.push(Lexed { token, at });
        self.next = next;
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.chars[from..to].iter().collect()
    }

    /// The first position from `from` on where `found` holds.
    fn find(&self, from: usize, found: impl Fn(char) -> bool) -> Option<usize> {
        self.chars[from..]
            .iter()
            .position(|&c| found(c))
            .map(|i| from + i)
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
        if let Some(i) = self
            .find(at + 1, |c| later::is_wildcard(c) || is_quote(c))
            .filter(|&i| i < end)
        {
            return Err(later::wildcard(self.chars[i], i, true));
        }
        if !searchable(&phrase) {
            return Err(unsearchable(&phrase, at));
        }
        self.push(Token::Phrase(phrase), at, end + 1);
        Ok(())
    }

    /// Everything up to a space, quote or parenthesis: an operator, a field or a word.
    fn piece(&mut self) -> Result<(), ParseError> {
        let end = self
            .find(self.next, is_boundary)
            .unwrap_or(self.chars.len());
        if end - self.next <= 4 {
            let written = self.text(self.next, end);
            if let Some(&(name, op)) = OPERATORS.iter().find(|(name, _)| *name == written) {
                self.push(Token::Op(op, name), self.next, end);
                return Ok(());
            }
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
        let written = self.text(self.next, end);
        let word = trim(&written);
        if word.is_empty() {
            self.check_word(&written, self.next, end)?;
        }
        self.check_word(word, at, end)?;
        self.push(Token::Word(word.to_owned()), at, end);
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
        if matches!(known, Name::Within) {
            return Err(later::within(at));
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
        match known {
            Name::Text(field) => self.push(Token::Field(field), at, colon + 1),
            Name::Format => self.push(Token::Format, at, colon + 1),
            _ => self.date(at, colon + 1)?,
        }
        Ok(true)
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

    /// The date or period that starts at `from`.
    fn date(&mut self, at: usize, from: usize) -> Result<(), ParseError> {
        if self.chars[from] != '[' {
            let end = self.find(from, is_boundary).unwrap_or(self.chars.len());
            let written = self.text(from, end);
            let date = read_date(trim(&written), from)?;
            if date.is_none() {
                return Err(both_open(from));
            }
            self.push(
                Token::Date(DateSpan {
                    from: date,
                    to: date,
                }),
                at,
                end,
            );
            return Ok(());
        }
        let Some(close) = self.find(from, |c| c == ']') else {
            return Err(ParseError::new(
                from,
                format!("Deze periode wordt niet gesloten met ]. {DATE_FORMS}"),
            ));
        };
        let parts = self.parts(from + 1, close);
        let [(first_at, first), (_, to), (last_at, last)] = parts.as_slice() else {
            return Err(ParseError::new(
                from,
                format!("Dit is geen periode. {DATE_FORMS}"),
            ));
        };
        if !["TO", "TOT", "T/M"].contains(&to.to_uppercase().as_str()) {
            return Err(ParseError::new(
                from,
                format!("Tussen de twee datums hoort TO. {DATE_FORMS}"),
            ));
        }
        let span = DateSpan {
            from: read_date(first, *first_at)?,
            to: read_date(last, *last_at)?,
        };
        match (span.from, span.to) {
            (None, None) => return Err(both_open(from)),
            (Some(first), Some(last)) if first.days().first > last.days().last => {
                return Err(ParseError::new(
                    *first_at,
                    "Het begin van de periode ligt na het eind. Zet de vroegste datum voorop.",
                ));
            }
            _ => self.push(Token::Date(span), at, close + 1),
        }
        Ok(())
    }

    /// What stands between spaces in `from..to`, each with its position.
    fn parts(&self, from: usize, to: usize) -> Vec<(usize, String)> {
        let mut parts = Vec::new();
        let mut start = from;
        for part in self.chars[from..to].split(|c| c.is_whitespace()) {
            if !part.is_empty() {
                parts.push((start, part.iter().collect()));
            }
            start += part.len() + 1;
        }
        parts
    }

    fn check_word(&self, word: &str, at: usize, end: usize) -> Result<(), ParseError> {
        let glued = self
            .chars
            .get(end)
            .is_some_and(|&c| is_quote(c) || c == '(');
        refuse_special(word, at, glued)?;
        if searchable(word) {
            Ok(())
        } else {
            Err(unsearchable(word, at))
        }
    }
}

/// Refuses a word that means something else than a word, or nothing yet. `glued`: a quote or parenthesis
/// follows it directly.
pub(super) fn refuse_special(word: &str, at: usize, glued: bool) -> Result<(), ParseError> {
    if let Some((i, c)) = word
        .chars()
        .enumerate()
        .find(|&(_, c)| c == '[' || c == ']')
    {
        return Err(ParseError::new(
            at + i,
            format!(
                "Het teken {c} hoort alleen bij een periode, zoals datum:[2019 TO 2021-06]. Hoort het bij de tekst, \
                 zet die dan tussen aanhalingstekens."
            ),
        ));
    }
    if let Some((i, c)) = word
        .chars()
        .enumerate()
        .find(|&(_, c)| later::is_wildcard(c))
    {
        return Err(later::wildcard(c, at + i, false));
    }
    let alone = !glued && word.chars().all(|c| !c.is_alphanumeric());
    if let Some(error) = word
        .chars()
        .next()
        .filter(|_| !alone)
        .and_then(|first| later::sign(first, at))
    {
        return Err(error);
    }
    if OPERATORS.iter().any(|(name, _)| *name == word) {
        return Err(ParseError::new(
            at,
            format!(
                "Zet spaties en geen leestekens om {word} heen. Zoekt u het woord zelf, schrijf dan \"{word}\"."
            ),
        ));
    }
    later::proximity(word, at).map_or(Ok(()), Err)
}

/// Whether `word` could stand in a question as it is and mean itself.
pub(super) fn is_plain_word(word: &str) -> bool {
    let field_like = |colon: usize| colon > 0 && word[..colon].chars().all(char::is_alphabetic);
    trim(word) == word
        && !word.contains(is_boundary)
        && !word.find(':').is_some_and(field_like)
        && refuse_special(word, 0, false).is_ok()
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
        "binnen" => Name::Within,
        _ => Name::Unknown,
    }
}

/// A date, or `None` for `*`.
fn read_date(text: &str, at: usize) -> Result<Option<PartialDate>, ParseError> {
    if text == "*" {
        return Ok(None);
    }
    PartialDate::parse(text).map(Some).ok_or_else(|| {
        let what = if text.is_empty() {
            "Hier ontbreekt een datum.".to_owned()
        } else {
            format!("{} is geen datum die bestaat.", shorten(text))
        };
        ParseError::new(at, format!("{what} {DATE_FORMS}"))
    })
}

fn both_open(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Een periode heeft ten minste een begin of een eind. Laat datum: weg om in elke periode te zoeken.",
    )
}

fn unsearchable(text: &str, at: usize) -> ParseError {
    let way_out = match text {
        "&" | "&&" => "Gebruik EN tussen woorden.",
        "|" | "||" => "Gebruik OF tussen woorden.",
        _ => "Laat het weg, of schrijf er letters of cijfers bij.",
    };
    ParseError::new(
        at,
        format!(
            "Op {} kan niet gezocht worden: er staan geen letters of cijfers in. {way_out}",
            shorten(text)
        ),
    )
}

/// A long text cut for a message.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        text.chars().take(SHOWN).chain("…".chars()).collect()
    }
}

//! From tokens to the tree, by recursive descent. Never drops or guesses: what is not in the grammar is an
//! error with its position.
//!
//! ```text
//! vraag   = (of)?
//! of      = en (OF en)*
//! en      = niet (EN? niet)*
//! niet    = NIET (niet | deel) | nabij
//! nabij   = deel ((NEAR/n | P/n) deel)*
//! deel    = woord | "frase" | ( of ) | veld:(woord | "frase" | ( of )) | type:x | type:(x OF y) | datum:x
//!         | grootte:x | paginas:x | n VAN ( of (, of)* ) | binnen:eenheid( of )
//! ```

use super::lex::{Lexed, Op, Token, lex, nested_field};
use super::near::Distance;
use super::{
    Form, MAX_DEPTH, MAX_LENGTH, Near, ParseError, Query, Switches, TextField, Unit, check_length,
    near, print,
};

/// Reads a question. Empty or blank text asks for everything.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    if text.chars().nth(MAX_LENGTH).is_some() {
        return Err(ParseError::new(
            MAX_LENGTH,
            "De vraag is te lang: er zijn hoogstens 100.000 tekens mogelijk. Splits de vraag in delen.",
        ));
    }
    let tokens = lex(text)?;
    if tokens.is_empty() {
        return Ok(Query::All);
    }
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
        deepest: (0, 0),
        field: None,
        unit: None,
    };
    let query = parser.or()?;
    if let Some(left) = parser.peek() {
        return Err(ParseError::new(
            left.at,
            "Bij dit sluithaakje hoort geen haakje openen.",
        ));
    }
    // Parentheses that the canonical form adds count too: it must be readable itself.
    if print::depth(&query) > MAX_DEPTH {
        return Err(too_deep(parser.deepest.1));
    }
    check_length(query)
}

pub(super) fn too_deep(at: usize) -> ParseError {
    ParseError::new(
        at,
        "De vraag is te diep genest: er kunnen hoogstens 100 groepen in elkaar staan.",
    )
}

struct Parser {
    tokens: Vec<Lexed>,
    next: usize,
    depth: usize,
    /// The greatest depth seen and where.
    deepest: (usize, usize),
    /// The field that we are inside of.
    field: Option<TextField>,
    /// The unit that we are inside of.
    unit: Option<Unit>,
}

impl Parser {
    fn peek(&self) -> Option<&Lexed> {
        self.tokens.get(self.next)
    }

    fn peek_op(&self) -> Option<Op> {
        match self.peek()?.token {
            Token::Op(op, _) => Some(op),
            _ => None,
        }
    }

    fn peek_near(&self) -> Option<Distance> {
        match self.peek()?.token {
            Token::Near(distance) => Some(distance),
            _ => None,
        }
    }

    /// The position of the next token.
    fn here(&self) -> usize {
        self.peek().map_or(0, |lexed| lexed.at)
    }

    fn or(&mut self) -> Result<Query, ParseError> {
        let first = self.and()?;
        if self.peek_op() != Some(Op::Or) {
            return Ok(first);
        }
        let mut parts = Vec::new();
        let mut add = |part| match part {
            Query::Or(inner) => parts.extend(inner),
            other => parts.push(other),
        };
        add(first);
        while self.peek_op() == Some(Op::Or) {
            self.next += 1;
            add(self.and()?);
        }
        Ok(Query::Or(parts))
    }

    fn and(&mut self) -> Result<Query, ParseError> {
        let first = self.not()?;
        let mut parts = Vec::new();
        let mut add = |part| match part {
            Query::And(inner) => parts.extend(inner),
            other => parts.push(other),
        };
        let mut only = Some(first);
        while let Some(lexed) = self.peek() {
            match lexed.token {
                Token::Close | Token::Comma | Token::Op(Op::Or, _) => break,
                Token::Op(Op::And, _) => self.next += 1,
                _ => {}
            }
            if let Some(first) = only.take() {
                add(first);
            }
            add(self.not()?);
        }
        Ok(only.unwrap_or(Query::And(parts)))
    }

    fn not(&mut self) -> Result<Query, ParseError> {
        if self.peek_op() != Some(Op::Not) {
            return self.near();
        }
        let at = self.enter()?;
        self.next += 1;
        let inner = if self.peek_op() == Some(Op::Not) {
            self.not()?
        } else {
            self.operand()?
        };
        if self.peek_near().is_some() {
            return Err(near::after_not(at));
        }
        self.depth -= 1;
        Ok(Query::Not(Box::new(inner)))
    }

    fn near(&mut self) -> Result<Query, ParseError> {
        let start = self.next;
        let mut left = self.operand()?;
        while let Some((distance, ordered)) = self.peek_near() {
            let at = self.here();
            near::check_side(&left, &self.tokens[start..self.next])?;
            self.next += 1;
            let right_start = self.next;
            // NIET is read too, so that it is refused for what it is.
            let right = if self.peek_op() == Some(Op::Not) {
                self.not()?
            } else {
                self.operand()?
            };
            near::check_side(&right, &self.tokens[right_start..self.next])?;
            left = Query::Near(Near {
                left: Box::new(left),
                right: Box::new(right),
                distance,
                ordered,
            });
            // A chain is as deep as it is long.
            if self.depth + print::depth(&left) > MAX_DEPTH {
                return Err(too_deep(at));
            }
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Query, ParseError> {
        let Some(Lexed { token, at }) = self.peek().cloned() else {
            return Err(self.missing());
        };
        self.refuse_here(&token, at)?;
        let query = match token {
            Token::Close | Token::Comma | Token::Op(..) | Token::Near(_) => {
                return Err(self.missing());
            }
            Token::Open => return self.group(),
            Token::Field(field) => return self.in_field(field, at),
            Token::Format => return self.format(at),
            Token::Quorum(at_least) => return self.quorum(at_least, at),
            Token::Within(unit) => return self.within(unit),
            Token::Date(span) => Query::Date(span),
            Token::Number(field, span) => Query::Number(field, span),
            Token::Phrase(text) => Query::Phrase(text.as_str().into()),
            Token::Word(word) => Query::Word(word),
        };
        self.next += 1;
        Ok(query)
    }

    /// Refuses what cannot stand inside the field or unit that we are in.
    fn refuse_here(&self, token: &Token, at: usize) -> Result<(), ParseError> {
        let name = match token {
            Token::Field(field) => field.name(),
            Token::Format => "type",
            Token::Date(_) => "datum",
            Token::Number(field, _) => field.name(),
            Token::Within(_) => "binnen",
            _ => return Ok(()),
        };
        if self.field.is_some() {
            return Err(nested_field(name, at));
        }
        let Some(unit) = self.unit else {
            return Ok(());
        };
        let melding = if matches!(token, Token::Within(_)) {
            "binnen: kan niet in een ander binnen: staan. Zet ze naast elkaar, zoals binnen:zin(a EN b) EN \
             binnen:pagina(c EN d)."
                .to_owned()
        } else if unit == Unit::Familie {
            return Ok(());
        } else {
            format!(
                "{name}: geldt voor een heel document en kan niet in binnen:{0} staan. Zet het ernaast: \
                 binnen:{0}(a EN b) EN datum:2019.",
                unit.name()
            )
        };
        Err(ParseError::new(at, melding))
    }

    /// Counts a level of nesting at the next token, and returns its position.
    fn enter(&mut self) -> Result<usize, ParseError> {
        let at = self.here();
        self.depth += 1;
        self.deepest = self.deepest.max((self.depth, at));
        if self.depth > MAX_DEPTH {
            Err(too_deep(at))
        } else {
            Ok(at)
        }
    }

    fn group(&mut self) -> Result<Query, ParseError> {
        let open = self.enter()?;
        self.next += 1;
        let inner = self.or()?;
        match self.peek() {
            None => return Err(unclosed(open)),
            Some(Lexed {
                token: Token::Comma,
                at,
            }) => {
                return Err(ParseError::new(
                    *at,
                    "Een komma scheidt alleen de delen van een lijst, zoals in 2 VAN (a, b, c). Schrijf hier EN of OF.",
                ));
            }
            _ => self.next += 1,
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn quorum(&mut self, at_least: usize, at: usize) -> Result<Query, ParseError> {
        self.enter()?;
        let mut of = Vec::new();
        loop {
            self.next += 1;
            of.push(self.or()?);
            match self.peek().map(|lexed| &lexed.token) {
                None => return Err(unclosed(at)),
                Some(Token::Comma) => {}
                _ => break,
            }
        }
        self.next += 1;
        self.depth -= 1;
        if at_least == 0 || at_least > of.len() {
            return Err(ParseError::new(
                at,
                format!(
                    "Voor VAN staat {at_least}, en tussen de haakjes staan {} delen. Het getal moet van 1 tot en met dat \
                     aantal zijn, en tussen de delen hoort een komma met een spatie: 2 VAN (a, b, c). Zoekt u het \
                     woord VAN, schrijf het dan met kleine letters.",
                    of.len()
                ),
            ));
        }
        Ok(Query::Quorum { at_least, of })
    }

    /// The lexer saw to it that a parenthesis follows.
    fn within(&mut self, unit: Unit) -> Result<Query, ParseError> {
        self.next += 1;
        self.unit = Some(unit);
        let inner = self.group()?;
        self.unit = None;
        Ok(Query::Within(unit, Box::new(inner)))
    }

    fn in_field(&mut self, field: TextField, at: usize) -> Result<Query, ParseError> {
        self.next += 1;
        if let Some(name) = self.peek().and_then(operator_name) {
            return Err(ParseError::new(
                at,
                format!(
                    "Na {0}: hoort een woord, een frase of een groep. Zoekt u het woord {name} zelf, schrijf dan \
                     {0}:\"{name}\".",
                    field.name()
                ),
            ));
        }
        if matches!(
            self.peek().map(|lexed| &lexed.token),
            Some(Token::Quorum(_))
        ) {
            return Err(ParseError::new(
                at,
                format!(
                    "Zet haakjes om het aantal, zoals {}:(2 VAN (a, b, c)).",
                    field.name()
                ),
            ));
        }
        self.field = Some(field);
        let inner = self.operand()?;
        self.field = None;
        Ok(Query::Field(field, Box::new(inner)))
    }

    fn format(&mut self, at: usize) -> Result<Query, ParseError> {
        self.next += 1;
        if self.peek().is_none_or(|lexed| lexed.token != Token::Open) {
            return self.format_name();
        }
        let open = self.peek().map_or(at, |lexed| lexed.at);
        self.next += 1;
        let mut names = vec![self.format_name()?];
        while self.peek_op() == Some(Op::Or) {
            self.next += 1;
            names.push(self.format_name()?);
        }
        match self.peek() {
            None => return Err(unclosed(open)),
            Some(Lexed {
                token: Token::Close,
                ..
            }) => self.next += 1,
            Some(other) => {
                return Err(ParseError::new(
                    other.at,
                    "Tussen de haakjes na type: horen formaten met OF ertussen.",
                ));
            }
        }
        let only = if names.len() == 1 { names.pop() } else { None };
        Ok(only.unwrap_or(Query::Or(names)))
    }

    fn format_name(&mut self) -> Result<Query, ParseError> {
        let lexed = self.peek();
        if let Some(Token::Word(word)) = lexed.map(|lexed| &lexed.token)
            && word.text.bytes().all(|b| b.is_ascii_alphanumeric())
            && word.form == Form::Woordvorm
            && word.switches == Switches::default()
        {
            let name = word.text.to_ascii_lowercase();
            self.next += 1;
            return Ok(Query::Format(name));
        }
        let at = lexed.or(self.tokens.last()).map_or(0, |lexed| lexed.at);
        Err(ParseError::new(
            at,
            "Na type: hoort de naam van een formaat, zoals pdf of docx: letters en cijfers.",
        ))
    }

    /// The error for a place where a word, phrase, field or group had to come.
    fn missing(&self) -> ParseError {
        const EXPECTED: &str = "een woord, een frase of een groep tussen haakjes";
        let before = self.next.checked_sub(1).and_then(|i| self.tokens.get(i));
        let beside = |side: &str, lexed: &Lexed| {
            let melding = match operator_name(lexed) {
                Some(name) => format!(
                    "{side} {name} ontbreekt {EXPECTED}. Zoekt u het woord zelf, schrijf dan \"{name}\"."
                ),
                None => {
                    format!("{side} deze komma ontbreekt {EXPECTED}, zoals in 2 VAN (a, b, c).")
                }
            };
            ParseError::new(lexed.at, melding)
        };
        let joins =
            |lexed: &&Lexed| matches!(lexed.token, Token::Op(..) | Token::Near(_) | Token::Comma);
        if let Some(before) = before.filter(joins) {
            return beside("Na", before);
        }
        if let Some(after) = self.peek().filter(joins) {
            return beside("Voor", after);
        }
        match (before, self.peek()) {
            (
                Some(Lexed {
                    token: Token::Open | Token::Quorum(_),
                    at,
                }),
                after,
            ) => match after {
                None => unclosed(*at),
                Some(_) => ParseError::new(
                    *at,
                    format!(
                        "Tussen deze haakjes staat niets. Zet er {EXPECTED} in, of laat ze weg."
                    ),
                ),
            },
            (_, after) => ParseError::new(
                after.map_or(0, |lexed| lexed.at),
                "Bij dit sluithaakje hoort geen haakje openen.",
            ),
        }
    }
}

/// What an operator is called, when `lexed` is one.
fn operator_name(lexed: &Lexed) -> Option<String> {
    match lexed.token {
        Token::Op(_, name) => Some(name.to_owned()),
        Token::Near((distance, false)) => Some(format!("NEAR/{distance}")),
        Token::Near((distance, true)) => Some(format!("P/{distance}")),
        _ => None,
    }
}

fn unclosed(open: usize) -> ParseError {
    ParseError::new(
        open,
        "Dit haakje wordt niet gesloten. Zet een ) achter de groep.",
    )
}

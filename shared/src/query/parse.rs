//! From tokens to the tree, by recursive descent. Never drops or guesses: what is not in the grammar is an
//! error with its position.
//!
//! ```text
//! vraag  = (of)?
//! of     = en (OF en)*
//! en     = niet (EN? niet)*
//! niet   = NIET niet | deel
//! deel   = woord | "frase" | ( of ) | veld:(woord | "frase" | ( of )) | type:x | type:(x OF y) | datum:x
//! ```

use super::lex::{Lexed, Op, Token, lex, nested_field};
use super::{MAX_DEPTH, MAX_LENGTH, ParseError, Query, TextField, check_length, later, print};

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

fn too_deep(at: usize) -> ParseError {
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
                Token::Close | Token::Op(Op::Or, _) => break,
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
            return self.operand();
        }
        self.enter()?;
        self.next += 1;
        let inner = self.not()?;
        self.depth -= 1;
        Ok(Query::Not(Box::new(inner)))
    }

    fn operand(&mut self) -> Result<Query, ParseError> {
        let Some(Lexed { token, at }) = self.peek().cloned() else {
            return Err(self.missing());
        };
        match token {
            Token::Close | Token::Op(..) => return Err(self.missing()),
            Token::Open => return self.group(),
            Token::Word(ref word) if self.starts_quorum(word) => return Err(later::quorum(at)),
            Token::Field(field) => return self.in_field(field, at),
            Token::Format => return self.format(at),
            Token::Date(_) if self.field.is_some() => return Err(nested_field("datum", at)),
            _ => self.next += 1,
        }
        Ok(match token {
            Token::Date(span) => Query::Date(span),
            Token::Phrase(text) => Query::Phrase(text.as_str().into()),
            Token::Word(text) => Query::Word(text.as_str().into()),
            _ => return Err(self.missing()),
        })
    }

    fn starts_quorum(&self, word: &str) -> bool {
        let follows = |n: usize| self.tokens.get(self.next + n).map(|lexed| &lexed.token);
        word.bytes().all(|b| b.is_ascii_digit())
            && matches!(follows(1), Some(Token::Word(van)) if van == "VAN")
            && follows(2) == Some(&Token::Open)
    }

    /// Counts a level of nesting at the next token.
    fn enter(&mut self) -> Result<(), ParseError> {
        let at = self.peek().map_or(0, |lexed| lexed.at);
        self.depth += 1;
        self.deepest = self.deepest.max((self.depth, at));
        if self.depth > MAX_DEPTH {
            Err(too_deep(at))
        } else {
            Ok(())
        }
    }

    fn group(&mut self) -> Result<Query, ParseError> {
        let open = self.peek().map_or(0, |lexed| lexed.at);
        self.enter()?;
        self.next += 1;
        let inner = self.or()?;
        if self.peek().is_none() {
            return Err(unclosed(open));
        }
        self.next += 1;
        self.depth -= 1;
        Ok(inner)
    }

    fn in_field(&mut self, field: TextField, at: usize) -> Result<Query, ParseError> {
        if self.field.is_some() {
            return Err(nested_field(field.name(), at));
        }
        self.next += 1;
        if let Some(Token::Op(_, name)) = self.peek().map(|lexed| &lexed.token) {
            return Err(ParseError::new(
                at,
                format!(
                    "Na {0}: hoort een woord, een frase of een groep. Zoekt u het woord {name} zelf, schrijf dan \
                     {0}:\"{name}\".",
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
        if self.field.is_some() {
            return Err(nested_field("type", at));
        }
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
        if let Some(Token::Word(name)) = lexed.map(|lexed| &lexed.token)
            && name.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            let name = name.to_ascii_lowercase();
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
        match (before, self.peek()) {
            (
                Some(Lexed {
                    token: Token::Op(_, name),
                    at,
                }),
                _,
            ) => ParseError::new(
                *at,
                format!(
                    "Na {name} ontbreekt {EXPECTED}. Zoekt u het woord zelf, schrijf dan \"{name}\"."
                ),
            ),
            (
                _,
                Some(Lexed {
                    token: Token::Op(_, name),
                    at,
                }),
            ) => ParseError::new(
                *at,
                format!(
                    "Voor {name} ontbreekt {EXPECTED}. Zoekt u het woord zelf, schrijf dan \"{name}\"."
                ),
            ),
            (
                Some(Lexed {
                    token: Token::Open,
                    at,
                }),
                Some(_),
            ) => ParseError::new(
                *at,
                format!("Tussen deze haakjes staat niets. Zet er {EXPECTED} in, of laat ze weg."),
            ),
            (
                Some(Lexed {
                    token: Token::Open,
                    at,
                }),
                None,
            ) => unclosed(*at),
            (_, other) => ParseError::new(
                other.map_or(0, |lexed| lexed.at),
                "Bij dit sluithaakje hoort geen haakje openen.",
            ),
        }
    }
}

fn unclosed(open: usize) -> ParseError {
    ParseError::new(
        open,
        "Dit haakje wordt niet gesloten. Zet een ) achter de groep.",
    )
}

//! Turtle, as far as a SKOS list needs it: prefixes, subjects, properties and texts with a language. Lists between
//! parentheses and nested nodes between brackets are read and passed over. Never guesses: what it cannot read is an
//! error with its line.

use super::list::{List, ListError, Origin};
use super::skos::{Concepts, Lines, wanted};
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// An address between angle brackets, or a name with its prefix.
    Name(String),
    Text {
        text: String,
        language: String,
    },
    /// `.`, `;`, `,`, a bracket or a parenthesis.
    Sign(char),
    /// `a`, numbers, `true`, and `@prefix` and the like.
    Other(String),
}

/// Reads a list.
pub(super) fn parse(name: &str, origin: Origin, text: &str) -> Result<List, ListError> {
    let mut reader = Reader {
        text,
        at: 0,
        lines: Lines::new(text),
        line: 1,
        prefixes: HashMap::new(),
        concepts: Concepts::default(),
    };
    while let Some(token) = reader.next()? {
        reader.statement(token)?;
    }
    let line = reader.line;
    reader.concepts.finish(name, origin, line)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    lines: Lines<'t>,
    /// Of the last token.
    line: usize,
    prefixes: HashMap<String, String>,
    concepts: Concepts,
}

impl Reader<'_> {
    fn broken<T>(&self) -> Result<T, ListError> {
        Err(ListError::new(
            self.line,
            "Dit is geen geldige Turtle, of een vorm ervan die hier niet gelezen kan worden. Lever de lijst aan als \
             RDF/XML of als CSV.",
        ))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn need(&mut self) -> Result<Token, ListError> {
        match self.next()? {
            Some(token) => Ok(token),
            None => self.broken(),
        }
    }

    /// Everything up to the point that ends it.
    fn statement(&mut self, first: Token) -> Result<(), ListError> {
        let subject = match first {
            Token::Other(word) => return self.directive(&word),
            Token::Name(name) => name,
            Token::Sign('[') => {
                self.skip(1)?;
                format!("[ {}", self.at)
            }
            _ => return self.broken(),
        };
        loop {
            let property = match self.need()? {
                Token::Name(name) => Some(name),
                Token::Other(word) if word == "a" => None,
                Token::Sign(';') => continue,
                Token::Sign('.') => return Ok(()),
                _ => return self.broken(),
            };
            if !self.values(&subject, property.as_deref())? {
                return Ok(());
            }
        }
    }

    /// The values of a property; answers whether another property may follow.
    fn values(&mut self, subject: &str, property: Option<&str>) -> Result<bool, ListError> {
        let wanted = property.and_then(wanted);
        loop {
            match (self.need()?, wanted) {
                (Token::Text { text, language }, Some(wanted)) => {
                    let line = self.line;
                    self.concepts
                        .take(wanted, subject, &text, &language, line)?;
                }
                (Token::Sign('[' | '('), None) => self.skip(1)?,
                (Token::Text { .. } | Token::Name(_) | Token::Other(_), None) => {}
                _ => return self.broken(),
            }
            match self.need()? {
                Token::Sign(',') => {}
                Token::Sign(';') => return Ok(true),
                Token::Sign('.') => return Ok(false),
                _ => return self.broken(),
            }
        }
    }

    /// Passes over what stands between brackets of which `open` are open.
    fn skip(&mut self, mut open: usize) -> Result<(), ListError> {
        while open > 0 {
            match self.need()? {
                Token::Sign('[' | '(') => open += 1,
                Token::Sign(']' | ')') => open -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// `@prefix skos: <…> .`, `PREFIX skos: <…>`, and the same with `base`.
    fn directive(&mut self, word: &str) -> Result<(), ListError> {
        let kind = word.trim_start_matches('@').to_ascii_lowercase();
        if kind == "prefix" {
            self.blanks();
            let Some((prefix, _)) = self.rest().split_once(':') else {
                return self.broken();
            };
            if !prefix.chars().all(is_name) {
                return self.broken();
            }
            let prefix = prefix.to_owned();
            self.at += prefix.len() + 1;
            let Token::Name(address) = self.need()? else {
                return self.broken();
            };
            self.prefixes.insert(prefix, address);
        } else if kind != "base" || !matches!(self.need()?, Token::Name(_)) {
            return self.broken();
        }
        if word.starts_with('@') && self.need()? != Token::Sign('.') {
            return self.broken();
        }
        Ok(())
    }

    /// Steps over white space and comments.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let mut behind = rest.trim_start();
            if behind.starts_with('#') {
                behind = behind.split_once('\n').map_or("", |(_, rest)| rest);
            }
            let passed = rest.len() - behind.len();
            if passed == 0 {
                return;
            }
            self.at += passed;
        }
    }

    fn next(&mut self) -> Result<Option<Token>, ListError> {
        self.blanks();
        self.line = self.lines.at(self.at);
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(None);
        };
        let token = match first {
            '.' | ';' | ',' | '[' | ']' | '(' | ')' => {
                self.at += 1;
                Token::Sign(first)
            }
            '<' => {
                let Some(end) = rest
                    .find(['>', '\n'])
                    .filter(|end| rest[*end..].starts_with('>'))
                else {
                    return self.broken();
                };
                let address = rest[1..end].to_owned();
                self.at += end + 1;
                Token::Name(address)
            }
            '"' | '\'' => self.string(first)?,
            _ => self.word()?,
        };
        Ok(Some(token))
    }

    fn word(&mut self) -> Result<Token, ListError> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(is_name(c) || matches!(c, ':' | '@' | '.' | '+' | '%' | '\\' | '/')))
            .unwrap_or(rest.len());
        // A point at the end closes the statement.
        let word = rest[..end].trim_end_matches('.');
        let found = match word.split_once(':') {
            _ if word.is_empty() => return self.broken(),
            Some(("_", _)) => Token::Name(word.to_owned()),
            Some((prefix, local)) => match self.prefixes.get(prefix) {
                Some(address) => Token::Name(format!("{address}{local}")),
                None => return self.broken(),
            },
            None => Token::Other(word.to_owned()),
        };
        self.at += word.len();
        Ok(found)
    }

    /// A text with its language or type.
    fn string(&mut self, quote: char) -> Result<Token, ListError> {
        let long = quote.to_string().repeat(3);
        let delimiter = if self.rest().starts_with(&long) {
            long
        } else {
            quote.to_string()
        };
        self.at += delimiter.len();
        let mut text = String::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(&delimiter) {
                self.at += delimiter.len();
                break;
            }
            match rest.chars().next() {
                Some('\\') => text.push(self.escaped()?),
                Some(c) if delimiter.len() > 1 || c != '\n' => {
                    self.at += c.len_utf8();
                    text.push(c);
                }
                _ => return self.broken(),
            }
        }
        let mut language = String::new();
        if let Some(rest) = self.rest().strip_prefix('@') {
            let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
            language.push_str(&rest[..rest.find(ends).unwrap_or(rest.len())]);
            self.at += 1 + language.len();
        } else if self.rest().starts_with("^^") {
            self.at += 2;
            if !matches!(self.next()?, Some(Token::Name(_))) {
                return self.broken();
            }
        }
        Ok(Token::Text { text, language })
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char, ListError> {
        let sign = self.rest().chars().nth(1);
        let (letter, length) = match sign {
            Some('t') => ('\t', 2),
            Some('n') => ('\n', 2),
            Some('r') => ('\r', 2),
            Some('b') => ('\u{8}', 2),
            Some('f') => ('\u{c}', 2),
            Some(c @ ('"' | '\'' | '\\')) => (c, 2),
            Some(c @ ('u' | 'U')) => {
                let length = if c == 'u' { 6 } else { 10 };
                let number = self.rest().get(2..length);
                let number = number.and_then(|hex| u32::from_str_radix(hex, 16).ok());
                match number.and_then(char::from_u32) {
                    Some(c) => (c, length),
                    None => return self.broken(),
                }
            }
            _ => return self.broken(),
        };
        self.at += length;
        Ok(letter)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '·')
}

//! Term lists: one question per line, or the first column of a CSV. Never searches.

use super::lex::is_quote;
use super::parse::too_deep;
use super::{MAX_DEPTH, MAX_LENGTH, ParseError, Query, parse, print};

/// Names of the first column that are no term.
const HEADERS: [&str; 9] = [
    "term",
    "termen",
    "zoekterm",
    "zoektermen",
    "zoekvraag",
    "vraag",
    "woord",
    "woorden",
    "query",
];

/// Why a list cannot be read: the line and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("regel {regel}: {fout}")]
pub struct ListError {
    /// The line, from 1.
    pub regel: usize,
    /// What is wrong; its position is one in the term.
    pub fout: ParseError,
}

/// The terms of a list: its lines, each a whole question in the language, with their numbers from 1 and as
/// written. Blank lines and lines that begin with `#` are skipped. When all lines have the same number (at
/// least one) of semicolons, tabs or commas outside quotes and parentheses, it is a CSV of which the first
/// column counts, without its quotes; its header is skipped. A comma before a space is no separator.
pub fn list_terms(text: &str) -> Result<Vec<(usize, String, Query)>, ListError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    let separator = separator(&lines);
    let mut terms = Vec::new();
    for (i, (regel, line)) in lines.into_iter().enumerate() {
        let term = match separator {
            Some(separator) => first_column(line, separator),
            None => line.trim().to_owned(),
        };
        let header =
            i == 0 && separator.is_some() && HEADERS.contains(&term.to_lowercase().as_str());
        if header || term.is_empty() {
            continue;
        }
        let query = parse(&term)
            .and_then(|query| {
                // In the whole list it stands in a group of its own.
                if print::depth(&query) < MAX_DEPTH {
                    Ok(query)
                } else {
                    Err(too_deep(0))
                }
            })
            .map_err(|fout| ListError { regel, fout })?;
        terms.push((regel, term, query));
    }
    if terms.is_empty() {
        return Err(ListError {
            regel: 1,
            fout: ParseError::new(
                0,
                "In deze lijst staat geen enkele term. Zet op elke regel een woord, een frase of een andere vraag.",
            ),
        });
    }
    Ok(terms)
}

/// A list as one question: any of its terms.
pub fn parse_list(text: &str) -> Result<Query, ListError> {
    let mut length = 0;
    let mut parts = Vec::new();
    for (regel, _, query) in list_terms(text)? {
        // With the parentheses and operator that it may get.
        length += query.to_string().chars().count() + " OF ()".len();
        if length > MAX_LENGTH {
            let fout = ParseError::new(
                0,
                "Tot en met deze regel is de lijst te lang. Met alle operatoren voluit geschreven mag een lijst \
                 hoogstens 100.000 tekens hebben. Splits de lijst in delen.",
            );
            return Err(ListError { regel, fout });
        }
        match query {
            Query::Or(inner) => parts.extend(inner),
            other => parts.push(other),
        }
    }
    let only = if parts.len() == 1 { parts.pop() } else { None };
    Ok(only.unwrap_or(Query::Or(parts)))
}

/// What separates the columns, when these lines are a CSV.
fn separator(lines: &[(usize, &str)]) -> Option<char> {
    [';', '\t', ','].into_iter().find(|&separator| {
        let mut counts = lines
            .iter()
            .map(|(_, line)| separators(line, separator).count());
        let first = counts.next().unwrap_or(0);
        first > 0 && counts.all(|count| count == first)
    })
}

/// Where `separator` stands in `line`, outside quotes, parentheses and braces.
fn separators(line: &str, separator: char) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    let mut depth = 0_usize;
    let mut chars = line.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = chars.next() {
            let spaced = chars.peek().is_some_and(|(_, c)| c.is_whitespace());
            match c {
                c if is_quote(c) => quoted = !quoted,
                '(' | '{' if !quoted => depth += 1,
                ')' | '}' if !quoted => depth = depth.saturating_sub(1),
                _ if c == separator && !quoted && depth == 0 && !(c == ',' && spaced) => {
                    return Some(at);
                }
                _ => {}
            }
        }
        None
    })
}

/// The first column, without the quotes that a CSV puts around it and with those inside it single again.
fn first_column(line: &str, separator: char) -> String {
    let end = separators(line, separator).next().unwrap_or(line.len());
    let written = line[..end].trim();
    match written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inside) => inside.replace("\"\"", "\"").trim().to_owned(),
        None => written.to_owned(),
    }
}

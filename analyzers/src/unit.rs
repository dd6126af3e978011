//! Where sentences, paragraphs and pages begin. Owns the rules, which lean to too few boundaries rather than too
//! many: a search within a sentence must not miss. Never looks at more than the text between two words.

use crate::fold::is_one_letter;
use std::ops::Range;

/// A piece of text that words can be looked for in together. A page begins a paragraph, and a paragraph a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// From one sentence end to the next.
    Zin,
    /// Between empty lines, or an item of a list.
    Alinea,
    /// Between page breaks.
    Pagina,
}

impl Unit {
    /// All of them, the smallest first.
    pub const ALL: [Unit; 3] = [Unit::Zin, Unit::Alinea, Unit::Pagina];

    /// The term that marks its beginning in [`Stream::Grens`](crate::Stream::Grens).
    pub fn term(self) -> &'static str {
        match self {
            Unit::Zin => "zin",
            Unit::Alinea => "alinea",
            Unit::Pagina => "pagina",
        }
    }
}

/// What stands before a name or a number and does not end a sentence with its full stop.
const ABBREVIATIONS: &[&str] = &[
    "afd", "apr", "art", "artt", "aug", "bijl", "bijv", "blz", "ca", "dec", "dhr", "dir", "dr",
    "drs", "ds", "excl", "feb", "fig", "gem", "hfst", "hr", "incl", "ing", "ir", "jan", "jl",
    "jul", "jun", "max", "mevr", "min", "mr", "mrt", "mw", "nl", "no", "nov", "nr", "nrs", "okt",
    "ong", "par", "pp", "prof", "prov", "resp", "sept", "sr", "st", "stb", "stcrt", "tel", "trb",
    "vgl", "vlg", "vs", "zgn",
];

/// The unit that begins with the word at `next`, when the word at `previous` ends one.
pub(crate) fn boundary(text: &str, previous: Range<usize>, next: usize) -> Option<Unit> {
    let between = text.get(previous.end..next)?;
    if matches!(between, " " | "") {
        return None;
    }
    if between.contains('\u{C}') {
        return Some(Unit::Pagina);
    }
    if begins_paragraph(between) {
        return Some(Unit::Alinea);
    }
    let first = text.get(next..)?.chars().next()?;
    let begins = first.is_uppercase() || first.is_numeric();
    (begins && ends_sentence(text.get(previous)?, between)).then_some(Unit::Zin)
}

/// Whether there is an empty line, or a line that begins with the sign of a list.
fn begins_paragraph(between: &str) -> bool {
    let mut lines = 0;
    for c in between.chars() {
        match c {
            '\n' | '\u{85}' | '\u{2028}' => lines += 1,
            '\u{2029}' => return true,
            '•' | '▪' | '‣' | '◦' | '●' | '■' | '–' | '*' | '-' | '·' | '\u{F0B7}' if lines > 0 =>
            {
                return true;
            }
            c if c.is_whitespace() => {}
            _ => lines = 0,
        }
        if lines > 1 {
            return true;
        }
    }
    false
}

fn ends_sentence(word: &str, between: &str) -> bool {
    let mut ended = false;
    for (at, c) in between.char_indices() {
        match c {
            '!' | '?' | '…' => ended = true,
            '.' => ended |= at > 0 || !is_abbreviation(word),
            c if c.is_whitespace() && ended => return true,
            // Closing quotes and brackets belong to the sentence.
            c if c.is_whitespace() => {}
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' => {}
            _ => ended = false,
        }
    }
    false
}

/// A title, a unit, an initial, or letters with full stops in between (`t.a.v.`).
fn is_abbreviation(word: &str) -> bool {
    let one = is_one_letter(word) && !word.starts_with(|c: char| c.is_numeric());
    let stops = word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic());
    one || stops
        || ABBREVIATIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use crate::token::{TokenKind, tokens};

    /// The words, with `|` where a sentence begins, `¶` for a paragraph and `#` for a page; without the mark of the
    /// first word.
    fn units(text: &str) -> String {
        let mut tokens = tokens(text);
        let mut out = String::new();
        while tokens.advance() {
            let token = tokens.token();
            match token.kind {
                TokenKind::Start(super::Unit::Zin) => out.push('|'),
                TokenKind::Start(super::Unit::Alinea) => out.push('¶'),
                TokenKind::Start(super::Unit::Pagina) => out.push('#'),
                TokenKind::Part if token.stream == crate::Stream::Exact => {
                    out += &token.term;
                    out.push(' ');
                }
                _ => {}
            }
        }
        let first = out.strip_prefix('#').unwrap_or("no mark");
        first.trim_end().to_owned()
    }

    #[test]
    fn sentences_end_where_a_reader_says_so() {
        for (text, expected) in [
            ("Het is zo. De rest volgt.", "het is zo |de rest volgt"),
            ("Klopt dat? Ja! Dus.", "klopt dat |ja |dus"),
            (
                "Hij zei: “Ga weg.” Toen ging ik.",
                "hij zei ga weg |toen ging ik",
            ),
            ("Zie art. 5 van de wet.", "zie art 5 van de wet"),
            (
                "Aan dhr. J. Jansen t.a.v. Mw. De Boer",
                "aan dhr j jansen t a v mw de boer",
            ),
            (
                "op 5 jan. 2023 en 3 p.m. daarna",
                "op 5 jan 2023 en 3 p m daarna",
            ),
            ("Zie 5.1. Daarna niets", "zie 5 1 |daarna niets"),
            ("in 2023. 12 mensen", "in 2023 |12 mensen"),
            (
                "een zin die\nDoorloopt op de regel",
                "een zin die doorloopt op de regel",
            ),
            ("Wat? zei hij", "wat zei hij"),
        ] {
            assert_eq!(units(text), expected, "{text}");
        }
    }

    #[test]
    fn what_has_words_has_a_unit_and_nothing_else_has() {
        let starts = |text| {
            let mut tokens = tokens(text);
            let mut starts = Vec::new();
            while tokens.advance() {
                if let TokenKind::Start(unit) = tokens.token().kind {
                    starts.push((tokens.token().position, unit));
                }
            }
            starts
        };
        assert_eq!(starts("woord"), [(0, super::Unit::Pagina)]);
        assert_eq!(starts("\u{1E}woord"), [(1_000, super::Unit::Pagina)]);
        assert_eq!(starts(" \u{C}\n- …"), []);
    }

    #[test]
    fn paragraphs_and_pages_end_more_than_a_sentence() {
        for (text, expected) in [
            ("een\n\ntwee", "een ¶twee"),
            ("een\r\n \t\r\ntwee", "een ¶twee"),
            ("lijst:\n- een\n- twee", "lijst ¶een ¶twee"),
            ("een\u{C}twee", "een #twee"),
            ("een.\n\u{C}\nTwee. Drie", "een #twee |drie"),
            ("titel\u{1E}naam", "titel #naam"),
            ("woord - ander - nog", "woord ander nog"),
        ] {
            assert_eq!(units(text), expected, "{text}");
        }
    }
}

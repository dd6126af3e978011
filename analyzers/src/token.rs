//! Tokens: from text to (term, position, offsets). Owns the streams, positions and the order in which terms
//! appear. Never decides where words begin (words.rs) or what a character becomes (fold.rs).

use crate::fold::fold_char;
use crate::stem::stem_tail;
use crate::term::TermWriter;
use crate::words::{Part, Words};

/// How far positions jump at a U+001E (record separator): phrases and NEAR never cross it.
pub const UNIT_GAP: u32 = 1_000;

/// The parallel term streams of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The word as written: NFKD, diacritics folded, lower case.
    Exact,
    /// The word form (stem).
    Woordvorm,
}

/// What a term stands for at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A plain word, or one part of a written word; takes a position of its own. Queries use these.
    Part,
    /// The whole form of a written word of 2 to 64 parts, at the position of its first part.
    Whole,
    /// Another reading at the same position, where a word is broken over a line end: with its hyphen, and each
    /// half alone. Its offsets are those of the part, or of the whole word.
    Variant,
}

/// One term. `from..to` are byte offsets into the analysed text; the buffer is reused between tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The term as an index stores it: at most 200 bytes (longer: 160 bytes of it and a hash).
    pub term: String,
    /// Position of the word, from 0.
    pub position: u32,
    /// Byte offset of the first character.
    pub from: usize,
    /// Byte offset behind the last character.
    pub to: usize,
    /// What the term stands for.
    pub kind: TokenKind,
}

/// Iterates over the terms of one text in one stream without allocating per term, in memory that does not
/// depend on the text.
pub struct Tokens<'a> {
    words: Words<'a>,
    stream: Stream,
    /// The part whose terms are being emitted, and how many of its possible forms have been.
    part: usize,
    step: usize,
    position: u32,
    current: Token,
}

/// Which hyphens at line ends a form keeps.
#[derive(Clone, Copy)]
enum Hyphens {
    None,
    All,
    Only(usize),
}

/// A term to be emitted.
#[derive(Clone, Copy)]
enum Form {
    Whole(Hyphens),
    Part(Hyphens),
    /// What stands on one line of a broken part.
    Piece(usize),
}

impl Tokens<'_> {
    /// Moves to the next term; false at the end.
    pub fn advance(&mut self) -> bool {
        loop {
            if self.part == self.words.parts.len() {
                self.part = 0;
                self.step = 0;
                if !self.words.advance() {
                    return false;
                }
                self.position = self
                    .position
                    .saturating_add(self.words.gaps.saturating_mul(UNIT_GAP));
            }
            let part = self.words.parts[self.part];
            if let Some(form) = self.next_form(part) {
                self.emit(part, form);
                return true;
            }
            self.part += 1;
            self.step = 0;
            self.position = self.position.saturating_add(1);
        }
    }

    /// The term that `advance` moved to.
    pub fn token(&self) -> &Token {
        &self.current
    }

    /// The next form of `part`, in the order that [`tokens`] documents.
    fn next_form(&mut self, part: Part) -> Option<Form> {
        let whole = self.part == 0 && self.words.parts.len() > 1 && self.words.complete;
        let breaks = usize::from(part.breaks.1 - part.breaks.0);
        if self.step == 0 && !whole {
            self.step = 2;
        }
        if self.step == 1 && self.words.breaks.is_empty() {
            self.step = 2;
        }
        let step = self.step;
        self.step += 1;
        match step {
            0 => return Some(Form::Whole(Hyphens::None)),
            1 => return Some(Form::Whole(Hyphens::All)),
            2 => return Some(Form::Part(Hyphens::None)),
            _ if breaks == 0 => return None,
            _ => {}
        }
        let variant = step - 3;
        let with_all = breaks + usize::from(breaks > 1);
        if variant < breaks {
            Some(Form::Part(Hyphens::Only(variant)))
        } else if variant < with_all {
            Some(Form::Part(Hyphens::All))
        } else if variant <= with_all + breaks {
            Some(Form::Piece(variant - with_all))
        } else {
            None
        }
    }

    fn emit(&mut self, part: Part, form: Form) {
        let mut term = TermWriter::new(&mut self.current.term);
        let stemmed = self.stream == Stream::Woordvorm;
        let (words, parts) = (&self.words, &self.words.parts);
        self.current.kind = match form {
            Form::Part(Hyphens::None) => TokenKind::Part,
            Form::Whole(Hyphens::None) => TokenKind::Whole,
            _ => TokenKind::Variant,
        };
        match form {
            Form::Whole(hyphens) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        term.push(char::from(part.joiner));
                    }
                    write_part(
                        &mut term,
                        words,
                        part,
                        hyphens,
                        stemmed && i + 1 == parts.len(),
                    );
                }
            }
            Form::Part(hyphens) => write_part(&mut term, words, &part, hyphens, stemmed),
            Form::Piece(piece) => write_piece(&mut term, words, &part, piece, stemmed),
        }
        term.finish();
        self.current.position = self.position;
        self.current.from = part.from;
        self.current.to = match (form, parts.last()) {
            (Form::Whole(_), Some(last)) => last.to,
            _ => part.to,
        };
    }
}

/// Writes a part without the line ends in it.
fn write_part(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: &Part,
    hyphens: Hyphens,
    stemmed: bool,
) {
    let pieces = usize::from(part.breaks.1 - part.breaks.0);
    let mut start = term.len();
    for piece in 0..=pieces {
        write_letters(term, words, part, piece, stemmed);
        let kept = match hyphens {
            Hyphens::None => false,
            Hyphens::All => true,
            Hyphens::Only(kept) => kept == piece,
        };
        if kept && piece < pieces {
            term.push('-');
            start = term.len();
        }
    }
    if stemmed {
        stem_from(term, start);
    }
}

/// Writes what stands on one line of a broken part.
fn write_piece(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: &Part,
    piece: usize,
    stemmed: bool,
) {
    let start = term.len();
    write_letters(term, words, part, piece, stemmed);
    if stemmed {
        stem_from(term, start);
    }
}

fn stem_from(term: &mut TermWriter<'_>, start: usize) {
    if let Some(term) = term.as_mut() {
        stem_tail(term, start);
    }
}

/// Writes the folded characters of one piece (all of an unbroken part). A word form goes without the inflection
/// behind an apostrophe, so that "nota's" is a form of "nota".
fn write_letters(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: &Part,
    piece: usize,
    stemmed: bool,
) {
    if part.plain {
        let to = if stemmed { part.inflection } else { part.to };
        return term.push_ascii(&words.text[part.from..to]);
    }
    let breaks = &words.breaks[usize::from(part.breaks.0)..usize::from(part.breaks.1)];
    let from = if piece == 0 {
        part.from
    } else {
        breaks[piece - 1].resume
    };
    let to = breaks
        .get(piece)
        .map_or(part.inflection, |line_end| line_end.at);
    let mut fold = |from: usize, to: usize| {
        words.text[from..to]
            .chars()
            .for_each(|c| fold_char(c, |folded| term.push(folded)));
    };
    fold(from, to);
    if piece == breaks.len() && part.inflection < part.to && !stemmed {
        term.push('\'');
        words.text[part.inflection..part.to]
            .chars()
            .for_each(|c| fold_char(c, |folded| term.push(folded)));
    }
}

/// The terms of `text` in `stream`, ordered by position. At one position: the whole form of the written word
/// (and, when a line end breaks it, that form with the hyphens of the line ends), then the part, then the
/// part's variants: with one hyphen kept, with all kept, and the piece on each line.
pub fn tokens(text: &str, stream: Stream) -> Tokens<'_> {
    Tokens {
        words: Words::new(text),
        stream,
        part: 0,
        step: 0,
        position: 0,
        current: Token {
            term: String::new(),
            position: 0,
            from: 0,
            to: 0,
            kind: TokenKind::Part,
        },
    }
}

/// The parts of `text` in order: the terms that a query for this text as a phrase consists of.
pub fn written_parts(text: &str, stream: Stream) -> Vec<String> {
    let mut tokens = tokens(text, stream);
    let mut parts = Vec::new();
    while tokens.advance() {
        if tokens.token().kind == TokenKind::Part {
            parts.push(tokens.token().term.clone());
        }
    }
    parts
}

/// The whole form of `text` when it is one written word of several parts, such as `woo-verzoek`. A document
/// has it at one position too where the word was broken at its hyphen over a line end: a query for the word is
/// its parts side by side, or this.
pub fn whole_form(text: &str, stream: Stream) -> Option<String> {
    let mut tokens = tokens(text, stream);
    let mut whole = None;
    let (mut parts, mut end) = (0, 0);
    while tokens.advance() {
        let token = tokens.token();
        match token.kind {
            TokenKind::Whole if whole.is_none() && parts == 0 => {
                whole = Some((token.term.clone(), token.to));
            }
            TokenKind::Whole => return None,
            TokenKind::Part => (parts, end) = (parts + 1, token.to),
            TokenKind::Variant => {}
        }
    }
    whole.filter(|(_, to)| *to == end).map(|(term, _)| term)
}

#[cfg(test)]
mod tests;

//! Tokens: from text to (term, position, offsets). Owns the streams, positions and the order in which terms
//! appear. Never decides where words begin (words.rs), what a character becomes (fold.rs), what a word is a form
//! of (forms.rs) or where a sentence ends (unit.rs).
//!
//! | file | owns |
//! |---|---|
//! | `joined` | words that are also written without their joiners |
//! | `dates` | dates with a short year within a longer word |

mod dates;
mod joined;

use crate::fold::{Class, classify, fold_char};
use crate::forms::{Piece, forms_of};
use crate::term::TermWriter;
use crate::unit::{Unit, boundary};
use crate::words::{Part, Words};
use dates::short_date;
use joined::{thousands, write_joined};

/// How far positions jump at a U+001E (record separator): phrases and NEAR never cross it.
pub const UNIT_GAP: u32 = 1_000;

/// The parallel term streams of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The word as written: NFKD, diacritics folded, lower case.
    Exact,
    /// What the word is a form of (its lemmas), and a word of several parts written without its joiners.
    Woordvorm,
    /// The lemmas of the parts of a compound.
    Deel,
    /// Where a sentence, paragraph or page begins; [`GROUP`], at each group of a number with full stops; and a date with
    /// a short year within a longer word (`05-01-23` of `nota_05-01-23`).
    Grens,
}

/// The term in [`Stream::Grens`] at each group of three digits of `1.250.000`: it is no number of its own.
pub const GROUP: &str = "getal";

impl Stream {
    /// The character before a term of this stream in an index, where all streams share one field. No word has it.
    pub fn mark(self) -> Option<char> {
        match self {
            Stream::Exact => None,
            Stream::Woordvorm => Some('\u{1}'),
            Stream::Deel => Some('\u{2}'),
            Stream::Grens => Some('\u{3}'),
        }
    }

    /// `term` as an index has it.
    pub fn stored(self, term: &str) -> String {
        self.mark().into_iter().chain(term.chars()).collect()
    }
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
    /// No word: a sentence, paragraph or page begins with the word at this position; so does the first word of a text.
    Start(Unit),
}

/// One term. `from..to` are byte offsets into the analysed text; the buffer is reused between tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The term, without the mark of its stream: at most 200 bytes (longer: 160 bytes of it and a hash).
    pub term: String,
    /// The stream that it belongs to.
    pub stream: Stream,
    /// Position of the word, from 0.
    pub position: u32,
    /// Byte offset of the first character.
    pub from: usize,
    /// Byte offset behind the last character.
    pub to: usize,
    /// What the term stands for.
    pub kind: TokenKind,
}

/// Iterates over the terms of one text without allocating per term, in memory that does not depend on the text.
pub struct Tokens<'a> {
    words: Words<'a>,
    /// Whether more than the words as written is asked for.
    all: bool,
    /// The part whose terms are being emitted, and how many of its possible forms have been.
    part: usize,
    step: usize,
    position: u32,
    /// Where the previous word began and ended.
    previous: (usize, usize),
    current: Token,
    derived: Derived,
}

/// The terms that follow from the one as written; the buffers are reused.
#[derive(Default)]
struct Derived {
    terms: Vec<DerivedTerm>,
    len: usize,
    next: usize,
    /// The word without the inflection behind its apostrophe.
    base: String,
    /// Whether word forms that are the word as written are left out.
    stored: bool,
    /// Where what is added now ends.
    to: usize,
}

struct DerivedTerm {
    stream: Stream,
    term: String,
    to: usize,
}

impl Derived {
    fn add(&mut self, stream: Stream, written: &str, before: &str, word: &str) {
        // An index finds these through the exact term.
        let as_written = || written.strip_prefix(before) == Some(word);
        if self.stored && stream == Stream::Woordvorm && as_written() {
            return;
        }
        if self.len == self.terms.len() {
            self.terms.push(DerivedTerm {
                stream,
                term: String::new(),
                to: 0,
            });
        }
        let Some(slot) = self.terms.get_mut(self.len) else {
            return;
        };
        slot.term.clear();
        slot.term.push_str(before);
        slot.term.push_str(word);
        (slot.stream, slot.to) = (stream, self.to);
        self.len += 1;
    }

    /// The date that these parts of a longer word are.
    fn add_date(&mut self, written: &str, text: &str, date: &[Part]) {
        let mut term = std::mem::take(&mut self.base);
        term.clear();
        for (number, part) in date.iter().enumerate() {
            if number > 0 {
                term.push(char::from(part.joiner));
            }
            term.push_str(&text[part.from..part.to]);
            self.to = part.to;
        }
        self.add(Stream::Grens, written, "", &term);
        self.base = term;
    }

    /// What the word in `base` from byte `start` on is a form of, and its parts when `parts` are wanted.
    fn add_forms(&mut self, written: &str, start: usize, capitalised: bool, parts: bool) {
        let base = std::mem::take(&mut self.base);
        if let Some((before, word)) = base.split_at_checked(start) {
            if is_word(word) {
                forms_of(word, capitalised, |piece, text| match piece {
                    Piece::Lemma => self.add(Stream::Woordvorm, written, before, text),
                    Piece::Part if parts => self.add(Stream::Deel, written, "", text),
                    Piece::Part => {}
                });
            } else {
                self.add(Stream::Woordvorm, written, before, word);
            }
        }
        self.base = base;
    }
}

/// Longer runs of letters are not words of a language.
const MAX_WORD_BYTES: usize = 64;

/// Whether a folded word can be a form of another: numbers and other scripts are only themselves.
fn is_word(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= MAX_WORD_BYTES
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
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
        if self.emit_derived() {
            return true;
        }
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
                if self.all && self.emit_boundary() {
                    return true;
                }
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

    /// Moves to the mark of the unit that the current word begins, when it begins one.
    fn emit_boundary(&mut self) -> bool {
        let (Some(first), Some(last)) = (self.words.parts.first(), self.words.parts.last()) else {
            return false;
        };
        let (previous, at) = (self.previous, first.from);
        // A word of too many parts comes in several pieces.
        self.previous = (first.from, last.to);
        let unit = match previous.1 {
            // What a record separator parts, no unit spans.
            _ if self.words.gaps > 0 => Some(Unit::Pagina),
            // Every unit begins with its mark, so that what has no words has no units.
            0 => Some(Unit::Pagina),
            _ => boundary(self.words.text, previous.0..previous.1, at),
        };
        let Some(unit) = unit else {
            return false;
        };
        self.current.term.clear();
        self.current.term.push_str(unit.term());
        self.current.stream = Stream::Grens;
        self.current.position = self.position;
        self.current.kind = TokenKind::Start(unit);
        (self.current.from, self.current.to) = (at, at);
        true
    }

    /// Moves to the next term that follows from the one as written.
    fn emit_derived(&mut self) -> bool {
        let derived = &mut self.derived;
        if derived.next >= derived.len {
            return false;
        }
        let Some(next) = derived.terms.get_mut(derived.next) else {
            return false;
        };
        std::mem::swap(&mut self.current.term, &mut next.term);
        (self.current.stream, self.current.to) = (next.stream, next.to);
        derived.next += 1;
        true
    }

    fn emit(&mut self, part: Part, form: Form) {
        let mut term = TermWriter::new(&mut self.current.term);
        let (words, parts) = (&self.words, &self.words.parts);
        write_form(&mut term, words, part, form, false);
        let whole = term.as_mut().is_some();
        term.finish();
        self.current.stream = Stream::Exact;
        self.current.kind = match form {
            Form::Part(Hyphens::None) => TokenKind::Part,
            Form::Whole(Hyphens::None) => TokenKind::Whole,
            _ => TokenKind::Variant,
        };
        self.current.position = self.position;
        self.current.from = part.from;
        self.current.to = match (form, parts.last()) {
            (Form::Whole(_), Some(last)) => last.to,
            _ => part.to,
        };
        if self.all {
            self.derive(part, form, whole);
        }
    }

    /// Prepares what follows from the term that was just written; of one that is too long, nothing but itself.
    fn derive(&mut self, part: Part, form: Form, short: bool) {
        let written = std::mem::take(&mut self.current.term);
        let derived = &mut self.derived;
        (derived.len, derived.next, derived.to) = (0, 0, self.current.to);
        let (words, parts) = (&self.words, &self.words.parts);
        let last = match form {
            Form::Whole(_) => parts.last().copied().unwrap_or(part),
            _ => part,
        };
        if short {
            let start = if part.plain
                && part.inflection == part.to
                && matches!(form, Form::Part(Hyphens::None))
            {
                // Most words: nothing stands behind an apostrophe, so the base is what was just written.
                derived.base.clone_from(&written);
                0
            } else {
                let mut base = TermWriter::new(&mut derived.base);
                write_form(&mut base, words, part, form, true)
            };
            let capitalised = begins_upper(words.text, last.from);
            let alone = start == 0 && !matches!(form, Form::Whole(_));
            derived.add_forms(&written, start, capitalised, alone);
            if parts.len() > 1
                && matches!(form, Form::Part(_))
                && self.part < thousands(words).len()
            {
                derived.add(Stream::Grens, &written, "", GROUP);
            }
        } else {
            derived.add(Stream::Woordvorm, &written, &written, "");
        }
        if matches!(form, Form::Part(Hyphens::None))
            && let Some(date) = short_date(words, self.part)
        {
            derived.add_date(&written, words.text, date);
        }
        if matches!(form, Form::Whole(Hyphens::None)) && write_joined(derived, words) {
            let capitalised = begins_upper(words.text, part.from);
            derived.add_forms(&written, 0, capitalised, true);
        }
        self.current.term = written;
    }
}

fn begins_upper(text: &str, at: usize) -> bool {
    let first = text.get(at..).and_then(|rest| rest.chars().next());
    first.is_some_and(|c| classify(c) == Class::Letter && c.is_uppercase())
}

/// Writes one form of a part or of the whole word; `bare` without the inflection behind an apostrophe. Answers
/// where its last word begins.
fn write_form(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: Part,
    form: Form,
    bare: bool,
) -> usize {
    match form {
        Form::Part(hyphens) => write_part(term, words, &part, hyphens, bare),
        Form::Piece(piece) => {
            write_letters(term, words, &part, piece, bare);
            0
        }
        Form::Whole(hyphens) => {
            let mut start = 0;
            for (i, part) in words.parts.iter().enumerate() {
                if i > 0 {
                    term.push(char::from(part.joiner));
                }
                let last = i + 1 == words.parts.len();
                start = write_part(term, words, part, hyphens, bare && last);
            }
            start
        }
    }
}

/// Writes a part without the line ends in it; answers where what follows the last hyphen begins.
fn write_part(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: &Part,
    hyphens: Hyphens,
    bare: bool,
) -> usize {
    let pieces = usize::from(part.breaks.1 - part.breaks.0);
    let mut start = term.len();
    for piece in 0..=pieces {
        write_letters(term, words, part, piece, bare);
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
    start
}

/// Writes the folded characters of one piece (all of an unbroken part). `bare` goes without the inflection behind
/// an apostrophe, so that "nota's" is a form of "nota".
fn write_letters(
    term: &mut TermWriter<'_>,
    words: &Words<'_>,
    part: &Part,
    piece: usize,
    bare: bool,
) {
    if part.plain {
        let to = if bare { part.inflection } else { part.to };
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
    if piece == breaks.len() && part.inflection < part.to && !bare {
        term.push('\'');
        words.text[part.inflection..part.to]
            .chars()
            .for_each(|c| fold_char(c, |folded| term.push(folded)));
    }
}

/// The terms of `text` in all streams, ordered by position. At one position: the mark of the unit that begins
/// there; the whole form of the written word (and, when a line end breaks it, that form with the hyphens of the
/// line ends), then the part, then the part's variants: with one hyphen kept, with all kept, and the piece on each
/// line. Each is followed by what it is a form of, and by the parts of a compound.
pub fn tokens(text: &str) -> Tokens<'_> {
    of(text, true)
}

/// The terms that an index holds: those of [`tokens`], but no word form that is the word as written.
pub fn stored_tokens(text: &str) -> Tokens<'_> {
    let mut tokens = of(text, true);
    tokens.derived.stored = true;
    tokens
}

/// Only the words as written.
pub fn exact_tokens(text: &str) -> Tokens<'_> {
    of(text, false)
}

fn of(text: &str, all: bool) -> Tokens<'_> {
    Tokens {
        words: Words::new(text),
        all,
        part: 0,
        step: 0,
        position: 0,
        previous: (0, 0),
        current: Token {
            term: String::new(),
            stream: Stream::Exact,
            position: 0,
            from: 0,
            to: 0,
            kind: TokenKind::Part,
        },
        derived: Derived::default(),
    }
}

#[cfg(test)]
mod tests;

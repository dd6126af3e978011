//! Written words. Owns where words begin and end, the parts inside them, inflections behind an apostrophe
//! and words broken over a line end. Never builds terms and never counts positions.
//!
//! The scan is linear: it looks ahead over characters that it steps over at most a fixed number of times, and
//! remembers at most [`MAX_PARTS`] parts, whatever the text.

use crate::fold::{ASCII, Class, classify, fold_char};

/// A written word of more parts has no whole form, only parts: a ruler of dots is not a word, and the parts
/// before emission must fit in bounded memory.
pub(crate) const MAX_PARTS: usize = 64;

/// A part broken over more line ends than this is two words: no real word needs it.
const MAX_BREAKS: usize = 4;

/// What Dutch writes behind an apostrophe to inflect a word: nota's, A4'tje, AOW'er, sms'en, sms'te.
const INFLECTIONS: &[&str] = &[
    "s", "n", "t", "d", "e", "er", "ers", "en", "te", "ten", "de", "den", "ie", "je", "jes", "tje",
    "tjes", "ste", "ster", "sters",
];

/// Behind a hyphen at a line end these continue an enumeration ("onder-\nen bovengrens"), not the word.
const NOT_CONTINUATIONS: &[&str] = &["en", "of", "t/m"];

/// A run of letters and digits in a written word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Byte offset of the first character.
    pub from: usize,
    /// Byte offset behind the last character, and behind the ignored characters that follow it.
    pub to: usize,
    /// Where the apostrophe of an inflection stands; `to` without one.
    pub inflection: usize,
    /// The normalised joiner before this part; meaningless for the first.
    pub joiner: u8,
    /// Whether the source bytes are the term but for upper case.
    pub plain: bool,
    /// The breaks of this part in [`Words::breaks`].
    pub breaks: (u16, u16),
}

/// A line end inside a part: what lies between the two offsets is not in the word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Break {
    /// Byte offset of the hyphen.
    pub at: usize,
    /// Byte offset of the first letter on the next line.
    pub resume: usize,
}

/// Finds the written words of a text one by one.
pub(crate) struct Words<'a> {
    /// The text.
    pub text: &'a str,
    /// The parts of the current word.
    pub parts: Vec<Part>,
    /// The line ends inside the current word.
    pub breaks: Vec<Break>,
    /// Record separators passed since the previous word.
    pub gaps: u32,
    /// Whether `parts` are all parts of the written word.
    pub complete: bool,
    cursor: usize,
    continues: bool,
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Words {
            text,
            parts: Vec::new(),
            breaks: Vec::new(),
            gaps: 0,
            complete: true,
            cursor: 0,
            continues: false,
        }
    }

    /// Moves to the next written word, or to the next parts of a word that has too many.
    pub(crate) fn advance(&mut self) -> bool {
        self.parts.clear();
        self.breaks.clear();
        self.gaps = 0;
        if !self.skip_to_word() {
            return false;
        }
        self.complete = !std::mem::take(&mut self.continues);
        let mut joiner = 0;
        loop {
            let last = self.part(joiner);
            let Some((next_joiner, resume)) = self.joined(last) else {
                return true;
            };
            self.cursor = resume;
            if self.parts.len() == MAX_PARTS {
                self.continues = true;
                self.complete = false;
                return true;
            }
            joiner = next_joiner;
        }
    }

    /// Class and byte length of the character at `at`; `None` at the end of the text.
    #[inline]
    fn class_at(&self, at: usize) -> Option<(Class, usize)> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte < 128 {
            return Some((ASCII[byte as usize], 1));
        }
        self.class_beyond_ascii(at)
    }

    #[inline(never)]
    fn class_beyond_ascii(&self, at: usize) -> Option<(Class, usize)> {
        let c = self.text[at..].chars().next()?;
        Some((classify(c), c.len_utf8()))
    }

    fn skip_to_word(&mut self) -> bool {
        while let Some((class, len)) = self.class_at(self.cursor) {
            if class.is_run() || class == Class::Single {
                return true;
            }
            if class == Class::Gap {
                self.gaps = self.gaps.saturating_add(1);
            }
            self.cursor += len;
        }
        false
    }

    /// Takes the part at the cursor and leaves the cursor behind it; answers the class of its last character.
    fn part(&mut self, joiner: u8) -> Class {
        let from = self.cursor;
        let first_break = self.breaks.len();
        let mut part = Part {
            from,
            to: from,
            inflection: 0,
            joiner,
            plain: true,
            breaks: (0, 0),
        };
        let mut last = Class::Separator;
        let mut at = from;
        while let Some((class, len)) = self.class_at(at) {
            match class {
                Class::Lower | Class::Letter | Class::Digit | Class::Single => {
                    let alone = class == Class::Single || last == Class::Single;
                    if alone && at != from {
                        break;
                    }
                    part.plain &= len == 1;
                    last = class;
                    at += len;
                }
                Class::Ignored | Class::Joiner(b'-') => {
                    let Some(behind) = self.invisible_or_break(at, class, last, first_break) else {
                        break;
                    };
                    part.plain = false;
                    at = behind;
                }
                Class::Joiner(b'\'') if last != Class::Single => {
                    let Some(behind) = self.inflection(at + len) else {
                        break;
                    };
                    part.inflection = at;
                    part.plain &= len == 1
                        && self.text[at..behind].is_ascii()
                        && self.text.as_bytes()[at] == b'\'';
                    at = behind;
                    break;
                }
                _ => break,
            }
        }
        part.to = at;
        if part.inflection == 0 {
            part.inflection = at;
        }
        // At most MAX_PARTS * MAX_BREAKS, far below u16.
        part.breaks = (first_break as u16, self.breaks.len() as u16);
        self.parts.push(part);
        self.cursor = at;
        last
    }

    /// Behind the ignored characters or the hyphen with its line end at `at`, when the part goes on there.
    fn invisible_or_break(
        &mut self,
        at: usize,
        class: Class,
        last: Class,
        first_break: usize,
    ) -> Option<usize> {
        let (behind, may_break) = match class {
            Class::Ignored => self.skip_ignored(at),
            _ => (self.hyphen_at(at)?, true),
        };
        if may_break && let Some(resume) = self.line_break(behind, last, first_break) {
            self.breaks.push(Break { at, resume });
            return Some(resume);
        }
        (class == Class::Ignored).then_some(behind)
    }

    /// The joiner at the cursor and where the next part begins, when it joins.
    fn joined(&self, last: Class) -> Option<(u8, usize)> {
        let (Class::Joiner(joiner), len) = self.class_at(self.cursor)? else {
            return None;
        };
        if last == Class::Single {
            return None;
        }
        let (resume, _) = self.skip_ignored(self.cursor + len);
        let (next, _) = self.class_at(resume)?;
        let joins = match joiner {
            b',' | b':' => last == Class::Digit && next == Class::Digit,
            _ => next.is_run(),
        };
        joins.then_some((joiner, resume))
    }

    /// Behind the ignored characters at `at`, and whether a soft hyphen is among them.
    fn skip_ignored(&self, mut at: usize) -> (usize, bool) {
        let mut soft_hyphen = false;
        while let Some((Class::Ignored, len)) = self.class_at(at) {
            soft_hyphen |= self.text[at..].starts_with('\u{AD}');
            at += len;
        }
        (at, soft_hyphen)
    }

    /// Behind the hyphen at `at` and what is ignored after it, when it is one that can end a line.
    fn hyphen_at(&self, at: usize) -> Option<usize> {
        let hyphen = self.text[at..]
            .chars()
            .next()
            .filter(|c| matches!(c, '-' | '\u{2010}'))?;
        Some(self.skip_ignored(at + hyphen.len_utf8()).0)
    }

    /// Where the word goes on when the hyphen before `at` breaks it over a line end.
    fn line_break(&self, at: usize, last: Class, first_break: usize) -> Option<usize> {
        if !matches!(last, Class::Lower | Class::Letter)
            || self.breaks.len() - first_break >= MAX_BREAKS
        {
            return None;
        }
        let rest = self.text[at..].trim_start_matches(is_blank);
        let rest = match rest
            .strip_prefix("\r\n")
            .or_else(|| rest.strip_prefix('\n'))
        {
            Some(line) => line.strip_prefix('\u{C}').unwrap_or(line),
            None => rest.strip_prefix('\u{C}')?,
        };
        let rest = rest.trim_start_matches(is_blank);
        let (resume, _) = self.skip_ignored(self.text.len() - rest.len());
        let (next, _) = self.class_at(resume)?;
        (next == Class::Lower && !self.continues_enumeration(resume)).then_some(resume)
    }

    fn continues_enumeration(&self, at: usize) -> bool {
        NOT_CONTINUATIONS.iter().any(|word| {
            self.text[at..].starts_with(word)
                && !self
                    .class_at(at + word.len())
                    .is_some_and(|(next, _)| next.is_run() || next == Class::Ignored)
        })
    }

    /// Behind the inflection that begins at `at`, when the letters up to the end of the run are one.
    fn inflection(&self, mut at: usize) -> Option<usize> {
        let mut letters = [0u8; 5];
        let mut count = 0;
        let mut fits = true;
        while let Some((class, _)) = self.class_at(at) {
            if !class.is_run() && class != Class::Ignored {
                break;
            }
            let c = self.text[at..].chars().next()?;
            fold_char(c, |folded| match letters.get_mut(count) {
                Some(letter) if folded.is_ascii() => {
                    *letter = folded as u8;
                    count += 1;
                }
                _ => fits = false,
            });
            if !fits {
                return None;
            }
            at += c.len_utf8();
        }
        INFLECTIONS
            .iter()
            .any(|known| known.as_bytes() == &letters[..count])
            .then_some(at)
    }
}

/// White space within a line.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        && !matches!(
            c,
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
}

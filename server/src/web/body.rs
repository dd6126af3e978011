//! The text of a document as its page shows it: one part of it, with the ways between parts and hits. Owns what
//! the template for text gets to see.

use super::conversation::Conversation;
use super::text::{Frame, Piece, part_of, parts, pieces, with_events};
use crate::problem::Problem;
use std::ops::Range;

/// A piece of text in a template.
pub enum Shown {
    /// Plain text.
    Plain(String),
    /// A hit that nothing points to, or a further stretch of one.
    Mark(String),
    /// A numbered hit, with the way to the next.
    Hit {
        /// From 1.
        number: usize,
        /// What matched.
        text: String,
        /// Address of the next hit.
        next: String,
    },
    /// A page begins.
    Page {
        /// From 1.
        number: usize,
        /// Whether OCR found its text.
        ocr: bool,
    },
    /// A day of a conversation begins.
    Day {
        /// The day in words.
        title: String,
        /// Whether it lies outside the period that was asked for.
        outside: bool,
    },
    /// A message begins.
    Message {
        /// From 1; `None` where the same message also stands elsewhere on the page.
        number: Option<usize>,
        /// Whether something in it matched.
        hit: bool,
        /// Whether the chat program itself wrote it.
        system: bool,
    },
    /// The side of a frame, as HTML.
    Tag(&'static str),
}

/// What pieces are shown with.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Gives the address of the hit after this number; `None` where hits are not numbered.
    pub next: Option<&'a dyn Fn(usize) -> String>,
    /// Pages whose text OCR found, in order.
    pub ocr: &'a [u32],
    /// The conversation that it is.
    pub talk: Option<&'a Conversation<'a>>,
}

impl Look<'_> {
    /// Text without numbers, pages and messages.
    pub const BARE: Look<'static> = Look {
        next: None,
        ocr: &[],
        talk: None,
    };

    /// The pieces as the template gets them.
    pub fn show(&self, pieces: Vec<Piece<'_>>) -> Vec<Shown> {
        pieces.into_iter().map(|piece| self.one(piece)).collect()
    }

    fn one(&self, piece: Piece<'_>) -> Shown {
        match piece {
            Piece::Plain(text) => Shown::Plain(text.to_owned()),
            Piece::Rest(text) => Shown::Mark(text.to_owned()),
            Piece::Hit(number, text) => match self.next {
                None => Shown::Mark(text.to_owned()),
                Some(next) => Shown::Hit {
                    number,
                    text: text.to_owned(),
                    next: next(number),
                },
            },
            Piece::Page(number) => Shown::Page {
                number,
                ocr: u32::try_from(number).is_ok_and(|page| self.ocr.binary_search(&page).is_ok()),
            },
            Piece::Day(message) => match self.talk {
                Some(talk) => talk.day(message),
                None => Shown::Tag(""),
            },
            Piece::Open(Frame::Message(message)) => match self.talk {
                Some(talk) => talk.message(message, self.next.is_some()),
                None => Shown::Tag("<div>"),
            },
            Piece::Open(frame) => Shown::Tag(opening(frame)),
            Piece::Close(frame) => Shown::Tag(closing(frame)),
        }
    }
}

fn opening(frame: Frame) -> &'static str {
    match frame {
        Frame::Removed => "<del class=\"weg\">",
        Frame::Label => "<span class=\"label\">",
        Frame::Remark => "<em class=\"opmerking\">",
        Frame::Message(_) | Frame::Said => "<div class=\"gezegd\">",
        Frame::Head => "<p class=\"wie\">",
        Frame::Moment => "<span class=\"tijd\">",
        Frame::Date => "<span class=\"datum\">",
        Frame::Sender => "<span class=\"afzender\">",
    }
}

fn closing(frame: Frame) -> &'static str {
    match frame {
        Frame::Removed => "</del>",
        Frame::Label | Frame::Moment | Frame::Date | Frame::Sender => "</span>",
        Frame::Remark => "</em>",
        Frame::Message(_) | Frame::Said => "</div>",
        Frame::Head => "</p>",
    }
}

/// A short text, such as a fragment, with its hits.
pub fn short(text: &str, marks: Vec<Range<usize>>) -> Vec<Shown> {
    let marks = super::text::tidy(text, marks);
    Look::BARE.show(pieces(text, &(0..text.len()), &marks, false))
}

/// A part of a long text.
pub struct Part {
    /// From 1.
    pub number: usize,
    /// Where it is.
    pub address: String,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// The way between the hits.
pub struct Hits {
    /// All hits in the document.
    pub total: usize,
    /// Address of the first.
    pub first: String,
    /// First and last number in this part; 0 when there are none.
    pub here: [usize; 2],
    /// The last hit before this part and the first one after it.
    pub outside: [Option<String>; 2],
}

impl Hits {
    /// Whether this part holds a hit.
    pub fn has_here(&self) -> bool {
        self.here[0] > 0
    }
}

/// A text with what is shown of it.
pub struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// Its hits, tidy.
    pub marks: &'a [Range<usize>],
    /// Whether starts of pages are shown.
    pub paged: bool,
    /// Pages whose text OCR found, in order.
    pub ocr: &'a [u32],
    /// The conversation that it is.
    pub talk: Option<&'a Conversation<'a>>,
    /// Address of the page.
    pub own: &'a str,
}

/// The text that is shown, with the ways through it.
pub struct Body {
    /// The parts that are linked; empty when there is only one.
    pub parts: Vec<Part>,
    /// The way between the hits.
    pub hits: Option<Hits>,
    /// The text.
    pub text: Vec<Shown>,
}

/// `address` with one more parameter.
pub fn with(address: &str, parameter: &str) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{parameter}")
}

impl Source<'_> {
    /// Address of a part, from 0.
    fn part_address(&self, part: usize) -> String {
        match part {
            0 => self.own.to_owned(),
            _ => with(self.own, &format!("deel={}", part + 1)),
        }
    }

    /// Address of the part in which byte `at` stands.
    pub fn address_of(&self, at: usize) -> String {
        self.part_address(part_of(&parts(self.text), at))
    }

    /// Part `part` (from 1) of the text.
    pub fn body(&self, part: Option<usize>) -> Result<Body, Problem> {
        let (text, marks) = (self.text, self.marks);
        let ranges = parts(text);
        let current = part.unwrap_or(1).wrapping_sub(1);
        let range = ranges
            .get(current)
            .ok_or_else(|| Problem::not_found("Dit deel van de tekst bestaat niet."))?;
        let hit_address = |index: usize| {
            let part = part_of(&ranges, marks.get(index)?.start);
            let page = if part == current {
                String::new()
            } else {
                self.part_address(part)
            };
            Some(format!("{page}#treffer-{}", index + 1))
        };
        // After the last hit comes the first.
        let next = |number| {
            hit_address(number)
                .or_else(|| hit_address(0))
                .unwrap_or_default()
        };
        let look = Look {
            next: Some(&next),
            ocr: self.ocr,
            talk: self.talk,
        };
        let shown = match self.talk {
            Some(talk) => with_events(text, range, marks, talk.events(range)),
            None => pieces(text, range, marks, self.paged),
        };
        let shown = look.show(shown);
        let part = |number| Part {
            number: number + 1,
            address: self.part_address(number),
            current: number == current,
        };
        let linked = if ranges.len() > 1 {
            around(ranges.len(), current)
        } else {
            Vec::new()
        };
        Ok(Body {
            parts: linked.into_iter().map(part).collect(),
            hits: hits(marks, range, hit_address),
            text: shown,
        })
    }
}

/// The way between the hits, seen from the part `range`.
fn hits(
    marks: &[Range<usize>],
    range: &Range<usize>,
    hit_address: impl Fn(usize) -> Option<String>,
) -> Option<Hits> {
    let before = marks.partition_point(|mark| mark.start < range.start);
    let until = marks.partition_point(|mark| mark.start < range.end);
    (!marks.is_empty()).then(|| Hits {
        total: marks.len(),
        first: hit_address(0).unwrap_or_default(),
        here: if before < until {
            [before + 1, until]
        } else {
            [0, 0]
        },
        outside: [
            before.checked_sub(1).and_then(&hit_address),
            hit_address(until),
        ],
    })
}

/// The parts that are linked: the first, the last and those around the current one.
fn around(count: usize, current: usize) -> Vec<usize> {
    (0..count)
        .filter(|&part| part == 0 || part + 1 == count || part.abs_diff(current) <= 3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_lead_from_one_to_the_next_over_the_parts() {
        let text = "woord ".repeat(100_000);
        let marks = [0..5, 300_000..300_005];
        let source = Source {
            text: &text,
            marks: &marks,
            paged: false,
            ocr: &[],
            talk: None,
            own: "/document/1",
        };
        let body = |part| source.body(part).expect("part");
        let first = body(None);
        let Some(Shown::Hit { next, .. }) = first.text.first() else {
            panic!("no hit")
        };
        assert!(
            next.starts_with("/document/1?deel=") && next.ends_with("#treffer-2"),
            "{next}"
        );
        let hits = first.hits.expect("hits");
        assert_eq!((hits.total, hits.here), (2, [1, 1]));
        assert_eq!(hits.outside, [None, Some(next.clone())]);
        assert!(source.body(Some(99)).is_err());
        assert!(source.body(Some(0)).is_err());
        assert_eq!(body(Some(2)).hits.expect("hits").here, [0, 0]);
    }

    #[test]
    fn a_page_from_ocr_is_told() {
        let source = Source {
            text: "een\u{c}twee\u{c}drie",
            marks: &[],
            paged: true,
            ocr: &[2],
            talk: None,
            own: "/d",
        };
        let shown = source.body(None).expect("body").text;
        let ocr = |shown: &Shown| match shown {
            Shown::Page { ocr, .. } => Some(*ocr),
            _ => None,
        };
        let pages: Vec<bool> = shown.iter().filter_map(ocr).collect();
        assert_eq!(pages, [false, true, false]);
    }
}

//! The text of a document with its hits: long texts in parts, hits numbered through the whole text, deletions
//! and remarks in a frame. Never shows half a character or half a hit.

use std::ops::Range;

/// Texts up to this size are shown whole: a browser handles them without effort.
const WHOLE: usize = 300_000;
/// Size of the parts of a longer text.
const PART: usize = 100_000;

/// What stands around a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A tracked deletion: the text was taken out of the document, and was still in the file.
    Removed,
    /// The words with which a reader begins such a stretch.
    Label,
    /// A remark of a reader: a hidden sheet, a message that was taken back.
    Remark,
    /// One message of a conversation; its number in the whole text, from 0.
    Message(usize),
    /// When a message was sent, and by whom.
    Head,
    /// The moment in it.
    Moment,
    /// The day in that, which a heading says already.
    Date,
    /// The name in it.
    Sender,
    /// What the message says.
    Said,
}

/// The text between two hits, a hit, the start of a page, or a side of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A hit with its number from 1; of a hit that runs over a frame its first stretch.
    Hit(usize, &'a str),
    /// A further stretch of the same hit.
    Rest(&'a str),
    /// The number of the page that starts here.
    Page(usize),
    /// A day of a conversation starts with the message of this number.
    Day(usize),
    /// A frame begins.
    Open(Frame),
    /// The frame that began last ends.
    Close(Frame),
}

/// What happens at a place in the text, besides hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A page starts with this number.
    Page(usize),
    /// A day starts with the message of this number.
    Day(usize),
    /// A frame begins.
    Open(Frame),
    /// A frame ends.
    Close(Frame),
    /// Text up to this byte is not shown: what follows says it in another way.
    Skip(usize),
}

/// The byte ranges of the parts of `text`, cut where a page, paragraph, line or word ends.
pub fn parts(text: &str) -> Vec<Range<usize>> {
    if text.len() <= WHOLE {
        return std::iter::once(0..text.len()).collect();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > PART {
        let end = cut(text, start, start + PART);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

/// A good place to cut between the middle of the part and `latest`.
fn cut(text: &str, start: usize, latest: usize) -> usize {
    let latest = text.floor_char_boundary(latest);
    let earliest = text.ceil_char_boundary(start + (latest - start) / 2);
    let window = &text[earliest..latest];
    ["\u{c}", "\n\n", "\n", " "]
        .iter()
        .find_map(|end| window.rfind(end).map(|at| earliest + at + end.len()))
        .unwrap_or(latest)
}

/// The part that holds byte `at`.
pub fn part_of(parts: &[Range<usize>], at: usize) -> usize {
    parts
        .partition_point(|part| part.end <= at)
        .min(parts.len().saturating_sub(1))
}

/// The hits as they are shown: in order, without overlap, inside the text.
pub fn tidy(text: &str, mut marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marks.retain(|mark| mark.start < mark.end && text.get(mark.clone()).is_some());
    marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
    let mut end = 0;
    marks.retain(|mark| {
        let keep = mark.start >= end;
        if keep {
            end = mark.end;
        }
        keep
    });
    marks
}

/// One part of `text` in pieces. `marks` are tidy; a hit over the end of a part belongs to where it starts.
/// `paged` says whether starts of pages are shown.
pub fn pieces<'a>(
    text: &'a str,
    part: &Range<usize>,
    marks: &[Range<usize>],
    paged: bool,
) -> Vec<Piece<'a>> {
    let mut events = Vec::new();
    let mut number = text[..part.start].matches('\u{c}').count() + 1;
    if paged {
        events.push((part.start, Event::Page(number)));
    }
    let mut at = part.start;
    for page in text[part.clone()].split('\u{c}') {
        remarks(page, at, &mut events);
        at += page.len();
        if at < part.end {
            number += 1;
            events.push((at, Event::Skip(at + 1)));
            if paged {
                events.push((at + 1, Event::Page(number)));
            }
            at += 1;
        }
    }
    with_events(text, part, marks, events)
}

/// One part of `text` in pieces, with what happens in it: `events` in order, all within the part.
pub fn with_events<'a>(
    text: &'a str,
    part: &Range<usize>,
    marks: &[Range<usize>],
    events: Vec<(usize, Event)>,
) -> Vec<Piece<'a>> {
    let first = marks.partition_point(|mark| mark.start < part.start);
    let last = marks.partition_point(|mark| mark.start < part.end);
    let before = first.checked_sub(1).map_or(0, |before| marks[before].end);
    let behind = last.checked_sub(1).map_or(0, |last| marks[last].end);
    let mut cutter = Cutter {
        text,
        marks: &marks[..last],
        mark: first,
        begun: false,
        at: before.clamp(part.start, part.end),
        pieces: Vec::new(),
    };
    for (at, event) in events {
        cutter.until(at);
        match event {
            Event::Page(number) => cutter.pieces.push(Piece::Page(number)),
            Event::Day(message) => cutter.pieces.push(Piece::Day(message)),
            Event::Open(frame) => cutter.pieces.push(Piece::Open(frame)),
            Event::Close(frame) => cutter.pieces.push(Piece::Close(frame)),
            Event::Skip(end) => cutter.at = cutter.at.max(end),
        }
    }
    cutter.until(part.end.max(behind));
    cutter.pieces
}

/// Cuts a text into pieces from left to right.
struct Cutter<'a, 'm> {
    text: &'a str,
    marks: &'m [Range<usize>],
    /// The first hit that is not yet shown whole, and whether a stretch of it is shown already.
    mark: usize,
    begun: bool,
    at: usize,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Cutter<'a, '_> {
    fn until(&mut self, end: usize) {
        while self.at < end {
            let Some(mark) = self.marks.get(self.mark) else {
                self.pieces.push(Piece::Plain(&self.text[self.at..end]));
                self.at = end;
                return;
            };
            if mark.end <= self.at {
                (self.mark, self.begun) = (self.mark + 1, false);
            } else if self.at < mark.start {
                let stop = mark.start.min(end);
                self.pieces.push(Piece::Plain(&self.text[self.at..stop]));
                self.at = stop;
            } else {
                let stop = mark.end.min(end);
                let stretch = &self.text[self.at..stop];
                self.pieces
                    .push(match std::mem::replace(&mut self.begun, true) {
                        false => Piece::Hit(self.mark + 1, stretch),
                        true => Piece::Rest(stretch),
                    });
                self.at = stop;
            }
        }
    }
}

/// How a tracked deletion begins in the text that readers make.
const REMOVED: &str = "[verwijderd: ";
/// A deletion that is longer than this is shown up to the end of its line.
const LONGEST: usize = 20_000;
/// Remarks of readers on a line of their own.
const REMARKS: [&str; 2] = ["[verborgen blad]", "[verborgen dia]"];

/// Frames around deletions and remarks in `page`, which begins at byte `offset` of the text.
pub fn remarks(page: &str, offset: usize, events: &mut Vec<(usize, Event)>) {
    let mut at = 0;
    while let Some(found) = page[at..].find("[ver") {
        let start = at + found;
        let rest = &page[start..];
        let (frame, length) = if rest.starts_with(REMOVED) {
            (Frame::Removed, closing(rest))
        } else if let Some(remark) = REMARKS.iter().find(|remark| rest.starts_with(**remark)) {
            (Frame::Remark, remark.len())
        } else {
            at = start + 1;
            continue;
        };
        let (from, to) = (offset + start, offset + start + length);
        events.push((from, Event::Open(frame)));
        if frame == Frame::Removed {
            let label = (from + REMOVED.len()).min(to);
            events.extend([
                (from, Event::Skip(from + 1)),
                (from + 1, Event::Open(Frame::Label)),
                (label, Event::Close(Frame::Label)),
            ]);
            if page[..start + length].ends_with(']') {
                events.push((to - 1, Event::Skip(to)));
            }
        }
        events.push((to, Event::Close(frame)));
        at = start + length;
    }
}

/// Length of the deletion with which `text` begins: up to the bracket that closes it on the same line, else
/// anywhere. A deletion that was cut off runs on to the end.
fn closing(text: &str) -> usize {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let line = text.find('\n').unwrap_or(text.len());
    balanced(&text[..line])
        .or_else(|| text[..line].find(']').map(|at| at + 1))
        .or_else(|| balanced(text))
        .or_else(|| text.find(']').map(|at| at + 1))
        .unwrap_or(line)
}

fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, bracket) in text.match_indices(['[', ']']) {
        if bracket == "[" {
            depth += 1;
        } else {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

/// A text with marks, such as a title or a fragment: stretches that are a hit or not.
pub fn marked<'a>(text: &'a str, marks: &[Range<usize>]) -> Vec<(bool, &'a str)> {
    let mut stretches = Vec::new();
    let mut at = 0;
    for mark in tidy(text, marks.to_vec()) {
        if at < mark.start {
            stretches.push((false, &text[at..mark.start]));
        }
        stretches.push((true, &text[mark.clone()]));
        at = mark.end;
    }
    if at < text.len() {
        stretches.push((false, &text[at..]));
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(from: usize, to: usize) -> Vec<Range<usize>> {
        std::iter::once(from..to).collect()
    }

    #[test]
    fn a_long_text_falls_apart_between_words_and_nothing_is_lost() {
        let text = "één woord en nog wat\n".repeat(30_000);
        let parts = parts(&text);
        assert!(parts.len() > 3);
        let mut end = 0;
        for part in &parts {
            assert_eq!(part.start, end);
            assert!(part.len() <= PART && text[part.clone()].ends_with('\n'));
            end = part.end;
        }
        assert_eq!(end, text.len());
        assert_eq!(part_of(&parts, parts[2].start), 2);
        assert_eq!(part_of(&parts, text.len()), parts.len() - 1);
    }

    #[test]
    fn a_text_without_any_space_is_cut_at_characters() {
        let text = "é".repeat(200_000);
        assert!(
            parts(&text)
                .iter()
                .all(|part| text.get(part.clone()).is_some())
        );
    }

    #[test]
    fn hits_keep_their_number_in_every_part_and_pages_are_announced() {
        let text = "aa bb\u{c}cc dd";
        let marks = vec![0..2, 6..8];
        let found = pieces(text, &(0..text.len()), &marks, true);
        use Piece::{Hit, Page, Plain};
        assert_eq!(
            found,
            [
                Page(1),
                Hit(1, "aa"),
                Plain(" bb"),
                Page(2),
                Hit(2, "cc"),
                Plain(" dd")
            ]
        );
        assert_eq!(
            pieces(text, &(6..11), &marks, false),
            [Hit(2, "cc"), Plain(" dd")]
        );
    }

    #[test]
    fn a_hit_over_the_cut_is_shown_once() {
        let text = "aaa bbb";
        let marks = one(2, 5);
        assert_eq!(
            pieces(text, &(0..4), &marks, false),
            [Piece::Plain("aa"), Piece::Hit(1, "a b")]
        );
        assert_eq!(pieces(text, &(4..7), &marks, false), [Piece::Plain("bb")]);
    }

    #[test]
    fn a_deletion_is_framed_and_a_hit_over_its_edge_is_numbered_once() {
        use Piece::{Close, Hit, Open, Plain, Rest};
        let text = "het [verwijderd: oude [1]] plan";
        let marks = one(text.find("oude").expect("oude"), text.len());
        assert_eq!(
            pieces(text, &(0..text.len()), &marks, false),
            [
                Plain("het "),
                Open(Frame::Removed),
                Open(Frame::Label),
                Plain("verwijderd: "),
                Close(Frame::Label),
                Hit(1, "oude [1]"),
                Close(Frame::Removed),
                Rest(" plan")
            ]
        );
        // Cut off by the edge of a fragment, and an unbalanced bracket inside.
        for (text, inside) in [
            ("a [verwijderd: halve zin", "halve zin"),
            ("a [verwijderd: x [ y]\nb [verwijderd: z]", "x [ y"),
            ("a [verwijderd: twee\nregels] b", "twee\nregels"),
        ] {
            let found = pieces(text, &(0..text.len()), &[], false);
            assert_eq!(found[5], Plain(inside), "{text}");
            assert!(found.contains(&Close(Frame::Removed)), "{text}");
        }
    }

    #[test]
    fn nothing_of_a_text_gets_lost_between_frames() {
        let text = "x [verwijderd: [verwijderd: é]] [verborgen blad]\u{c}[ver [verwijderd: ] ] y";
        for from in 0..text.len() {
            for to in from..=text.len() {
                if text.get(from..to).is_none() {
                    continue;
                }
                let marks = if from < to { one(from, to) } else { Vec::new() };
                let mut depth = 0;
                let mut shown = String::new();
                for piece in pieces(text, &(0..text.len()), &marks, true) {
                    match piece {
                        Piece::Plain(t) | Piece::Hit(_, t) | Piece::Rest(t) => shown.push_str(t),
                        Piece::Open(_) => depth += 1,
                        Piece::Close(_) => depth -= 1,
                        Piece::Page(_) | Piece::Day(_) => assert_eq!(depth, 0),
                    }
                }
                assert_eq!(depth, 0);
                let letters = |text: &str| text.replace(['[', ']', '\u{c}'], "");
                assert_eq!(letters(&shown), letters(text));
            }
        }
    }

    #[test]
    fn marks_that_overlap_or_lie_outside_do_no_harm() {
        assert_eq!(tidy("één", vec![0..1, 2..9, 0..2, 0..4, 2..4]), one(0, 4));
        assert_eq!(
            marked("abc", &one(1, 2)),
            [(false, "a"), (true, "b"), (false, "c")]
        );
        assert_eq!(marked("abc", &[]), [(false, "abc")]);
    }
}

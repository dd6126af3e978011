//! The text of a document with its hits: long texts in parts, hits numbered through the whole text. Never
//! shows half a character or half a hit.

use std::ops::Range;

/// Texts up to this size are shown whole: a browser handles them without effort.
const WHOLE: usize = 300_000;
/// Size of the parts of a longer text.
const PART: usize = 100_000;

/// The text between two hits, a hit, or the start of a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Plain(&'a str),
    /// A hit with its number from 1.
    Hit(usize, &'a str),
    /// The number of the page that starts here.
    Page(usize),
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
    let mut pieces = Vec::new();
    let mut page = text[..part.start].matches('\u{c}').count() + 1;
    if paged {
        pieces.push(Piece::Page(page));
    }
    let first = marks.partition_point(|mark| mark.start < part.start);
    let mut at = match first.checked_sub(1).map(|before| marks[before].end) {
        Some(end) => end.clamp(part.start, part.end),
        None => part.start,
    };
    for (i, mark) in marks
        .iter()
        .enumerate()
        .skip(first)
        .take_while(|(_, mark)| mark.start < part.end)
    {
        plain(&mut pieces, &text[at..mark.start], &mut page, paged);
        pieces.push(Piece::Hit(i + 1, &text[mark.clone()]));
        at = mark.end;
    }
    plain(
        &mut pieces,
        text.get(at..part.end).unwrap_or_default(),
        &mut page,
        paged,
    );
    pieces
}

fn plain<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str, page: &mut usize, paged: bool) {
    for (i, stretch) in text.split('\u{c}').enumerate() {
        if i > 0 {
            *page += 1;
            if paged {
                pieces.push(Piece::Page(*page));
            }
        }
        if !stretch.is_empty() {
            pieces.push(Piece::Plain(stretch));
        }
    }
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
    fn marks_that_overlap_or_lie_outside_do_no_harm() {
        assert_eq!(tidy("één", vec![0..1, 2..9, 0..2, 0..4, 2..4]), one(0, 4));
        assert_eq!(
            marked("abc", &one(1, 2)),
            [(false, "a"), (true, "b"), (false, "c")]
        );
        assert_eq!(marked("abc", &[]), [(false, "abc")]);
    }
}

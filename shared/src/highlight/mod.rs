//! Finds in a text what a question matched, by the same terms and positions as the index, and cuts fragments
//! around it. Never guesses: what is marked is what matched, and nothing is marked for a NIET.

mod evidence;
mod scan;

pub use evidence::{Evidence, evidence};
pub use scan::{Match, scan};

use crate::plan::Plan;
use std::ops::Range;

/// Characters of text shown before and behind the first match of a fragment.
const CONTEXT: usize = 110;
/// Matches looked at when choosing fragments; behind it only words that were not met yet still count.
const CANDIDATES: usize = 200;

/// A piece of text with what matched in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The piece, white space collapsed.
    pub text: String,
    /// Byte ranges in `text` that matched, in order, not overlapping.
    pub marks: Vec<Range<usize>>,
    /// Page on which it begins, from 1.
    pub page: u32,
}

/// All byte ranges of `text` that the question matched, in order, not overlapping.
pub fn matches(text: &str, plan: &Plan) -> Vec<Range<usize>> {
    joined(
        scan(text, plan, false, None)
            .into_iter()
            .map(|m| m.range)
            .collect(),
    )
}

/// The same in a title.
pub fn title_matches(title: &str, plan: &Plan) -> Vec<Range<usize>> {
    joined(
        scan(title, plan, true, None)
            .into_iter()
            .map(|m| m.range)
            .collect(),
    )
}

/// The first matches in `text`, enough to show what matched; and whether these are all.
pub fn first_matches(text: &str, plan: &Plan) -> (Vec<Match>, bool) {
    let found = scan(text, plan, false, Some(CANDIDATES));
    let all = found.len() < CANDIDATES;
    (found, all)
}

/// At most `max` fragments of `text`, together showing as many different words of the question as possible. When
/// the question matched elsewhere (title, properties), the one fragment is the beginning, without marks.
pub fn fragments(text: &str, found: &[Match], max: usize) -> Vec<Fragment> {
    let windows = chosen(text, found, max);
    if windows.is_empty() {
        let end = text
            .char_indices()
            .nth(2 * CONTEXT)
            .map_or(text.len(), |(at, _)| at);
        let beginning = fragment(text, word_end(text, 0..end), &[]);
        return if beginning.text.is_empty() {
            Vec::new()
        } else {
            vec![beginning]
        };
    }
    let marks = joined(found.iter().map(|m| m.range.clone()).collect());
    windows
        .into_iter()
        .map(|window| fragment(text, window, &marks))
        .collect()
}

/// The windows to show: first those with a leaf that was not shown yet, then more of the same.
fn chosen(text: &str, found: &[Match], max: usize) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = Vec::new();
    let mut shown = Vec::new();
    for only_new in [true, false] {
        for m in found {
            if windows.len() >= max {
                break;
            }
            let inside = windows
                .iter()
                .any(|w| w.start <= m.range.start && m.range.end <= w.end);
            if inside || (only_new && shown.contains(&m.leaf)) {
                if inside {
                    shown.push(m.leaf);
                }
                continue;
            }
            shown.push(m.leaf);
            windows.push(window(text, &m.range));
        }
    }
    windows.sort_unstable_by_key(|window| window.start);
    // Neighbouring windows flow together, so that no text is shown twice.
    let mut out: Vec<Range<usize>> = Vec::new();
    for window in windows {
        match out.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    out
}

/// The match with its context, cut at white space.
fn window(text: &str, range: &Range<usize>) -> Range<usize> {
    let before = text[..range.start]
        .char_indices()
        .rev()
        .take(CONTEXT)
        .last()
        .map_or(range.start, |(at, _)| at);
    let start = match text[before..range.start].find(char::is_whitespace) {
        Some(space) if before > 0 => before + space,
        _ => before,
    };
    let behind = text[range.end..]
        .char_indices()
        .nth(CONTEXT)
        .map_or(text.len(), |(at, _)| range.end + at);
    start..word_end(text, range.end..behind).end
}

/// Shortens `range` at its end to whole words, unless it reaches the end of the text or has no white space.
fn word_end(text: &str, range: Range<usize>) -> Range<usize> {
    if range.end == text.len() {
        return range;
    }
    let end = text[range.clone()]
        .rfind(char::is_whitespace)
        .map_or(range.end, |space| range.start + space);
    range.start..end
}

/// Cuts `window` out of `text`, collapsing white space, and moves `marks` along.
fn fragment(text: &str, window: Range<usize>, marks: &[Range<usize>]) -> Fragment {
    let page = 1 + text.as_bytes()[..window.start]
        .iter()
        .filter(|byte| **byte == 0x0c)
        .count() as u32;
    let mut out = String::with_capacity(window.len());
    let inside = marks
        .iter()
        .filter(|mark| window.start <= mark.start && mark.end <= window.end);
    let mut moved = Vec::new();
    let mut at = window.start;
    for mark in inside {
        push_collapsed(&mut out, &text[at..mark.start]);
        let from = out.len();
        push_collapsed(&mut out, &text[mark.clone()]);
        moved.push(from..out.len());
        at = mark.end;
    }
    push_collapsed(&mut out, &text[at..window.end]);
    out.truncate(out.trim_end().len());
    Fragment {
        text: out,
        marks: moved,
        page,
    }
}

fn push_collapsed(out: &mut String, text: &str) {
    for c in text.chars() {
        if !(c.is_whitespace() || c.is_control()) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
}

/// Ranges sorted by start, flowed together where they overlap.
fn joined(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextField;
    use crate::index::IndexError;
    use crate::plan::{Vocabulary, Widening, expand};
    use crate::query::parse;

    fn cut(text: &str, plan: &Plan, max: usize) -> Vec<Fragment> {
        fragments(text, &first_matches(text, plan).0, max)
    }

    struct Words(&'static [&'static str]);

    impl Vocabulary for Words {
        fn containing(
            &self,
            _: Option<TextField>,
            letters: &str,
            keep: &dyn Fn(&str) -> bool,
            limit: usize,
        ) -> Result<Vec<String>, IndexError> {
            let words = self
                .0
                .iter()
                .filter(|word| word.contains(letters) && keep(word));
            Ok(words.take(limit).map(|word| (*word).to_owned()).collect())
        }

        fn similar(
            &self,
            _: Option<TextField>,
            _: &str,
            _: u8,
            _: usize,
        ) -> Result<Vec<String>, IndexError> {
            Ok(Vec::new())
        }
    }

    fn plan(question: &str) -> Plan {
        let words = Words(&["aardgas", "aardgaswinning", "winning"]);
        expand(
            &parse(question).expect(question),
            &Widening::default(),
            &words,
        )
        .expect(question)
    }

    fn marked(text: &str, question: &str) -> Vec<String> {
        matches(text, &plan(question))
            .into_iter()
            .map(|range| text[range].to_owned())
            .collect()
    }

    #[test]
    fn marks_exactly_what_matched() {
        let text = "De vergunningen zijn verleend. Het woo-verzoek over de vergunning is oud.";
        assert_eq!(marked(text, "vergunning"), ["vergunningen", "vergunning"]);
        assert_eq!(marked(text, "\"vergunning\""), ["vergunning"]);
        assert_eq!(marked(text, "\"de vergunning\""), ["de vergunning"]);
        assert_eq!(marked(text, "woo-verzoek"), ["woo-verzoek"]);
        assert_eq!(marked(text, "verzoek NIET oud"), ["verzoek"]);
        assert_eq!(marked(text, "titel:oud"), Vec::<String>::new());
        assert_eq!(marked("a b a b c", "\"a b c\""), ["a b c"]);
        assert_eq!(marked("de ver-\ngunning", "vergunning"), ["ver-\ngunning"]);
        assert_eq!(
            marked("het woo-\nverzoek", "woo-verzoek"),
            ["woo-\nverzoek"]
        );
    }

    #[test]
    fn fragments_show_every_word_and_the_very_last_one() {
        let filler = "tussenliggende woorden ".repeat(5_000);
        let text = format!("aanhef {filler}\u{c}{filler}slotwoord");
        let query = plan("aanhef slotwoord");
        let found = cut(&text, &query, 3);
        assert_eq!(found.len(), 2);
        assert_eq!(&found[0].text[found[0].marks[0].clone()], "aanhef");
        assert_eq!(&found[1].text[found[1].marks[0].clone()], "slotwoord");
        assert_eq!((found[0].page, found[1].page), (1, 2));
        assert!(found.iter().all(|f| f.text.chars().count() < 4 * CONTEXT));
    }

    #[test]
    fn a_hit_elsewhere_shows_the_beginning() {
        let query = plan("titel:nota");
        let found = cut("Eerste\n\n zin.", &query, 3);
        assert_eq!(
            found,
            [Fragment {
                text: "Eerste zin.".into(),
                marks: Vec::new(),
                page: 1
            }]
        );
        assert_eq!(cut("", &query, 3), []);
    }
}

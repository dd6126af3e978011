//! Finds in a text what a question matched, by the same terms and positions as the index, and cuts fragments
//! around it. Never guesses: what is marked is what matched, and nothing is marked for a NIET.

use crate::Query;
use crate::query::{Form, Term};
use std::collections::HashMap;
use std::ops::Range;
use zv_analyzers::{Stream, Tokens, tokens, whole_form, written_parts};

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
pub fn matches(text: &str, query: &Query) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = wanted(query)
        .into_iter()
        .flat_map(|wanted| Scan::new(text, wanted))
        .map(|m| m.range)
        .collect();
    found.sort_unstable_by_key(|range| (range.start, range.end));
    joined(found)
}

/// At most `max` fragments of `text`, together showing as many different words of the question as possible. When
/// the question matched elsewhere (title, properties), the one fragment is the beginning, without marks.
pub fn fragments(text: &str, query: &Query, max: usize) -> Vec<Fragment> {
    let mut found = Vec::new();
    for wanted in wanted(query) {
        found.extend(candidates(Scan::new(text, wanted)));
    }
    found.sort_unstable_by_key(|m| (m.range.start, m.range.end));
    let windows = chosen(text, &found, max);
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
    let marks = joined(found.into_iter().map(|m| m.range).collect());
    windows
        .into_iter()
        .map(|window| fragment(text, window, &marks))
        .collect()
}

/// What to look for in one stream.
struct Wanted {
    stream: Stream,
    /// Number of positions of each pattern, and the leaf that it stands for.
    patterns: Vec<(usize, usize)>,
    /// Term to (pattern, offset within the pattern).
    terms: HashMap<String, Vec<(usize, usize)>>,
}

/// A match of one leaf.
struct Match {
    leaf: (Stream, usize),
    range: Range<usize>,
}

/// The leaves of `query` that the text itself can match, per stream.
fn wanted(query: &Query) -> Vec<Wanted> {
    let mut exact = Wanted {
        stream: Stream::Exact,
        patterns: Vec::new(),
        terms: HashMap::new(),
    };
    let mut word_forms = Wanted {
        stream: Stream::Woordvorm,
        patterns: Vec::new(),
        terms: HashMap::new(),
    };
    for leaf in query.leaves().filter(|leaf| leaf.field.is_none()) {
        match leaf.term {
            Term::Word(word) if word.form == Form::Woordvorm => word_forms.add(&word.text),
            Term::Word(word) if word.form == Form::Exact => exact.add(&word.text),
            Term::Phrase(phrase) if !phrase.has_wildcards() => exact.add(&phrase.text),
            Term::Word(_) | Term::Phrase(_) => {}
        }
    }
    [exact, word_forms]
        .into_iter()
        .filter(|wanted| !wanted.patterns.is_empty())
        .collect()
}

impl Wanted {
    fn add(&mut self, text: &str) {
        let leaf = self.leaves();
        self.add_pattern(leaf, written_parts(text, self.stream));
        self.add_pattern(leaf, whole_form(text, self.stream).into_iter().collect());
    }

    fn add_pattern(&mut self, leaf: usize, terms: Vec<String>) {
        if terms.is_empty() {
            return;
        }
        let pattern = self.patterns.len();
        self.patterns.push((terms.len(), leaf));
        for (offset, term) in terms.into_iter().enumerate() {
            self.terms.entry(term).or_default().push((pattern, offset));
        }
    }

    fn leaves(&self) -> usize {
        self.patterns.last().map_or(0, |(_, leaf)| leaf + 1)
    }
}

/// Finds matches one by one, so that a caller can stop early in a long text.
struct Scan<'t> {
    wanted: Wanted,
    tokens: Tokens<'t>,
    /// Patterns of which the beginning was met: pattern, first position, offset met last, start.
    begun: Vec<(usize, u32, usize, usize)>,
    ready: Vec<Match>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, wanted: Wanted) -> Self {
        let tokens = tokens(text, wanted.stream);
        Scan {
            wanted,
            tokens,
            begun: Vec::new(),
            ready: Vec::new(),
        }
    }

    fn take_token(&mut self) {
        let token = self.tokens.token();
        let Some(places) = self.wanted.terms.get(&token.term) else {
            return;
        };
        let patterns = &self.wanted.patterns;
        let open = |pattern: usize, first: u32| token.position < first + patterns[pattern].0 as u32;
        self.begun
            .retain(|(pattern, first, ..)| open(*pattern, *first));
        for &(pattern, offset) in places {
            let (length, leaf) = patterns[pattern];
            let mut met = |from: usize| {
                let leaf = (self.wanted.stream, leaf);
                self.ready.push(Match {
                    leaf,
                    range: from..token.to,
                });
            };
            if offset == 0 && length == 1 {
                met(token.from);
            } else if offset == 0 {
                self.begun.push((pattern, token.position, 0, token.from));
            }
            for (p, first, last, from) in &mut self.begun {
                let next = *p == pattern && *last + 1 == offset;
                if next && *first + offset as u32 == token.position {
                    *last = offset;
                    if offset + 1 == length {
                        met(*from);
                    }
                }
            }
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Match;

    fn next(&mut self) -> Option<Match> {
        loop {
            if let Some(found) = self.ready.pop() {
                return Some(found);
            }
            if !self.tokens.advance() {
                return None;
            }
            self.take_token();
        }
    }
}

/// The first matches, and behind those only the first of each leaf that was not met yet.
fn candidates(scan: Scan<'_>) -> Vec<Match> {
    let mut met = vec![false; scan.wanted.leaves()];
    let mut found = Vec::new();
    for m in scan {
        if found.len() < CANDIDATES || !met[m.leaf.1] {
            met[m.leaf.1] = true;
            found.push(m);
        }
        if found.len() >= CANDIDATES && met.iter().all(|met| *met) {
            break;
        }
    }
    found
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
    use crate::query::parse;

    fn marked(text: &str, question: &str) -> Vec<String> {
        let query = parse(question).expect(question);
        matches(text, &query)
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
        let query = parse("aanhef slotwoord").expect("query");
        let found = fragments(&text, &query, 3);
        assert_eq!(found.len(), 2);
        assert_eq!(&found[0].text[found[0].marks[0].clone()], "aanhef");
        assert_eq!(&found[1].text[found[1].marks[0].clone()], "slotwoord");
        assert_eq!((found[0].page, found[1].page), (1, 2));
        assert!(found.iter().all(|f| f.text.chars().count() < 4 * CONTEXT));
    }

    #[test]
    fn a_hit_elsewhere_shows_the_beginning() {
        let query = parse("titel:nota").expect("query");
        let found = fragments("Eerste\n\n zin.", &query, 3);
        assert_eq!(
            found,
            [Fragment {
                text: "Eerste zin.".into(),
                marks: Vec::new(),
                page: 1
            }]
        );
        assert_eq!(fragments("", &query, 3), []);
    }
}

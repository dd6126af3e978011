//! Compounds. Owns the search for the cheapest way to read a folded word as several words written together.
//! Knows no words: what a part costs is up to the lexicon.

/// Longer words are not split.
pub(crate) const MAX_BYTES: usize = 64;

/// Shorter words are not split, shorter parts not accepted.
const MIN_WORD: usize = 6;
const MIN_PART: usize = 3;

/// The cost of one step of a [`Part`]'s `first` and `last`.
const STEP: f32 = 0.6;
const BASE: f32 = 3.5;
const NEVER_SEEN: u8 = 15;

/// What reading the word as one unknown word would cost: a split has to be cheaper.
const WHOLE: f32 = 3.0;
const WHOLE_PER_BYTE: f32 = 1.45;

/// How a word may take part in compounds: costs from 0 (very common there) up to 15 (never seen).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Part {
    /// As any part but the last.
    pub(crate) first: Option<u8>,
    /// As the last part.
    pub(crate) last: Option<u8>,
    /// Whether it is known to take a linking s (overheids-).
    pub(crate) takes_s: bool,
}

/// The words that compounds are made of.
pub(crate) trait Lexicon {
    /// Calls `found` with the length of every beginning of `text` that is a word, and how it takes part.
    fn beginnings(&self, text: &str, found: &mut dyn FnMut(usize, Part));
}

/// Where a part stands in the word; `to` is before the linking s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Where the next part begins.
    pub(crate) next: usize,
}

/// The cost of a part that common.
fn cost(step: u8) -> f32 {
    let never_seen = if step == NEVER_SEEN { 3.0 } else { 0.0 };
    BASE + STEP * f32::from(step) + never_seen
}

/// Short parts are found in every word.
fn shortness(bytes: usize) -> f32 {
    match bytes {
        3 => 2.0,
        4 => 0.5,
        _ => 0.0,
    }
}

/// Splits `word` into two or more parts if that is cheaper than one word by `ease` (more: split more easily).
pub(crate) fn split(word: &str, lexicon: &impl Lexicon, ease: f32) -> Option<Vec<Span>> {
    if !(MIN_WORD..=MAX_BYTES).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    let end = word.len();
    // The cheapest way to reach each position with whole parts, and the last of them.
    let mut best: Vec<Option<(f32, Span)>> = vec![None; end + 1];
    let mut reached = vec![f32::INFINITY; end + 1];
    reached[0] = 0.0;
    for from in 0..=end - MIN_PART {
        let so_far = reached[from];
        if !so_far.is_finite() {
            continue;
        }
        let mut reach = |to: usize, next: usize, cost: f32| {
            if cost < reached[next] {
                reached[next] = cost;
                best[next] = Some((cost, Span { from, to, next }));
            }
        };
        lexicon.beginnings(&word[from..], &mut |len, part| {
            if len < MIN_PART {
                return;
            }
            let to = from + len;
            let so_far = so_far + shortness(len);
            if to == end {
                if let Some(last) = part.last.filter(|_| from > 0) {
                    reach(end, end, so_far + cost(last));
                }
                return;
            }
            let Some(first) = part.first.filter(|_| to + MIN_PART <= end) else {
                return;
            };
            let so_far = so_far + cost(first);
            reach(to, to, so_far);
            if word.as_bytes()[to] == b's' && to + 1 + MIN_PART <= end {
                let link = if part.takes_s { 0.2 } else { 3.0 };
                reach(to, to + 1, so_far + link);
            }
        });
    }
    let whole = WHOLE + WHOLE_PER_BYTE * end as f32 + ease;
    best[end].filter(|(cost, _)| *cost < whole)?;
    let mut spans = Vec::new();
    let mut at = end;
    while let Some((_, span)) = best[at].filter(|_| at > 0) {
        spans.push(span);
        at = span.from;
    }
    spans.reverse();
    (spans.len() > 1).then_some(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that are common in compounds, all but "wetten" with a linking s.
    struct Words(&'static [&'static str]);

    impl Lexicon for Words {
        fn beginnings(&self, text: &str, found: &mut dyn FnMut(usize, Part)) {
            for word in self.0.iter().filter(|word| text.starts_with(**word)) {
                let part = Part {
                    first: Some(3),
                    last: Some(3),
                    takes_s: *word != "wetten",
                };
                found(word.len(), part);
            }
        }
    }

    fn parts(word: &str, words: &'static [&'static str]) -> Vec<String> {
        split(word, &Words(words), 0.0)
            .unwrap_or_default()
            .iter()
            .map(|span| word[span.from..span.to].to_owned())
            .collect()
    }

    #[test]
    fn a_compound_is_its_words_without_what_links_them() {
        let words = &["overheid", "informatie", "over", "dienst"];
        assert_eq!(
            parts("overheidsinformatiedienst", words),
            ["overheid", "informatie", "dienst"]
        );
        assert_eq!(parts("overheid", words), Vec::<String>::new());
    }

    #[test]
    fn nothing_may_be_left_over() {
        assert_eq!(
            parts("dienstinformatica", &["dienst", "informatie"]),
            Vec::<String>::new()
        );
        assert_eq!(parts("diensts", &["dienst"]), Vec::<String>::new());
    }

    #[test]
    fn short_and_very_long_words_stay_whole() {
        assert_eq!(parts("raads", &["raad", "raa"]), Vec::<String>::new());
        assert_eq!(
            parts(&"dienst".repeat(11), &["dienst"]),
            Vec::<String>::new()
        );
    }
}

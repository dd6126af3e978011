//! How much of a text an engine found: words as a multiset, so that the order is not judged. Never decides
//! which text is the right one.

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// How often each word occurs.
pub type Words = HashMap<String, u64>;

/// The words of `text`: compatibility forms and capitals put aside, words that were broken at the end of a line
/// made whole, so that no engine is judged on ligatures or on undoing hyphenation.
pub fn words(text: &str) -> Words {
    let plain: String = text
        .nfkc()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .collect();
    let mut words = Words::new();
    for word in unbroken(&plain).split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            *words.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    words
}

/// `ver-\ngunning` becomes `vergunning`.
fn unbroken(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_end();
        let next = lines.peek().map_or("", |next| next.trim_start());
        match trimmed.strip_suffix(['-', '\u{2010}']) {
            Some(start)
                if start.ends_with(char::is_alphabetic) && next.starts_with(char::is_lowercase) =>
            {
                whole.push_str(start);
                // The indentation of the next line would part the word again.
                if let Some(line) = lines.next() {
                    whole.push_str(line.trim_start());
                    whole.push('\n');
                }
            }
            _ => {
                whole.push_str(line);
                whole.push('\n');
            }
        }
    }
    whole
}

/// How many words there are.
pub fn count(words: &Words) -> u64 {
    words.values().sum()
}

fn common(a: &Words, b: &Words) -> u64 {
    let both = a
        .iter()
        .map(|(word, &n)| n.min(b.get(word).copied().unwrap_or(0)));
    both.sum()
}

/// Share of the words of `reference` that `found` has.
pub fn recall(found: &Words, reference: &Words) -> f64 {
    common(found, reference) as f64 / count(reference).max(1) as f64
}

/// Harmonic mean of recall and precision.
pub fn f1(found: &Words, reference: &Words) -> f64 {
    let all = count(found) + count(reference);
    2.0 * common(found, reference) as f64 / all.max(1) as f64
}

/// Words of `reference` that `found` lacks, most frequent first.
pub fn missing(found: &Words, reference: &Words) -> Vec<(String, u64)> {
    let lacks = reference.iter().filter_map(|(word, &n)| {
        let lacking = n.saturating_sub(found.get(word).copied().unwrap_or(0));
        (lacking > 0).then(|| (word.clone(), lacking))
    });
    let mut lacks: Vec<_> = lacks.collect();
    lacks.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_line_breaks_do_not_count_and_lost_words_do() {
        let reference = words("De ver-\n  gunning is de beste ﬁets");
        let found = words("fiets beste de vergunning de");
        assert_eq!(count(&reference), 6);
        assert!((recall(&found, &reference) - 5.0 / 6.0).abs() < 1e-9);
        assert!((f1(&found, &reference) - 10.0 / 11.0).abs() < 1e-9);
        assert_eq!(missing(&found, &reference), [("is".to_owned(), 1)]);
    }
}

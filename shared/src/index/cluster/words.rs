//! The words that the visible documents hold, as the cluster keeps them beside the texts. Owns looking in them; what is
//! looked for is in `plan`.

use super::state::{State, tally};
use crate::index::IndexError;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Words in one answer.
const AT_A_TIME: usize = 5_000;

/// The words in field `name` with `letters` in them that `keep` wants, sorted; at most `limit`.
///
/// # Errors
/// Those of the cluster.
pub fn containing(
    state: &State,
    scope: &Value,
    name: &str,
    letters: &str,
    keep: &dyn Fn(&str) -> bool,
    limit: usize,
) -> Result<Vec<String>, IndexError> {
    let pattern = format!(".*{}.*", escaped(letters));
    let mut found = Vec::new();
    matching(state, scope, name, &pattern, &mut |word| {
        if found.len() < limit && keep(word) {
            found.push(word.to_owned());
        }
        found.len() < limit
    })?;
    Ok(found)
}

/// The words that differ from `word` by at most `distance` letters, sorted; at most `limit`.
///
/// # Errors
/// Those of the cluster.
pub fn similar(
    state: &State,
    scope: &Value,
    name: &str,
    word: &str,
    distance: u8,
    limit: usize,
) -> Result<Vec<String>, IndexError> {
    let mut found = Vec::new();
    let distance = usize::from(distance);
    matching(state, scope, name, &nearly(word, distance), &mut |other| {
        if found.len() < limit && strsim::levenshtein(word, other) <= distance {
            found.push(other.to_owned());
        }
        found.len() < limit
    })?;
    Ok(found)
}

/// What every word within so many letters has: cut in one piece more than there are changes, one of the pieces stands there
/// whole, and moved by no more than that.
fn nearly(word: &str, distance: usize) -> String {
    let letters: Vec<char> = word.chars().collect();
    let pieces = distance + 1;
    let part = |at: usize| at * letters.len() / pieces;
    let between = |count: usize| {
        let fewest = count.saturating_sub(distance);
        format!(".{{{fewest},{}}}", count + distance)
    };
    let each: BTreeSet<String> = (0..pieces)
        .map(|piece| {
            let (from, to) = (part(piece), part(piece + 1));
            let text: String = letters[from..to].iter().collect();
            let (before, behind) = (between(from), between(letters.len() - to));
            format!("({before}{}{behind})", escaped(&text))
        })
        .collect();
    each.into_iter().collect::<Vec<_>>().join("|")
}

/// Hands over the words that match, sorted, until `each` says `false`.
fn matching(
    state: &State,
    scope: &Value,
    name: &str,
    pattern: &str,
    each: &mut dyn FnMut(&str) -> bool,
) -> Result<(), IndexError> {
    let mut last: Option<String> = None;
    loop {
        let pattern = match &last {
            Some(last) => format!("({pattern})&({})", behind(last)),
            None => pattern.to_owned(),
        };
        let answer = state.search(json!({
            "query": scope,
            "size": 0,
            "aggs": {"v": {"terms": {
                "field": name,
                "include": pattern,
                "order": {"_key": "asc"},
                "size": AT_A_TIME,
                "shard_size": AT_A_TIME
            }}}
        }))?;
        let found = tally(&answer["aggregations"]["v"])?;
        for word in found.keys() {
            if !each(word) {
                return Ok(());
            }
        }
        match found.into_keys().next_back() {
            Some(word)
                if super::state::buckets(&answer["aggregations"]["v"]).len() == AT_A_TIME =>
            {
                last = Some(word);
            }
            _ => return Ok(()),
        }
    }
}

/// Every text that sorts behind `last`.
fn behind(last: &str) -> String {
    let mut ways = vec![format!("{}.+", escaped(last))];
    let mut before = String::new();
    for letter in last.chars() {
        // No letter has a number in between.
        let next = match letter {
            '\u{d7ff}' => Some('\u{e000}'),
            letter => char::from_u32(letter as u32 + 1),
        };
        if let Some(next) = next {
            let next = escaped(&next.to_string());
            ways.push(format!("{before}[{next}-\u{10ffff}].*"));
        }
        before.push_str(&escaped(&letter.to_string()));
    }
    ways.join("|")
}

/// As it stands, in a pattern of Lucene.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() && !letter.is_ascii_alphanumeric() {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_words_as_they_stand() {
        assert_eq!(escaped("a-b*é"), "a\\-b\\*é");
        assert_eq!(nearly("dijk", 1), "(.{0,1}di.{1,3})|(.{1,3}jk.{0,1})");
        assert_eq!(behind("ab"), "ab.+|[b-\u{10ffff}].*|a[c-\u{10ffff}].*");
    }
}
